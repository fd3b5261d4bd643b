import * as z from 'zod';
import { emailAddress, line } from '../http/fields.ts';
import { route } from '../http/route.ts';
import { limitAccount } from '../limits/enforce.ts';
import { limits } from '../limits/policies.ts';
import { mayMailOwn } from '../mail/allowance.ts';
import { access, actorIfAny } from './access.ts';
import { giveCookie, readCookie, takeCookie } from './cookie.ts';
import { welcomeDevice } from './device-cookie.ts';
import { knownPassword, mailedToken, newPassword } from './fields.ts';
import { renewSession } from './login.ts';
import { changePassword, resetPassword, sendReset } from './password-recovery.ts';
import { signUp } from './signup.ts';
import { sendVerification, verifyAddress } from './verification.ts';

export const accountRoutes = [
  /** One answer and one amount of work, whether or not the address has an account already. */
  route({
    method: 'POST',
    path: '/api/auth/signup',
    access: access.public,
    limit: limits.signupByClient,
    flag: 'signup',
    input: z.strictObject({
      body: z.strictObject({ email: emailAddress, password: newPassword, name: line(100) }),
    }),
    success: 202,
    async handler({ c, context, input }) {
      giveCookie(c, 'signup', await signUp(context, input.body));
      return c.json({ status: 'accepted' }, 202);
    },
  }),

  /** Who verifies with a session of their own gets a new one: all that were there before are ended. */
  route({
    method: 'POST',
    path: '/api/auth/verify-email',
    access: access.public,
    limit: limits.tokenByClient,
    input: z.strictObject({
      body: z.strictObject({ token: mailedToken, password: knownPassword.optional() }),
    }),
    success: 204,
    async handler({ c, context, input }) {
      const actor = await actorIfAny(c);
      const userId = await verifyAddress(context, input.body.token, {
        password: input.body.password,
        browserToken: readCookie(c, 'signup'),
        sessionUserId: actor?.user.id,
      });
      takeCookie(c, 'signup');
      if (actor?.user.id === userId) await renewSession(c, actor);
      return c.body(null, 204);
    },
  }),

  route({
    method: 'POST',
    path: '/api/auth/verify-email/send',
    access: access.user,
    input: z.strictObject({}),
    success: 202,
    async handler({ c, context, actor }) {
      if (!actor.user.emailVerified) {
        await limitAccount(context, limits.mailByUser, actor.user.id);
        context.background('send a verification', async () => {
          if (!(await mayMailOwn(context, actor.user))) return;
          await sendVerification(context, actor.user);
        });
      }
      return c.json({ status: 'accepted' }, 202);
    },
  }),

  /** All that differs comes after the answer, so it tells nobody who has an account. */
  route({
    method: 'POST',
    path: '/api/auth/password/forgot',
    access: access.public,
    limit: limits.forgotByClient,
    input: z.strictObject({ body: z.strictObject({ email: emailAddress }) }),
    success: 202,
    async handler({ c, context, input }) {
      await sendReset(context, input.body.email);
      return c.json({ status: 'accepted' }, 202);
    },
  }),

  route({
    method: 'POST',
    path: '/api/auth/password/reset',
    access: access.public,
    limit: limits.tokenByClient,
    input: z.strictObject({
      body: z.strictObject({ token: mailedToken, password: newPassword }),
    }),
    success: 204,
    async handler({ c, context, input }) {
      await welcomeDevice(c, await resetPassword(context, input.body.token, input.body.password));
      return c.body(null, 204);
    },
  }),

  /** Ends every session, and opens a new one for this browser. */
  route({
    method: 'POST',
    path: '/api/auth/password/change',
    access: access.user,
    limit: limits.stepUpByClient,
    input: z.strictObject({
      body: z.strictObject({ current: knownPassword, password: newPassword }),
    }),
    success: 204,
    async handler({ c, context, actor, input }) {
      await changePassword(context, actor.user.id, input.body);
      await renewSession(c, actor);
      return c.body(null, 204);
    },
  }),
];
