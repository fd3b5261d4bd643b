import { env } from 'cloudflare:workers';
import { describe, expect, it, vi } from 'vitest';
import { app, routes } from '../../src/app.ts';
import { mintToken } from '../../src/auth/token.ts';
import type { AccessRule } from '../../src/auth/access.ts';
import { newTenant, newUser } from './arrange.ts';
import { Browser } from './browser.ts';
import { interceptD1 } from './doubles.ts';

/**
 * Who may call what, and which limit counts the client, kept by hand. It is not derived from the
 * declarations, since a test derived from a declaration vanishes with it. Change it only together
 * with a decision.
 */
const decided: readonly (readonly [
  method: string,
  path: string,
  access: string,
  limit?: string,
])[] = [
  ['GET', '/health', 'public'],
  ['POST', '/api/auth/signup', 'public', 'signup by client'],
  ['POST', '/api/auth/verify-email', 'public', 'token by client'],
  ['POST', '/api/auth/verify-email/send', 'user'],
  ['POST', '/api/auth/password/forgot', 'public', 'forgotten password by client'],
  ['POST', '/api/auth/password/reset', 'public', 'token by client'],
  ['POST', '/api/auth/password/change', 'user'],
  ['POST', '/api/auth/login', 'public', 'login by client'],
  ['POST', '/api/auth/logout', 'user'],
  ['POST', '/api/auth/logout-all', 'user'],
  ['GET', '/api/auth/sessions', 'user'],
  ['DELETE', '/api/auth/sessions/:sessionId', 'user'],
  ['POST', '/api/auth/step-up', 'user'],
  ['POST', '/api/auth/step-up/email', 'user'],
  ['POST', '/api/auth/mfa/enroll', 'user, stepped up'],
  ['POST', '/api/auth/mfa/activate', 'user, stepped up'],
  ['POST', '/api/auth/mfa/verify', 'public', 'second step by client'],
  ['POST', '/api/auth/mfa/disable', 'user, stepped up'],
  ['POST', '/api/auth/mfa/recovery-codes', 'user, stepped up'],
  ['GET', '/api/me', 'user'],
  ['PATCH', '/api/me', 'user'],
  ['DELETE', '/api/me', 'user, stepped up'],
  ['POST', '/api/me/email', 'user, stepped up'],
  ['POST', '/api/me/email/confirm', 'public', 'token by client'],
  ['GET', '/api/me/export', 'user'],
  ['GET', '/api/me/security-events', 'user'],
  ['GET', '/api/tenants', 'user'],
  ['POST', '/api/tenants', 'user'],
  ['GET', '/api/tenants/:tenantId', 'member'],
  ['PATCH', '/api/tenants/:tenantId', 'admin'],
  ['DELETE', '/api/tenants/:tenantId', 'owner, stepped up'],
  ['POST', '/api/tenants/:tenantId/deletion/cancel', 'owner, while frozen'],
  ['GET', '/api/tenants/:tenantId/export', 'owner, stepped up, while frozen'],
  ['GET', '/api/tenants/:tenantId/members', 'member'],
  ['PATCH', '/api/tenants/:tenantId/members/:userId', 'admin, stepped up'],
  ['DELETE', '/api/tenants/:tenantId/members/:userId', 'member'],
  ['GET', '/api/tenants/:tenantId/invitations', 'admin'],
  ['POST', '/api/tenants/:tenantId/invitations', 'admin, stepped up'],
  ['DELETE', '/api/tenants/:tenantId/invitations/:invitationId', 'admin'],
  ['POST', '/api/invitations/accept', 'user', 'token by client'],
  ['GET', '/api/tenants/:tenantId/audit', 'admin'],
  ['GET', '/api/tenants/:tenantId/projects', 'member'],
  ['POST', '/api/tenants/:tenantId/projects', 'member'],
  ['GET', '/api/tenants/:tenantId/projects/:projectId', 'member'],
  ['PATCH', '/api/tenants/:tenantId/projects/:projectId', 'member'],
  ['DELETE', '/api/tenants/:tenantId/projects/:projectId', 'member'],
];

const guarded = decided
  .filter(([, , access]) => access !== 'public')
  .map(([method, path]) => [method, path] as const);
const inWords = (rule: AccessRule) => {
  if (rule.kind === 'public') return rule.kind;
  const words: string[] = [rule.kind === 'tenant' ? rule.role : rule.kind];
  if (rule.stepUp) words.push('stepped up');
  if (rule.kind === 'tenant' && rule.whileFrozen) words.push('while frozen');
  return words.join(', ');
};
const inOrder = (rows: readonly (readonly string[])[]) =>
  rows.map((row) => row.join(' ')).toSorted();
const concrete = (path: string) => path.replace(/:\w+/g, () => crypto.randomUUID());
const bodyFor = (method: string) => (method === 'POST' || method === 'PATCH' ? {} : undefined);

describe('AUTH-1 every route that is not public demands a live session', () => {
  it('the declared routes are exactly the decided ones', () => {
    const declared = routes.map(({ method, path, access }) => [method, path, inWords(access)]);
    expect(inOrder(declared)).toEqual(
      inOrder(decided.map(([method, path, rule]) => [method, path, rule])),
    );
  });

  it('the app serves the declared routes and nothing else', () => {
    const served = app.routes
      .filter(({ path }) => path !== '/*')
      .map(({ method, path }) => `${method} ${path}`);
    expect(served.toSorted()).toEqual(decided.map(([m, p]) => `${m} ${p}`).toSorted());
  });

  it.each(guarded)('%s %s answers 401 without a session', async (method, path) => {
    const answer = await new Browser().send(method, concrete(path), bodyFor(method));
    expect([answer.status, answer.json.code]).toEqual([401, 'unauthenticated']);
  });

  it.each(guarded)('%s %s answers 401 to a session that was ended', async (method, path) => {
    const { browser } = await newUser();
    const captured = browser.cookieHeader();
    await browser.post('/api/auth/logout');
    const answer = await new Browser().send(method, concrete(path), bodyFor(method), {
      Cookie: captured,
    });
    expect([answer.status, answer.json.code]).toEqual([401, 'unauthenticated']);
  });

  it.each(guarded)('%s %s answers 401 to a session that expired', async (method, path) => {
    const { browser } = await newUser();
    await env.DB.prepare('UPDATE sessions SET expires_at = ?1').bind(Date.now()).run();
    const answer = await browser.send(method, concrete(path), bodyFor(method));
    expect([answer.status, answer.json.code]).toEqual([401, 'unauthenticated']);
  });

  it.each(['', 'x', `${mintToken()}=`, '../../etc/passwd', `${mintToken()}%00`, "' OR 1=1 --"])(
    'the malformed cookie "%s" is refused without a query',
    async (cookie) => {
      const prepared = vi.fn<(sql: string) => void>();
      const browser = new Browser();
      browser.env = { ...env, DB: interceptD1(prepared) };
      const answer = await browser.get('/api/me', { Cookie: `__Host-sid=${cookie}` });
      expect(answer.status).toBe(401);
      expect(prepared).not.toHaveBeenCalled();
    },
  );

  it('a token that was never issued is refused', async () => {
    const answer = await new Browser().get('/api/me', { Cookie: `__Host-sid=${mintToken()}` });
    expect(answer.status).toBe(401);
  });

  it("the development cookie's name opens nothing outside development", async () => {
    const { browser } = await newUser();
    const token = browser.cookies.get('__Host-sid') ?? '';
    const answer = await new Browser().get('/api/me', { Cookie: `sid=${token}` });
    expect(answer.status).toBe(401);
  });

  it('a disabled user is refused at the next request', async () => {
    const { browser, userId } = await newUser();
    await env.DB.prepare('UPDATE users SET disabled_at = 1 WHERE id = ?1').bind(userId).run();
    expect((await browser.get('/api/me')).status).toBe(401);
  });

  it('a request costs exactly one query to authorize', async () => {
    const { owner, path } = await newTenant();
    for (const asked of ['/api/me', path]) {
      const prepared = vi.fn<(sql: string) => void>();
      owner.env = { ...env, DB: interceptD1(prepared) };
      await owner.get(asked);
      const authorizing = prepared.mock.calls.filter(([sql]) => sql.includes('FROM sessions'));
      expect(authorizing).toHaveLength(1);
      expect(prepared).toHaveBeenCalledTimes(asked === '/api/me' ? 1 : 2);
    }
  });
});

describe('AUTH-1 roles', () => {
  it.each([
    ['member', 403, 'role_required'],
    ['admin', 200, undefined],
    ['owner', 200, undefined],
  ] as const)('a tenant is renamed by an admin or more: %s gets %i', async (role, status, code) => {
    const { addMember, path } = await newTenant();
    const member = await addMember(role);
    const answer = await member.patch(path, { name: 'Renamed' });
    expect([answer.status, answer.json.code]).toEqual([status, code]);
  });
});

describe('API-2 each client is counted where anybody may come', () => {
  it('by the decided limits', () => {
    const declared = routes.map(({ method, path, limit }) => [method, path, limit?.name ?? 'none']);
    const expected = decided.map(([method, path, , limit = 'none']) => [method, path, limit]);
    expect(inOrder(declared)).toEqual(inOrder(expected));
  });
});
