import { Problem } from './problem.ts';

/** Bodies above this are refused before they are parsed. */
export const defaultBodyLimit = 64 * 1024;

const maximumDepth = 20;

/**
 * Reads a JSON body of at most `limit` bytes. The announced length is checked first, then what
 * really arrives is counted, since a chunked body announces nothing.
 * @throws {Problem} 413 above the limit, 415 for another media type, 400 for what is not JSON
 */
export async function readJson(request: Request, limit = defaultBodyLimit): Promise<unknown> {
  if (Number(request.headers.get('Content-Length') ?? 0) > limit) {
    throw new Problem('payload_too_large');
  }
  const mediaType = (request.headers.get('Content-Type') ?? '').split(';')[0]?.trim().toLowerCase();
  if (mediaType !== 'application/json') throw new Problem('unsupported_media_type');
  const text = await readText(request, limit);
  const invalid = (message: string) =>
    new Problem('invalid_input', { errors: [{ field: 'body', message }] });
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    throw invalid('This is not JSON');
  }
  if (depthOf(body) > maximumDepth) throw invalid(`Nest at most ${maximumDepth} levels deep`);
  return body;
}

/** Reads a body of at most `limit` bytes, whatever it says of itself. @throws {Problem} 413 */
export async function readText(request: Request, limit: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of request.body ?? []) {
    length += chunk.byteLength;
    if (length > limit) throw new Problem('payload_too_large');
    chunks.push(chunk);
  }
  return new Blob(chunks).text();
}

/** How deep a value nests, without recursion: a hostile body must not exhaust the stack either. */
function depthOf(value: unknown): number {
  let level: unknown[] = [value];
  let depth = 0;
  for (; level.length > 0 && depth <= maximumDepth; depth += 1) {
    level = level.flatMap((item) =>
      typeof item === 'object' && item !== null ? Object.values(item) : [],
    );
  }
  return depth;
}
