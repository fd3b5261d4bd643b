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

const beginning: Position = { createdAt: -1, id: '' };
const encodedPosition = z.tuple([z.int().min(0), z.string().max(64)]);

/** Reads a cursor we made. It is only a position: what it leads to is still the guarded tenant's own. */
const cursor = z
  .string()
  .max(200)
  .transform((text, check): Position => {
    const position = decode(text);
    if (position === null) {
      check.addIssue({ code: 'custom', message: 'Use the nextCursor of the page before' });
      return z.NEVER;
    }
    return position;
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

/** The query of a list that has one order: oldest first. */
export const pageQuery = z
  .strictObject(pageFields)
  .transform((query) => ({ limit: query.limit, position: query.cursor ?? beginning }));

/** Presents a page of `limit` from rows that hold one more when there is a next page. */
export function pageOf<Row extends Position, Item>(
  rows: readonly Row[],
  limit: number,
  present: (row: Row) => Item,
): { items: Item[]; nextCursor: string | null } {
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  const nextCursor = rows.length > limit && last !== undefined ? encode(last) : null;
  return { items: page.map(present), nextCursor };
}

function encode({ createdAt, id }: Position): string {
  const json = new TextEncoder().encode(JSON.stringify([createdAt, id]));
  return json.toBase64({ alphabet: 'base64url', omitPadding: true });
}

function decode(text: string): Position | null {
  try {
    const json = new TextDecoder().decode(Uint8Array.fromBase64(text, { alphabet: 'base64url' }));
    const [createdAt, id] = encodedPosition.parse(JSON.parse(json));
    return { createdAt, id };
  } catch {
    return null;
  }
}
