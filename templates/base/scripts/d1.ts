import { spawnSync } from 'node:child_process';

export type Place = 'local' | 'staging' | 'production';

/** The place that `--env` names; without it this machine. Anything else is null. */
export function readPlace(name: string | undefined): Place | null {
  if (name === undefined || name === 'local') return 'local';
  return name === 'staging' || name === 'production' ? name : null;
}

export type Row = Readonly<Record<string, unknown>>;

/**
 * Runs a statement on the database of a place and answers its rows. There are no parameters here:
 * put nothing into `sql` but words that were checked.
 * @throws {Error} with what wrangler said
 */
export function askD1(place: Place, sql: string): readonly Row[] {
  const where = place === 'local' ? ['--local'] : ['--remote', '--env', place];
  const words = ['wrangler', 'd1', 'execute', 'DB', ...where, '--json', '--command', sql];
  const { status, stdout, stderr } = spawnSync('npx', words, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`D1 (${place}) was not asked:\n${stderr}${stdout}`);
  return readRows(JSON.parse(stdout));
}

function readRows(printed: unknown): readonly Row[] {
  const answers: readonly unknown[] = Array.isArray(printed) ? printed : [];
  return answers.flatMap((answer) =>
    isRow(answer) && Array.isArray(answer['results']) ? answer['results'].filter(isRow) : [],
  );
}

function isRow(value: unknown): value is Row {
  return typeof value === 'object' && value !== null;
}
