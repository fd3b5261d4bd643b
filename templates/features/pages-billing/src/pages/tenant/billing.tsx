import { plans } from '../../tenancy/plans.ts';
import { forUsers, type Forms, type Visit } from '../page.ts';
import { Form } from '../parts/form.tsx';
import { showLeaving } from '../parts/leaving.tsx';
import { Card, Moment, Notice, Row, rowsOf } from '../parts/pieces.tsx';
import { inWords } from '../sayings.ts';
import { billingShape, type Billing } from '../shapes.ts';

const at = '/tenants/:tenantId/billing';
const number = new Intl.NumberFormat('en-GB');

/** What is wrong, and what becomes of it if nobody does anything. */
const warnings: Readonly<Record<string, string>> = {
  incomplete: 'The first payment is not finished. Finish it to have your plan.',
  past_due: 'The last payment failed. It is tried again; check your card, or the plan will end.',
  grace: 'Payment is overdue. Pay now, or the plan ends and what is beyond the free one is locked.',
  restricted: 'The plan ended, since it was not paid. Nothing is deleted: pay to go on.',
};

const forms = {
  checkout: {
    at: `${at}/checkout`,
    call: `POST /api${at}/checkout`,
    button: 'Choose',
    extra: ['plan'],
    look: 'main',
    next: showLeaving,
  },
  portal: {
    at: `${at}/portal`,
    call: `POST /api${at}/portal`,
    button: 'Open the billing portal',
    look: 'main',
    next: showLeaving,
  },
} satisfies Forms;

export const billingPages = forUsers.screen(at, 'Billing', forms, async (visit) => {
  const billing = await visit.api.read(`/api${visit.at}`, billingShape);
  const { role } = await visit.tenant();
  const warning = warnings[billing.status];
  const mayBuy = ['none', 'canceled'].includes(billing.status);
  return (
    <>
      {warning !== undefined && <Notice look="bad">{warning}</Notice>}
      <Plan {...billing} />
      {role !== 'owner' && <p class="muted">Owners can change the plan.</p>}
      {role === 'owner' && mayBuy && <Offers visit={visit} />}
      {role === 'owner' && !mayBuy && (
        <Card title="Change, pay or cancel" text="Cards, invoices and the plan are at Stripe.">
          <Form of={forms.portal} visit={visit} />
        </Card>
      )}
    </>
  );
});

function Plan({ tier, status, usage, endsWithPeriod, periodEndsAt }: Billing) {
  const badge = status !== 'none' && <span class="badge">{inWords(status)}</span>;
  return (
    <Card title={`${inWords(tier)} plan`} badge={badge}>
      {periodEndsAt !== null && (
        <Moment at={periodEndsAt} before={endsWithPeriod ? 'Ends ' : 'Renews '} />
      )}
      <Usage of="Projects" used={usage.projects} max={plans[tier].projects} />
      <Usage of="Members" used={usage.members} max={plans[tier].members} />
    </Card>
  );
}

function Usage({ of, used, max }: { of: string; used: number; max: number }) {
  return (
    <label>
      {of}: {number.format(used)} of {number.format(max)}
      <meter value={used} max={max} high={max * 0.9} />
    </label>
  );
}

function Offers({ visit }: { visit: Visit }) {
  return (
    <Card title="Upgrade" text="You pay at Stripe, and the new limits hold as soon as it says so.">
      {rowsOf(['pro', 'business'] as const, (plan) => {
        const { projects, members } = plans[plan];
        return (
          <Row
            title={inWords(plan)}
            note={`${number.format(projects)} projects, ${number.format(members)} members`}
          >
            <Form of={forms.checkout} visit={visit} hidden={{ plan }} about={inWords(plan)} />
          </Row>
        );
      })}
    </Card>
  );
}
