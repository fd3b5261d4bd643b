import { DeadlineError, within } from '../ops/deadline.ts';
import { Problem } from './problem.ts';

/** Bodies above this are refused before they are parsed. */
export const defaultBodyLimit = 64 * 1024;

const maximumDepth = 20;

/** How long a body may take to arrive: whoever sends without end holds memory that all requests share. */
const patienceMs = 30_000;

/** The kinds of body a route can read. */
export type BodyKind = 'json' | 'form';

/**
 * Reads a body of at most `limit` bytes. The announced length is checked first, then what
 * really arrives is counted, since a chunked body announces nothing.
 * @throws {Problem} 413 above the limit, 415 for another media type, 400 for what cannot be read in time
 */
export function readBody(request: Request, kind: BodyKind, limit: number): Promise<unknown> {
  return kind === 'json' ? readJson(request, limit) : readForm(request, limit);
}

/** Reads JSON, in UTF-8 (RFC 8259, 8.1). @throws {Problem} 413, 415, 400 */
export async function readJson(request: Request, limit = defaultBodyLimit): Promise<unknown> {
  requireBody(request, 'application/json', limit);
  const bytes = await readBytes(request, limit);
  let body: unknown;
  try {
    body = JSON.parse(
      new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(await bytes.arrayBuffer()),
    );
  } catch {
    throw invalid('This is not JSON');
  }
  if (depthOf(body) > maximumDepth) throw invalid(`Nest at most ${maximumDepth} levels deep`);
  return body;
}

/** Reads a form as an object: a field that comes more than once is a list, and so fits no schema. */
async function readForm(request: Request, limit: number): Promise<unknown> {
  requireBody(request, 'multipart/form-data', limit);
  const bytes = await readBytes(request, limit);
  let form: FormData;
  try {
    form = await new Response(bytes, { headers: request.headers }).formData();
  } catch {
    throw invalid('This is not a form');
  }
  // Each part is looked at once: there may be as many as fit into the limit.
  const fields = Map.groupBy(form, ([name]) => name);
  return Object.fromEntries(
    [...fields].map(([name, parts]) => {
      const values = parts.map(([, value]) => value);
      return [name, values.length === 1 ? values[0] : values];
    }),
  );
}

function requireBody(request: Request, expected: string, limit: number): void {
  if (Number(request.headers.get('Content-Length') ?? 0) > limit) {
    throw new Problem('payload_too_large');
  }
  const mediaType = (request.headers.get('Content-Type') ?? '').split(';')[0]?.trim().toLowerCase();
  if (mediaType !== expected) throw new Problem('unsupported_media_type');
}

function invalid(message: string): Problem {
  return new Problem('invalid_input', { errors: [{ field: 'body', message }] });
}

/** @throws {Problem} 413 above the limit, 400 for what takes too long; the rest is then not read */
async function readBytes(request: Request, limit: number): Promise<Blob> {
  if (request.body === null) return new Blob();
  const reader = request.body.getReader();
  try {
    return await within(patienceMs, readAll(reader, limit));
  } catch (thrown) {
    reader.cancel().catch(() => {});
    throw thrown instanceof DeadlineError ? invalid('It took too long to arrive') : thrown;
  }
}

async function readAll(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  limit: number,
): Promise<Blob> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const { done, value: chunk } = await reader.read();
    if (done) return new Blob(chunks);
    length += chunk.byteLength;
    if (length > limit) throw new Problem('payload_too_large');
    chunks.push(chunk);
  }
}

/**
 * Reads a body of at most `limit` bytes as the text it is, whatever its type: where every byte counts,
 * since somebody has signed them, not even a byte order mark is dropped.
 * @throws {Problem} 413 above the limit, 400 for what takes too long
 */
export async function readText(request: Request, limit: number): Promise<string> {
  const bytes = await (await readBytes(request, limit)).arrayBuffer();
  return new TextDecoder('utf-8', { fatal: false, ignoreBOM: true }).decode(bytes);
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
