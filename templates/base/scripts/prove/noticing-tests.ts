import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as z from 'zod';
import type { Sabotage } from '../../test/sabotages/sabotage.ts';

const NoticingTest = z.strictObject({
  /** Relative to the app. */
  file: z.string(),
  title: z.string(),
});
export type NoticingTest = z.infer<typeof NoticingTest>;
const Noticed = z.record(z.string(), NoticingTest);

/**
 * The test that noticed each sabotage last. It is asked alone before any other, since most of the
 * time of a proof goes into tests that notice nothing. What is remembered of a tree that has changed
 * since is a guess: a wrong one costs time and changes no verdict.
 */
export class NoticingTests {
  readonly #file: string;
  readonly #tests: Map<string, NoticingTest>;

  /** @param app its directory: what is remembered is kept beside the copies of the app */
  constructor(app: string) {
    this.#file = join(app, '.prove', 'noticed.json');
    this.#tests = new Map(Object.entries(readNoticed(this.#file)));
  }

  of(sabotage: Sabotage): NoticingTest | undefined {
    return this.#tests.get(keyOf(sabotage));
  }

  learn(sabotage: Sabotage, test: NoticingTest): void {
    this.#tests.set(keyOf(sabotage), test);
  }

  /** At once, so that it can run as the program exits. */
  save(): void {
    mkdirSync(dirname(this.#file), { recursive: true });
    writeFileSync(this.#file, `${JSON.stringify(Object.fromEntries(this.#tests), null, 2)}\n`);
  }
}

/** Nothing where nothing is remembered, or where a run was cut off while it wrote. */
function readNoticed(file: string): z.infer<typeof Noticed> {
  if (!existsSync(file)) return {};
  try {
    return Noticed.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return {};
  }
}

const keyOf = ({ control, name }: Sabotage) => `${control} ${name}`;
