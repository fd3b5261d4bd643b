import type { Child } from 'hono/jsx';
import type * as z from 'zod';
import { fill, queryOf, withQuery } from './addresses.ts';
import type { Visit } from './page.ts';
import { Go, rowsOf } from './parts/pieces.tsx';

/** Reads what a page's own address asks for of a list. Cursors lead only onwards. @throws {Problem} */
export async function readList<Item>(
  { c, api, at }: Visit,
  from: string,
  shape: z.ZodType<{ items: Item[]; nextCursor: string | null }>,
  ...filters: readonly string[]
) {
  const others = queryOf(c, ...filters);
  const { cursor = '' } = queryOf(c, 'cursor');
  const asked = withQuery(fill(from, c), { ...others, cursor });
  const { items, nextCursor } = await api.read(asked, shape);
  const rows = (draw: (item: Item) => Child) => (
    <>
      {rowsOf(items, draw)}
      {(cursor !== '' || nextCursor !== null) && (
        <nav class="side" aria-label="Pages of the list">
          {cursor !== '' && <Go quiet to={withQuery(at, others)} text="Back to the beginning" />}
          {nextCursor !== null && (
            <Go quiet to={withQuery(at, { ...others, cursor: nextCursor })} text="Next page" />
          )}
        </nav>
      )}
    </>
  );
  return { items, rows };
}
