import { sabotage } from './sabotage.ts';

const statements = 'src/db/statements/billing.ts';

/** What Stripe says of one customer, written down at others. */
export const oneCustomer = [
  sabotage(
    'TEST-2',
    'the tier of a tenant is that of all whose ids come after',
    statements,
    'UPDATE tenants SET tier = ?2 WHERE id = ?1',
    'UPDATE tenants SET tier = ?2 WHERE id >= ?1',
  ),
  sabotage(
    'TEST-2',
    'the owners of tenants whose ids come before are mailed as well',
    statements,
    "WHERE memberships.tenant_id = ?1 AND memberships.role = 'owner'",
    "WHERE memberships.tenant_id <= ?1 AND memberships.role = 'owner'",
  ),
  sabotage(
    'TEST-2',
    'two tenants may be one customer',
    'migrations/0004_billing.sql',
    'customer_id TEXT UNIQUE,',
    'customer_id TEXT,',
  ),
  sabotage(
    'DB-1',
    'a range of tenants is met where one is meant',
    statements,
    'UPDATE tenants SET tier = ?2 WHERE id = ?1',
    'UPDATE tenants SET tier = ?2 WHERE id >= ?1',
  ),
];
