import * as z from 'zod';
import { access, requireProvenAddress } from '../auth/access.ts';
import { mailedToken } from '../auth/fields.ts';
import { hashToken, mintToken } from '../auth/token.ts';
import type { InvitationRow } from '../db/statements/invitations.ts';
import { withTenant } from '../db/with-tenant.ts';
import { emailAddress, identifier } from '../http/fields.ts';
import { pageOf, pageQuery } from '../http/pagination.ts';
import { Problem } from '../http/problem.ts';
import { route } from '../http/route.ts';
import { limitAccount } from '../limits/enforce.ts';
import { budgets, limits } from '../limits/policies.ts';
import { messages } from '../mail/messages.ts';
import { deliverMail, mailStatement } from '../mail/outbox.ts';
import { authorOf } from './audit.ts';
import { joinTenant } from './entry.ts';
import { role } from './member-routes.ts';
import { mayGovern } from './roles.ts';
import { present as presentTenant } from './routes.ts';

const inTenant = z.strictObject({ tenantId: identifier });

export const invitationRoutes = [
  route({
    method: 'GET',
    path: '/api/tenants/:tenantId/invitations',
    access: access.tenant({ role: 'admin' }),
    input: z.strictObject({ params: inTenant, query: pageQuery }),
    async handler({ c, context, actor, input }) {
      const { invitations } = withTenant(context.database, actor.tenant);
      const rows = await invitations.list(input.query, context.now);
      return c.json(pageOf(rows, input.query.limit, present));
    },
  }),

  /**
   * Lets somebody in, so it takes a step-up as a change of role does, and an inviter with a proven
   * address: else anybody could send mail in the app's name from an address that is not theirs. An address
   * that was sent too many is refused, and the link it was sent before stays good.
   */
  route({
    method: 'POST',
    path: '/api/tenants/:tenantId/invitations',
    access: access.tenant({ role: 'admin', stepUp: true }),
    flag: 'invitations',
    budget: budgets.invitations,
    input: z.strictObject({
      params: inTenant,
      body: z.strictObject({ email: emailAddress, role }),
    }),
    success: 201,
    async handler({ c, context, actor, input }) {
      const { email } = input.body;
      if (!mayGovern(actor.tenant.role, input.body.role)) throw new Problem('role_required');
      requireProvenAddress(actor);
      const { invitations, settings } = withTenant(context.database, actor.tenant);
      const tenant = await settings.read();
      if (tenant === null) throw new Problem('not_found');
      await limitAccount(context, limits.invitationsByAddress, email);
      const token = mintToken();
      const invitation = await invitations.create(
        { ...input.body, tokenHash: await hashToken(token) },
        [await mailStatement(context, messages.invitation(email, tenant.name, token))],
        authorOf(context, actor),
      );
      if (invitation === null) throw new Problem('conflict');
      context.background('deliver mail', () => deliverMail(context));
      return c.json(present(invitation), 201);
    },
  }),

  route({
    method: 'DELETE',
    path: '/api/tenants/:tenantId/invitations/:invitationId',
    access: access.tenant({ role: 'admin' }),
    input: z.strictObject({
      params: z.strictObject({ tenantId: identifier, invitationId: identifier }),
    }),
    success: 204,
    async handler({ c, context, actor, input }) {
      const { invitations } = withTenant(context.database, actor.tenant);
      const invitation = await invitations.read(input.params.invitationId);
      if (invitation === null) throw new Problem('not_found');
      if (!mayGovern(actor.tenant.role, invitation.role)) throw new Problem('role_required');
      if (!(await invitations.revoke(invitation.id, authorOf(context, actor)))) {
        throw new Problem('not_found');
      }
      return c.body(null, 204);
    },
  }),

  /** Says the same of a token that never was, that is used up or expired, and that is meant for another address. */
  route({
    method: 'POST',
    path: '/api/invitations/accept',
    access: access.user,
    limit: limits.tokenByClient,
    input: z.strictObject({ body: z.strictObject({ token: mailedToken }) }),
    async handler({ c, context, actor, input }) {
      return c.json(presentTenant(await joinTenant(context, actor, input.body.token)));
    },
  }),
];

function present(invitation: InvitationRow) {
  return {
    id: invitation.id,
    email: invitation.email,
    role: invitation.role,
    expiresAt: new Date(invitation.expiresAt).toISOString(),
    createdAt: new Date(invitation.createdAt).toISOString(),
  };
}
