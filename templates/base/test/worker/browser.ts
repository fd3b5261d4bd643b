import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { app } from '../../src/app.ts';
import type { Env } from '../../src/env.ts';
import { askApp } from './ask-app.ts';
import { post } from './post.ts';

export const origin = 'https://app.example';

/** An answer, read once so that a test can look at it from every side. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body as JSON; null where there is none. */
  readonly json: Json;
}

/** JSON that a test may walk into without knowing its type. */
// oxlint-disable-next-line typescript/no-explicit-any -- a test compares what it finds anyway
export type Json = any;

let clients = 0;

/** A new client address for each test: the storage behind the limits is shared within a file. */
export function freshAddress(): string {
  clients += 1;
  return `203.0.${Math.floor(clients / 250)}.${(clients % 250) + 1}`;
}

/**
 * A browser with a cookie jar, which talks to the app as production would run it. It waits for the
 * work that outlives the response, so that a test sees all that a request did.
 */
export class Browser {
  readonly cookies = new Map<string, string>();
  address = freshAddress();
  /** What the app is bound to; a test puts doubles here. */
  env: Env = { ...env, EMAIL: post };
  app = app;

  get(path: string, headers: Record<string, string> = {}): Promise<Answer> {
    return this.send('GET', path, undefined, headers);
  }

  post(path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    return this.send('POST', path, body, headers);
  }

  patch(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    return this.send('PATCH', path, body, headers);
  }

  delete(path: string, headers: Record<string, string> = {}): Promise<Answer> {
    return this.send('DELETE', path, undefined, headers);
  }

  async send(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    // A form brings its own media type, with its boundary.
    const isForm = body instanceof FormData;
    const isReady = isForm || typeof body === 'string';
    const request = new Request(new URL(path, origin), {
      method,
      headers: {
        Origin: origin,
        'CF-Connecting-IP': this.address,
        ...(body !== undefined && !isForm && { 'Content-Type': 'application/json' }),
        ...(this.cookies.size > 0 && { Cookie: this.cookieHeader() }),
        ...headers,
      },
      ...(body !== undefined && { body: isReady ? body : JSON.stringify(body) }),
    });
    return this.fetch(request);
  }

  async fetch(request: Request): Promise<Answer> {
    const executionContext = createExecutionContext();
    const response = await askApp(this.app, request, this.env, executionContext);
    const text = new TextDecoder().decode(await response.arrayBuffer());
    await waitOnExecutionContext(executionContext);
    this.#keepCookies(response.headers);
    const isJson = /json/.test(response.headers.get('Content-Type') ?? '');
    return {
      status: response.status,
      headers: response.headers,
      text,
      json: isJson && text !== '' ? JSON.parse(text) : null,
    };
  }

  cookieHeader(): string {
    return [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  }

  #keepCookies(headers: Headers): void {
    for (const line of headers.getSetCookie()) {
      const [pair = ''] = line.split(';');
      const [name = '', value = ''] = pair.split('=');
      if (value === '' || /max-age=0/i.test(line)) this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
  }
}
