import * as z from 'zod';

/** Where a page begins: after the item with this age and id. */
export interface Position {
  readonly createdAt: number;
  readonly id: string;
}

/** What a client asks a list for. */
export interface Page {
  readonly position: Position;
  readonly limit: number;
}

/** The same in a list of any order: after the item of this age or text, and this id. */
export interface Cursor {
  readonly after: number | string;
  readonly id: string;
}

/** Where a list begins that goes on from the oldest item, and one that goes back from the newest. */
export const beginnings = {
  oldest: { createdAt: -1, id: '' },
  newest: { createdAt: Number.MAX_SAFE_INTEGER, id: '' },
} as const satisfies Record<string, Position>;

const encodedCursor = z.tuple([z.union([z.int().min(0), z.string().max(100)]), z.string().max(64)]);
const notOurs = { code: 'custom', message: 'Use the nextCursor of the page before' } as const;

/** Reads a cursor we made. It is only a position: what it leads to is still the guarded tenant's own. */
const cursor = z
  .string()
  .max(1_000)
  .transform((text, check): Cursor => {
    const decoded = decode(text);
    if (decoded !== null) return decoded;
    check.addIssue(notOurs);
    return z.NEVER;
  });

/** `?limit=` (1 to 100, default 20) and `?cursor=` (the `nextCursor` of the page before). */
export const pageFields = {
  limit: z
    .string()
    .max(3)
    .regex(/^\d+$/)
    .transform(Number)
    .pipe(z.int().min(1).max(100))
    .default(20),
  cursor: cursor.optional(),
};

const pageFrom = (beginning: Position) =>
  z.strictObject(pageFields).transform((query, check): Page => {
    const { after, id } = query.cursor ?? { after: beginning.createdAt, id: beginning.id };
    if (typeof after === 'number') {
      return { limit: query.limit, position: { createdAt: after, id } };
    }
    check.addIssue({ ...notOurs, path: ['cursor'] });
    return z.NEVER;
  });

/** The query of a list that has one order: oldest first. */
export const pageQuery = pageFrom(beginnings.oldest);

/** The query of a list of what happened: newest first, since that is what people look for. */
export const historyQuery = pageFrom(beginnings.newest);

/** Presents a page of `limit` from rows that hold one more when there is a next page. */
export function pageOf<Row extends Position, Item>(
  rows: readonly Row[],
  limit: number,
  present: (row: Row) => Item,
  orderedBy: (row: Row) => Cursor['after'] = (row) => row.createdAt,
): { items: Item[]; nextCursor: string | null } {
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  const nextCursor =
    rows.length > limit && last !== undefined
      ? encode({ after: orderedBy(last), id: last.id })
      : null;
  return { items: page.map(present), nextCursor };
}

function encode({ after, id }: Cursor): string {
  const json = new TextEncoder().encode(JSON.stringify([after, id]));
  return json.toBase64({ alphabet: 'base64url', omitPadding: true });
}

function decode(text: string): Cursor | null {
  try {
    const json = new TextDecoder().decode(Uint8Array.fromBase64(text, { alphabet: 'base64url' }));
    const [after, id] = encodedCursor.parse(JSON.parse(json));
    return { after, id };
  } catch {
    return null;
  }
}
