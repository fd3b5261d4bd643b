import { fill } from '../addresses.ts';
import type { Visit } from '../page.ts';

/** Hands what the API answers to the browser, as a file to keep. @throws {Refusal} */
export async function download({ c, api }: Visit, from: string, name: string): Promise<Response> {
  const { body } = await api.open(fill(from, c));
  const headers = {
    'Content-Type': 'application/json',
    'Content-Disposition': `attachment; filename="${name}"`,
  };
  return new Response(body, { headers });
}
