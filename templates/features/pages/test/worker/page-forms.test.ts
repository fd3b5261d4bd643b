import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { routes } from '../../src/app.ts';
import { pages } from '../../src/pages/index.ts';
import { Browser } from './browser.ts';
import { partsWithForms } from './decided-pages.ts';
import { boundsOn, formsOn, open } from './person.ts';
import { newTeam } from './team.ts';

const textsShape = z.object({
  properties: z.record(
    z.string(),
    z.object({ minLength: z.number().optional(), maxLength: z.number().optional() }),
  ),
  required: z.array(z.string()).optional(),
});

describe('API-1 every form of a page sends what its endpoint takes', () => {
  const forms = pages.filter(({ call }) => call !== undefined);

  const targetOf = (action: string) =>
    pages.find(
      ({ method, path }) =>
        method === 'POST' && new RegExp(`^${path.replace(/:\w+/g, '[^/]+')}$`).test(action),
    );
  const bodyOf = (call: string) => {
    const [method, to = ''] = call.split(' ');
    const route = routes.find((one) => one.method === method && one.path === to.split('?')[0]);
    return { route, body: route?.input.shape.body };
  };
  /** What an endpoint takes, as JSON Schema has it; null where that is no text. */
  const shapeOf = (call: string) => {
    const { body } = bodyOf(call);
    return body instanceof z.ZodObject
      ? textsShape.parse(z.toJSONSchema(body, { io: 'input', unrepresentable: 'any' }))
      : null;
  };

  it('there are many', () => {
    expect(forms.length).toBeGreaterThan(25);
  });

  it.each(forms.map(({ path, call, fields }) => [path, call ?? '', fields ?? []] as const))(
    '%s is for %s',
    (_path, call, fields) => {
      const { route, body } = bodyOf(call);
      const taken = body instanceof z.ZodObject ? Object.entries(body.shape) : [];
      const needed = taken.filter(([, field]) => !z.safeParse(field, undefined).success);
      expect(route).toBeDefined();
      expect(taken.map(([name]) => name)).toEqual(expect.arrayContaining([...fields]));
      expect(fields).toEqual(expect.arrayContaining(needed.map(([name]) => name)));
    },
  );

  it('every form that is shown leads to a page that takes its fields', async () => {
    const team = await newTeam();
    await team.join('member');
    await team.invite('grace@example.com', 'member');
    const at = `/tenants/${team.tenantId}`;
    const project = (await team.owner.browser.post(`${team.path}/projects`, { name: 'Loom' })).json;
    const shown = [
      '/signup',
      '/login',
      '/login/second-step',
      '/forgot-password',
      '/reset-password',
      '/verify-email',
      '/confirm-email',
      '/accept-invitation',
      '/step-up',
      '/dashboard',
      '/settings/profile',
      '/settings/security',
      '/settings/delete',
      ...partsWithForms.map((part) => `${at}/${part}`),
      `${at}/projects/${project.id}`,
      `${at}/projects/${project.id}/delete`,
    ];
    let count = 0;
    for (const path of shown) {
      const isForVisitors = ['/signup', '/login'].includes(path);
      const answer = await open(isForVisitors ? new Browser() : team.owner.browser, path);
      for (const { action, fields } of formsOn(answer)) {
        count += 1;
        const target = targetOf(action);
        expect([path, action, target?.path]).not.toContain(undefined);
        const mailed = ['/verify-email', '/confirm-email'];
        const optional = mailed.includes(target?.path ?? '') ? ['password'] : [];
        const sent = [...fields, ...optional];
        expect(sent).toEqual(expect.arrayContaining([...(target?.fields ?? [])]));
      }
      // Who hears a page is told of each field, and of no other by its name.
      const ids = Array.from(answer.text.matchAll(/ id="([^"]*)"/g), ([, id]) => id);
      expect([path, new Set(ids).size]).toEqual([path, ids.length]);
      const fields = answer.text.matchAll(/<(?:input|select|textarea) (?!type="hidden")[^>]*>/g);
      for (const [field] of fields) {
        const [, id] = / id="([^"]*)"/.exec(field) ?? [];
        expect([path, answer.text.includes(`<label for="${id}"`)]).toEqual([path, true]);
      }
      for (const { name, type, autocomplete, least, most, isRequired, ...sent } of boundsOn(
        answer,
      )) {
        const { call = '' } = targetOf(sent.action) ?? {};
        const shape = shapeOf(call);
        if (shape === null) continue;
        const { minLength = 1, maxLength } = shape.properties[name] ?? {};
        const isSecret = ['current', 'password'].includes(name);
        // A secret is not shown, and is for a program to type that keeps passwords.
        const isHidden = type === 'password' && /^(?:current|new)-password$/.test(autocomplete);
        expect([path, name, isHidden, least, most]).toEqual([
          path,
          name,
          isSecret,
          minLength > 1 ? `${minLength}` : undefined,
          `${maxLength}`,
        ]);
        // What is changed may be left out by a program, and is shown whole to people.
        if (call.startsWith('PATCH')) continue;
        const isNeeded = shape.required?.includes(name) ?? false;
        expect([path, name, isRequired]).toEqual([path, name, isNeeded]);
      }
    }
    expect(count).toBeGreaterThan(30);
  });
});
