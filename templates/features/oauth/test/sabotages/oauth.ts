import { sabotage, type Sabotage } from './sabotage.ts';

const flow = 'src/auth/oauth/flow.ts';
const flows = 'src/db/statements/oauth-flows.ts';
const identities = 'src/auth/oauth/identities.ts';
const routes = 'src/auth/oauth/oauth-routes.ts';

/** Harm to the way out to a provider and back. */
const visits: readonly Sabotage[] = [
  sabotage(
    'ERR-4',
    'a provider that fails is a fault of ours',
    routes,
    'if (!(thrown instanceof OAuthFailure)) throw thrown;',
    "if (!(thrown instanceof OAuthFailure) || thrown.code === 'provider_failed') throw thrown;",
  ),
  sabotage(
    'AUTH-6',
    'who removes an identity removes those of everybody',
    'src/db/statements/identities.ts',
    'DELETE FROM identities WHERE id = ?1 AND user_id = ?2',
    'DELETE FROM identities WHERE id >= substr(?1, 1, 0) AND user_id >= substr(?2, 1, 0)',
  ),
  sabotage(
    'AUTH-6',
    'who comes back ends the visits of everybody',
    flows,
    'DELETE FROM oauth_flows WHERE browser_hash = ?1 AND',
    'DELETE FROM oauth_flows WHERE browser_hash >= substr(?1, 1, 0) AND',
  ),
  sabotage(
    'AUTH-6',
    'an address that only looks like another counts as that one',
    'src/auth/oauth/provider.ts',
    "!email.success || verifiedEmail !== verifiedEmail?.normalize('NFKC')",
    '!email.success',
  ),
  sabotage(
    'AUTH-6',
    'a state that only begins right is accepted',
    flow,
    'flow.state !== state',
    '!flow.state.startsWith(state)',
  ),
  sabotage('AUTH-6', 'the state is not compared', flow, 'flow.state !== state', "state === '?'"),
  sabotage(
    'AUTH-6',
    'an answer can be used again',
    flows,
    'DELETE FROM oauth_flows WHERE browser_hash = ?1 AND',
    'UPDATE oauth_flows SET state = state WHERE browser_hash = ?1 AND',
  ),
  sabotage(
    'AUTH-6',
    'a visit never ends',
    flows,
    'AND provider = ?2 AND expires_at > ?3',
    'AND provider = ?2 AND ?3 > 0',
  ),
  sabotage(
    'AUTH-6',
    'a visit to one provider is ended by another',
    flows,
    'AND provider = ?2',
    "AND ?2 <> ''",
  ),
  sabotage(
    'AUTH-6',
    'browsers that never came back are remembered for ever',
    flow,
    '    across.bind(purgeFlows, now),\n',
    '',
  ),
  {
    control: 'AUTH-6',
    name: 'D1 holds the token of the cookie itself',
    edits: [
      { file: flow, find: 'const hash = await hashToken(token);', replace: 'const hash = token;' },
      { file: flow, find: 'takeFlow, await hashToken(token),', replace: 'takeFlow, token,' },
    ],
  },
  sabotage(
    'AUTH-6',
    'the provider is told to come back to whatever host was asked',
    flow,
    "c.get('context').configuration.origin",
    'new URL(c.req.url).origin',
  ),
  sabotage(
    'AUTH-6',
    'the provider is told to come back to where mails lead',
    flow,
    "c.get('context').configuration.origin",
    "c.get('context').configuration.linkBaseUrl",
  ),
  sabotage(
    'AUTH-6',
    'the verifier stands in the address',
    flow,
    'code_challenge: await calculatePKCECodeChallenge(verifier),',
    'code_challenge: verifier,',
  ),
  sabotage(
    'AUTH-6',
    'every visit has the same verifier',
    flow,
    '[mintToken(), mintToken(), mintToken(), mintToken()];',
    "[mintToken(), mintToken(), mintToken(), 'v'.repeat(43)];",
  ),
  sabotage(
    'AUTH-6',
    'the state is the token of the cookie',
    flow,
    'const [token, state, nonce, verifier] = [mintToken(), mintToken(), mintToken(), mintToken()];',
    'const [token, nonce, verifier] = [mintToken(), mintToken(), mintToken()];\n  const state = token;',
  ),
  sabotage(
    'AUTH-6',
    'the issuer of an answer is not compared',
    flow,
    'new URLSearchParams(answer)',
    "new URLSearchParams({ ...answer, iss: '' })",
  ),
  sabotage(
    'AUTH-6',
    'a provider may take as long as it likes',
    'src/http/outbound.ts',
    'AbortSignal.timeout(patienceMs)',
    'AbortSignal.timeout(3_600_000)',
  ),
  sabotage(
    'AUTH-6',
    'an answer of the provider may be of any length',
    'src/auth/oauth/answer.ts',
    'if (length > maximumBytes)',
    'if (length > maximumBytes * 1_000)',
  ),
  sabotage(
    'AUTH-6',
    'an error of the provider is read as an answer',
    'src/auth/oauth/answer.ts',
    'if (!response.ok)',
    'if (response.status === 0)',
  ),
  sabotage(
    'AUTH-6',
    'the path to go on to is taken as it comes',
    routes,
    'returnTo: safeReturnTo(input.query.returnTo), userId: null',
    "returnTo: input.query.returnTo ?? '/', userId: null",
  ),
  sabotage(
    'API-1',
    'the path to go on to may hold a backslash',
    'src/http/return-to.ts',
    String.raw`/^(?=\/)(?:\/[\w.~-]+)*\/?(?:\?[\w.~%=&+-]*)?$/`,
    String.raw`/^\/(?!\/)/`,
  ),
  sabotage(
    'AUTH-6',
    'the login page is told what the answer says',
    routes,
    'login?error=${thrown.code}',
    'login?error=${input.query.error || thrown.code}',
  ),
  sabotage(
    'AUTH-6',
    'what went wrong is logged with what was said',
    routes,
    'describeFault(thrown.cause ?? thrown)',
    'String(thrown.cause)',
  ),
  sabotage('AUTH-6', 'callbacks are not counted', routes, '    limit: callbackByClient,\n', ''),
  sabotage(
    'SEC-1',
    'production starts without what a provider gave out',
    'src/env.ts',
    "if (environment === 'development' && id === secret) return null;",
    'if (id === secret) return null;',
  ),
  sabotage(
    'OBS-3',
    'a call to an identity provider has a trace of its own',
    'src/auth/oauth/flow.ts',
    "outbound({ requestId: c.get('requestId'), patienceMs })",
    "outbound({ requestId: crypto.randomUUID().replaceAll('-', ''), patienceMs })",
  ),
];

/** Harm to what an identity opens. */
const accounts: readonly Sabotage[] = [
  {
    control: 'AUTH-6',
    name: 'an account is logged in to by its address',
    edits: [
      {
        file: identities,
        find: 'const owner = known ?? (await ownerOf(context, provider, identity));',
        replace: `const across = acrossTenants(context.database, 'accounts');
  const namesake = await across.first(accountByEmail, identity.email);
  const owner = known ?? namesake?.id ?? null;`,
      },
    ],
  },
  sabotage(
    'AUTH-6',
    'whoever has an account elsewhere gets one where they are for invited people',
    'src/db/statements/identities.ts',
    "WHERE ?5 = 'open' OR EXISTS (",
    "WHERE ?5 <> '' OR EXISTS (",
  ),
  sabotage(
    'AUTH-6',
    'an invitation that has expired gives an account to who comes from elsewhere',
    'src/db/statements/identities.ts',
    'invitations.expires_at > ?4',
    'invitations.expires_at > 0 * ?4',
  ),
  sabotage(
    'AUTH-6',
    'a disabled account is logged in to',
    identities,
    'account === null || account.disabledAt !== null',
    'account === null',
  ),
  sabotage(
    'AUTH-6',
    'the second factor is left out',
    routes,
    'completeLogin(c, await accountFor(context, chosen.provider, identity))',
    'completeLogin(c, {\n    ...(await accountFor(context, chosen.provider, identity)),\n    mfaActivatedAt: null,\n  })',
  ),
  sabotage(
    'AUTH-6',
    'an account that was made in another tab is an error',
    identities,
    'await context.database.batchIf([',
    "await context.database.batchOr(new OAuthFailure('account_exists'), [",
  ),
  sabotage(
    'AUTH-6',
    'whoever is logged in gets the identity of another visit',
    routes,
    'if (actor?.user.id !== flow.userId)',
    'if (actor === null)',
  ),
  sabotage(
    'AUTH-6',
    'an address that was not proven can be linked',
    routes,
    "      if (!actor.user.emailVerified) throw new Problem('conflict');\n",
    '',
  ),
  sabotage(
    'AUTH-6',
    'linking leads wherever was wished for',
    routes,
    'returnTo: safeReturnTo(input.query.returnTo), userId: actor.user.id',
    "returnTo: input.query.returnTo ?? '/', userId: actor.user.id",
  ),
  sabotage(
    'AUTH-6',
    'whoever has the same number at another service opens the account',
    'src/db/statements/identities.ts',
    'WHERE issuer = ?1 AND subject = ?2',
    'WHERE issuer >= substr(?1, 1, 0) AND subject = ?2',
  ),
  sabotage(
    'AUTH-6',
    'setting out to link is not counted',
    routes,
    '    access: access.steppedUpUser,\n    limit: startByClient,',
    '    access: access.steppedUpUser,',
  ),
  sabotage(
    'AUTH-6',
    'linking asks for no step-up',
    routes,
    '    access: access.steppedUpUser,\n    limit: startByClient,',
    '    access: access.user,\n    limit: startByClient,',
  ),
  sabotage(
    'AUTH-6',
    'unlinking asks for no step-up',
    routes,
    "    path: '/api/auth/identities/:identityId',\n    access: access.steppedUpUser,",
    "    path: '/api/auth/identities/:identityId',\n    access: access.user,",
  ),
  sabotage(
    'AUTH-6',
    'the owner hears nothing of a linked identity',
    identities,
    'const mail = notice(user, `You can now log in with ${provider.title}`);',
    'const mail = notice({ ...user, email: `${provider.title}@example.com` }, user.email);',
  ),
  sabotage(
    'AUTH-6',
    'linking leaves no event',
    identities,
    "    eventStatement(context, user.id, 'identity_linked'),\n",
    '',
  ),
  sabotage(
    'AUTH-6',
    'linking what is linked tells the owner again',
    identities,
    '  if ((await ownerOf(context, provider, identity)) === user.id) return;\n',
    '',
  ),
  sabotage(
    'AUTH-6',
    'the last way to log in can be removed',
    'src/db/statements/identities.ts',
    'others.id <> ?5',
    "others.id <> ''",
  ),
  sabotage(
    'AUTH-6',
    'a password does not count as a way to log in',
    'src/db/statements/identities.ts',
    'users.password_hash IS NOT NULL OR EXISTS',
    'EXISTS',
  ),
  {
    control: 'AUTH-6',
    name: 'the last way to log in is looked for beforehand, so that two at once remove both',
    edits: [
      {
        file: identities,
        find: 'across.bind(noteUnlinked, eventId, user.id, event, context.now, identityId),',
        replace: 'eventStatement(context, user.id, event),',
      },
      {
        file: identities,
        find: 'const eventId = crypto.randomUUID();',
        replace: `const account = await across.first(accountById, user.id);
  const isLast = identities.length === 1 && account?.passwordHash === null;
  if (isLast) throw new Problem('conflict');`,
      },
    ],
  },
  sabotage(
    'AUTH-6',
    'an identity of somebody else answers otherwise than one that never was',
    identities,
    "  if (!identities.some(({ id }) => id === identityId)) throw new Problem('not_found');\n",
    '',
  ),
  sabotage(
    'AUTH-6',
    'the export leaves the identities out',
    'src/auth/personal-data.ts',
    'identities: await listIdentities(context, user.id),',
    "identities: (await listIdentities(context, user.id)).filter(({ id }) => id === ''),",
  ),
  sabotage(
    'DB-1',
    'the identities of a deleted user stay',
    'migrations/0003_identities.sql',
    'id TEXT NOT NULL PRIMARY KEY,\n  user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,',
    'id TEXT NOT NULL PRIMARY KEY,\n  user_id TEXT NOT NULL,',
  ),
];

export const oauth: readonly Sabotage[] = [...visits, ...accounts];
