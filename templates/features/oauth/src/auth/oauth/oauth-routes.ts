import * as z from 'zod';
import type { AppContext } from '../../http/context.ts';
import { identifier } from '../../http/fields.ts';
import { Problem } from '../../http/problem.ts';
import { safeReturnTo } from '../../http/return-to.ts';
import { route } from '../../http/route.ts';
import type { Limit } from '../../limits/policies.ts';
import { describeFault } from '../../ops/logger.ts';
import { access, actorIfAny } from '../access.ts';
import { completeLogin } from '../login.ts';
import { OAuthFailure } from './failure.ts';
import { beginFlow, endFlow, proveIdentity, type Answer } from './flow.ts';
import { accountFor, linkIdentity, listIdentities, unlinkIdentity } from './identities.ts';
import { requireProvider, type ChosenProvider } from './providers.ts';

/** Each start stores a row for ten minutes; each callback may ask a provider, which has limits of its own. */
const [startByClient, callbackByClient]: readonly [Limit, Limit] = [
  { name: 'oauth start by client', max: 30, windowSeconds: 15 * 60 },
  { name: 'oauth callback by client', max: 30, windowSeconds: 15 * 60 },
];

const params = z.strictObject({ provider: identifier });
const query = z.strictObject({ returnTo: z.string().max(2_048).optional() });
const parameter = z.string().max(2_048).default('');

export const oauthRoutes = [
  route({
    method: 'GET',
    path: '/api/auth/oauth/:provider/start',
    access: access.public,
    limit: startByClient,
    flag: 'oauth',
    input: z.strictObject({ params, query }),
    success: 302,
    async handler({ c, context, input }) {
      const chosen = requireProvider(context, input.params.provider);
      const purpose = { returnTo: safeReturnTo(input.query.returnTo), userId: null };
      return c.redirect(await beginFlow(c, chosen, purpose));
    },
  }),

  /** A browser comes here from the provider; whatever happened, it is sent on to a page. */
  route({
    method: 'GET',
    path: '/api/auth/oauth/:provider/callback',
    access: access.public,
    limit: callbackByClient,
    flag: 'oauth',
    input: z.strictObject({
      params,
      // Providers add parameters of their own, which a client must ignore (RFC 6749, 4.1.2).
      query: z
        .strictObject({ code: parameter, error: parameter, iss: parameter, state: parameter })
        .strip(),
    }),
    success: 302,
    async handler({ c, context, input }) {
      const chosen = requireProvider(context, input.params.provider);
      try {
        return c.redirect(await finish(c, chosen, input.query));
      } catch (thrown) {
        if (!(thrown instanceof OAuthFailure)) throw thrown;
        const fault = describeFault(thrown.cause ?? thrown);
        const fields = { dependency: chosen.name, code: thrown.code, fault };
        context.logger.log('warn', 'a login with an identity provider failed', fields);
        return c.redirect(`/login?error=${thrown.code}`);
      }
    },
  }),

  /** Begins to link an identity. The address must be proven first, or whoever signed up with another's could wait for them. */
  route({
    method: 'POST',
    path: '/api/auth/oauth/:provider/link',
    access: access.steppedUpUser,
    limit: startByClient,
    flag: 'oauth',
    input: z.strictObject({ params, query }),
    async handler({ c, context, actor, input }) {
      const chosen = requireProvider(context, input.params.provider);
      if (!actor.user.emailVerified) throw new Problem('conflict');
      const purpose = { returnTo: safeReturnTo(input.query.returnTo), userId: actor.user.id };
      return c.json({ url: await beginFlow(c, chosen, purpose) });
    },
  }),

  route({
    method: 'GET',
    path: '/api/auth/identities',
    access: access.user,
    input: z.strictObject({}),
    async handler({ c, context, actor }) {
      return c.json({ items: await listIdentities(context, actor.user.id), nextCursor: null });
    },
  }),

  route({
    method: 'DELETE',
    path: '/api/auth/identities/:identityId',
    access: access.steppedUpUser,
    input: z.strictObject({ params: z.strictObject({ identityId: identifier }) }),
    success: 204,
    async handler({ c, context, actor, input }) {
      await unlinkIdentity(context, actor.user, input.params.identityId);
      return c.body(null, 204);
    },
  }),
];

/** Logs in or links. @returns the path to go on to @throws {OAuthFailure} */
async function finish(c: AppContext, chosen: ChosenProvider, answer: Answer): Promise<string> {
  const context = c.get('context');
  const flow = await endFlow(c, chosen, answer);
  const identity = await proveIdentity(c, chosen, flow, answer);
  if (flow.userId !== null) {
    const actor = await actorIfAny(c);
    if (actor?.user.id !== flow.userId) throw new OAuthFailure('link_session');
    await linkIdentity(context, actor.user, chosen.provider, identity);
    return flow.returnTo;
  }
  const status = await completeLogin(c, await accountFor(context, chosen.provider, identity), null);
  if (status === 'ok') return flow.returnTo;
  return `/login/second-step?returnTo=${encodeURIComponent(flow.returnTo)}`;
}
