import * as z from 'zod';
import { readBody, type BodyKind } from './body.ts';
import type { AppContext } from './context.ts';
import { Problem, type FieldError } from './problem.ts';

/** What a route accepts: `z.strictObject` of `params`, `query` and `body`, each strict itself. */
export type InputSchema = z.ZodObject<{ [Part in 'params' | 'query' | 'body']?: z.ZodType }>;

/**
 * Reads and validates what a request carries. What the route does not declare is refused too: an
 * unknown query parameter or field is more often a mistake than a wish.
 * @throws {Problem} 400 with `errors[]`, 413, 415
 */
export async function readInput<Schema extends z.ZodObject>(
  c: AppContext,
  schema: Schema,
  { reads, maxBytes }: { reads: BodyKind; maxBytes: number },
): Promise<z.output<Schema>> {
  // A parameter that comes more than once is a list, and so fits no schema.
  const query = Object.fromEntries(
    Object.entries(c.req.queries()).map(([name, values]) => [
      name,
      values.length === 1 ? values[0] : values,
    ]),
  );
  const received = {
    ...('params' in schema.shape && { params: c.req.param() }),
    ...(('query' in schema.shape || Object.keys(query).length > 0) && { query }),
    ...('body' in schema.shape && { body: await readBody(c.req.raw, reads, maxBytes) }),
  };
  const result = await schema.safeParseAsync(received);
  if (result.success) return result.data;
  throw new Problem('invalid_input', { errors: result.error.issues.flatMap(describe) });
}

/** Names the place and the rule. What was sent is never repeated: it may be a password. */
function describe(issue: z.core.$ZodIssue): FieldError[] {
  const field = issue.path.map(String).join('.');
  if (issue.code !== 'unrecognized_keys') return [{ field, message: issue.message }];
  return [{ field: field === '' ? 'query' : field, message: 'An unknown field was sent' }];
}
