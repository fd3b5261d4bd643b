import type { Threat } from './model.ts';

/** Threats to what tenants and people keep in the app. */
export const dataThreats: readonly Threat[] = [
  {
    id: 'cross-tenant',
    title: "One tenant reaches another's data",
    flows: ['request', 'sql'],
    stride: ['I', 'T'],
    assets: ['tenant-data'],
    story:
      "A member of one tenant puts another's id into a path, a body, a cursor or a search; or a new statement forgets its tenant.",
    severity: 'critical',
    because: 'it breaks the one promise that a multi-tenant app makes',
    mitigations: [
      {
        control: 'DB-1',
        at: ['src/db/with-tenant.ts#withTenant', 'src/db/statement.ts#tenantStatement'],
      },
      { control: 'TEST-2' },
    ],
    residual:
      'D1 knows no row-level security: who writes SQL past `withTenant()` is stopped by tests alone. All tenants share one database.',
    notice: 'Lines with `not_found` on routes of a tenant in the log; nothing certain.',
  },
  {
    id: 'role-escalation',
    title: 'Somebody does what their role does not allow',
    flows: ['request'],
    stride: ['E'],
    assets: ['tenant-data'],
    story:
      'A member calls a route of admins, makes themselves owner, or invites somebody with more rights than their own.',
    severity: 'high',
    because: 'roles are what a tenant relies on among its own people',
    mitigations: [
      { control: 'AUTH-1', at: ['src/auth/access.ts#access', 'src/tenancy/roles.ts#mayGovern'] },
      { control: 'TEST-2' },
    ],
    residual: 'An owner can do everything in their tenant.',
    notice:
      'Changes of roles stand in the audit log; refused attempts are `role_required` in the log.',
  },
  {
    id: 'hostile-input',
    title: 'Input becomes something else than data',
    flows: ['request', 'sql'],
    stride: ['T'],
    assets: ['tenant-data'],
    story:
      'A text ends a statement and begins another (D1 runs both), a field that nobody expects is stored, a list never ends.',
    severity: 'critical',
    because: 'one stacked statement could drop a table of all tenants',
    mitigations: [
      { control: 'API-1', at: ['src/http/input.ts#readInput'] },
      { control: 'DB-2', at: ['src/db/database.ts#Database'] },
    ],
    residual: 'Texts are kept as they came: whoever shows them has to escape them.',
    notice: 'Lines of refused requests carry the code `invalid_input` in the log.',
  },
  {
    id: 'denied-action',
    title: 'Somebody denies what they did in a tenant',
    flows: ['request', 'operating'],
    stride: ['R'],
    assets: ['audit-trail'],
    story:
      'An admin removes a member or data, and later says that it was not them; or removes the trace.',
    severity: 'medium',
    because: 'without evidence a dispute or an incident cannot be settled',
    mitigations: [
      {
        control: 'DB-1',
        at: ['src/tenancy/audit.ts#auditRepository', 'src/db/with-tenant.ts#withTenant'],
      },
      { control: 'OBS-3', at: ['src/http/context.ts#mintRequestId'] },
    ],
    residual:
      'The log stays in the database of the app; an operator who writes to that past the app leaves no row, and may drop the trigger that keeps others. No copy is kept elsewhere. An owner can have the whole log purged, with the tenant, in seven days. Reading leaves no row, but for the export. Of somebody who deleted their account the log has an id.',
    notice:
      'The audit log itself; what was done past the app only in the audit log of the Cloudflare account.',
  },
  {
    id: 'told-too-much',
    title: 'An answer tells what is inside',
    flows: ['request'],
    stride: ['I'],
    assets: ['tenant-data', 'personal-data'],
    story:
      'An attacker provokes errors and reads tables, addresses or versions out of their messages.',
    severity: 'medium',
    because: 'D1 puts names of columns into its messages, and they guide the next attack',
    mitigations: [
      { control: 'ERR-1', at: ['src/http/errors.ts#answerError', 'src/http/problem.ts#Problem'] },
      { control: 'DB-3', at: ['src/db/errors.ts#toDatabaseError'] },
    ],
    residual:
      'Everybody is told by `/health` which build answers and since when. Times differ where the work differs.',
    notice: 'Faults in the log, each with the request id that the client saw.',
  },
  {
    id: 'cached-answer',
    title: "A cache gives one person's answer to another",
    flows: ['request'],
    stride: ['I'],
    assets: ['tenant-data', 'personal-data'],
    story: 'A cache between browser and Worker keeps an answer that was meant for one user.',
    severity: 'high',
    because: 'it leaks without anybody attacking',
    mitigations: [{ control: 'DEP-4' }],
    residual: 'Rules set in the dashboard of the zone can overrule headers.',
    notice: "Somebody sees another's data.",
  },
  {
    id: 'database-dump',
    title: 'The database is read by somebody outside',
    flows: ['sql', 'operating'],
    stride: ['I'],
    assets: ['credentials', 'sessions', 'personal-data'],
    story:
      'A backup is left lying on a laptop, an operator account is broken into, or a client finds a way to ask D1 itself.',
    severity: 'high',
    because: 'it holds everything of everybody',
    mitigations: [
      {
        control: 'AUTH-2',
        at: ['src/auth/password.ts#hashPassword', 'src/auth/token.ts#hashToken'],
      },
      { control: 'OBS-2', at: ['src/auth/seal.ts#seal'] },
      { control: 'DB-5', at: ['src/db/database.ts#Database'] },
    ],
    residual:
      "Tenants' data is not encrypted by the app; D1 encrypts at rest, and that does not help against its owner's account. A backup is a file in plain text; where it lies is for the operator to guard.",
    notice: 'The audit log of the Cloudflare account; the app sees nothing of it.',
  },
  {
    id: 'half-change',
    title: 'A failure leaves a change half made',
    flows: ['sql'],
    stride: ['T'],
    assets: ['tenant-data', 'audit-trail'],
    story: 'The second of three writes fails, or work after the answer dies, and nobody knows.',
    severity: 'medium',
    because: 'a state that no code expects is found weeks later, by a customer',
    mitigations: [
      { control: 'ERR-2', at: ['src/http/context.ts#openContext'] },
      { control: 'DB-1', at: ['src/db/with-tenant.ts#withTenant'] },
    ],
    residual: 'What spans D1 and another service is repeated until done, not undone.',
    notice: 'Faults of background work in the log, by name.',
  },
  {
    id: 'lost-data',
    title: 'Data is lost',
    flows: ['sql', 'operating'],
    stride: ['D'],
    assets: ['tenant-data'],
    story: 'A migration or a person deletes too much, and it is noticed after days.',
    severity: 'critical',
    because: 'it is what customers work with, and it has one place',
    mitigations: [{ control: 'DB-6' }, { control: 'DB-4' }],
    residual:
      'Time Travel of D1 overwrites in place and loses what was written since; it reaches back 30 days on the paid plan. Nothing takes a dump by itself: somebody runs `db:backup`.',
    notice: 'Customers miss something.',
  },
  {
    id: 'paid-for-nothing',
    where: 'billing',
    title: 'A tenant uses what it does not pay for',
    flows: ['request'],
    stride: ['E'],
    assets: ['subscriptions'],
    story:
      'A tenant of the free tier calls a paid route, names its tier itself, or keeps it after the payment failed.',
    severity: 'medium',
    because: 'it is lost money, and unfair to those who pay',
    mitigations: [{ control: 'BILL-4' }],
    residual:
      'Between two looks at Stripe the app knows what it was last told. A tenant whose payment failed keeps its plan for two weeks.',
    notice: 'Reconciliation finds a difference, which is an alert.',
  },
  {
    id: 'forged-payment',
    where: 'billing',
    title: 'Somebody claims a payment that never was',
    flows: ['payment-events'],
    stride: ['S', 'T'],
    assets: ['subscriptions'],
    story:
      'Anybody can post to the webhook: a made-up event, a real one of another account, a body changed by a byte.',
    severity: 'critical',
    because: 'it would hand out paid tiers, or take them away',
    mitigations: [{ control: 'BILL-1' }, { control: 'SEC-4' }],
    residual: 'Who has the signing secret is Stripe.',
    notice:
      'Lines of `/webhooks/stripe` with `invalid_input` in the log; ten in an hour raise an alert.',
  },
  {
    id: 'replayed-event',
    where: 'billing',
    title: 'Events come twice, late, out of order, or break off in the middle',
    flows: ['payment-events'],
    stride: ['T'],
    assets: ['subscriptions'],
    story:
      'Stripe repeats an event after a time-out; an older one overtakes a newer one; the database fails between two writes.',
    severity: 'high',
    because: 'it happens without an attacker, and ends in a wrong tier',
    mitigations: [{ control: 'BILL-2' }, { control: 'BILL-3' }, { control: 'TEST-3' }],
    residual: 'Until the repetition arrives a tenant has its old tier.',
    notice: "Failed deliveries in Stripe's dashboard, and in the log.",
  },
  {
    id: 'second-subscription',
    where: 'billing',
    title: 'A tenant is charged twice',
    flows: ['paying'],
    stride: ['T'],
    assets: ['subscriptions'],
    story: 'Two tabs, or a double click, start two checkouts, and both are paid.',
    severity: 'medium',
    because: 'money is taken that has to be given back',
    mitigations: [{ control: 'BILL-5' }],
    residual: 'Somebody with the Stripe account can create a second one there.',
    notice: 'Reconciliation finds two and logs it.',
  },
  {
    id: 'hostile-file',
    where: 'uploads',
    title: 'An uploaded file attacks who opens it',
    flows: ['storing-files'],
    stride: ['T'],
    assets: ['files', 'sessions'],
    story:
      'A file is called an image and is a page with a script; its name climbs out of its folder.',
    severity: 'high',
    because: "a script on the app's own origin acts as whoever opens it",
    mitigations: [{ control: 'API-6' }],
    residual:
      "Files come from the app's own origin, not from a host of their own: what keeps a browser from running one there is how it is sent, with a sandbox (CSP), `attachment` and `nosniff`. A file of an allowed type may still hold malware for the program that opens it.",
    notice: 'Lines of refused uploads carry the code `unsupported_media_type` in the log.',
  },
  {
    id: 'strange-file',
    where: 'uploads',
    title: "A tenant reads another's files",
    flows: ['storing-files'],
    stride: ['I'],
    assets: ['files'],
    story: "A member guesses the key or the id of another tenant's file.",
    severity: 'critical',
    because: "files are tenants' data",
    mitigations: [{ control: 'DB-1' }, { control: 'TEST-2' }],
    residual:
      'All tenants share one bucket; keys keep them apart. What is deleted there is gone: no backup holds it.',
    notice: 'Lines with `not_found` on routes of files in the log; nothing certain.',
  },
];
