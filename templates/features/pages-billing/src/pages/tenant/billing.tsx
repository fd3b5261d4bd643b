import type { UserActor } from '../../auth/access.ts';
import { plans } from '../../tenancy/plans.ts';
import { fill } from '../addresses.ts';
import type { Refusal } from '../api.ts';
import { Attempt } from '../form.ts';
import { forUsers, type Visit } from '../page.ts';
import { Form } from '../parts/form.tsx';
import { show } from '../parts/layout.tsx';
import { showLeaving } from '../parts/leaving.tsx';
import { Moment } from '../parts/lists.tsx';
import { Notice } from '../parts/notice.tsx';
import { Card, Row } from '../parts/pieces.tsx';
import { inWords } from '../sayings.ts';
import { billingShape, type Billing } from '../shapes.ts';
import { readTenant } from './tenant.ts';

const at = '/tenants/:tenantId/billing';

/** What is wrong, and what becomes of it if nobody does anything. */
const warnings: Readonly<Record<string, string>> = {
  incomplete: 'The first payment is not finished. Finish it to have your plan.',
  past_due: 'The last payment failed. It is tried again; check your card, or the plan will end.',
  grace: 'Payment is overdue. Pay now, or the plan ends and what is beyond the free one is locked.',
  restricted: 'The plan ended, since it was not paid. Nothing is deleted: pay to go on.',
};

export const billingPages = [
  forUsers.get(at, (visit) => showBilling(visit)),

  forUsers.form({
    at: `${at}/checkout`,
    call: `POST /api${at}/checkout`,
    fields: ['plan'],
    refused: showBilling,
    next: showLeaving,
  }),

  forUsers.form({
    at: `${at}/portal`,
    call: `POST /api${at}/portal`,
    refused: showBilling,
    next: showLeaving,
  }),
];

async function showBilling(visit: Visit<UserActor>, refusal?: Refusal) {
  const { c, api, actor, typed } = visit;
  const path = fill(at, c);
  const [tenant, billing] = await Promise.all([
    readTenant(visit),
    api.read(`/api${path}`, billingShape),
  ]);
  const warning = warnings[billing.status];
  const mayBuy = ['none', 'canceled'].includes(billing.status);
  return show(
    c,
    { title: 'Billing', actor, tenant, status: refusal?.status ?? 200 },
    <>
      <h1>Billing</h1>
      {warning !== undefined && <Notice look="bad">{warning}</Notice>}
      <Plan billing={billing} />
      {tenant.role !== 'owner' && <p class="muted">Owners can change the plan.</p>}
      {tenant.role === 'owner' && mayBuy && (
        <Offers path={path} attempt={new Attempt(typed, refusal)} />
      )}
      {tenant.role === 'owner' && !mayBuy && (
        <Card
          title="Change, pay or cancel"
          text="Cards, invoices and the plan itself are at Stripe."
        >
          <Form
            action={`${path}/portal`}
            button="Open the billing portal"
            attempt={new Attempt(typed, refusal)}
          />
        </Card>
      )}
    </>,
  );
}

function Plan({
  billing: { tier, status, usage, endsWithPeriod, periodEndsAt },
}: {
  billing: Billing;
}) {
  const limits = plans[tier];
  return (
    <Card
      title={`${inWords(tier)} plan`}
      badge={status !== 'none' && <span class="badge">{inWords(status)}</span>}
    >
      {periodEndsAt !== null && (
        <Moment at={periodEndsAt} before={endsWithPeriod ? 'Ends ' : 'Renews '} />
      )}
      <Usage of="Projects" used={usage.projects} max={limits.projects} />
      <Usage of="Members" used={usage.members} max={limits.members} />
    </Card>
  );
}

function Usage({ of, used, max }: { of: string; used: number; max: number }) {
  const number = new Intl.NumberFormat('en-GB');
  return (
    <label>
      {of}: {number.format(used)} of {number.format(max)}
      <meter value={used} max={max} high={max * 0.9} />
    </label>
  );
}

function Offers({ path, attempt }: { path: string; attempt: Attempt }) {
  const offers = (['pro', 'business'] as const).map((plan) => ({ plan, ...plans[plan] }));
  return (
    <Card title="Upgrade" text="You pay at Stripe, and the new limits hold as soon as it says so.">
      <ul class="rows">
        {offers.map(({ plan, projects, members }) => (
          <Row
            title={<strong>{inWords(plan)}</strong>}
            note={`${projects} projects, ${members} members`}
          >
            <Form
              action={`${path}/checkout`}
              button="Choose"
              about={inWords(plan)}
              hidden={{ plan }}
              attempt={attempt.valueOf('plan') === plan ? attempt : new Attempt()}
            />
          </Row>
        ))}
      </ul>
    </Card>
  );
}
