import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import * as z from 'zod';
import { checksum, partsOf } from '../../generator/governance/keeping/parts.ts';
import { filesBelow } from '../files-below.ts';
import { emptyDirectory, runCli } from './command-line.ts';

const Outcome = z.strictObject({
  directory: z.string(),
  dryRun: z.literal(true).optional(),
  changed: z.array(z.string()),
  unchanged: z.array(z.string()),
  differences: z.array(
    z.strictObject({
      file: z.string(),
      part: z.string(),
      yours: z.array(z.string()),
      generated: z.array(z.string()),
    }),
  ),
  review: z.array(z.string()),
});

/** An application, with functions to change it by hand. */
export async function newApp(...flags: readonly string[]) {
  const cwd = emptyDirectory();
  const app = join(cwd, 'app');
  await runCli(['app', '--yes', '--no-install', '--no-git', ...flags], { cwd });
  const read = (path: string) => readFileSync(join(app, path), 'utf8');
  const write = (path: string, text: string) => writeFileSync(join(app, path), text);
  const edit = (path: string, find: string, replacement: string) => {
    expect(read(path).split(find)).toHaveLength(2);
    write(
      path,
      read(path).replace(find, () => replacement),
    );
  };
  const snapshot = () => new Map(filesBelow(app).map((path) => [path, read(path)]));
  const run = (...words: readonly string[]) => runCli(['governance', 'app', ...words], { cwd });
  const outcome = async (...words: readonly string[]) => {
    const { code, stdout } = await run('--json', ...words);
    return { code, ...Outcome.parse(JSON.parse(stdout)) };
  };
  return { cwd, app, read, write, edit, snapshot, run, outcome };
}

export const threatModel = '.ai/threat-model.md';
export const notes = 'What is special about this app belongs here. It is kept as you write it.';
export const newRoute = `export const healthRoutes = [
  route({
    method: 'GET',
    path: '/new',
    access: access.public,
    input: z.strictObject({}),
    handler: async ({ c }) => c.body(null, 204),
  }),
`;

/** Makes the threat model one that an earlier state of the app led to: sealed, and no longer right. */
export function rewriteOutdated(
  read: (path: string) => string,
  write: (path: string, text: string) => void,
): void {
  const text = read(threatModel).replace(
    'the cookie is the user, in every tenant of theirs',
    'outdated',
  );
  const plain = text.replaceAll('\r\n', '\n');
  const [part] = partsOf(plain);
  if (part === undefined) throw new Error('the threat model has no generated part');
  write(threatModel, text.replace(part.seal, checksum(part.content)));
}
