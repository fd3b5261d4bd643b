import { sabotage } from './sabotage.ts';

const subscription = 'src/billing/subscription.ts';
const states = 'src/billing/states.ts';
const statements = 'src/db/statements/billing.ts';
const routes = 'src/billing/routes.ts';
const access = 'src/auth/access.ts';

export const plans = [
  sabotage(
    'BILL-4',
    'the tier is that of the session’s first request',
    access,
    `  return new Tenant({ tenantId, role: held, tier });
}
`,
    `  const known = tiers.get(row.sessionId + tenantId) ?? tier;
  tiers.set(row.sessionId + tenantId, known);
  return new Tenant({ tenantId, role: held, tier: known });
}

const tiers = new Map<string, Tier>();
`,
  ),
  sabotage(
    'BILL-4',
    'a first payment that is under way opens the plan',
    states,
    'incomplete: { keepsPlan: false,',
    'incomplete: { keepsPlan: true,',
  ),
  sabotage(
    'BILL-4',
    'a subscription that is paused keeps the plan',
    states,
    "['paused', 'restricted'],",
    "['paused', 'active'],",
  ),
  sabotage(
    'BILL-4',
    'a price that is none of ours is nobody’s concern',
    subscription,
    "if (plan === null) logger.log('error', 'a price that is none of ours', { tenantId });",
    '',
  ),
  sabotage(
    'BILL-4',
    'who pays the price of before is on free since it was raised',
    subscription,
    'if (prices.pro.includes(price.id)) return',
    'if (price.id === prices.pro[0]) return',
  ),
  sabotage(
    'BILL-4',
    'what is sold is the price of before',
    'src/billing/checkout.ts',
    'price: prices[plan][0]',
    "price: prices[plan].at(-1) ?? ''",
  ),
  sabotage(
    'BILL-4',
    'one price is the price of two plans',
    'src/billing/configuration.ts',
    'if (pro.some((id) => business.includes(id))) {',
    'if (pro.some((id) => business.includes(`${id} `))) {',
  ),
  sabotage(
    'TEST-3',
    'who has not paid reads of the limits of what was bought',
    routes,
    'limits: plans[tier],',
    "limits: plans[account?.plan ?? 'free'],",
  ),
  sabotage(
    'TEST-3',
    'as many members as there are projects',
    routes,
    'members: usage?.members ?? 0',
    'members: usage?.projects ?? 0',
  ),
  sabotage(
    'BILL-4',
    'a plan that is sold has room for fewer than before',
    'src/tenancy/plans.ts',
    'members: 1_000,',
    'members: 10,',
  ),
  sabotage(
    'BILL-4',
    'what is sold is given away',
    'src/tenancy/plans.ts',
    'projects: 50,',
    'projects: 500,',
  ),
  sabotage(
    'BILL-4',
    'what is new in thirty days is that of thirty hours',
    routes,
    'const insightsMs = 30 * 24 *',
    'const insightsMs = 30 *',
  ),
  sabotage(
    'BILL-4',
    'whose price it is that is none of ours nobody learns',
    subscription,
    "'a price that is none of ours', { tenantId });",
    "'a price that is none of ours');",
  ),
  sabotage(
    'BILL-4',
    'of the projects that are new ten are counted',
    statements,
    'projects.created_at >= ?2 LIMIT 1000',
    'projects.created_at >= ?2 LIMIT 10',
  ),
  sabotage(
    'BILL-4',
    'of the changes ten are counted',
    statements,
    'audit_log.created_at >= ?2 LIMIT 1000',
    'audit_log.created_at >= ?2 LIMIT 10',
  ),
  sabotage(
    'BILL-4',
    'members are counted as projects, and projects as members',
    statements,
    'SELECT project_count AS projects, member_count AS members,\n',
    'SELECT member_count AS projects, project_count AS members,\n',
  ),
  sabotage(
    'BILL-4',
    'changes are counted as projects',
    routes,
    'projects, members, newProjects, changes });',
    'projects, members, newProjects: changes, changes: newProjects });',
  ),
  sabotage(
    'BILL-4',
    'no route asks for a tier',
    access,
    "if (!includesTier(tenant.tier, tier)) throw new Problem('tier_required');",
    'void includesTier;\n      void tenant;',
  ),
  sabotage(
    'BILL-4',
    'the tier comes from a header',
    access,
    'if (!includesTier(tenant.tier, tier))',
    "if (c.req.header('X-Tier') !== 'business' && !includesTier(tenant.tier, tier))",
  ),
  sabotage(
    'BILL-4',
    'the step-up is asked for before the tier',
    access,
    "if (!includesTier(tenant.tier, tier)) throw new Problem('tier_required');\n      if (stepUp) requireStepUp(c.get('context').now, row);",
    "if (stepUp) requireStepUp(c.get('context').now, row);\n      if (!includesTier(tenant.tier, tier)) throw new Problem('tier_required');",
  ),
  sabotage(
    'BILL-4',
    'the route of insights forgets its tier',
    routes,
    "access.tenant({ role: 'member', tier: 'pro' })",
    "access.tenant({ role: 'member' })",
  ),
  sabotage(
    'BILL-4',
    'who was on the plan once keeps it',
    subscription,
    'across.bind(setTier, account.tenantId, snapshot.tier),',
    "across.bind(setTier, account.tenantId, snapshot.tier === 'free' ? account.tier : snapshot.tier),",
  ),
  sabotage(
    'BILL-4',
    'pro holds what business does',
    'src/tenancy/plans.ts',
    '{ free: 0, pro: 1, business: 2 }',
    '{ free: 0, pro: 2, business: 2 }',
  ),
  sabotage(
    'BILL-4',
    'of two plans in one subscription the first counts',
    subscription,
    'return others.reduce((best, tier) => (best && includesTier(best, tier) ? best : tier), first);',
    'void includesTier;\n  void others;\n  return first;',
  ),
  sabotage(
    'BILL-4',
    'a plan that is paid for has room for as many members as none',
    'src/tenancy/entry.ts',
    'const atMost = plans[tier].members;',
    'const atMost = plans[tier].members && plans.free.members;',
  ),
  sabotage(
    'BILL-4',
    'a price that is none of ours is the plan pro',
    subscription,
    "plan: plan ?? 'free',\n    tier: tierIn(state, plan ?? 'free'),",
    "plan: plan ?? 'pro',\n    tier: tierIn(state, plan ?? 'pro'),",
  ),
  sabotage(
    'BILL-4',
    'who does not pay keeps the plan',
    states,
    'restricted: { keepsPlan: false,',
    'restricted: { keepsPlan: true,',
  ),
  sabotage(
    'BILL-4',
    'a word of Stripe that is new is taken for good',
    states,
    "stateOfStatus.get(status) ?? 'restricted'",
    "stateOfStatus.get(status) ?? 'active'",
  ),
  sabotage(
    'BILL-4',
    'projects are counted before they are added, not while',
    'src/projects/repository.ts',
    'database.bind(insertProject, id, name, description, by.now, atMost),\n      );',
    'database.bind(insertProject, id, name, description, by.now, 1e9),\n      );\n      void atMost;',
  ),
  sabotage(
    'BILL-4',
    'a tenant beyond its plan goes on changing',
    'src/db/statements/projects.ts',
    'tenants.project_count <= ?5',
    'tenants.project_count <= ?5 + 1000000000',
  ),
  sabotage(
    'BILL-4',
    'members are not counted',
    'src/db/statements/invitations.ts',
    'tenants.member_count < ?5',
    'tenants.member_count < ?5 + 1000000000',
  ),
];
