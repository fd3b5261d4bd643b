import { plans } from '../../tenancy/plans.ts';
import { forUsers } from '../page.ts';
import { Form } from '../parts/form.tsx';
import { showLeaving } from '../parts/leaving.tsx';
import { Card, Moment, Notice, Row } from '../parts/pieces.tsx';
import { inWords, saidOf } from '../sayings.ts';
import { billingShape, type Billing } from '../shapes.ts';

const at = '/tenants/:tenantId/billing';

/** What is wrong, and what becomes of it if nobody does anything. */
const warnings: Readonly<Record<string, string>> = {
  incomplete: 'The first payment is not finished. Finish it to have your plan.',
  past_due: 'The last payment failed. It is tried again; check your card, or the plan will end.',
  grace: 'Payment is overdue. Pay now, or the plan ends and what is beyond the free one is locked.',
  restricted: 'The plan ended, since it was not paid. Nothing is deleted: pay to go on.',
};

const billing = forUsers.screen(at, 'Billing', async (visit) => {
  const plan = await visit.api.read(`/api${visit.at}`, billingShape);
  const { role } = await visit.tenant();
  const warning = warnings[plan.status];
  const mayBuy = ['none', 'canceled'].includes(plan.status);
  return (
    <>
      {visit.refusal && (
        <Notice look="bad" focus>
          {saidOf(visit.refusal)}
        </Notice>
      )}
      {warning !== undefined && <Notice look="bad">{warning}</Notice>}
      <Plan billing={plan} />
      {role !== 'owner' && <p class="muted">Owners can change the plan.</p>}
      {role === 'owner' && mayBuy && <Offers at={visit.at} />}
      {role === 'owner' && !mayBuy && (
        <Card
          title="Change, pay or cancel"
          text="Cards, invoices and the plan itself are at Stripe."
        >
          <Form action={`${visit.at}/portal`} button="Open the billing portal" />
        </Card>
      )}
    </>
  );
});

export const billingPages = [
  billing,

  billing.form({
    at: `${at}/checkout`,
    call: `POST /api${at}/checkout`,
    fields: ['plan'],
    next: showLeaving,
  }),

  billing.form({ at: `${at}/portal`, call: `POST /api${at}/portal`, next: showLeaving }),
];

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

function Offers({ at }: { at: string }) {
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
              action={`${at}/checkout`}
              button="Choose"
              about={inWords(plan)}
              hidden={{ plan }}
            />
          </Row>
        ))}
      </ul>
    </Card>
  );
}
