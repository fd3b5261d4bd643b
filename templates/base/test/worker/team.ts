import { env } from 'cloudflare:workers';
import type { Role } from '../../src/db/tenant.ts';
import { newUser, rowsOf } from './arrange.ts';
import type { Browser, Json } from './browser.ts';
import { post } from './post.ts';

/** Somebody logged in, who has proven their address. */
export interface Person {
  readonly browser: Browser;
  readonly userId: string;
  readonly email: string;
}

/** A user with a proven address. */
export async function newPerson(): Promise<Person> {
  const person = await newUser();
  await env.DB.prepare('UPDATE users SET email_verified_at = 1 WHERE id = ?1')
    .bind(person.userId)
    .run();
  return person;
}

/** A tenant with a verified owner, and how others get in: by an invitation, as in life. */
export async function newTeam(name = 'Acme') {
  const owner = await newPerson();
  const tenant: Json = (await owner.browser.post('/api/tenants', { name })).json;
  const path = `/api/tenants/${tenant.id}`;
  const invite = (email: string, role: Role, by: Person = owner) =>
    by.browser.post(`${path}/invitations`, { email, role });
  const join = async (role: Role): Promise<Person> => {
    const person = await newPerson();
    await invite(person.email, role);
    await person.browser.post('/api/invitations/accept', { token: post.tokenFor(person.email) });
    return person;
  };
  /** The same at once, where it does not matter how. */
  const enter = async (role: Role): Promise<Person> => {
    const person = await newPerson();
    await env.DB.prepare(
      'INSERT INTO memberships (tenant_id, user_id, role, created_at) VALUES (?1, ?2, ?3, ?4)',
    )
      .bind(tenant.id, person.userId, role, Date.now())
      .run();
    return person;
  };
  return { tenantId: String(tenant.id), path, owner, invite, join, enter };
}

/** The members of a tenant as they are in D1: role by user. */
export async function rolesIn(tenantId: string): Promise<Record<string, unknown>> {
  const rows = await rowsOf('memberships');
  return Object.fromEntries(
    rows.filter((row) => row['tenant_id'] === tenantId).map((row) => [row['user_id'], row['role']]),
  );
}

/** The audit log of a tenant as it is in D1, without what differs from run to run. */
export async function auditOf(tenantId: string): Promise<Record<string, unknown>[]> {
  const rows = await rowsOf('audit_log');
  return rows.filter((row) => row['tenant_id'] === tenantId);
}
