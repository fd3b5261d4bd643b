import { hashPassword } from '../src/auth/password.ts';
import { acrossTenants } from '../src/db/across-tenants.ts';
import { Database } from '../src/db/database.ts';
import { accountByEmail, insertAccount } from '../src/db/statements/accounts.ts';
import { Tenant } from '../src/db/tenant.ts';
import { withTenant } from '../src/db/with-tenant.ts';
import type { Env } from '../src/env.ts';
import { foundTenant } from '../src/tenancy/my-tenants.ts';

export { RateLimiter } from '../src/limits/rate-limiter.ts';

/** Everybody in the local database logs in with this. */
const password = 'local development';

const people = [
  { email: 'ada@example.com', name: 'Ada', tenant: 'Analytical Engines', projects: ['Loom'] },
  { email: 'grace@example.com', name: 'Grace', tenant: 'Flow Matic', projects: ['Compiler'] },
];

/** A Worker that fills the local database with two tenants and their owners; whoever is there stays. */
export default {
  async fetch(_request, env) {
    const database = Database.open(env);
    for (const person of people) await seed(database, person, Date.now());
    const logins = people.map(({ email }) => email).join(' or ');
    return new Response(`Log in as ${logins} with the password "${password}".`);
  },
} satisfies ExportedHandler<Env>;

async function seed(
  database: Database,
  person: (typeof people)[number],
  now: number,
): Promise<void> {
  const { email, name } = person;
  const accounts = acrossTenants(database, 'accounts');
  if ((await accounts.first(accountByEmail, email)) !== null) return;
  const userId = crypto.randomUUID();
  await accounts.change(
    insertAccount,
    userId,
    email,
    name,
    await hashPassword(password),
    now,
    'open',
  );
  const by = { userId, requestId: 'seed', now };
  const founded = await foundTenant(database, person.tenant, by);
  const tenant = new Tenant({ tenantId: founded.id, role: founded.role, tier: founded.tier });
  const { projects } = withTenant(database, tenant);
  for (const project of person.projects) {
    await projects.create({ name: project, description: '' }, by);
  }
}
