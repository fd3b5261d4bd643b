import { sabotage } from './sabotage.ts';

const verified = 'src/billing/verified-event.ts';
const subscription = 'src/billing/subscription.ts';
const configuration = 'src/billing/configuration.ts';

const verification = `const event = await Stripe.webhooks.constructEventAsync(
          raw,
          header,
          secret,
          toleranceSeconds,
          cryptoProvider,
          now,
        );
        return new VerifiedEvent(event);`;
const unverified = 'return new VerifiedEvent(JSON.parse(raw));';

export const stripeWebhook = [
  sabotage(
    'SEC-4',
    'the body is parsed and the signature is not looked at',
    verified,
    verification,
    unverified,
  ),
  sabotage(
    'SEC-4',
    'a signature that does not fit is passed over',
    verified,
    'if (!(thrown instanceof Stripe.errors.StripeSignatureVerificationError)) throw thrown;',
    `if (!(thrown instanceof Stripe.errors.StripeSignatureVerificationError)) throw thrown;
        return new VerifiedEvent(JSON.parse(raw));`,
  ),
  sabotage(
    'SEC-4',
    'any time is good: no tolerance',
    verified,
    'const toleranceSeconds = 300;',
    'const toleranceSeconds = 0;',
  ),
  sabotage(
    'SEC-4',
    'a byte order mark before the body is dropped',
    'src/http/body.ts',
    'ignoreBOM: true',
    'ignoreBOM: false',
  ),
  sabotage(
    'SEC-4',
    'a header with two times is taken',
    verified,
    'const headerShape = /^t=(\\d{1,12})(?:,v\\d+=[^,=]*)+$/;',
    'const headerShape = /^t=(\\d{1,12})/;',
  ),
  sabotage(
    'BILL-1',
    'any time is good: no tolerance',
    verified,
    'const toleranceSeconds = 300;',
    'const toleranceSeconds = 0;',
  ),
  sabotage(
    'BILL-1',
    'a time to come is good',
    verified,
    'const aheadSeconds = 60;',
    'const aheadSeconds = 60_000;',
  ),
  sabotage(
    'BILL-1',
    'the body is parsed and written anew before it is verified',
    verified,
    'const raw = await readText(c.req.raw, maximumBytes);',
    'const raw = JSON.stringify(JSON.parse(await readText(c.req.raw, maximumBytes)));',
  ),
  sabotage(
    'BILL-1',
    'the secret before the rotation is ignored',
    configuration,
    "if (previous !== '') secrets.push(readWebhookSecret(previous));",
    "if (previous === ' ') secrets.push(readWebhookSecret(previous));",
  ),
  sabotage(
    'BILL-1',
    'a secret of one letter is one',
    configuration,
    '/^whsec_\\S{16,}$/',
    '/^whsec_\\S+$/',
  ),
  sabotage(
    'BILL-1',
    'during a rotation only the secret before is good',
    configuration,
    "if (previous !== '') secrets.push(readWebhookSecret(previous));",
    "if (previous !== '') secrets.splice(0, 1, readWebhookSecret(previous));",
  ),
  sabotage(
    'BILL-1',
    'the other mode is refused, and nobody hears of it',
    verified,
    "logger.log('error', 'an event of the wrong mode', { code: event.type });",
    "logger.log('info', 'an event of the wrong mode', { code: event.type });",
  ),
  sabotage(
    'BILL-1',
    'what an event says is believed',
    subscription,
    'const snapshot = await fetchSnapshot(context, account);',
    `const snapshot: Snapshot =
      event?.type === 'customer.subscription.deleted'
        ? { ...nothing, state: 'canceled' }
        : await fetchSnapshot(context, account);`,
  ),
  sabotage(
    'BILL-1',
    'an event of the test mode is taken in production',
    verified,
    'if (event.isLive !== isLive) {',
    'if (event.isLive && !isLive) {',
  ),
  sabotage(
    'BILL-1',
    'an event of the live mode is taken by staging',
    verified,
    'if (event.isLive !== isLive) {',
    'if (!event.isLive && isLive) {',
  ),
  sabotage(
    'BILL-1',
    'a header with two signatures is refused',
    verified,
    '(?:,v\\d+=[^,=]*)+$/',
    '(?:,v1=[^,=]*)$/',
  ),
  sabotage(
    'BILL-1',
    'a header with a signature of another scheme is refused',
    verified,
    '(?:,v\\d+=[^,=]*)+$/',
    '(?:,v1=[^,=]*)+$/',
  ),
  sabotage(
    'BILL-1',
    'the origin check stands before the webhook',
    'src/http/route.ts',
    "if (access.rule.kind !== 'webhook') requireOwnOrigin(c);",
    'requireOwnOrigin(c);',
  ),
  sabotage(
    'BILL-1',
    'the body is bounded as any other',
    verified,
    'const maximumBytes = 512 * 1_024;',
    'const maximumBytes = 64 * 1_024;',
  ),
  sabotage(
    'BILL-1',
    'the body is not bounded',
    verified,
    'const maximumBytes = 512 * 1_024;',
    'const maximumBytes = 512 * 1_024 * 1_024;',
  ),
  sabotage(
    'SEC-6',
    'production takes a key of the test mode',
    configuration,
    "isLive ? ['rk_live_'] :",
    "isLive ? ['rk_live_', 'rk_test_', 'sk_test_'] :",
  ),
  sabotage(
    'SEC-6',
    'staging takes a key that moves money',
    configuration,
    "['rk_test_', 'sk_test_'];",
    "['rk_test_', 'sk_test_', 'rk_live_', 'sk_live_'];",
  ),
  sabotage(
    'SEC-5',
    'production takes a key that may do everything, and nobody says why',
    configuration,
    "if (isLive && reason.trim() !== '') allowed",
    'if (isLive && reason.length >= 0) allowed',
  ),
  sabotage(
    'BILL-1',
    'production runs in the test mode',
    configuration,
    "const isLive = environment === 'production';",
    "const isLive = environment === 'production' && !env.STRIPE_SECRET_KEY?.includes('_test_');",
  ),
  sabotage(
    'BILL-1',
    'an unrestricted key needs no reason',
    configuration,
    "if (isLive && reason.trim() !== '') allowed.push('sk_live_');",
    "if (isLive && reason !== 'never') allowed.push('sk_live_');",
  ),
  sabotage(
    'BILL-1',
    'production takes a stand-in',
    configuration,
    "if (env.STRIPE !== undefined && environment !== 'development') {",
    "if (env.STRIPE !== undefined && environment === 'staging') {",
  ),
];
