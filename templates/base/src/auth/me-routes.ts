import * as z from 'zod';
import { emailAddress, line } from '../http/fields.ts';
import { historyQuery, pageOf } from '../http/pagination.ts';
import { route } from '../http/route.ts';
import { limitAccount } from '../limits/enforce.ts';
import { limits } from '../limits/policies.ts';
import { access, actorIfAny, type UserActor } from './access.ts';
import { takeSession } from './cookie.ts';
import { askForEmailChange, confirmEmail } from './email-change.ts';
import { knownPassword, mailedToken } from './fields.ts';
import { deleteUser, exportPersonalData, renameUser } from './personal-data.ts';
import { listSecurityEvents } from './security-events.ts';

export const meRoutes = [
  route({
    method: 'GET',
    path: '/api/me',
    access: access.user,
    input: z.strictObject({}),
    handler: async ({ c, actor }) => c.json(present(actor)),
  }),

  route({
    method: 'PATCH',
    path: '/api/me',
    access: access.user,
    input: z.strictObject({ body: z.strictObject({ name: line(100) }) }),
    async handler({ c, context, actor, input }) {
      const { name } = input.body;
      await renameUser(context, actor.user.id, name);
      return c.json(present({ ...actor, user: { ...actor.user, name } }));
    },
  }),

  /** Says the same whether or not the new address has an account. */
  route({
    method: 'POST',
    path: '/api/me/email',
    access: access.steppedUpUser,
    input: z.strictObject({ body: z.strictObject({ email: emailAddress }) }),
    success: 202,
    async handler({ c, context, actor, input }) {
      await limitAccount(context, limits.mailByUser, actor.user.id);
      await askForEmailChange(context, actor.user, input.body.email);
      return c.json({ status: 'accepted' }, 202);
    },
  }),

  route({
    method: 'POST',
    path: '/api/me/email/confirm',
    access: access.public,
    limit: limits.tokenByClient,
    input: z.strictObject({
      body: z.strictObject({ token: mailedToken, password: knownPassword.optional() }),
    }),
    async handler({ c, context, input }) {
      const { token, password } = input.body;
      const sessionUserId = (await actorIfAny(c))?.user.id;
      const isChanged = await confirmEmail(context, token, { password, sessionUserId });
      return c.json({ status: isChanged ? 'changed' : 'waiting_for_other_address' });
    },
  }),

  route({
    method: 'DELETE',
    path: '/api/me',
    access: access.steppedUpUser,
    input: z.strictObject({}),
    success: 204,
    async handler({ c, context, actor }) {
      await deleteUser(context, actor.user);
      takeSession(c);
      return c.body(null, 204);
    },
  }),

  route({
    method: 'GET',
    path: '/api/me/export',
    access: access.user,
    input: z.strictObject({}),
    handler: async ({ c, context, actor }) => c.json(await exportPersonalData(context, actor)),
  }),

  route({
    method: 'GET',
    path: '/api/me/security-events',
    access: access.user,
    input: z.strictObject({ query: historyQuery }),
    async handler({ c, context, actor, input }) {
      const rows = await listSecurityEvents(context, actor.user.id, input.query);
      const items = pageOf(rows, input.query.limit, ({ id, kind, createdAt }) => ({
        id,
        kind,
        createdAt: new Date(createdAt).toISOString(),
      }));
      return c.json(items);
    },
  }),
];

function present({ user, session }: UserActor) {
  return {
    user: {
      id: user.id,
      email: user.email,
      name: user.name,
      emailVerified: user.emailVerified,
      mfaEnabled: user.mfaEnabled,
    },
    session: {
      id: session.id,
      createdAt: new Date(session.createdAt).toISOString(),
      mfaAt: session.mfaAt === null ? null : new Date(session.mfaAt).toISOString(),
    },
  };
}
