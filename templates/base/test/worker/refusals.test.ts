import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { routes } from '../../src/app.ts';
import type { Route } from '../../src/http/route.ts';
import { freshAddress } from './browser.ts';
import { fill, newFurnishedTeam } from './tenant-routes.ts';

const canary = 'canary-7f3a';
const endless = canary.repeat(500);

const Fields = z.looseObject({ properties: z.record(z.string(), z.unknown()).default({}) });

/** The fields of one part of what a route takes. */
function fieldsOf({ input }: Route, part: 'body' | 'query'): string[] {
  const schema = z.toJSONSchema(input, { io: 'input', unrepresentable: 'any' });
  const found = Fields.safeParse(schema.properties?.[part]);
  return found.success ? Object.keys(found.data.properties) : [];
}

/** What a field gets that no field takes. */
const wrong: readonly unknown[] = [
  endless,
  { [canary]: canary },
  [canary],
  [[canary]],
  -1.5e300,
  null,
  true,
];

const formWith = (field: string, value: string) => {
  const form = new FormData();
  form.append(field, value);
  return form;
};

/** Requests that a route must refuse for what they carry, each with the place that is to be named. */
function refusedBy(route: Route, path: string) {
  const queries = fieldsOf(route, 'query').map((field) => ({
    at: `${path}?${field}=${endless}`,
    body: undefined,
    named: `query.${field}`,
  }));
  const bodies = fieldsOf(route, 'body').flatMap((field) => {
    const values = route.reads === 'form' ? [formWith(field, canary)] : wrong;
    return values.map((value) => ({
      at: path,
      body: route.reads === 'form' ? value : { [field]: value },
      named: `body.${field}`,
    }));
  });
  const strange =
    route.reads === 'form' ? formWith(canary, canary) : { [canary]: { [canary]: canary } };
  const unknown = fieldsOf(route, 'body').slice(0, 1);
  return [
    ...queries,
    ...bodies,
    ...unknown.map(() => ({ at: path, body: strange, named: 'body' })),
    { at: `${path}?${canary}=${canary}`, body: undefined, named: 'query' },
  ];
}

/** A provider's own parameters are let through there (RFC 6749, 4.1.2). */
const callback = '/api/auth/oauth/:provider/callback';

const taking = routes.filter(({ path, access }) => access.kind !== 'webhook' && path !== callback);

describe('API-1 a refusal names the field, and repeats nothing of what was sent', () => {
  it('there are fields of every kind to try', () => {
    const names = (part: 'body' | 'query') =>
      new Set(taking.map((one) => fieldsOf(one, part)).flat());
    expect([...names('body')]).toEqual(
      expect.arrayContaining(['email', 'password', 'token', 'code', 'name', 'role']),
    );
    expect([...names('query')]).toEqual(expect.arrayContaining(['limit', 'cursor', 'q', 'sort']));
  });

  it.each(taking)('$method $path', async (route) => {
    const { owner, ids } = await newFurnishedTeam();
    const { browser } = owner;
    const operator = { Authorization: `Bearer ${env.OPERATIONS_TOKEN}` };
    const path = fill(route.path, { ...ids, provider: canary });
    const hasBody = fieldsOf(route, 'body').length > 0;
    for (const { at, body, named } of refusedBy(route, path)) {
      browser.address = freshAddress();
      const isNeeded = hasBody && body === undefined;
      const sent = isNeeded && route.reads === 'form' ? formWith(canary, canary) : body;
      const answer = await browser.send(
        route.method,
        at,
        sent ?? (isNeeded ? {} : undefined),
        route.access.kind === 'operator' ? operator : {},
      );
      expect([named, answer.status, answer.json.code]).toEqual([named, 400, 'invalid_input']);
      const errors: { field: string }[] = answer.json.errors;
      expect(errors.map(({ field }) => field)).toContain(named);
      expect(answer.text).not.toContain(canary);
      expect(JSON.stringify([...answer.headers])).not.toContain(canary);
    }
  });

  it.each([
    ['what is not JSON', `{"${canary}`, 'application/json', 400],
    ['what no JSON begins with', canary, 'application/json', 400],
    ['what is not UTF-8', `{"${canary}":"\ud800"}`, 'application/json', 400],
    ['another media type', canary, `text/${canary}`, 415],
    ['what is too long', `"${canary.repeat(9_000)}"`, 'application/json', 413],
    [
      'what nests too deep',
      `${'['.repeat(99)}"${canary}"${']'.repeat(99)}`,
      'application/json',
      400,
    ],
  ])('%s', async (_what, body, type, status) => {
    const { owner } = await newFurnishedTeam();
    const answer = await owner.browser.post('/api/tenants', body, { 'Content-Type': type });
    expect(answer.status).toBe(status);
    expect(answer.text).not.toContain(canary);
  });
});
