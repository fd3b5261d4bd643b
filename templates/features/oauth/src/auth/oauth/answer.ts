import type * as z from 'zod';
import { OAuthFailure } from './failure.ts';

/** How long a provider may take for one answer. Longer keeps people waiting while it is down. */
export const patienceMs = 5_000;

/** Far above what any of them sends: an answer must not fill the memory. */
const maximumBytes = 64 * 1_024;

/** Reads what a provider answered, as JSON of a known shape. @throws for anything else */
export async function readAnswer<Schema extends z.ZodType>(
  response: Response,
  schema: Schema,
): Promise<z.output<Schema>> {
  if (!response.ok) throw new OAuthFailure('provider_failed');
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += chunk.byteLength;
    if (length > maximumBytes) throw new OAuthFailure('provider_failed');
    chunks.push(chunk);
  }
  return schema.parse(JSON.parse(await new Blob(chunks).text()));
}
