import { createHash, type Hash } from 'node:crypto';
import * as z from 'zod';

export type Row = Readonly<Record<string, unknown>>;

/** Asks a database some statements; the answer has the rows of each. */
export type Ask = (sql: readonly string[]) => readonly Row[][] | Promise<readonly Row[][]>;

/**
 * What a table holds: how many rows, and a hash of each part of it. A row's key says in which part
 * it is, so that what changes while somebody looks spoils one part and not the whole.
 */
const Table = z.object({ rows: z.int(), parts: z.array(z.string()) });
export type Table = z.infer<typeof Table>;

/** Each table by its name, and among them the schema itself. */
export const Fingerprint = z.record(z.string(), Table);
export type Fingerprint = z.infer<typeof Fingerprint>;

const parts = 64;
const schema = 'sqlite_master';
const isOurs = `name NOT LIKE 'sqlite_%' AND name NOT LIKE '\\_cf\\_%' ESCAPE '\\'`;

/** Reads every row of every table once, some at a time, in the order of their keys. */
export async function fingerprintOf(ask: Ask, rowsAtOnce = 2_000): Promise<Fingerprint> {
  const [tables = [], keys = []] = await ask([
    `SELECT name FROM ${schema} WHERE type = 'table' AND ${isOurs} ORDER BY name`,
    `SELECT tables.name, columns.name AS key
     FROM (SELECT name FROM ${schema} WHERE type = 'table' AND ${isOurs}) AS tables
     JOIN pragma_table_info(tables.name) AS columns
     WHERE columns.pk > 0 ORDER BY tables.name, columns.pk`,
  ]);
  const readers = [
    new Reader(schema, ['type', 'name'], 'type, name, tbl_name, sql', isOurs),
    ...tables.map(({ name }) => {
      const own = keys.filter((key) => key['name'] === name).map((key) => String(key['key']));
      return own.length === 0
        ? new Reader(String(name), ['rowid'], 'rowid, *')
        : new Reader(String(name), own);
    }),
  ];
  for (;;) {
    const open = readers.filter((reader) => !reader.isDone);
    if (open.length === 0) break;
    const pages = await ask(open.map((reader) => reader.next(rowsAtOnce)));
    for (const [index, reader] of open.entries()) reader.take(pages[index] ?? [], rowsAtOnce);
  }
  return Object.fromEntries(readers.map((reader) => [reader.table, reader.result()]));
}

/** Reads one table, page by page. */
class Reader {
  isDone = false;
  readonly table: string;
  readonly #keys: readonly string[];
  readonly #columns: string;
  readonly #condition: string;
  #last: Row | undefined;
  #rows = 0;
  readonly #hashes: Hash[] = Array.from({ length: parts }, () => createHash('sha256'));

  constructor(table: string, keys: readonly string[], columns = '*', condition = '1') {
    this.table = table;
    this.#keys = keys;
    this.#columns = columns;
    this.#condition = condition;
  }

  next(limit: number): string {
    const keys = this.#keys.map(quoteName).join(', ');
    const last = this.#keys.map((key) => quoteValue(this.#last?.[key])).join(', ');
    const after = this.#last === undefined ? '1' : `(${keys}) > (${last})`;
    return `SELECT ${this.#columns} FROM ${quoteName(this.table)}
      WHERE ${this.#condition} AND ${after} ORDER BY ${keys} LIMIT ${limit}`;
  }

  take(page: readonly Row[], limit: number): void {
    for (const row of page) {
      const key = JSON.stringify(this.#keys.map((name) => row[name]));
      const part = createHash('sha256').update(key).digest().readUInt32BE() % parts;
      this.#hashes[part]?.update(`${JSON.stringify(contentOf(row))}\n`);
    }
    this.#rows += page.length;
    this.#last = page.at(-1);
    this.isDone = page.length < limit;
  }

  result(): Table {
    return { rows: this.#rows, parts: this.#hashes.map((hash) => hash.digest('hex')) };
  }
}

/** A row without the order of its columns, in which a copy may differ. */
function contentOf(row: Row): [string, unknown][] {
  return Object.entries(row).toSorted(([one], [other]) => (one < other ? -1 : 1));
}

function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

function quoteValue(value: unknown): string {
  return typeof value === 'number' ? String(value) : `'${String(value).replaceAll("'", "''")}'`;
}

/** How a table came back. */
export interface Comparison {
  readonly table: string;
  readonly rows: number;
  readonly restoredRows: number;
  /** Parts that changed while the backup was taken, so that nobody can say how they should be. */
  readonly unsettledParts: number;
  readonly hash: string;
  readonly restoredHash: string;
  readonly isEqual: boolean;
}

/** Compares what was restored with what was there right before and right after the backup was taken. */
export function compare(
  before: Fingerprint,
  after: Fingerprint,
  restored: Fingerprint,
): Comparison[] {
  const tables = new Set([before, after, restored].flatMap((all) => Object.keys(all)));
  return [...tables].toSorted().map((table) => {
    const [was, is, now] = [before, after, restored].map((all) => all[table] ?? nothing);
    const settled = was?.parts.flatMap((part, index) => (part === is?.parts[index] ? [index] : []));
    const unsettledParts = parts - (settled?.length ?? 0);
    const isSame = settled?.every((index) => now?.parts[index] === was?.parts[index]) ?? false;
    return {
      table,
      rows: was?.rows ?? 0,
      restoredRows: now?.rows ?? 0,
      unsettledParts,
      hash: hashOf(was),
      restoredHash: hashOf(now),
      isEqual: isSame && (unsettledParts > 0 || was?.rows === now?.rows),
    };
  });
}

function hashOf(table: Table | undefined): string {
  return createHash('sha256')
    .update(table?.parts.join() ?? '')
    .digest('hex');
}

const nothing: Table = { rows: 0, parts: Array.from({ length: parts }, () => '') };
