import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { createApp, routes } from '../../src/app.ts';
import { access } from '../../src/auth/access.ts';
import { route } from '../../src/http/route.ts';
import { newTenant } from './arrange.ts';
import { Browser } from './browser.ts';
import { interceptD1 } from './doubles.ts';

/** What would let a cache keep an answer, or show an old one after asking. */
const keeping = ['ETag', 'Last-Modified', 'Expires', 'CDN-Cache-Control', 'Surrogate-Control'];

const kept = ({ headers }: { headers: Headers }) => ({
  control: headers.get('Cache-Control'),
  others: keeping.filter((name) => headers.has(name)),
});
const never = { control: 'no-store', others: [] };

describe('DEP-4 no cache keeps an answer of the API, so none has to be emptied', () => {
  it.each(routes)('$method $path, whoever asks', async (declared) => {
    const { owner, tenantId } = await newTenant();
    const path = declared.path
      .replace(':tenantId', tenantId)
      .replace(/:\w+/g, () => crypto.randomUUID());
    for (const browser of [new Browser(), owner]) {
      expect(kept(await browser.send(declared.method, path, undefined))).toEqual(never);
    }
  });

  it('nor what is not there, nor what fails', async () => {
    const { owner } = await newTenant();
    expect(kept(await owner.get('/nothing-here'))).toEqual(never);
    const fail = () => {
      throw new Error('D1 is down');
    };
    owner.env = { ...env, DB: interceptD1(fail) };
    const answer = await owner.get('/api/me');
    expect([answer.status, kept(answer)]).toEqual([503, never]);
  });

  it('nor what a handler would let be kept', async () => {
    const generous = route({
      method: 'GET',
      path: '/generous',
      access: access.public,
      input: z.strictObject({}),
      handler: ({ c }) =>
        Promise.resolve(c.json({}, 200, { 'Cache-Control': 'public, max-age=86400' })),
    });
    const browser = new Browser();
    browser.app = createApp([generous]);
    expect(kept(await browser.get('/generous'))).toEqual(never);
  });
});
