import * as z from 'zod';
import { emailAddress, identifier, line } from '../http/fields.ts';
import { Problem } from '../http/problem.ts';
import { route } from '../http/route.ts';
import { limitAccount } from '../limits/enforce.ts';
import { limits } from '../limits/policies.ts';
import { access } from './access.ts';
import { authenticate, createAccount } from './accounts.ts';
import { clearSessionCookie, readSessionCookie, setSessionCookie } from './cookie.ts';
import { nameDevice } from './device.ts';
import {
  endAllSessions,
  endSession,
  endSessionOfUser,
  listSessions,
  openSession,
} from './sessions.ts';
import { isToken } from './token.ts';

/** No composition rules, and room for a sentence (ASVS 5.0, 6.2.1 and 6.2.5). */
const newPassword = z.string().min(8).max(128);

export const authRoutes = [
  /** One answer and one amount of work, whether or not the address has an account already. */
  route({
    method: 'POST',
    path: '/api/auth/signup',
    access: access.public,
    limit: limits.signupByClient,
    input: z.strictObject({
      body: z.strictObject({ email: emailAddress, password: newPassword, name: line(100) }),
    }),
    async handler({ c, context, input }) {
      await createAccount(context.database, input.body, context.now);
      return c.json({ status: 'accepted' }, 202);
    },
  }),

  /** Always opens a new session, and ends the one the browser had: a planted cookie is worth nothing. */
  route({
    method: 'POST',
    path: '/api/auth/login',
    access: access.public,
    limit: limits.loginByClient,
    input: z.strictObject({
      body: z.strictObject({ email: emailAddress, password: z.string().max(128) }),
    }),
    async handler({ c, context, input }) {
      const attempt = await limitAccount(context, limits.loginByAccount, input.body.email);
      const account = await authenticate(context, input.body);
      if (account === null) throw new Problem('unauthenticated');
      await attempt.giveBack();
      const previous = readSessionCookie(c);
      if (isToken(previous)) await endSession(context, previous);
      const device = nameDevice(c.req.header('User-Agent'));
      setSessionCookie(c, await openSession(context, account, device));
      return c.json({ status: 'ok' });
    },
  }),

  route({
    method: 'POST',
    path: '/api/auth/logout',
    access: access.user,
    input: z.strictObject({}),
    async handler({ c, context, actor }) {
      await endSessionOfUser(context, actor.user.id, actor.session.id);
      clearSessionCookie(c);
      return c.body(null, 204);
    },
  }),

  route({
    method: 'POST',
    path: '/api/auth/logout-all',
    access: access.user,
    input: z.strictObject({}),
    async handler({ c, context, actor }) {
      await endAllSessions(context, actor.user.id);
      clearSessionCookie(c);
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
        items: items.map((item) => ({ ...item, current: item.id === actor.session.id })),
        nextCursor: null,
      });
    },
  }),

  route({
    method: 'DELETE',
    path: '/api/auth/sessions/:sessionId',
    access: access.user,
    input: z.strictObject({ params: z.strictObject({ sessionId: identifier }) }),
    async handler({ c, context, actor, input }) {
      const ended = await endSessionOfUser(context, actor.user.id, input.params.sessionId);
      if (!ended) throw new Problem('not_found');
      return c.body(null, 204);
    },
  }),

  route({
    method: 'GET',
    path: '/api/me',
    access: access.user,
    input: z.strictObject({}),
    async handler({ c, actor }) {
      const { user, session } = actor;
      return c.json({
        user: {
          id: user.id,
          email: user.email,
          name: user.name,
          emailVerified: user.emailVerified,
          mfaEnabled: false,
        },
        session: {
          id: session.id,
          createdAt: new Date(session.createdAt).toISOString(),
          mfaAt: session.mfaAt === null ? null : new Date(session.mfaAt).toISOString(),
        },
      });
    },
  }),
];
