import * as z from 'zod';
import { emailAddress, identifier } from '../http/fields.ts';
import { Problem } from '../http/problem.ts';
import { route } from '../http/route.ts';
import { limitAccount } from '../limits/enforce.ts';
import { limits } from '../limits/policies.ts';
import { access } from './access.ts';
import { takeSession } from './cookie.ts';
import { knownPassword, mailedToken, mfaCode } from './fields.ts';
import { checkCredentials, completeLogin, logOutEverywhere } from './login.ts';
import { endSessionOfUser, listSessions } from './sessions.ts';
import { sendStepUpCode, stepUp } from './step-up.ts';

export const sessionRoutes = [
  route({
    method: 'POST',
    path: '/api/auth/login',
    access: access.public,
    limit: limits.loginByClient,
    input: z.strictObject({
      body: z.strictObject({ email: emailAddress, password: knownPassword }),
    }),
    async handler({ c, context, input }) {
      const account = await checkCredentials(c, input.body);
      const status = await completeLogin(c, account, context.now);
      return c.json({ status });
    },
  }),

  route({
    method: 'POST',
    path: '/api/auth/logout',
    access: access.user,
    input: z.strictObject({}),
    success: 204,
    async handler({ c, context, actor }) {
      await endSessionOfUser(context, actor.user.id, actor.session.id);
      takeSession(c);
      return c.body(null, 204);
    },
  }),

  route({
    method: 'POST',
    path: '/api/auth/logout-all',
    access: access.user,
    input: z.strictObject({}),
    success: 204,
    async handler({ c, actor }) {
      await logOutEverywhere(c, actor);
      return c.body(null, 204);
    },
  }),

  route({
    method: 'GET',
    path: '/api/auth/sessions',
    access: access.user,
    input: z.strictObject({}),
    async handler({ c, context, actor }) {
      const items = await listSessions(context, actor.user.id);
      return c.json({
        items: items.map(({ id, createdAt, device }) => ({
          id,
          createdAt,
          device,
          current: id === actor.session.id,
        })),
        nextCursor: null,
      });
    },
  }),

  route({
    method: 'DELETE',
    path: '/api/auth/sessions/:sessionId',
    access: access.user,
    input: z.strictObject({ params: z.strictObject({ sessionId: identifier }) }),
    success: 204,
    async handler({ c, context, actor, input }) {
      const ended = await endSessionOfUser(context, actor.user.id, input.params.sessionId);
      if (!ended) throw new Problem('not_found');
      return c.body(null, 204);
    },
  }),

  /** For five minutes after this, or after a password or code at the login, dangerous actions are open. The token is a new one. */
  route({
    method: 'POST',
    path: '/api/auth/step-up',
    access: access.user,
    limit: limits.stepUpByClient,
    input: z.strictObject({
      body: z.strictObject({
        code: mfaCode.optional(),
        password: knownPassword.optional(),
        emailCode: mailedToken.optional(),
      }),
    }),
    success: 204,
    async handler({ c, actor, input }) {
      await stepUp(c, actor.user, input.body);
      return c.body(null, 204);
    },
  }),

  /** Mails a code for the step above, to those who have neither a second factor nor a password. */
  route({
    method: 'POST',
    path: '/api/auth/step-up/email',
    access: access.user,
    input: z.strictObject({}),
    success: 204,
    async handler({ c, context, actor }) {
      await limitAccount(context, limits.mailByUser, actor.user.id);
      await sendStepUpCode(context, actor.user);
      return c.body(null, 204);
    },
  }),
];
