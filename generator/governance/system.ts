import type { Asset, Flow, Node, Zone } from './model.ts';

/** What is worth protecting. */
export const assets: readonly Asset[] = [
  {
    id: 'credentials',
    title: 'Passwords, seeds of second factors, recovery codes',
    store: 'D1, hashed (scrypt, SHA-256) or sealed (AES-GCM)',
    confidentiality: 'high: people reuse passwords',
    integrity: 'high: whoever changes them owns the account',
    availability: 'medium: nobody new gets in without them',
  },
  {
    id: 'sessions',
    title: 'Sessions and mailed tokens',
    store: 'D1, as SHA-256; the token itself in one browser, or in one mail, which waits sealed',
    confidentiality: 'critical: who has the token is the user',
    integrity: 'high: a session that cannot be ended stays stolen',
    availability: 'medium: people log in again',
  },
  {
    id: 'tenant-data',
    title: "Tenants' data",
    store: 'D1, each row with its tenant',
    confidentiality: 'critical: one leak between tenants ends the trust of all',
    integrity: 'critical: it is what customers work with',
    availability: 'high: it is what they pay for',
  },
  {
    id: 'personal-data',
    title: 'Addresses, names, devices',
    store: 'D1; names of devices in KV; mails that wait, sealed',
    confidentiality: 'high: the law and the people it is about',
    integrity: 'medium: mail goes to the wrong person',
    availability: 'low',
  },
  {
    id: 'audit-trail',
    title: 'Audit log and security events',
    store:
      'D1; the audit log only grows while its tenant is there, security events end with their time or their account',
    confidentiality: 'medium: it tells who did what',
    integrity: 'high: it is the evidence after an incident',
    availability: 'low',
  },
  {
    id: 'secrets',
    title: 'Secrets of the app',
    store: 'Workers secrets; in development a file that git ignores',
    confidentiality: 'critical: they open sealed data and forge marks of known devices',
    integrity: 'high: wrong ones shut the app down',
    availability: 'high: without them the app refuses to start',
  },
  {
    id: 'service',
    title: 'The service itself, its CPU time and its reputation as a sender of mail',
    store: 'Workers, Durable Objects, the mail service',
    confidentiality: 'low',
    integrity: 'high: what is deployed decides about everything above',
    availability: 'high: it is what customers pay for',
  },
  {
    id: 'subscriptions',
    where: 'billing',
    title: 'Subscriptions and what they entitle to',
    store: 'D1, as last fetched from Stripe',
    confidentiality: 'medium: who pays what',
    integrity: 'high: it is the money',
    availability: 'medium: nobody upgrades meanwhile',
  },
  {
    id: 'files',
    where: 'uploads',
    title: 'Uploaded files',
    store: 'R2, under keys that begin with the tenant, and nowhere else',
    confidentiality: "critical: they are tenants' data",
    integrity: 'high: a file can attack who opens it',
    availability: 'medium',
  },
];

/** Sides of the trust boundaries. A flow from one zone to another crosses one. */
export const zones: readonly Zone[] = [
  { id: 'outside', title: 'Internet', trusted: 'nothing: anybody sends anything' },
  { id: 'worker', title: 'Worker', trusted: 'our code, as it was deployed' },
  {
    id: 'stores',
    title: 'Stores of the app',
    trusted: 'Cloudflare keeps them apart from other customers; only the Worker is bound to them',
  },
  {
    id: 'services',
    title: 'Services of others',
    trusted: 'for the one thing each is asked, as far as its answer can be checked',
  },
  {
    id: 'operation',
    title: 'Operation',
    trusted: 'people with the Cloudflare account, and the machine that deploys',
  },
];

export const nodes: readonly Node[] = [
  { id: 'browser', title: 'Browser or script', zone: 'outside' },
  { id: 'mailbox', title: "A person's mailbox", zone: 'outside' },
  { id: 'app', title: 'HTTP pipeline and scheduled work', zone: 'worker' },
  { id: 'd1', title: 'D1', zone: 'stores' },
  { id: 'kv', title: 'KV SESSIONS', zone: 'stores' },
  { id: 'counters', title: 'Rate limiter', zone: 'stores' },
  { id: 'r2', where: 'uploads', title: 'R2', zone: 'stores' },
  { id: 'logs', title: 'Workers Logs', zone: 'operation' },
  { id: 'operator', title: 'Operator and deployment', zone: 'operation' },
  { id: 'mail', title: 'Mail service', zone: 'services' },
  { id: 'alerts', title: 'Whoever takes alerts (ALERT_WEBHOOK_URL)', zone: 'services' },
  { id: 'breaches', title: 'List of breached passwords', zone: 'services' },
  { id: 'providers', where: 'oauth', title: 'Identity providers', zone: 'services' },
  { id: 'stripe', where: 'billing', title: 'Stripe', zone: 'services' },
];

const alone =
  'only the Worker is bound to it, and the binding has no address that others could call';
const ownCode = 'both ends are ours; what the Worker did is in its log lines, by request id';
const noRights = 'what comes back grants nothing';
const signedByTls = 'TLS names the host, which is constant in code or configuration';

const accountLogin =
  'the Cloudflare account has its own login; its second factor is for its owner to demand';

/** Data that crosses a trust boundary. */
export const flows: readonly Flow[] = [
  { id: 'request', title: 'HTTPS requests', from: 'browser', to: 'app', dismissed: {} },
  {
    id: 'sql',
    title: 'statements and rows',
    from: 'app',
    to: 'd1',
    dismissed: {
      S: alone,
      R: ownCode,
      E: 'D1 has no rights of its own to raise: who may ask is decided before, at `request`',
    },
  },
  {
    id: 'session-data',
    title: 'device names, under the hash of a token',
    from: 'app',
    to: 'kv',
    dismissed: {
      R: ownCode,
      I: 'it holds the name of a device under a hash, and nothing that opens anything',
      D: 'the app works without it',
      E: 'it grants nothing',
    },
  },
  {
    id: 'counting',
    title: 'counts by key',
    from: 'app',
    to: 'counters',
    dismissed: {
      S: alone,
      T: 'one Durable Object a key counts alone, so that no update is lost',
      R: ownCode,
      E: 'a counter grants nothing',
    },
  },
  {
    id: 'sending-mail',
    title: 'mails',
    from: 'app',
    to: 'mail',
    dismissed: {
      T: 'the binding hands mail to Cloudflare, and a service is called by a name that TLS proves',
      R: 'the outbox keeps a mail until the service took it, or it was given up after six attempts in about four hours, of which an alert tells',
      E: noRights,
    },
  },
  {
    id: 'reading-mail',
    title: 'links with tokens',
    from: 'mail',
    to: 'mailbox',
    dismissed: {
      T: 'a changed link carries a token that is not known',
      R: 'the token that comes back is the receipt',
      D: 'who gets no mail asks for another',
      E: 'a token serves one purpose of one account, once',
    },
  },
  {
    id: 'breach-look-up',
    title: 'the first five digits of a hash',
    from: 'app',
    to: 'breaches',
    dismissed: {
      S: signedByTls,
      T: 'a changed answer can refuse a good password or pass a bad one, and nothing else',
      R: 'nothing is done there',
      E: noRights,
    },
  },
  {
    id: 'identity',
    where: 'oauth',
    title: 'codes and proofs of identity',
    from: 'app',
    to: 'providers',
    dismissed: {
      T: signedByTls,
      R: 'logins are security events of the account',
      I: 'only what a login needs is asked for, and no token of a provider is kept',
    },
  },
  {
    id: 'paying',
    where: 'billing',
    title: 'checkouts and look-ups',
    from: 'app',
    to: 'stripe',
    dismissed: {
      S: signedByTls,
      R: 'Stripe logs each request; what makes something there carries an idempotency key',
      I: "no card number passes through the app: Stripe's own page takes it",
      E: 'what a subscription entitles to is decided at `request`',
    },
  },
  {
    id: 'payment-events',
    where: 'billing',
    title: 'webhook events',
    from: 'stripe',
    to: 'app',
    dismissed: {
      R: 'Stripe keeps every event, and the app the id of each that it applied, for 90 days',
      I: 'who signed the event learns in a word what came of it',
      D: 'a body limit of 512 KB and the flood limit stand before it',
      E: 'an event only names a customer; what counts is what Stripe then answers',
    },
  },
  {
    id: 'storing-files',
    where: 'uploads',
    title: 'files',
    from: 'app',
    to: 'r2',
    dismissed: {
      S: alone,
      R: 'uploads and deletions stand in the audit log',
      D: 'size and number are limited at `request`',
      E: 'R2 has no rights of its own to raise',
    },
  },
  {
    id: 'logging',
    title: 'log lines',
    from: 'app',
    to: 'logs',
    dismissed: {
      S: alone,
      T: 'a line is JSON made by the logger; clients cannot add one',
      D: 'logging never delays or fails a request',
      E: 'nothing reads the log to decide',
    },
  },
  {
    id: 'alerting',
    title: 'counts, names of faults and of settings',
    from: 'app',
    to: 'alerts',
    dismissed: {
      S: signedByTls,
      T: signedByTls,
      E: noRights,
    },
  },
  {
    id: 'operating',
    title: 'backups, restores, flags, statements by hand',
    from: 'operator',
    to: 'd1',
    dismissed: { S: accountLogin },
  },
  {
    id: 'deploying',
    title: 'code, migrations, secrets',
    from: 'operator',
    to: 'app',
    dismissed: { S: accountLogin },
  },
];
