import { describe, expect, it } from 'vitest';
import { routes } from '../../src/app.ts';
import type { Route } from '../../src/http/route.ts';
import { newTenant } from './arrange.ts';

const concrete = ({ path }: Route, tenantId: string) =>
  path.replace(':tenantId', tenantId).replace(/:\w+/g, () => crypto.randomUUID());

describe('AUTH-7 every route that changes something is closed to other sites', () => {
  const writing = routes.filter(({ method }) => method !== 'GET');

  it('there are such routes of every method', () => {
    const methods = new Set(writing.map(({ method }) => method));
    expect([...methods].toSorted()).toEqual(['DELETE', 'PATCH', 'POST']);
  });

  it.each(writing)('$method $path refuses a foreign Origin', async (route) => {
    const { owner, tenantId } = await newTenant();
    const foreign = { Origin: 'https://evil.example' };
    const path = concrete(route, tenantId);
    const answer = await owner.send(route.method, path, undefined, foreign);
    expect([answer.status, answer.json?.code]).toEqual([403, 'origin_rejected']);
  });
});
