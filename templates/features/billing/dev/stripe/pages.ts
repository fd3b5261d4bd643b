import type { Session, Subscription } from './objects.ts';

/** Where somebody pays, or does not. */
export function checkoutPage({ id, price, status, metadata }: Session): string {
  if (status !== 'open') return page('Checkout', `<p>This checkout is ${status}.</p>`);
  const form = (deed: string, label: string) =>
    `<form method="post" action="/checkout/${id}/${deed}"><button>${label}</button></form>`;
  return page(
    'Checkout',
    `<p>The plan ${escape(metadata['plan'] ?? '')}, sold as ${escape(price)}.</p>
${form('pay', 'Subscribe')}
${form('leave', 'Back')}`,
  );
}

/** Where somebody sees what they pay for; here also what Stripe does by itself. */
export function portalPage(customer: string, subscriptions: readonly Subscription[]): string {
  const deeds = ['move to pro', 'move to business', 'pay', 'fail a payment', 'give up', 'cancel'];
  const rows = subscriptions.map(({ id, status, items }) => {
    const buttons = deeds
      .map((deed) => `<button name="deed" value="${deed}">${deed}</button>`)
      .join(' ');
    const form = `<form method="post" action="/portal/${customer}"><input type="hidden" name="subscription" value="${id}">${buttons}</form>`;
    return `<h2>${id}</h2><p>${status}, ${escape(items.data[0]?.price.id ?? '')}</p>${status === 'canceled' ? '' : form}`;
  });
  return page('Subscriptions', rows.join('\n') || '<p>None yet.</p>');
}

function page(title: string, body: string): string {
  return `<!doctype html><meta charset="utf-8"><title>${title}: stand-in for Stripe</title><style>body{font:16px system-ui;max-width:40rem;margin:2rem auto}</style><h1>${title}</h1><p>This stands in for Stripe. No money moves.</p>
${body}`;
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
