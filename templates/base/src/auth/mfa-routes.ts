import * as z from 'zod';
import { route } from '../http/route.ts';
import { limits } from '../limits/policies.ts';
import { access } from './access.ts';
import { mfaCode } from './fields.ts';
import { completeSecondStep, renewSession } from './login.ts';
import { activateMfa, disableMfa, enrollMfa, replaceRecoveryCodes } from './mfa.ts';

const codeInput = z.strictObject({ body: z.strictObject({ code: mfaCode }) });

export const mfaRoutes = [
  /** The secret is shown this once. */
  route({
    method: 'POST',
    path: '/api/auth/mfa/enroll',
    access: access.steppedUpUser,
    input: z.strictObject({}),
    async handler({ c, context, actor }) {
      const { secret, uri } = await enrollMfa(context, actor.user);
      return c.json({ secret, uri });
    },
  }),

  /** Ends every session, and opens a new one for this browser (ASVS 5.0, 7.4.3). */
  route({
    method: 'POST',
    path: '/api/auth/mfa/activate',
    access: access.steppedUpUser,
    input: codeInput,
    async handler({ c, context, actor, input }) {
      const recoveryCodes = await activateMfa(context, actor.user, input.body.code);
      await renewSession(c, actor, context.now);
      return c.json({ recoveryCodes });
    },
  }),

  /** The second step of a login, for a browser that took the first. */
  route({
    method: 'POST',
    path: '/api/auth/mfa/verify',
    access: access.public,
    limit: limits.secondStepByClient,
    input: codeInput,
    async handler({ c, input }) {
      await completeSecondStep(c, input.body.code);
      return c.json({ status: 'ok' });
    },
  }),

  /** Takes a code as well as the step-up: an unlocked screen must not do. */
  route({
    method: 'POST',
    path: '/api/auth/mfa/disable',
    access: access.steppedUpUser,
    input: codeInput,
    success: 204,
    async handler({ c, context, actor, input }) {
      await disableMfa(context, actor.user, input.body.code);
      await renewSession(c, actor);
      return c.body(null, 204);
    },
  }),

  route({
    method: 'POST',
    path: '/api/auth/mfa/recovery-codes',
    access: access.steppedUpUser,
    input: codeInput,
    async handler({ c, context, actor, input }) {
      const recoveryCodes = await replaceRecoveryCodes(context, actor.user, input.body.code);
      return c.json({ recoveryCodes });
    },
  }),
];
