import { readFileSync } from 'node:fs';
import type { Sabotage } from '../../test/sabotages/sabotage.ts';

/**
 * The test files that will probably notice a sabotage come first, since a run ends with the first
 * that does. A wrong guess costs time and changes no verdict.
 */
export class LikelyOrder {
  /** The test files that noticed harm to a source file, or to a control, the latest first. */
  readonly #noticed = new Map<string, string[]>();
  readonly #words = new Map<string, ReadonlySet<string>>();

  /** Orders test files for a sabotage; of two equally likely ones, the first stays first. */
  of(sabotage: Sabotage, files: readonly string[]): string[] {
    const common = this.#wordsInCommon(sabotage, files);
    const most = Math.max(...common.values()) || 1;
    const chance = (file: string) =>
      Math.max(...sabotage.edits.map((edit) => this.#recently(edit.file, file))) * 2 +
      this.#recently(sabotage.control, file) +
      ((common.get(file) ?? 0) / most) * 4;
    const chances = new Map(files.map((file) => [file, chance(file)]));
    return files.toSorted((one, other) => (chances.get(other) ?? 0) - (chances.get(one) ?? 0));
  }

  learn(sabotage: Sabotage, file: string): void {
    for (const subject of [sabotage.control, ...sabotage.edits.map((edit) => edit.file)]) {
      const others = (this.#noticed.get(subject) ?? []).filter((other) => other !== file);
      this.#noticed.set(subject, [file, ...others]);
    }
  }

  /** 1 for the latest that noticed, less for those before, 0 for those that never did. */
  #recently(subject: string, file: string): number {
    const place = this.#noticed.get(subject)?.indexOf(file) ?? -1;
    return place === -1 ? 0 : 1 / (place + 1);
  }

  /** How many words of a sabotage each file has. A word counts less, the more of the files have it. */
  #wordsInCommon({ name, edits }: Sabotage, files: readonly string[]): Map<string, number> {
    const common = new Map(files.map((file) => [file, 0]));
    const harm = edits.flatMap(({ file, find, replace }) => [file, find, replace]);
    for (const word of wordsOf([name, ...harm].join(' '))) {
      const having = files.filter((file) => this.#wordsIn(file).has(word));
      for (const file of having) common.set(file, (common.get(file) ?? 0) + 1 / having.length);
    }
    return common;
  }

  #wordsIn(file: string): ReadonlySet<string> {
    const words = this.#words.get(file) ?? wordsOf(`${file} ${readFileSync(file, 'utf8')}`);
    this.#words.set(file, words);
    return words;
  }
}

const wordsOf = (text: string) => new Set(text.toLowerCase().match(/[a-z]{3,}/g));
