import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { rowsOf } from './arrange.ts';
import { fill, newFurnishedTeam, tenantRoutes, type TenantRoute } from './tenant-routes.ts';

const hostile = [
  `'; DROP TABLE projects; --`,
  `' OR '1'='1`,
  `" OR ""="`,
  `1); DELETE FROM memberships WHERE (1=1`,
  `x' UNION SELECT password_hash FROM users --`,
  `%`,
  `_`,
  `\\`,
  `?1`,
  `:name @name $name`,
  `/*`,
  `\u2019; DELETE FROM tenants; --`,
  `name DESC, (SELECT email FROM users)`,
];

/** The fields of one part of a route's input. */
const fieldsOf = ({ input }: TenantRoute, part: 'body' | 'query') => {
  const schema = z.toJSONSchema(input, { io: 'input', unrepresentable: 'any' });
  const field = z.looseObject({ type: z.string(), enum: z.array(z.string()).optional() });
  const fields = z
    .looseObject({ properties: z.record(z.string(), field) })
    .safeParse(schema.properties?.[part]);
  return fields.success ? fields.data.properties : {};
};

/** Those that take a text. */
const textsOf = (route: TenantRoute, part: 'body' | 'query'): string[] =>
  Object.entries(fieldsOf(route, part))
    .filter(([, { type }]) => type === 'string')
    .map(([field]) => field);

/** A cursor as the app would make it. */
const cursorOf = (...position: readonly (string | number)[]) =>
  new TextEncoder()
    .encode(JSON.stringify(position))
    .toBase64({ alphabet: 'base64url', omitPadding: true });

const counts = async () => {
  const { results } = await env.DB.prepare(
    `SELECT name FROM sqlite_master WHERE type = 'table'
       AND name NOT LIKE 'sqlite_%' AND name NOT LIKE '_cf_%'
       AND name NOT IN ('d1_migrations', 'request_counts')`,
  ).all<{ name: string }>();
  const rows: Record<string, number> = {};
  for (const { name } of results) rows[name] = (await rowsOf(name)).length;
  return rows;
};

describe('DB-2 only bound parameters reach SQL: every text of every route of a tenant', () => {
  it('there are such texts in bodies and in queries', () => {
    const fields = new Set(
      tenantRoutes.flatMap((route) => [...textsOf(route, 'body'), ...textsOf(route, 'query')]),
    );
    expect([...fields]).toEqual(
      expect.arrayContaining(['name', 'description', 'email', 'q', 'sort', 'cursor']),
    );
  });

  it.each(tenantRoutes)('$name treats them as text', async (route) => {
    const { owner, ids } = await newFurnishedTeam();
    const queried = textsOf(route, 'query');
    const tried = hostile.flatMap((text) => {
      const escaped = encodeURIComponent(text);
      const body = Object.fromEntries(textsOf(route, 'body').map((field) => [field, text]));
      const nested = Object.keys(ids).filter((name) => route.path.includes(`:${name}`));
      return [
        ...(Object.keys(body).length > 0 ? [{ path: fill(route.path, ids), body }] : []),
        ...queried.map((field) => ({ path: `${fill(route.path, ids)}?${field}=${escaped}` })),
        ...nested.map((name) => ({ path: fill(route.path, { ...ids, [name]: escaped }) })),
      ];
    });
    const before = await counts();
    const written = { answers: 0, statuses: new Set<number>() };
    for (const { path, ...sent } of tried) {
      const body = 'body' in sent ? sent.body : route.body?.();
      const { status } = await owner.browser.send(route.method, path, body);
      written.statuses.add(status);
      if (status === 200 || status === 201) written.answers += 1;
    }
    expect([...written.statuses].filter((status) => status >= 500)).toEqual([]);
    const grown = Object.entries(await counts()).filter(([name, count]) => count !== before[name]);
    const allowed = route.method === 'POST' ? ['audit_log', 'projects'] : ['audit_log'];
    for (const [name, count] of grown) {
      expect([name, allowed.includes(name)]).toEqual([name, true]);
      expect(count - (before[name] ?? 0)).toBe(written.answers);
    }
    expect(Object.keys(await counts())).toEqual(Object.keys(before));
  });

  it.each(tenantRoutes.filter((route) => 'cursor' in fieldsOf(route, 'query')))(
    '$name treats what a cursor holds as text, in each order',
    async (route) => {
      await newFurnishedTeam();
      const { owner, ids } = await newFurnishedTeam();
      const read = (query: string) => owner.browser.get(`${fill(route.path, ids)}?${query}`);
      const idsIn = (items: { id?: string; userId?: string }[]) =>
        items.map(({ id, userId }) => id ?? userId);
      const own = new Set(idsIn((await read('limit=100')).json.items));
      expect(own.size).toBeGreaterThan(1);
      const statuses = new Set<number>();
      for (const sort of fieldsOf(route, 'query')['sort']?.enum ?? ['']) {
        const order = sort === '' ? '' : `&sort=${sort}`;
        for (const text of hostile) {
          for (const cursor of [cursorOf(text, text), cursorOf(1, text), cursorOf(text, 'x')]) {
            const { status, json } = await read(`limit=100&cursor=${cursor}${order}`);
            statuses.add(status);
            if (status !== 200) continue;
            expect([text, idsIn(json.items).filter((id) => !own.has(id))]).toEqual([text, []]);
          }
        }
      }
      expect([...statuses].filter((status) => ![200, 400].includes(status))).toEqual([]);
      expect(statuses).toContain(200);
    },
  );
});
