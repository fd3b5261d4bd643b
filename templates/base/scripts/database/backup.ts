import { createHash } from 'node:crypto';
import {
  createReadStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import { measure, type Copy } from './drill.ts';
import { Fingerprint, type Ask } from './fingerprint.ts';
import { Tombstones } from './tombstones.ts';
import { ask, change, places, runWrangler, wordsOf, type Place } from './wrangler.ts';

/** What stands beside a dump, and what a restored copy of it is measured by. */
export const Manifest = z.object({
  place: z.enum(places),
  takenAt: z.iso.datetime(),
  before: Fingerprint,
  after: Fingerprint,
  tombstones: Tombstones,
});
export type Manifest = z.infer<typeof Manifest>;

/** Dumps hold everything there is about everybody: git ignores this folder, and so should you. */
export const backups = join(import.meta.dirname, '..', '..', 'backups');

export const askAt =
  (place: Place): Ask =>
  (sql) =>
    ask(wordsOf(place), sql);

/** Exports a database, with a manifest beside the dump. Answers the path of the dump. */
export async function takeBackup(place: Place): Promise<string> {
  const takenAt = new Date().toISOString();
  mkdirSync(backups, { recursive: true });
  const dump = join(backups, `${place}-${fileTime(takenAt)}.sql`);
  // Half an export must not look like a backup.
  const partial = `${dump}.partial`;
  // Before wrangler writes into it: nobody else on this machine reads everybody's data.
  writeFileSync(partial, '', { mode: 0o600, flag: 'wx' });
  const measuring = measure(askAt(place), () => {
    runWrangler('d1', 'export', 'DB', ...wordsOf(place), '--output', partial);
    renameSync(partial, dump);
  });
  const measured = await measuring.finally(() => rmSync(partial, { force: true }));
  const manifest: Manifest = { place, takenAt, ...measured };
  writeFileSync(manifestOf(dump), `${JSON.stringify(manifest)}\n`, { mode: 0o600 });
  return dump;
}

/** The manifest beside a dump; for a dump that has none, one made from the database as it is now. */
export async function manifestFor(dump: string, place: Place): Promise<Manifest> {
  const file = manifestOf(dump);
  if (existsSync(file)) return Manifest.parse(JSON.parse(readFileSync(file, 'utf8')));
  const takenAt = new Date().toISOString();
  return { place, takenAt, ...(await measure(askAt(place), () => {})) };
}

/** D1 does not take a dump, as when a row is missing that others refer to. */
export class DumpRefusedError extends Error {
  override readonly name = 'DumpRefusedError';
}

/**
 * Imports a dump into a database of its own on this machine, does something with it, and removes it.
 * @throws {DumpRefusedError} where the import fails, and whatever `use` throws
 */
export async function withRestored<Result>(
  dump: string,
  use: (copy: Copy) => Promise<Result>,
): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), 'restored-'));
  try {
    const where = ['--local', '--persist-to', folder];
    try {
      runWrangler('d1', 'execute', 'DB', ...where, '--yes', '--file', dump);
    } catch (thrown) {
      throw new DumpRefusedError(thrown instanceof Error ? thrown.message : String(thrown));
    }
    return await use({
      ask: (sql) => ask(where, sql),
      change: (sql) => change(where, sql),
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export async function hashOfFile(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file)) hash.update(chunk);
  return hash.digest('hex');
}

/** A time as it may stand in the name of a file anywhere. */
export function fileTime(time: string): string {
  return time.replaceAll(':', '-');
}

/** The manifest of the newest backup of a place on this machine, where there is one. */
export function newestManifest(place: Place): string | undefined {
  const names = existsSync(backups) ? readdirSync(backups) : [];
  const newest = names
    .filter((name) => name.startsWith(`${place}-`) && name.endsWith('.json'))
    .toSorted()
    .at(-1);
  return newest && join(backups, newest);
}

function manifestOf(dump: string): string {
  return dump.replace(/\.sql$/, '.json');
}
