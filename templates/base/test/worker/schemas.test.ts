import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { routes } from '../../src/app.ts';
import { access } from '../../src/auth/access.ts';
import { route } from '../../src/http/route.ts';
import { looseParts } from './loose-parts.ts';

// Providers add parameters of their own, which a client must ignore (RFC 6749, 4.1.2).
const callback = 'GET /api/auth/oauth/:provider/callback query: an object that takes any key';

describe('API-1 what every route takes is strict, and has bounds', () => {
  it('in each object, text, list and number', () => {
    const known = routes.some(({ path }) => callback.includes(` ${path} `)) ? [callback] : [];
    expect(routes.flatMap(looseParts)).toEqual(known);
  });

  it('a path with parameters declares them, and no other does', () => {
    for (const { path, input } of routes) {
      const named = [...path.matchAll(/:(\w+)/g)].map(([, name]) => String(name));
      const params = input.shape['params'];
      const declared = params instanceof z.ZodObject ? Object.keys(params.shape) : [];
      expect([path, new Set(declared)]).toEqual([path, new Set(named)]);
    }
  });

  it.each<readonly [string, z.ZodType]>([
    ['an object that takes any key', z.looseObject({})],
    ['an object that takes any key', z.strictObject({ deep: z.object({}) })],
    ['an object that takes any key', z.record(z.string(), z.literal(1))],
    ['an object that takes any key', z.union([z.literal(1), z.looseObject({})])],
    ['an object that takes any key', z.strictObject({ list: z.array(z.object({})).max(2) })],
    ['a text without an end', z.string()],
    ['a text without an end', z.string().max(64 * 1024 + 1)],
    ['a text without an end', z.string().optional()],
    ['a text without an end', z.string().transform((text) => text.slice(0, 9))],
    ['a text without an end', z.tuple([z.string()])],
    ['a text without an end', z.email()],
    ['a list without an end', z.array(z.literal('x'))],
    ['a list without an end', z.tuple([z.literal('x')], z.literal('y'))],
    ['a number without bounds', z.number()],
    ['a number without bounds', z.int()],
    ['a number without bounds', z.number().min(0)],
    ['a number without bounds', z.number().max(9).nullable()],
    ['anything at all', z.unknown()],
    ['anything at all', z.any()],
    ['anything at all', z.custom()],
  ])('the walk notices %s', (what, schema) => {
    const loose = route({
      method: 'POST',
      path: '/loose',
      access: access.public,
      input: z.strictObject({ body: z.strictObject({ field: schema }) }),
      handler: ({ c }) => Promise.resolve(c.body(null, 204)),
    });
    expect(looseParts(loose)).toEqual([expect.stringContaining(`: ${what}`)]);
  });
});

describe('API-5 no JSON is longer than 64 KB', () => {
  it('on any route', () => {
    const longer = routes.filter(({ reads, maxBytes }) => reads === 'json' && maxBytes > 64 * 1024);
    expect(longer).toEqual([]);
  });
});

describe('API-1 a text has one form, and its bounds in that form', () => {
  /** What is compared by its hash, for which it is brought into one form. */
  const secrets = new Set(['code', 'current', 'emailCode', 'password', 'token']);
  const texts = routes.flatMap(({ method, path, input: { shape } }) => {
    const fields = shape['body'] instanceof z.ZodObject ? Object.entries(shape['body'].shape) : [];
    return fields
      .filter(([name]) => !secrets.has(name))
      .map(([name, field]) => [name, `${method} ${path}`, field] as const);
  });
  const taken = (field: z.core.$ZodType, text: string) => z.safeParse(field, text).data ?? null;

  it('there are names, addresses and texts of several lines', () => {
    const names = texts.map(([name]) => name);
    expect(names).toEqual(expect.arrayContaining(['name', 'email', 'description']));
  });

  it.each(texts)('%s of %s', (name, _route, field) => {
    const [typed, kept] =
      name === 'email' ? ['\u212cOB@Example.com', 'bob@example.com'] : ['e\u0301', '\u00e9'];
    expect([null, kept]).toContain(taken(field, typed));
    const { maxLength = 0 } = z.toJSONSchema(field, { io: 'input', unrepresentable: 'any' });
    // A letter that is two in this form.
    expect(taken(field, '\u0958'.repeat(maxLength))).toBeNull();
  });
});
