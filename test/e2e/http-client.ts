import { createHmac } from 'node:crypto';
import * as z from 'zod';

/** A script that speaks real HTTP to an application, with a cookie jar. */
export class HttpClient {
  readonly cookies = new Map<string, string>();
  readonly #address: string;

  constructor(address: string) {
    this.#address = address;
  }

  async ask(method: string, path: string, body?: unknown) {
    const response = await fetch(this.#address + path, {
      method,
      redirect: 'manual',
      headers: {
        Origin: this.#address,
        ...(this.cookies.size > 0 && { Cookie: this.cookieHeader() }),
        ...(body !== undefined && { 'Content-Type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    for (const line of response.headers.getSetCookie()) this.#keep(line);
    const text = await response.text();
    const json: unknown = text === '' ? null : JSON.parse(text);
    return { status: response.status, json };
  }

  /** The bare token in the newest mail to an address. */
  async mailedToken(to: string): Promise<string> {
    const { json } = await this.ask('GET', `/dev/mailbox.json?to=${to}`);
    const mail = z.object({ items: z.array(z.object({ text: z.string() })) }).parse(json).items[0];
    const token = /#token=([\w-]{43})/.exec(mail?.text ?? '')?.[1];
    if (token === undefined) throw new Error(`no mail to ${to} carries a token`);
    return token;
  }

  cookieHeader(): string {
    return [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  }

  #keep(line: string): void {
    const [pair = '', ...attributes] = line.split('; ');
    const name = pair.slice(0, pair.indexOf('='));
    if (attributes.includes('Max-Age=0')) this.cookies.delete(name);
    else this.cookies.set(name, pair.slice(name.length + 1));
  }
}

/** What an authenticator app shows for a Base32 secret (RFC 6238: SHA-1, six digits, 30 seconds). */
export function totp(secret: string, now: number): string {
  const bits = Array.from(secret, (letter) =>
    'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0'),
  ).join('');
  const seed = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(now / 30_000)));
  const mac = createHmac('sha1', seed).update(counter).digest();
  const offset = (mac.at(-1) ?? 0) & 15;
  const number = mac.readUInt32BE(offset) & 0x7fffffff;
  return String(number % 1_000_000).padStart(6, '0');
}
