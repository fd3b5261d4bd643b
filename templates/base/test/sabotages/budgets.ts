import { sabotage, type Sabotage } from './sabotage.ts';

const enforce = 'src/limits/enforce.ts';
const policies = 'src/limits/policies.ts';
const route = 'src/http/route.ts';

export const costs: readonly Sabotage[] = [
  sabotage(
    'API-3',
    'each user has a budget, so that many users have many',
    enforce,
    "const tenant = typeof actor === 'object' && actor !== null && 'tenant' in actor && actor.tenant;\n  if (tenant instanceof Tenant) return tenant;",
    "const tenant = typeof actor === 'object' && actor !== null && 'tenant' in actor && actor.tenant;\n  if (tenant instanceof Tenant) return new Tenant({ ...tenant, tenantId: JSON.stringify(actor) });",
  ),
  sabotage(
    'API-3',
    'all tenants share one budget',
    enforce,
    "await limitAccount(context, limit, id, 'quota_exceeded');",
    "await limitAccount(context, limit, id.slice(0, 0), 'quota_exceeded');",
  ),
  sabotage(
    'API-3',
    'what is spent on one thing is missing for another, within the minute',
    policies,
    'name: `${name} of a tenant, by the minute`',
    'name: `${name.slice(0, 0)}of a tenant, by the minute`',
  ),
  sabotage(
    'API-3',
    'what is spent on one thing is missing for another, within the day',
    policies,
    'name: `${name} of a tenant, by the day`',
    'name: `${name.slice(0, 0)}of a tenant, by the day`',
  ),
  sabotage(
    'API-3',
    'there is no limit by the minute',
    enforce,
    'of limitsOf(budget, tier)) {',
    'of limitsOf(budget, tier).slice(1)) {',
  ),
  sabotage(
    'API-3',
    'there is no limit by the day',
    enforce,
    'of limitsOf(budget, tier)) {',
    'of limitsOf(budget, tier).slice(0, 1)) {',
  ),
  sabotage(
    'API-3',
    'a burst that is refused costs a day',
    enforce,
    'of limitsOf(budget, tier)) {',
    'of limitsOf(budget, tier).toReversed()) {',
  ),
  sabotage(
    'API-3',
    'nobody waits for the count',
    enforce,
    "await limitAccount(context, limit, id, 'quota_exceeded');",
    "limitAccount(context, limit, id, 'quota_exceeded').catch(() => {});",
  ),
  sabotage(
    'API-3',
    'whoever is refused learns of a limit, and not of a budget',
    enforce,
    'throw new Problem(refusal, { retryAfterSeconds });',
    "throw new Problem(refusal && 'rate_limited', { retryAfterSeconds });",
  ),
  sabotage(
    'API-3',
    'the budget is asked once the body has been read',
    route,
    'if (budget !== undefined) await spend(context, budget, actor);\n      const received = await readInput(c, input, { reads, maxBytes });',
    'const received = await readInput(c, input, { reads, maxBytes });\n      if (budget !== undefined) await spend(context, budget, actor);',
  ),
  sabotage(
    'API-3',
    'another site spends the budget',
    route,
    'const actor = await access.resolve(c);\n',
    'const actor = await access.resolve(c);\n      if (budget !== undefined) await spend(context, budget, actor);\n',
  ),
  sabotage(
    'API-3',
    'a route that is no tenant’s has a budget that is nobody’s',
    enforce,
    "throw new Error('only a route of a tenant can have a budget');",
    "return new Tenant({ tenantId: 'nobody', role: 'member', tier: 'free' });",
  ),
  sabotage(
    'API-3',
    'seeing what is used uses some',
    enforce,
    'context.rateLimiters.getByName(name).used()',
    'context.rateLimiters.getByName(name).take(1e9, 86_400).then(() => context.rateLimiters.getByName(name).used())',
  ),
  sabotage('API-3', 'a day has an hour', policies, '24 * 60 * 60 },\n  ];', '60 * 60 },\n  ];'),
  sabotage(
    'API-3',
    'a budget is raised without a decision',
    'src/tenancy/plans.ts',
    'mailsPerDay: 50,',
    'mailsPerDay: 5_000,',
  ),
  sabotage(
    'API-3',
    'every tier may invite as many as the highest',
    policies,
    'perDay: (tier) => plans[tier].mailsPerDay',
    'perDay: (tier) => plans[tier].mailsPerDay && plans.business.mailsPerDay',
  ),
  sabotage(
    'API-3',
    'the usage tells of another tier than the one that is held to',
    enforce,
    'limitsOf(budget, tenant.tier)',
    "limitsOf(budget, 'free')",
  ),
  sabotage(
    'API-3',
    'who meets a closed door has paid for it',
    route,
    '      if (flag !== undefined) await requireOpen(context, flag);\n      if (budget !== undefined) await spend(context, budget, actor);\n',
    '      if (budget !== undefined) await spend(context, budget, actor);\n      if (flag !== undefined) await requireOpen(context, flag);\n',
  ),
];
