import { env } from 'cloudflare:workers';
import { hashPassword } from '../../src/auth/password.ts';
import { mintToken, hashToken } from '../../src/auth/token.ts';
import { acrossTenants } from '../../src/db/across-tenants.ts';
import { Database } from '../../src/db/database.ts';
import { insertAccount } from '../../src/db/statements/accounts.ts';
import { insertSession } from '../../src/db/statements/sessions.ts';
import type { Role } from '../../src/db/tenant.ts';
import { sessionLifetime } from '../../src/auth/sessions.ts';
import { Browser, type Json } from './browser.ts';

export const password = 'correct horse battery staple';

let addresses = 0;

/** An address nobody else in the run has. */
export function freshEmail(): string {
  addresses += 1;
  return `user-${addresses}@example.com`;
}

/** Signs up and logs in through the endpoints: two real hashes, so once or twice a file is enough. */
export async function signUpAndLogIn(email = freshEmail()): Promise<Browser> {
  const browser = new Browser();
  await browser.post('/api/auth/signup', { email, password, name: 'Ada' });
  await browser.post('/api/auth/login', { email, password });
  return browser;
}

let hash: Promise<string> | undefined;

/** A logged-in user made by the app's own statements; all of them share one hash of `password`. */
export async function newUser(
  email = freshEmail(),
): Promise<{ browser: Browser; userId: string; email: string }> {
  hash ??= hashPassword(password);
  const database = Database.open(env);
  const userId = crypto.randomUUID();
  const now = Date.now();
  await acrossTenants(database, 'accounts').change(
    insertAccount,
    userId,
    email,
    'Ada',
    await hash,
    now,
    'open',
  );
  const token = mintToken();
  await acrossTenants(database, 'sessions').change(
    insertSession,
    await hashToken(token),
    crypto.randomUUID(),
    userId,
    0,
    now,
    now + sessionLifetime.idleMs,
    now + sessionLifetime.absoluteMs,
    now,
  );
  const browser = new Browser();
  browser.cookies.set('__Host-sid', token);
  return { browser, userId, email };
}

/** The same without a password, as somebody who logs in with an identity provider. */
export async function newUserWithoutPassword() {
  const user = await newUser();
  await env.DB.prepare('UPDATE users SET password_hash = NULL WHERE id = ?1')
    .bind(user.userId)
    .run();
  return user;
}

/** A tenant with its owner, and how to add more members. */
export async function newTenant() {
  const owner = await newUser();
  const tenant: Json = (await owner.browser.post('/api/tenants', { name: 'Acme' })).json;
  const tenantId: string = tenant.id;
  return {
    tenantId,
    owner: owner.browser,
    path: `/api/tenants/${tenantId}`,
    addMember: async (role: Role): Promise<Browser> => {
      const member = await newUser();
      await env.DB.prepare(
        'INSERT INTO memberships (tenant_id, user_id, role, created_at) VALUES (?1, ?2, ?3, ?4)',
      )
        .bind(tenantId, member.userId, role, Date.now())
        .run();
      return member.browser;
    },
  };
}

/** The rows of a table, as they are in D1. */
export async function rowsOf(table: string): Promise<Record<string, unknown>[]> {
  return (await env.DB.prepare(`SELECT * FROM ${table}`).all()).results;
}
