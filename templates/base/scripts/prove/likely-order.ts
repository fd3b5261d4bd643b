import { readFileSync } from 'node:fs';
import type { Sabotage } from '../../test/sabotages/sabotage.ts';

/**
 * The test files that will probably notice a sabotage come first, since a run ends with the first
 * that does. A wrong guess costs time and changes no verdict.
 */
export class LikelyOrder {
  /** The test files that noticed harm to a source file, or to a control, the latest first. */
  readonly #noticed = new Map<string, string[]>();

  /** Orders test files for a sabotage; of two equally likely ones, the first stays first. */
  of(sabotage: Sabotage, files: readonly string[]): string[] {
    const chance = (file: string) =>
      Math.max(...sabotage.edits.map((edit) => this.#recently(edit.file, file))) * 4 +
      this.#recently(sabotage.control, file) * 2 +
      (this.#mentions(file, sabotage) ? 1 : 0);
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

  /** Whether a test file imports, reads or names a harmed file. */
  #mentions(file: string, { edits }: Sabotage): boolean {
    const text = readFileSync(file, 'utf8');
    return edits.some((edit) => text.includes(edit.file));
  }
}
