import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import type { Sabotage } from '../../test/sabotages/sabotage.ts';
import type { Verdict } from './verdict.ts';

/**
 * What `prove` found out, kept beside its copies and ignored by git: a proof is worth something to
 * whoever ran it, on the tree it ran on. Who reads a copy of it would have to believe it.
 */
const recordFile = '.prove/outcome.json';

const ProofRecord = z.strictObject({
  /** Hash of the tree that the runs were made on. */
  tree: z.string(),
  controls: z.record(z.string(), z.strictObject({ red: z.number(), total: z.number() })),
});
export type ProofRecord = z.infer<typeof ProofRecord>;

// Made by tools, secret, or written by people about the tree after it was proven.
const asideAnywhere = /^(?:node_modules|\.git|\.DS_Store)$/;
const asideAtTheTop =
  /^(?:\.wrangler|\.prove|coverage|releases|screenshots|backups|\.idea|\.vscode|\.installed|\.dev\.vars.*|\.env.*|CHANGELOG\.md|\.ai\/attestations\.yaml)$/;

/** Hash of every file that a proof rests on. */
export function treeHash(app: string): string {
  const hash = createHash('sha256');
  const add = (folder: string): void => {
    const entries = readdirSync(join(app, folder), { withFileTypes: true });
    for (const entry of entries.toSorted((one, other) => (one.name < other.name ? -1 : 1))) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (asideAnywhere.test(entry.name) || asideAtTheTop.test(path)) continue;
      if (entry.isDirectory()) add(path);
      else
        hash
          .update(`${path}\0`)
          .update(readFileSync(join(app, path)))
          .update('\0');
    }
  };
  add('');
  return hash.digest('hex');
}

/** The record of this very tree, or undefined when there is none: it was changed, or never proven. */
export function proofOf(app: string): ProofRecord | undefined {
  const file = join(app, recordFile);
  if (!existsSync(file)) return undefined;
  const record = ProofRecord.safeParse(JSON.parse(readFileSync(file, 'utf8')));
  return record.data?.tree === treeHash(app) ? record.data : undefined;
}

/**
 * Keeps what became of controls, beside those of others on the same tree.
 *
 * @param tree its hash when the run began: a tree that was changed meanwhile proves nothing
 */
export function recordProof(
  app: string,
  tree: string,
  sabotages: readonly Sabotage[],
  verdicts: ReadonlyMap<Sabotage, Verdict>,
): void {
  if (treeHash(app) !== tree) return;
  const controls = { ...proofOf(app)?.controls };
  for (const [id, its] of Map.groupBy(sabotages, ({ control }) => control)) {
    const red = its.filter((sabotage) => verdicts.get(sabotage)?.result === 'red').length;
    controls[id] = { red, total: its.length };
  }
  mkdirSync(join(app, '.prove'), { recursive: true });
  writeFileSync(join(app, recordFile), `${JSON.stringify({ tree, controls }, null, 2)}\n`);
}
