import type { Threat } from './model.ts';

/** Threats to the service itself, and from the way it is run. */
export const operationThreats: readonly Threat[] = [
  {
    id: 'flood',
    title: 'Requests are so many, or so large, that others get none',
    flows: ['request'],
    stride: ['D'],
    assets: ['service'],
    story:
      'A script sends bodies of a hundred megabytes, hashes passwords without end on our bill, or fills the one database of all with rows that cannot be removed.',
    severity: 'medium',
    because: 'each password hash costs 150 ms of CPU time, and memory is shared',
    mitigations: [
      { control: 'API-5', at: ['src/http/body.ts#readJson'] },
      {
        control: 'API-2',
        at: ['src/limits/enforce.ts#refuseFlood', 'src/limits/enforce.ts#limitClient'],
      },
      { control: 'API-3' },
    ],
    residual:
      'A flood from many networks is for Cloudflare in front of the Worker; its limits count per location. `/health` has no limit, and asks nothing. Reading has no other limit for who is logged in, and while the binding is down, none. Each account may make 5,000 changes in a day, and take away what they made: some 10,000 rows of the audit log, or 4 MB, which stay as long as their tenant does.',
    notice:
      'Lines with `rate_limited` and `payload_too_large` in the log; two hundred requests over a limit in five minutes raise an alert.',
  },
  {
    id: 'evaded-limit',
    title: 'A limit is evaded, or turned against its victim',
    flows: ['counting'],
    stride: ['D'],
    assets: ['service', 'credentials'],
    story:
      'An attacker sends a header with a new address each time, changes the end of an IPv6 address, sends twenty requests at once, or locks a victim out by failing in their name.',
    severity: 'medium',
    because: 'limits are what stands before guessing',
    mitigations: [
      {
        control: 'API-2',
        at: ['src/limits/enforce.ts#clientKey', 'src/limits/rate-limiter.ts#RateLimiter'],
      },
      { control: 'TEST-4' },
    ],
    residual:
      "Ten failures in a quarter of an hour keep every browser out that the account does not know, its owner's too, until it resets the password; one with a second factor stays out even then. Five requests an hour use up the mails to reset a password. After ten changes within an hour a member's role stays; removing them is not counted. Locally the binding of the first layer counts exactly; in production it is lenient and counts per location.",
    notice:
      'Lines with `unauthenticated` and `rate_limited` on the routes of logging in, and an alert when they are many. Which account is meant stands nowhere (but for second steps that failed, in its own events): its name is not logged.',
  },
  {
    id: 'telling-counters',
    title: 'The names of counters tell whom they count',
    flows: ['counting'],
    stride: ['I'],
    assets: ['personal-data'],
    story: 'Whoever sees the names of Durable Objects reads addresses of people off them.',
    severity: 'low',
    because: 'they show up in dashboards and exports',
    mitigations: [{ control: 'API-2', at: ['src/limits/keys.ts#hmac'] }],
    residual: 'Who has HMAC_KEY can test whether an address is counted.',
    notice: 'It cannot be noticed.',
  },
  {
    id: 'mail-to-strangers',
    title: 'The app is made to send mail to strangers',
    flows: ['sending-mail'],
    stride: ['D'],
    assets: ['service', 'personal-data'],
    story: 'A script signs up or invites a thousand addresses, or one address a thousand times.',
    severity: 'medium',
    because: 'the domain ends on block lists, and then no mail arrives',
    mitigations: [
      { control: 'API-2', at: ['src/mail/allowance.ts#mayMail'] },
      { control: 'API-3' },
    ],
    residual:
      'An address is sent up to five mails an hour for signups and resets, five invitations, five that an account has sent to it while nobody has proven it, twenty for wishes to move there, and five warnings of new devices, each counted apart. Whoever invites an address that has had five is told so, and learns that others invited it. What tells a proven address of a change to its account is not limited, nor is the number of addresses, but by client and by tenant.',
    notice: 'Bounces and complaints at the mail service.',
  },
  {
    id: 'failing-dependency',
    title: 'What the app depends on fails, hangs, or is stale',
    flows: ['sql', 'breach-look-up', 'sending-mail', 'alerting'],
    stride: ['D'],
    assets: ['service'],
    story:
      'D1 is away for a minute; the mail service answers after thirty seconds; the list of breached passwords is gone.',
    severity: 'medium',
    because: 'it happens to every app, and a careless one falls over or lets everybody in',
    mitigations: [
      { control: 'ERR-4' },
      { control: 'ERR-2', at: ['src/http/context.ts#openContext'] },
    ],
    residual:
      'Without D1 the app answers 503: it has no second database. Without the rate limiter nobody logs in. Without the list, new passwords are taken unchecked; without the flood limiter, only routes with a limit of their own are limited.',
    notice:
      'Alerts `database unavailable`, `server errors`, `mail waits` and `mail given up`; `/ready` asks each store. That the list, KV (when read) or the flood limiter fails is a line `dependency failed` with the level `warn`, of which nobody is told.',
  },
  {
    id: 'failing-provider',
    where: 'oauth',
    title: 'An identity provider fails or hangs',
    flows: ['identity'],
    stride: ['D'],
    assets: ['service'],
    story: 'The provider answers late, with a page instead of JSON, or not at all.',
    severity: 'low',
    because: 'other ways to log in go on working',
    mitigations: [{ control: 'AUTH-6', at: ['src/auth/oauth/answer.ts#readAnswer'] }],
    residual: 'Whoever has no other way in waits, or resets a password.',
    notice: 'Failed callbacks in the log, with the reason as a code.',
  },
  {
    id: 'failing-stripe',
    where: 'billing',
    title: 'Stripe fails or hangs',
    flows: ['paying'],
    stride: ['D'],
    assets: ['subscriptions'],
    story: 'Checkout cannot be started, or an event cannot be looked up.',
    severity: 'low',
    because: 'the app works on with what it knows',
    mitigations: [{ control: 'BILL-3' }],
    residual: 'Nobody upgrades meanwhile.',
    notice: 'Faults in the log; the status page of Stripe.',
  },
  {
    id: 'unseen-failure',
    title: 'Something fails, and nobody notices or can tell why',
    flows: ['logging', 'alerting'],
    stride: ['R'],
    assets: ['service', 'audit-trail'],
    story: 'A rejected promise vanishes, an error is swallowed, a rise of failures rings nowhere.',
    severity: 'medium',
    because: 'every other threat lasts until somebody looks',
    mitigations: [
      { control: 'OBS-1', at: ['src/ops/logger.ts#createLogger'] },
      { control: 'OBS-3', at: ['src/http/context.ts#mintRequestId'] },
      { control: 'OBS-4' },
      { control: 'ERR-3' },
      { control: 'OBS-5', at: ['src/ops/health.ts#healthRoutes'] },
    ],
    residual:
      'Workers Logs keep lines for days, not years. Alerts come from the app itself: where it does not run, nobody is told unless something outside watches `/health`; while its clock is stopped for a restore, nobody at all. With neither `ALERT_EMAIL` nor `ALERT_WEBHOOK_URL`, which is how it is generated, an alert is a line in the log. Failures below the thresholds ring nowhere.',
    notice: 'By looking, until an alert is set up and tried.',
  },
  {
    id: 'talkative-alert',
    title: 'An alert tells its reader, or a stranger, what should stay inside',
    flows: ['alerting'],
    stride: ['I'],
    assets: ['personal-data', 'service'],
    story:
      'Alerts are posted to whatever `ALERT_WEBHOOK_URL` names: a chat that many read, or, after a slip, the host of somebody else.',
    severity: 'low',
    because:
      'an alert holds counts, kinds of routes, names of faults and of settings, and nothing of anybody',
    mitigations: [
      { control: 'OBS-4', at: ['src/ops/alert-channels.ts#tell'] },
      { control: 'SEC-5', at: ['src/http/outbound.ts#outbound'] },
    ],
    residual:
      'Any https host may be named, and its reader learns when the app is in trouble. Whoever else knows the address can post there, too.',
    notice:
      'Nobody gets the alert that `alerts:test` sends; what goes to the wrong host besides is not noticed.',
  },
  {
    id: 'talkative-log',
    title: 'The log holds what should not leave the database',
    flows: ['logging'],
    stride: ['I'],
    assets: ['personal-data', 'sessions'],
    story:
      'A body, an address or a token is logged while an error is described, and everybody with the account reads it.',
    severity: 'high',
    because: 'logs are read by more people and kept in more places than the database',
    mitigations: [
      {
        control: 'OBS-2',
        at: ['src/ops/logger.ts#createLogger', 'src/ops/logger.ts#describeFault'],
      },
    ],
    residual: "Cloudflare's own records of requests hold paths and headers.",
    notice: 'By reading the log.',
  },
  {
    id: 'leaked-secret',
    title: 'A secret leaks',
    flows: ['deploying'],
    stride: ['I'],
    assets: ['secrets'],
    story:
      'A key is committed, pasted into a variable, or stays in a file that an archive takes along; nobody can replace it in a hurry.',
    severity: 'high',
    because: 'it opens what is sealed until it is replaced',
    mitigations: [
      { control: 'SEC-1', at: ['src/env.ts#readConfiguration'] },
      { control: 'SEC-3' },
      { control: 'SEC-2' },
      { control: 'SEC-5' },
    ],
    residual: 'Who may deploy may read secrets, by deploying code that prints them.',
    notice: "The scan for secrets in the pipeline, and the providers' own scanners.",
  },
  {
    id: 'open-door-of-development',
    title: 'What only development needs is open in production',
    flows: ['deploying'],
    stride: ['E'],
    assets: ['sessions', 'service'],
    story:
      'A deployment forgets the environment, shares a database with staging, or carries the mailbox of development.',
    severity: 'critical',
    because: 'the mailbox alone opens every account',
    mitigations: [{ control: 'SEC-6', at: ['src/env.ts#readConfiguration'] }],
    residual: 'Bindings that somebody adds in the dashboard are not seen by any test.',
    notice:
      'Of a forgotten environment: the app refuses every request and says why in its log. A database shared with staging is seen by the tests of `wrangler.toml` alone; a mailbox that is bound opens nothing, and nothing tells of it.',
  },
  {
    id: 'broken-deployment',
    title: 'A deployment or a migration breaks what runs',
    flows: ['deploying'],
    stride: ['T', 'D'],
    assets: ['service', 'tenant-data'],
    story:
      'A column is dropped while the old version still reads it; the way back was never tried; a new feature cannot be switched off.',
    severity: 'high',
    because: 'it is the most frequent cause of outages, and there is no attacker to blame',
    mitigations: [
      { control: 'DEP-5' },
      { control: 'DEP-3' },
      { control: 'DEP-1' },
      { control: 'DEP-2' },
      { control: 'DB-4' },
    ],
    residual: 'Staging has other data than production.',
    notice: 'The smoke test after a deployment, and the error rate.',
  },
  {
    id: 'lost-control',
    title: 'A change takes a control away, and nobody notices',
    flows: ['deploying'],
    stride: ['T'],
    assets: ['service', 'tenant-data'],
    story:
      'Somebody, or an agent, tidies a check away; every test still passes, because none would have failed.',
    severity: 'high',
    because: 'it is how apps become insecure: slowly, and in green',
    mitigations: [
      { control: 'GOV-3' },
      { control: 'TEST-1' },
      { control: 'TEST-2' },
      { control: 'TEST-4' },
      { control: 'TEST-5' },
    ],
    residual: 'Tests show what they look for. Who may merge may also change the tests.',
    notice: 'Sabotages that survive.',
  },
  {
    id: 'forgotten-reason',
    title: 'Nobody knows what shipped, or why it is as it is',
    flows: ['deploying'],
    stride: ['R'],
    assets: ['service'],
    story:
      'After an incident nobody can say which build answered, what had been put off, or which reason a check had.',
    severity: 'low',
    because: 'it makes every incident longer and the next one likelier',
    mitigations: [
      { control: 'GOV-1' },
      { control: 'GOV-2' },
      { control: 'GOV-4' },
      { control: 'OBS-5', at: ['src/ops/health.ts#healthRoutes'] },
    ],
    residual: 'Documents tell what was written down.',
    notice: 'By asking, and getting no answer.',
  },
  {
    id: 'powerful-operator',
    title: 'An operator, or who has their login, does what they like',
    flows: ['deploying', 'operating'],
    stride: ['T', 'E'],
    assets: ['secrets', 'tenant-data', 'service'],
    story:
      'A laptop with a session at Cloudflare is stolen, or a token of the pipeline has more rights than it needs.',
    severity: 'critical',
    because: 'the account decides about code, data and secrets at once',
    mitigations: [{ control: 'SEC-5' }],
    residual:
      'The app cannot defend itself against its own account. Its login needs a second factor, and few people.',
    notice: 'The audit log of the Cloudflare account.',
  },
];
