import { sabotage } from './sabotage.ts';

const invitations = 'src/db/statements/invitations.ts';
const routes = 'src/tenancy/invitation-routes.ts';
const messages = 'src/mail/messages.ts';

const upsert = 'id = ?2, role = ?4, token_hash = ?5,';

/** Who gets into a tenant. */
export const invitationsAndEntry = [
  sabotage(
    'AUTH-1',
    'an invitation lets in whoever has the token',
    invitations,
    ' AND users.email = invitations.email',
    '',
  ),
  sabotage(
    'AUTH-1',
    'an invitation is accepted for an address that nobody has proven',
    invitations,
    '\n     AND users.email_verified_at IS NOT NULL',
    '',
  ),
  sabotage(
    'AUTH-1',
    'an invitation is accepted though its inviter was demoted meanwhile',
    invitations,
    'invitations.invited_by AND inviters.role = ?4',
    "invitations.invited_by AND ?4 <> ''",
  ),
  sabotage(
    'AUTH-1',
    'who is disabled while somebody accepts their invitation lets them in',
    invitations,
    'invitations.expires_at > ?3\n     AND (SELECT disabled_at FROM users WHERE id = invitations.invited_by) IS NULL',
    'invitations.expires_at > ?3',
  ),
  sabotage(
    'AUTH-1',
    'what an inviter is in another tenant opens this one',
    invitations,
    `inviters.tenant_id = invitations.tenant_id
     AND inviters.user_id = invitations.invited_by AND inviters.role = ?4`,
    'inviters.user_id = invitations.invited_by AND inviters.role = ?4',
  ),
  sabotage(
    'TEST-2',
    'an invitation is worth what its inviter is in any tenant',
    invitations,
    `inviters.tenant_id = invitations.tenant_id
     AND inviters.user_id = invitations.invited_by
   JOIN tenants ON tenants.id = invitations.tenant_id
   WHERE`,
    `inviters.user_id = invitations.invited_by
   JOIN tenants ON tenants.id = invitations.tenant_id
   WHERE`,
  ),
  sabotage(
    'AUTH-1',
    'an invitation never expires',
    invitations,
    'invitations.expires_at > ?3',
    'invitations.expires_at > 0',
  ),
  sabotage(
    'AUTH-1',
    'an invitation leads into a frozen tenant',
    invitations,
    ' AND tenants.deletes_at IS NULL',
    '',
  ),
  sabotage(
    'AUTH-1',
    'an invitation works twice',
    invitations,
    'DELETE FROM invitations WHERE token_hash = ?1',
    'DELETE FROM invitations WHERE token_hash = ?1 AND expires_at < 0',
  ),
  sabotage(
    'AUTH-1',
    'an inviter need not be entitled any more',
    'src/tenancy/entry.ts',
    ' || !mayGovern(invitation.inviterRole, invitation.role)',
    '',
  ),
  sabotage(
    'AUTH-1',
    'what a demoted member invited stays',
    'src/tenancy/members.ts',
    'isAtLeast(role, member.role) ? []',
    "isAtLeast(role, 'member') ? []",
  ),
  sabotage(
    'AUTH-1',
    'a promotion ends what a member invited',
    'src/tenancy/members.ts',
    'isAtLeast(role, member.role) ? []',
    'isAtLeast(member.role, role) ? []',
  ),
  sabotage(
    'AUTH-1',
    'a demotion ends what everybody invited',
    invitations,
    'SELECT id FROM invitations WHERE tenant_id = ?1 AND invited_by = ?2',
    "SELECT id FROM invitations WHERE tenant_id = ?1 AND ?2 <> ''",
  ),
  sabotage(
    'AUTH-1',
    'what a removed member invited stays',
    'migrations/0002_invitations_and_audit.sql',
    '  FOREIGN KEY (tenant_id, invited_by) REFERENCES memberships (tenant_id, user_id) ON DELETE CASCADE\n',
    '  FOREIGN KEY (invited_by) REFERENCES users (id)\n',
  ),
  sabotage(
    'AUTH-1',
    'the token of an invitation is stored as it is',
    'src/tenancy/invitation-routes.ts',
    'tokenHash: await hashToken(token)',
    'tokenHash: (await hashToken(token)) && token',
  ),
  sabotage(
    'AUTH-1',
    'an invitation works for a season',
    'src/tenancy/invitations.ts',
    'const lifetimeMs = 7 *',
    'const lifetimeMs = 90 *',
  ),
  sabotage(
    'AUTH-1',
    'an admin invites owners',
    routes,
    'mayGovern(actor.tenant.role, input.body.role)',
    "mayGovern(actor.tenant.role, 'member')",
  ),
  sabotage(
    'AUTH-1',
    'an admin revokes the invitation of an owner',
    routes,
    'mayGovern(actor.tenant.role, invitation.role)',
    "mayGovern(actor.tenant.role, 'member')",
  ),
  sabotage(
    'AUTH-1',
    'an admin replaces the invitation of an owner',
    invitations,
    "WHERE CASE invitations.role WHEN 'owner' THEN ?9 = 'owner' ELSE 1 END",
    'WHERE ?9 = ?9',
  ),
  sabotage(
    'AUTH-1',
    'who has not proven an address invites',
    routes,
    'requireProvenAddress(actor);',
    "if (actor.user.email === '') requireProvenAddress(actor);",
  ),
  sabotage(
    'AUTH-1',
    'who was demoted a moment ago still invites',
    invitations,
    'asking.user_id = ?8 AND asking.role = ?9',
    'asking.user_id = ?8',
  ),
  sabotage(
    'AUTH-1',
    'the token of a replaced invitation still works',
    invitations,
    upsert,
    'id = ?2, role = ?4,',
  ),
  sabotage(
    'AUTH-1',
    'a new invitation keeps the role of the one before',
    invitations,
    upsert,
    'id = ?2, token_hash = ?5,',
  ),
  sabotage(
    'AUTH-1',
    'a member is invited again',
    invitations,
    'WHERE users.email = ?3',
    'WHERE users.email = ?3 AND users.disabled_at > 0',
  ),
  sabotage(
    'AUTH-1',
    'expired invitations are listed',
    invitations,
    '> (?2, ?3) AND expires_at > ?5',
    '> (?2, ?3) AND ?5 > 0',
  ),
  sabotage(
    'AUTH-1',
    'a link in the name of a tenant is mailed',
    messages,
    '“${withoutLinks(tenant)}”',
    '“${tenant}”',
  ),
  sabotage('AUTH-1', 'invisible characters hide a link', messages, ".replace(/\\p{C}/gu, '')", ''),
  sabotage(
    'AUTH-1',
    'a mail carries the HTML of a name',
    messages,
    '`<p>${escapeHtml(first)}</p>`',
    '`<p>${first}</p>`',
  ),
  sabotage(
    'API-3',
    'a tenant invites without end',
    routes,
    '    budget: budgets.invitations,\n',
    '',
  ),
  sabotage(
    'API-3',
    'an address is mailed by any number of tenants',
    routes,
    'limitAccount(context, limits.invitationsByAddress, email)',
    'limitAccount(context, limits.invitationsByAddress, `${actor.tenant.id}|${email}`)',
  ),
  sabotage(
    'DB-1',
    'who belongs to another tenant counts as a member',
    invitations,
    'JOIN memberships ON memberships.tenant_id = ?1 AND memberships.user_id = users.id',
    'JOIN memberships ON memberships.user_id = users.id',
  ),
  sabotage(
    'DB-1',
    'a demotion reads every invitation of the tenant',
    invitations,
    `DELETE FROM invitations WHERE tenant_id = ?1 AND id IN (
     SELECT id FROM invitations WHERE tenant_id = ?1 AND invited_by = ?2
   )`,
    'DELETE FROM invitations WHERE tenant_id = ?1 AND invited_by = ?2',
  ),
  sabotage(
    'DB-1',
    'what is written down with an export looks at every row of the tenant',
    'src/db/statements/tenants.ts',
    'SET name = name WHERE',
    'SET id = id WHERE',
  ),
  sabotage(
    'DB-1',
    'a demotion reaches the invitations of every tenant',
    invitations,
    'SELECT id FROM invitations WHERE tenant_id = ?1 AND invited_by = ?2',
    'SELECT id FROM invitations WHERE ?1 = ?1 AND invited_by = ?2',
  ),
  sabotage(
    'TEST-2',
    'an invitation of any tenant is revoked',
    invitations,
    'DELETE FROM invitations WHERE tenant_id = ?1 AND id = ?2',
    'DELETE FROM invitations WHERE ?1 = ?1 AND id = ?2',
  ),
  sabotage(
    'TEST-2',
    'the invitations of every tenant are listed',
    invitations,
    'WHERE tenant_id = ?1 AND (created_at, id) > (?2, ?3) AND expires_at > ?5',
    'WHERE ?1 = ?1 AND (created_at, id) > (?2, ?3) AND expires_at > ?5',
  ),
  sabotage(
    'TEST-2',
    'who accepts an invitation loses those of other tenants',
    invitations,
    'DELETE FROM invitations WHERE token_hash = ?1',
    'DELETE FROM invitations WHERE email IN (SELECT email FROM invitations WHERE token_hash = ?1)',
  ),
  sabotage(
    'AUTH-1',
    'an invitation that is sent anew stays that of who sent it before',
    invitations,
    'created_at = ?7, invited_by = ?8',
    'created_at = ?7',
  ),
  sabotage(
    'AUTH-1',
    'an invitation is spent only after somebody came in by it',
    'src/tenancy/entry.ts',
    `    across.bind(spendInvitation, tokenHash),
  ]);
  if (isMember) return invitation;`,
    `  ]);
  if (isMember) {
    await across.change(spendInvitation, tokenHash);
    return invitation;
  }`,
  ),
  {
    control: 'AUTH-1',
    name: 'an address that is invited stays as it was typed',
    edits: [
      {
        file: routes,
        find: 'body: z.strictObject({ email: emailAddress, role })',
        replace: 'body: z.strictObject({ email: z.email().max(254), role })',
      },
      {
        file: routes,
        find: "import { emailAddress, identifier } from '../http/fields.ts';",
        replace: "import { identifier } from '../http/fields.ts';",
      },
    ],
  },
  sabotage(
    'AUTH-1',
    'an admin replaces the invitation of an owner by one for an admin',
    invitations,
    "WHEN 'owner' THEN ?9 = 'owner' ELSE 1 END",
    "WHEN 'owner' THEN ?9 = 'owner' OR ?4 = 'admin' ELSE 1 END",
  ),
  sabotage(
    'AUTH-1',
    'an invitation says that it works for longer than it does',
    messages,
    'Accept within seven days, logged in',
    'Accept within seventy days, logged in',
  ),
  sabotage(
    'AUTH-1',
    'who is invited does not learn with which address to accept',
    messages,
    'Accept within seven days, logged in with this address:',
    'Accept within seven days:',
  ),
  sabotage(
    'AUTH-1',
    'whoever finds the token of another learns that there is an invitation, and no room',
    'src/tenancy/entry.ts',
    'isTheirs && left.members >= atMost',
    '(left?.members ?? 0) >= atMost',
  ),
  sabotage(
    'AUTH-1',
    'who has not proven the invited address learns that there is no room',
    'src/tenancy/entry.ts',
    'const isTheirs = emailVerified && left?.email === email',
    "const isTheirs = typeof emailVerified === 'boolean' && left?.email === email",
  ),
  sabotage(
    'API-3',
    'strangers who ask for resets use up the invitations to an address',
    routes,
    'limitAccount(context, limits.invitationsByAddress, email)',
    'limitAccount(context, limits.mailByAddress, email)',
  ),
  {
    control: 'API-3',
    name: 'an invitation that no mail is sent for ends the one before',
    edits: [
      {
        file: routes,
        find: '      await limitAccount(context, limits.invitationsByAddress, email);\n',
        replace: '',
      },
      {
        file: routes,
        find: "      if (invitation === null) throw new Problem('conflict');\n",
        replace:
          "      if (invitation === null) throw new Problem('conflict');\n      await limitAccount(context, limits.invitationsByAddress, email);\n",
      },
    ],
  },
  sabotage(
    'API-3',
    'an address is invited five times a minute',
    routes,
    'limitAccount(context, limits.invitationsByAddress, email)',
    'limitAccount(context, { ...limits.invitationsByAddress, windowSeconds: 60 }, email)',
  ),
];
