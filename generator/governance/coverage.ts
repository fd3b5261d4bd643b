import { inventoryKinds, type InventoryKind } from './inventory.ts';
import type { Threat } from './model.ts';

/**
 * Which threats each part that we ship meets. Literal, as a review would write it down: what an application adds of
 * its own has to be reviewed by a person, and is covered by nothing here.
 */
type Row = readonly [paths: readonly string[], threats: readonly string[]];

const routes: readonly Row[] = [
  [
    ['/health', '/ready'],
    ['told-too-much', 'flood'],
  ],
  [['/ops/alerts/test'], ['unseen-failure', 'flood']],
  [['/openapi.json'], ['told-too-much', 'flood']],
  [['/.well-known/security.txt'], ['told-too-much']],
  [
    [
      '/api/auth/signup',
      '/api/auth/verify-email',
      '/api/auth/verify-email/send',
      '/api/auth/password/forgot',
      '/api/auth/password/reset',
    ],
    ['account-enumeration', 'leaked-link', 'mail-to-strangers', 'flood'],
  ],
  [
    ['/api/auth/login', '/api/auth/mfa/verify'],
    ['guessed-password', 'account-enumeration', 'evaded-limit'],
  ],
  [
    [
      '/api/auth/logout',
      '/api/auth/logout-all',
      '/api/auth/sessions',
      '/api/auth/sessions/:sessionId',
    ],
    ['stolen-session', 'cross-site-request'],
  ],
  [
    [
      '/api/auth/password/change',
      '/api/auth/step-up',
      '/api/auth/step-up/email',
      '/api/auth/mfa/enroll',
      '/api/auth/mfa/activate',
      '/api/auth/mfa/disable',
      '/api/auth/mfa/recovery-codes',
    ],
    ['hijacked-moment', 'guessed-password', 'cross-site-request'],
  ],
  [
    ['/api/auth/oauth/:provider/start', '/api/auth/oauth/:provider/callback'],
    ['login-mix-up', 'unproven-address'],
  ],
  [
    ['/api/auth/oauth/:provider/link', '/api/auth/identities', '/api/auth/identities/:identityId'],
    ['unproven-address', 'hijacked-moment'],
  ],
  [
    ['/api/me', '/api/me/email', '/api/me/export', '/api/me/security-events'],
    ['hijacked-moment', 'cross-site-request', 'cached-answer'],
  ],
  [['/api/me/email/confirm'], ['leaked-link', 'account-enumeration']],
  [['/api/tenants'], ['cross-site-request', 'flood']],
  [
    ['/api/tenants/:tenantId'],
    ['cross-tenant', 'role-escalation', 'hijacked-moment', 'denied-action'],
  ],
  [
    [
      '/api/tenants/:tenantId/deletion/cancel',
      '/api/tenants/:tenantId/export',
      '/api/tenants/:tenantId/audit',
    ],
    ['cross-tenant', 'role-escalation', 'denied-action'],
  ],
  [
    ['/api/tenants/:tenantId/members', '/api/tenants/:tenantId/members/:userId'],
    ['cross-tenant', 'role-escalation', 'denied-action'],
  ],
  [
    [
      '/api/tenants/:tenantId/invitations',
      '/api/tenants/:tenantId/invitations/:invitationId',
      '/api/invitations/accept',
    ],
    ['role-escalation', 'mail-to-strangers', 'leaked-link'],
  ],
  [
    ['/api/tenants/:tenantId/projects', '/api/tenants/:tenantId/projects/:projectId'],
    ['cross-tenant', 'hostile-input', 'denied-action'],
  ],
  [
    ['/api/tenants/:tenantId/files', '/api/tenants/:tenantId/files/:fileId'],
    ['hostile-file', 'strange-file'],
  ],
  [
    [
      '/api/tenants/:tenantId/billing',
      '/api/tenants/:tenantId/billing/checkout',
      '/api/tenants/:tenantId/billing/portal',
    ],
    ['second-subscription', 'paid-for-nothing', 'flood'],
  ],
  [['/api/tenants/:tenantId/usage'], ['cross-tenant', 'flood']],
  [['/api/tenants/:tenantId/insights'], ['paid-for-nothing', 'cross-tenant']],
  [['/webhooks/stripe'], ['forged-payment', 'replayed-event', 'flood']],
];

/** What a page shows is asked of the API; these are the threats that a browser brings, or that the API leaves to it. */
const pages: readonly Row[] = [
  [['/', '/assets/:file'], ['cached-answer']],
  [
    [
      '/signup',
      '/signup/check-mail',
      '/verify-email',
      '/confirm-email',
      '/forgot-password',
      '/forgot-password/check-mail',
      '/reset-password',
    ],
    ['leaked-link', 'account-enumeration', 'cross-site-request'],
  ],
  [
    ['/login', '/login/second-step'],
    ['open-redirect', 'guessed-password', 'cross-site-request'],
  ],
  [['/accept-invitation'], ['leaked-link', 'role-escalation']],
  [
    ['/logout', '/step-up', '/send-verification'],
    ['hijacked-moment', 'cross-site-request'],
  ],
  [
    ['/dashboard', '/tenants'],
    ['cross-site-request', 'cached-answer'],
  ],
  [
    [
      '/tenants/:tenantId',
      '/tenants/:tenantId/restore',
      '/tenants/:tenantId/projects',
      '/tenants/:tenantId/projects/new',
      '/tenants/:tenantId/projects/:projectId',
      '/tenants/:tenantId/projects/:projectId/delete',
      '/tenants/:tenantId/audit',
    ],
    ['cross-tenant', 'cross-site-request', 'cached-answer'],
  ],
  [
    [
      '/tenants/:tenantId/members',
      '/tenants/:tenantId/members/:userId/role',
      '/tenants/:tenantId/members/:userId/remove',
      '/tenants/:tenantId/invitations',
      '/tenants/:tenantId/invitations/:invitationId/revoke',
      '/tenants/:tenantId/settings',
      '/tenants/:tenantId/export',
      '/tenants/:tenantId/delete',
    ],
    ['cross-tenant', 'role-escalation', 'cross-site-request'],
  ],
  [
    ['/tenants/:tenantId/files', '/tenants/:tenantId/files/:fileId/delete'],
    ['strange-file', 'hostile-file'],
  ],
  [
    [
      '/tenants/:tenantId/billing',
      '/tenants/:tenantId/billing/checkout',
      '/tenants/:tenantId/billing/portal',
    ],
    ['paid-for-nothing', 'second-subscription'],
  ],
  [
    [
      '/settings',
      '/settings/profile',
      '/settings/email',
      '/settings/export',
      '/settings/delete',
      '/settings/security',
      '/settings/password',
      '/settings/sessions/:sessionId/end',
      '/settings/sessions/end-all',
      '/settings/activity',
      '/settings/mfa',
      '/settings/mfa/enroll',
      '/settings/mfa/activate',
      '/settings/mfa/recovery-codes',
      '/settings/mfa/disable',
    ],
    ['hijacked-moment', 'cross-site-request', 'cached-answer'],
  ],
  [
    ['/settings/identities/:provider/link', '/settings/identities/:identityId/unlink'],
    ['unproven-address', 'hijacked-moment'],
  ],
];

const others: Readonly<
  Record<Exclude<InventoryKind, 'routes' | 'pages'>, Readonly<Record<string, string>>>
> = {
  tables: {
    audit_log: 'denied-action cross-tenant',
    users: 'database-dump',
    deleted_users: 'lost-data database-dump',
    sessions: 'stolen-session database-dump',
    one_time_tokens: 'leaked-link',
    mfa: 'database-dump hijacked-moment',
    recovery_codes: 'database-dump',
    security_events: 'denied-action',
    email_changes: 'leaked-link',
    outbox: 'leaked-link half-change',
    tenants: 'cross-tenant lost-data',
    memberships: 'cross-tenant role-escalation',
    invitations: 'cross-tenant role-escalation',
    projects: 'cross-tenant lost-data',
    identities: 'unproven-address',
    oauth_flows: 'login-mix-up',
    billing_accounts: 'paid-for-nothing replayed-event second-subscription',
    stripe_events: 'replayed-event',
    files: 'strange-file hostile-file',
    flags: 'broken-deployment',
    feature_flags: 'broken-deployment',
    request_counts: 'unseen-failure talkative-log',
    alerts: 'unseen-failure',
  },
  bindings: {
    DB: 'cross-tenant database-dump lost-data',
    SESSIONS: 'stolen-session',
    DEV_MAILBOX: 'open-door-of-development',
    RATE_LIMITER: 'evaded-limit telling-counters',
    FLOOD_LIMITER: 'flood',
    EMAIL: 'mail-to-strangers poisoned-link',
    CF_VERSION: 'forgotten-reason',
    FILES: 'strange-file hostile-file',
    UPLOADS: 'strange-file hostile-file',
    BACKUPS: 'lost-data database-dump',
    FLAGS: 'broken-deployment',
    ASSETS: 'cached-answer',
  },
  hosts: {
    'api.pwnedpasswords.com': 'password-look-up failing-dependency',
    'host, in src/auth/breached-passwords.ts': 'password-look-up failing-dependency',
    'new URL(url).host, in src/ops/alert-channels.ts': 'talkative-alert failing-dependency',
    'api.resend.com': 'mail-to-strangers leaked-link',
    'accounts.google.com': 'login-mix-up',
    'oauth2.googleapis.com': 'login-mix-up failing-provider',
    'www.googleapis.com': 'forged-id-token failing-provider',
    'github.com': 'login-mix-up',
    'api.github.com': 'unproven-address failing-provider',
    'api.stripe.com': 'failing-stripe second-subscription',
  },
  crons: {
    '* * * * *': 'unseen-failure half-change failing-dependency',
    '17 3 * * *': 'unseen-failure lost-data',
  },
};

/** Threats that a part of the application we ship meets; none for what we do not know. */
export function threatsOfPart(kind: InventoryKind, part: string): readonly string[] {
  if (kind === 'routes' || kind === 'pages') {
    const path = part.slice(part.indexOf(' ') + 1);
    const rows = kind === 'routes' ? routes : pages;
    return rows.find(([paths]) => paths.includes(path))?.[1] ?? [];
  }
  const threats = new Map(Object.entries(others[kind])).get(part);
  return threats === undefined ? [] : threats.split(' ');
}

/** Parts that take what a flow brings. */
const kindsOfFlow: Readonly<Record<string, readonly InventoryKind[]>> = {
  request: ['routes', 'pages'],
  'payment-events': ['routes'],
  sql: ['tables'],
};

const threatsOfKind = inventoryKinds.map((kind) => {
  const named =
    kind === 'routes' || kind === 'pages'
      ? (kind === 'routes' ? routes : pages).flatMap(([, threats]) => threats)
      : Object.values(others[kind]).flatMap((threats) => threats.split(' '));
  return { kind, threats: new Set(named) };
});

/** Kinds of parts that a threat is met by: for a part of another kind it says nothing. */
export function kindsMeeting({ id, flows }: Threat): readonly InventoryKind[] {
  return threatsOfKind
    .filter(
      ({ kind, threats }) =>
        threats.has(id) || flows.some((flow) => kindsOfFlow[flow]?.includes(kind)),
    )
    .map(({ kind }) => kind);
}
