import type { Threat } from './model.ts';

/** Threats to accounts: who somebody is, and that they stay it. */
export const accountThreats: readonly Threat[] = [
  {
    id: 'stolen-session',
    title: 'A session cookie is stolen and used again',
    flows: ['request', 'session-data'],
    stride: ['S', 'T'],
    assets: ['sessions', 'tenant-data'],
    story:
      'Malware or a shared computer gives an attacker the cookie. They go on using it after its owner logged out, or keep it for weeks; perhaps a location of KV still serves what was deleted.',
    severity: 'critical',
    because: 'the cookie is the user, in every tenant of theirs',
    mitigations: [
      { control: 'AUTH-1', at: ['src/http/route.ts#route', 'src/auth/access.ts#access'] },
      {
        control: 'AUTH-2',
        at: ['src/auth/sessions.ts#endSession', 'src/db/statements/sessions.ts#authorize'],
      },
      { control: 'AUTH-7', at: ['src/auth/sessions.ts#sessionLifetime'] },
    ],
    residual:
      'Until its owner ends it, a day without a request passes or 30 days after the login are over, a stolen cookie works: it is not bound to a device or an address.',
    notice:
      'Hardly: a copied cookie is the same session, of which no mail goes out and the list of sessions shows nothing new. Log lines carry the user, not the address.',
  },
  {
    id: 'guessed-password',
    title: 'A password is guessed, or known from another breach',
    flows: ['request'],
    stride: ['S'],
    assets: ['credentials', 'tenant-data'],
    story:
      'A botnet tries passwords from breaches against many accounts, a few from each address, or many against one.',
    severity: 'high',
    because:
      'reused passwords are the usual way into accounts, and it costs an attacker next to nothing',
    mitigations: [
      {
        control: 'API-2',
        at: ['src/limits/enforce.ts#limitAccount', 'src/limits/policies.ts#limits'],
      },
      { control: 'AUTH-4', at: ['src/auth/second-step.ts#passSecondStep'] },
      { control: 'TEST-4' },
      { control: 'TEST-1' },
    ],
    residual:
      'The second factor is offered, not demanded. 960 guesses a day at one account, from many addresses, and 240 a day at a second factor whose password is known, stay under every limit.',
    notice:
      'Lines with `unauthenticated` or `rate_limited` on the routes of logging in; a hundred refused logins, or two hundred requests over a limit, in five minutes raise an alert. The owner is mailed about a login from a new device.',
  },
  {
    id: 'forged-token',
    title: 'A token is made up, or one of another kind is passed off as a session',
    flows: ['request'],
    stride: ['S'],
    assets: ['sessions'],
    story:
      'An attacker sends a token with a signature of their own, or none, and hopes that it is read and believed.',
    severity: 'critical',
    because: 'it would open any account without knowing anything of it',
    mitigations: [{ control: 'AUTH-3', at: ['src/auth/token.ts#isToken'] }],
    residual: 'None known: a session token is 32 random bytes and says nothing.',
    notice: 'Refused requests carry the code `unauthenticated` in the log.',
  },
  {
    id: 'cross-site-request',
    title: "Another site makes a logged-in person's browser act",
    flows: ['request'],
    stride: ['T'],
    assets: ['tenant-data', 'credentials'],
    story:
      'A page that the victim visits posts a form, or fetches with credentials, and the browser adds the cookie.',
    severity: 'high',
    because: 'every change would be open to every page of the web',
    mitigations: [
      { control: 'AUTH-7', at: ['src/http/origin.ts#requireOwnOrigin'] },
      { control: 'API-4' },
    ],
    residual:
      'A page of the same origin is trusted, and so is one of any origin in `CORS_ORIGINS`; a hole that runs scripts there is not stopped by this.',
    notice: 'Answers with the code `origin_rejected` in the log.',
  },
  {
    id: 'account-enumeration',
    title: 'Somebody learns who has an account',
    flows: ['request'],
    stride: ['I'],
    assets: ['personal-data'],
    story:
      'An attacker signs up, logs in or asks for a reset with a list of addresses, and compares answers and times.',
    severity: 'medium',
    because: 'a list of customers helps every further attack, and is personal data in itself',
    mitigations: [
      {
        control: 'AUTH-5',
        at: ['src/auth/signup.ts#signUp', 'src/auth/password-recovery.ts#sendReset'],
      },
    ],
    residual:
      'Who may invite into a tenant sees whether an invitation was accepted. While anybody may sign up, signing up and then logging in with the same password tells whether the address had an account; it makes one where there was none, mails the address, and is limited to twenty an hour for each client.',
    notice:
      'Lines with `rate_limited` on routes below `/api/auth/` in the log, and an alert when they are many. Slow and patient asking is not noticed.',
  },
  {
    id: 'hijacked-moment',
    title: 'Somebody with an open session does what cannot be undone',
    flows: ['request'],
    stride: ['E'],
    assets: ['credentials', 'tenant-data'],
    story:
      'A laptop stands open. Whoever passes by changes the address, switches the second factor off, or deletes the tenant.',
    severity: 'high',
    because: 'a minute at the desk would become the account for good',
    mitigations: [
      { control: 'AUTH-4', at: ['src/auth/step-up.ts#stepUp', 'src/auth/access.ts#access'] },
    ],
    residual:
      'Only a change of address, of the second factor, of linked logins or of roles, invitations, buying, export and deletion of a tenant, and deletion of the account ask, and for five minutes after a step-up, or a password or code at the login, they do not (the second factor asks for a code all the same, a new password for the old one). Without a second factor the password steps up, and without a password a code to the mailbox.',
    notice:
      'The owner is mailed when the password, the address, the second factor or a linked login changes and, at a proven address, when the account is deleted, not when a tenant is; the audit log names actor and time of what was done in a tenant.',
  },
  {
    id: 'poisoned-link',
    title: "A mailed link leads to an attacker's host",
    flows: ['sending-mail'],
    stride: ['S'],
    assets: ['sessions', 'credentials'],
    story:
      "An attacker asks for a victim's reset with a Host header of their own; the mail carries it, and the victim's click delivers the token.",
    severity: 'high',
    because: 'the token sets a new password',
    mitigations: [
      { control: 'AUTH-5', at: ['src/mail/messages.ts#renderMail'] },
      { control: 'SEC-6', at: ['src/env.ts#readConfiguration'] },
    ],
    residual: 'Whoever may change `LINK_BASE_URL` decides where links lead.',
    notice: 'A person reads a mail with a strange link; nothing else shows it.',
  },
  {
    id: 'leaked-link',
    title: 'The token of a mailed link leaks, or is used by somebody else',
    flows: ['reading-mail', 'sending-mail'],
    stride: ['S', 'I'],
    assets: ['sessions', 'personal-data'],
    story:
      'A proxy logs the address of a link, a scanner opens it, or somebody reads a mail that waits in the database. Or an attacker has an account of theirs move to the address of a victim, who clicks.',
    severity: 'high',
    because: 'it is worth as much as the account until it is used',
    mitigations: [
      {
        control: 'AUTH-5',
        at: ['src/auth/one-time-token.ts#spendStatement', 'src/auth/verification.ts#requireOwner'],
      },
      { control: 'OBS-2', at: ['src/mail/outbox.ts#mailStatement', 'src/auth/seal.ts#seal'] },
    ],
    residual:
      'Who reads the mailbox in time has the token. Mail travels as openly as the mail service sends it.',
    notice: 'The owner finds the link used already.',
  },
  {
    id: 'password-look-up',
    title: 'The look-up of breached passwords gives a password away',
    flows: ['breach-look-up'],
    stride: ['I'],
    assets: ['credentials'],
    story: 'The service, or whoever listens, learns which password somebody is about to choose.',
    severity: 'medium',
    because: 'it is the password itself, before it is even used',
    mitigations: [{ control: 'AUTH-2', at: ['src/auth/breached-passwords.ts#refuseBreached'] }],
    residual:
      'The service learns five hexadecimal digits of a hash, which some hundred passwords share, and when.',
    notice: 'It cannot be noticed; `BREACH_LIST_URL` left empty asks nobody.',
  },
  {
    id: 'open-redirect',
    where: 'pages',
    title: 'A link to the app leads on to another site once somebody has logged in',
    flows: ['request'],
    stride: ['S'],
    assets: ['credentials'],
    story:
      'An attacker mails a link to the real page for logging in, with an address of theirs as the place to go on to, and asks for the password again there.',
    severity: 'medium',
    because: 'people believe what follows a page that they know',
    mitigations: [{ control: 'AUTH-7', at: ['src/http/return-to.ts#safeReturnTo'] }],
    residual:
      'A path of the app itself can be named: its pages change nothing when they are opened, but for the row that an export of a tenant leaves.',
    notice: 'None: the address is replaced by the start page, and nothing is logged.',
  },
  {
    id: 'login-mix-up',
    where: 'oauth',
    title: 'A login with another service is redirected, replayed or started by somebody else',
    flows: ['identity'],
    stride: ['S'],
    assets: ['sessions'],
    story:
      "An attacker sends the victim their own callback, reuses a code, or has the provider's answer sent to an address of theirs.",
    severity: 'high',
    because: "the victim works in the attacker's account, or the attacker in the victim's",
    mitigations: [
      {
        control: 'AUTH-6',
        at: ['src/auth/oauth/flow.ts#endFlow', 'src/http/return-to.ts#safeReturnTo'],
      },
    ],
    residual: 'A provider that is broken into speaks for all its users.',
    notice: 'Failed callbacks in the log, with the reason as a code.',
  },
  {
    id: 'unproven-address',
    where: 'oauth',
    title: 'An account is taken over through an address that nobody proved',
    flows: ['identity'],
    stride: ['E'],
    assets: ['credentials', 'tenant-data'],
    story:
      "An attacker enters the victim's address at a provider that does not verify it, and logs in with that.",
    severity: 'critical',
    because: 'it opens an existing account without its password or its mailbox',
    mitigations: [{ control: 'AUTH-6', at: ['src/auth/oauth/identities.ts#accountFor'] }],
    residual: 'Who holds an address that its owner gave up can prove it.',
    notice:
      'The owner is mailed when a service is linked. Of a new account that a provider vouched for, and of a login refused as `account_exists`, the address hears nothing.',
  },
  {
    id: 'forged-id-token',
    where: 'google',
    title: 'A proof of identity is forged',
    flows: ['identity'],
    stride: ['S'],
    assets: ['sessions'],
    story:
      'An ID token is signed with the public key as a secret, with no key, for another app, or long ago.',
    severity: 'critical',
    because: 'it would open any linked account',
    mitigations: [{ control: 'AUTH-3', at: ['src/auth/oauth/google.ts#google'] }],
    residual: "Google's own keys are trusted as they are fetched.",
    notice: 'Failed callbacks in the log, with the reason as a code.',
  },
];
