import * as z from 'zod';
import { access } from '../auth/access.ts';
import { withTenant } from '../db/with-tenant.ts';
import { identifier } from '../http/fields.ts';
import { Problem } from '../http/problem.ts';
import { route } from '../http/route.ts';
import { budgets } from '../limits/policies.ts';
import { deliverMail } from '../mail/outbox.ts';
import { plans } from '../tenancy/plans.ts';
import { openPortal, startCheckout } from './checkout.ts';
import { applySubscription, recordEvent } from './subscription.ts';
import { signedByStripe, subscriptionEvents } from './verified-event.ts';

const inTenant = z.strictObject({ tenantId: identifier });
const insightsMs = 30 * 24 * 60 * 60 * 1_000;

export const billingRoutes = [
  route({
    method: 'GET',
    path: '/api/tenants/:tenantId/billing',
    access: access.tenant({ role: 'member' }),
    input: z.strictObject({ params: inTenant }),
    async handler({ c, context, actor }) {
      const { billing } = withTenant(context.database, actor.tenant);
      const [account, usage] = await Promise.all([billing.read(), billing.usage()]);
      const { tier } = actor.tenant;
      return c.json({
        tier,
        status: account?.state ?? 'none',
        plan: account?.plan ?? 'free',
        limits: plans[tier],
        usage: { projects: usage?.projects ?? 0, members: usage?.members ?? 0 },
        endsWithPeriod: account?.cancels === 1,
        periodEndsAt: isoOrNull(account?.periodEndsAt ?? null),
      });
    },
  }),

  route({
    method: 'POST',
    path: '/api/tenants/:tenantId/billing/checkout',
    access: access.tenant({ role: 'owner', stepUp: true }),
    flag: 'checkout',
    budget: budgets.checkout,
    input: z.strictObject({
      params: inTenant,
      body: z.strictObject({ plan: z.enum(['pro', 'business']) }),
    }),
    handler: async ({ c, context, actor, input }) =>
      c.json({ url: await startCheckout(context, actor, input.body.plan) }),
  }),

  route({
    method: 'POST',
    path: '/api/tenants/:tenantId/billing/portal',
    access: access.tenant({ role: 'owner', stepUp: true }),
    flag: 'checkout',
    budget: budgets.checkout,
    input: z.strictObject({ params: inTenant }),
    handler: async ({ c, context, actor }) => c.json({ url: await openPortal(context, actor) }),
  }),

  /** An example of what only a plan opens: `tier` in the declaration is all there is to it. */
  route({
    method: 'GET',
    path: '/api/tenants/:tenantId/insights',
    access: access.tenant({ role: 'member', tier: 'pro' }),
    input: z.strictObject({ params: inTenant }),
    async handler({ c, context, actor }) {
      const { billing } = withTenant(context.database, actor.tenant);
      const insights = await billing.insights(context.now - insightsMs);
      if (insights === null) throw new Problem('not_found');
      const { projects, members, newProjects, changes } = insights;
      return c.json({ projects, members, newProjects, changes });
    },
  }),

  /** Any answer but a 2xx makes Stripe send the event again, for three days. */
  route({
    method: 'POST',
    path: '/webhooks/stripe',
    access: signedByStripe,
    flag: 'webhooks',
    input: z.strictObject({}),
    async handler({ c, context, actor: event }) {
      const { customerId, type } = event;
      const outcome =
        customerId === null
          ? await recordEvent(context, event, 'nothing to do')
          : await applySubscription(context, customerId, event);
      if (customerId === null && subscriptionEvents.has(type)) {
        context.logger.log('warn', 'an event without its customer', { code: type });
      }
      context.logger.log('info', 'event of Stripe', { task: type, code: outcome });
      if (outcome === 'changed') context.background('deliver mail', () => deliverMail(context));
      return c.json({ outcome });
    },
  }),
];

function isoOrNull(time: number | null): string | null {
  return time === null ? null : new Date(time).toISOString();
}
