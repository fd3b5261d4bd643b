import type { Control } from './model.ts';

/** The 53 controls. Their order is that of every list of them. */
export const controls: readonly Control[] = [
  {
    id: 'AUTH-1',
    title: 'every route that is not declared public demands a live session',
    shown: ['code', 'test', 'static'],
  },
  {
    id: 'AUTH-2',
    title: 'logging out kills the session on the server, everywhere',
    shown: ['code', 'test'],
  },
  {
    id: 'AUTH-3',
    title: 'signed tokens are verified against a fixed list of algorithms',
    shown: ['code', 'test', 'static'],
  },
  {
    id: 'AUTH-4',
    title: 'a second factor stands before dangerous actions',
    shown: ['code', 'test'],
  },
  {
    id: 'AUTH-5',
    title: 'account recovery tells nobody who has an account',
    shown: ['code', 'test'],
  },
  {
    id: 'AUTH-6',
    title: 'an OAuth login returns only to exact, known addresses',
    shown: ['code', 'test', 'static', 'attested'],
    where: 'oauth',
    attestation: {
      claim: 'each identity provider knows exactly one redirect URI of each environment',
      how: "look at the app's entry in each provider's console; note the URIs listed there",
      days: 180,
      weight: 'further',
    },
  },
  {
    id: 'AUTH-7',
    title: 'session cookies carry safe attributes and bounded lifetimes',
    shown: ['code', 'test', 'static'],
  },
  {
    id: 'SEC-1',
    title: 'secrets live in the secret store, never in the repository',
    shown: ['static', 'attested'],
    attestation: {
      claim: 'no secret was ever committed, or those that were have been replaced',
      how: 'scan the history of every clone that others can reach; note the command and what it found',
      days: 180,
      weight: 'further',
    },
  },
  {
    id: 'SEC-2',
    title: 'each secret has a rotation plan, and the app survives a rotation',
    shown: ['code', 'test', 'attested'],
    attestation: {
      claim: 'every secret was rotated, or is not due yet',
      how: 'rotate on the real account by the runbook; note the date and the next due date of each secret',
      days: 90,
      weight: 'required',
    },
  },
  {
    id: 'SEC-3',
    title: 'local secret files are ignored, and history is clean of them',
    shown: ['static'],
  },
  {
    id: 'SEC-4',
    title: 'every incoming webhook is authenticated, each time',
    shown: ['code', 'test', 'static'],
    where: 'billing',
  },
  {
    id: 'SEC-5',
    title: 'third-party keys carry the least privilege that works',
    shown: ['code', 'attested'],
    attestation: {
      claim: 'each key of a third party has the least rights that work',
      how: 'list each key with its rights as its console shows them',
      days: 180,
      weight: 'required',
    },
  },
  {
    id: 'SEC-6',
    title: 'each environment has its own secrets and resources',
    shown: ['code', 'test', 'static'],
  },
  {
    id: 'DB-1',
    title: 'tenants are isolated in every table that holds their data',
    shown: ['code', 'test', 'static'],
  },
  {
    id: 'DB-2',
    title: 'only bound parameters reach SQL',
    shown: ['test', 'static'],
  },
  {
    id: 'DB-3',
    title: 'what the database says in an error never reaches a client',
    shown: ['code', 'test'],
  },
  {
    id: 'DB-4',
    title: 'each migration can be undone, by a path that was tested',
    shown: ['test', 'static', 'attested'],
    attestation: {
      claim: "the way back of the latest migration was tried on a copy of staging's data",
      how: 'restore staging into a scratch database, apply the migration and its rollback; note the counts of rows',
      days: 180,
      weight: 'further',
    },
  },
  {
    id: 'DB-5',
    title: 'no client talks to the database',
    shown: ['static'],
  },
  {
    id: 'DB-6',
    title: 'backups are taken, and a restore was rehearsed',
    shown: ['test', 'attested'],
    attestation: {
      claim: 'a backup of production was restored, and what came back was compared',
      how: 'restore into a scratch database of the real account; note the backup, the time it took, and the counts of rows',
      days: 90,
      weight: 'rehearsed',
    },
  },
  {
    id: 'API-1',
    title: 'all input is validated at run time: shape, type, length, values',
    shown: ['code', 'test', 'static'],
  },
  {
    id: 'API-2',
    title: 'authentication endpoints are rate limited',
    shown: ['code', 'test', 'static'],
  },
  {
    id: 'API-3',
    title: 'costly operations are rate limited and budgeted',
    shown: ['code', 'test'],
  },
  {
    id: 'API-4',
    title: 'cross-origin access is an explicit list',
    shown: ['code', 'test', 'static'],
  },
  {
    id: 'API-5',
    title: 'request bodies have size limits',
    shown: ['code', 'test', 'static'],
  },
  {
    id: 'API-6',
    title: 'uploads are identified by their content',
    shown: ['code', 'test', 'attested'],
    where: 'uploads',
    attestation: {
      claim: 'whether uploaded files are scanned for malware was decided',
      how: 'name the scanner, or who accepted to go without one',
      days: 180,
      weight: 'further',
    },
  },
  {
    id: 'BILL-1',
    title: "Stripe's signature is checked over the raw body",
    shown: ['code', 'test', 'static'],
    where: 'billing',
  },
  {
    id: 'BILL-2',
    title: 'any webhook event can be replayed without harm',
    shown: ['code', 'test'],
    where: 'billing',
  },
  {
    id: 'BILL-3',
    title: 'a failed payment or webhook leaves no tenant half changed',
    shown: ['code', 'test'],
    where: 'billing',
  },
  {
    id: 'BILL-4',
    title: 'paid features are gated on the server',
    shown: ['code', 'test', 'static'],
    where: 'billing',
  },
  {
    id: 'BILL-5',
    title: 'checkout refuses a second subscription',
    shown: ['code', 'test', 'attested'],
    where: 'billing',
    attestation: {
      claim: 'Stripe limits customers to one subscription, and sends the app the events it needs',
      how: "look at the dashboard of each mode: the limit and the portal's prices; the endpoint's address, events and API version, as in the README; note what stands there",
      days: 180,
      weight: 'further',
    },
  },
  {
    id: 'OBS-1',
    title: 'errors are kept by a service that outlives the request',
    shown: ['code', 'test', 'static'],
  },
  {
    id: 'OBS-2',
    title: 'logs carry no personal data',
    shown: ['code', 'test', 'static'],
  },
  {
    id: 'OBS-3',
    title: 'one trace id follows a request through every call it makes',
    shown: ['code', 'test'],
  },
  {
    id: 'OBS-4',
    title: 'an abnormal error rate raises an alert',
    shown: ['code', 'test', 'attested'],
    attestation: {
      claim: 'an alert reached the person on call',
      how: 'trigger the test notification; note who received it, and when',
      days: 90,
      weight: 'rehearsed',
    },
  },
  {
    id: 'OBS-5',
    title: 'the health endpoint names the build that answers',
    shown: ['code', 'test', 'static'],
  },
  {
    id: 'ERR-1',
    title: 'clients see generic errors, never internals',
    shown: ['code', 'test', 'static'],
  },
  {
    id: 'ERR-2',
    title: 'every asynchronous failure has a handler',
    shown: ['code', 'test', 'static'],
  },
  {
    id: 'ERR-3',
    title: 'unhandled rejections are recorded and alerted on',
    shown: ['code', 'test', 'static', 'attested'],
    attestation: {
      claim: 'an unhandled rejection in staging reached the person on call',
      how: 'cause one in staging; note who heard of it, and when',
      days: 180,
      weight: 'further',
    },
  },
  {
    id: 'ERR-4',
    title: 'a failing dependency degrades the app instead of taking it down',
    shown: ['code', 'test'],
  },
  {
    id: 'TEST-1',
    title: 'tests cover login, logout, expiry and refusal',
    shown: ['test'],
  },
  {
    id: 'TEST-2',
    title: "tests prove that one tenant cannot reach another's data",
    shown: ['test', 'static'],
  },
  {
    id: 'TEST-3',
    title: 'tests cover checkout, webhook, upgrade and failed payment',
    shown: ['test'],
    where: 'billing',
  },
  {
    id: 'TEST-4',
    title: 'tests show limits firing at the stated count, and resetting',
    shown: ['test'],
  },
  {
    id: 'TEST-5',
    title: 'a coverage target is written down and enforced in CI',
    shown: ['test', 'static'],
  },
  {
    id: 'GOV-1',
    title: 'a threat model of this app exists and was reviewed',
    shown: ['static', 'attested'],
    attestation: {
      claim: 'the threat model was reviewed by somebody who knows the app',
      how: 'read .ai/threat-model.md against the app; put your name, the date and its checksum at its top, and note what you changed',
      days: 180,
      weight: 'required',
    },
  },
  {
    id: 'GOV-2',
    title: 'the key decisions are recorded, with their reasons',
    shown: ['static', 'attested'],
    attestation: {
      claim: 'the decision records still say what the team decided',
      how: 'read .ai/adr-*.md; note which were confirmed and which replaced',
      days: 180,
      weight: 'further',
    },
  },
  {
    id: 'GOV-3',
    title: 'constraints for coding agents are machine readable, and enforced',
    shown: ['test', 'static'],
  },
  {
    id: 'GOV-4',
    title: 'a CHANGELOG says what shipped and what was deferred',
    shown: ['static'],
  },
  {
    id: 'DEP-1',
    title: 'each deployment has a rollback plan written before it',
    shown: ['static', 'attested'],
    attestation: {
      claim: 'a rollback was carried out on the real account',
      how: 'deploy to staging, roll back by the plan that was written before; note the versions and the time it took',
      days: 180,
      weight: 'rehearsed',
    },
  },
  {
    id: 'DEP-2',
    title: 'risky changes sit behind feature flags',
    shown: ['code', 'test', 'static'],
  },
  {
    id: 'DEP-3',
    title: 'migrations run on staging before production',
    shown: ['static', 'attested'],
    attestation: {
      claim:
        'the latest migration ran on staging before production, and GitHub asks somebody to approve what goes to production',
      how: 'note the run of the deployment that shows both, in that order, and who approved it; look at the required reviewers of the environment production',
      days: 90,
      weight: 'rehearsed',
    },
  },
  {
    id: 'DEP-4',
    title: 'caches and assets are invalidated by a stated strategy',
    shown: ['code', 'test', 'static', 'attested'],
    attestation: {
      claim: 'what stands before the app caches nothing that is personal',
      how: 'look at the cache rules of the zone; note them',
      days: 180,
      weight: 'further',
    },
  },
  {
    id: 'DEP-5',
    title: 'a deployment, schema change included, drops no request',
    shown: ['test', 'static', 'attested'],
    attestation: {
      claim: 'a deployment under traffic dropped no request',
      how: 'watch the error rate during a gradual deployment; note the figures',
      days: 180,
      weight: 'rehearsed',
    },
  },
];
