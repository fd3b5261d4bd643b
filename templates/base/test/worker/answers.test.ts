import { env } from 'cloudflare:workers';
import { createExecutionContext } from 'cloudflare:test';
import { describe, expect, it } from 'vitest';
import { app } from '../../src/app.ts';
import { faultsOfAnswer } from './answer-check.ts';
import { askApp } from './ask-app.ts';
import { origin } from './browser.ts';

const request = new Request(`${origin}/api/me`);
const ask = () => askApp(app, request, env, createExecutionContext());

/** An answer of the app, with a header changed, or another body. */
async function changed(change: (headers: Headers) => void, body?: (text: string) => string) {
  const answer = await ask();
  const headers = new Headers(answer.headers);
  change(headers);
  const text = await answer.text();
  return new Response(body === undefined ? text : body(text), { status: answer.status, headers });
}
const told = (text: string) => (body: string) => body.replace('Log in first', text);
const nothing = () => {};
const faultsOf = (answer: Response) => faultsOfAnswer(request, answer, env.APP_ENV);

describe('ERR-1 what every answer of these tests must be', () => {
  it('holds for an answer of the app', async () => {
    expect(await faultsOf(await ask())).toEqual([]);
  });

  it.each([
    'Cache-Control',
    'Content-Security-Policy',
    'Content-Type',
    'Cross-Origin-Opener-Policy',
    'Cross-Origin-Resource-Policy',
    'Permissions-Policy',
    'Referrer-Policy',
    'Strict-Transport-Security',
    'X-Content-Type-Options',
    'X-Request-Id',
  ])('one without %s is noticed', async (name) => {
    const answer = await changed((headers) => headers.delete(name));
    expect(await faultsOf(answer)).not.toEqual([]);
  });

  it.each([
    ['Cache-Control', 'private, no-store'],
    ['Cache-Control', 'public, max-age=31536000, immutable'],
    ['Content-Security-Policy', "default-src 'none'"],
    ['Content-Security-Policy', "default-src 'none'; form-action 'none'; frame-ancestors 'none'"],
    ['Content-Security-Policy', "default-src 'none'; base-uri 'none'; frame-ancestors 'none'"],
    [
      'Content-Security-Policy',
      "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; script-src 'unsafe-inline'",
    ],
    [
      'Content-Security-Policy',
      "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; script-src https:",
    ],
    ['Strict-Transport-Security', 'max-age=300'],
    ['Access-Control-Allow-Origin', '*'],
    ['X-Request-Id', 'of-another-kind'],
    ['Content-Type', 'application/json'],
    ['Content-Type', 'text/html'],
    ['X-Powered-By', 'Hono'],
    ['Set-Cookie', '__Host-sid=x; HttpOnly; SameSite=Lax; Path=/'],
    ['Set-Cookie', 'sid=x; HttpOnly; Secure; SameSite=Lax; Path=/'],
  ])('one with %s: %s is noticed', async (name, value) => {
    const answer = await changed((headers) => headers.set(name, value));
    expect(await faultsOf(answer)).not.toEqual([]);
  });

  it.each([
    'TypeError: x is not a function',
    'D1_ERROR: no such table',
    'at handler (app.js:7)\\n    at next',
    'SELECT id FROM users',
    'src/auth/login.ts:12',
    'Something of our own',
  ])('one that says "%s" is noticed', async (text) => {
    expect(await faultsOf(await changed(nothing, told(text)))).not.toEqual([]);
  });

  it('one with the id of another request, another status or a field more is noticed', async () => {
    const changes = [
      (text: string) => text.replace(/"requestId":"\w+"/, `"requestId":"${'0'.repeat(32)}"`),
      (text: string) => text.replace('"status":401', '"status":500'),
      (text: string) => text.replace('{', '{"stack":"",'),
      (text: string) => text.replace('unauthenticated', 'unheard_of'),
    ];
    for (const change of changes) {
      expect(await faultsOf(await changed(nothing, change))).toHaveLength(1);
    }
  });
});
