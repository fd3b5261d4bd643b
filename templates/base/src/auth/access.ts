import { acrossTenants } from '../db/across-tenants.ts';
import { authorize, type AuthorizationRow } from '../db/statements/sessions.ts';
import { Tenant, type Role, type Tier } from '../db/tenant.ts';
import type { AppContext } from '../http/context.ts';
import { Problem } from '../http/problem.ts';
import { includesTier } from '../tenancy/plans.ts';
import { isAtLeast } from '../tenancy/roles.ts';
import { readCookie } from './cookie.ts';
import { keepAlive } from './sessions.ts';
import { hashToken, isToken } from './token.ts';

/** What a route demands, as data: the tests compare it with a list kept by hand. */
export type AccessRule =
  | { readonly kind: 'public' }
  /** Another service, which signs what it sends: no session and no browser, so no origin either. */
  | { readonly kind: 'webhook' }
  | { readonly kind: 'operator' }
  | { readonly kind: 'user'; readonly stepUp: boolean }
  | ({ readonly kind: 'tenant' } & Required<TenantDemand>);

/** What a route of a tenant demands. */
export interface TenantDemand {
  readonly role: Role;
  /** What the tenant must pay for, at least; left out, it is open to all. */
  readonly tier?: Tier;
  /** Whether the user must have proved in the last minutes who they are. */
  readonly stepUp?: boolean;
  /** Whether the route answers also while the tenant waits for its deletion, when all others refuse. */
  readonly whileFrozen?: boolean;
}

/** A rule, and what finds out who asks. */
export interface Access<Actor> {
  readonly rule: AccessRule;
  /** @throws {Problem} when whoever asks does not meet the rule */
  resolve(c: AppContext): Promise<Actor>;
}

/** Somebody with a live session. */
export interface UserActor {
  readonly user: {
    readonly id: string;
    readonly email: string;
    readonly name: string;
    readonly emailVerified: boolean;
    readonly mfaEnabled: boolean;
  };
  readonly session: {
    readonly id: string;
    readonly createdAt: number;
    readonly expiresAt: number;
    /** Of the user as well, while the session lives. */
    readonly epoch: number;
    /** When its user last proved who they are, at the login or by a step-up; null where only a provider said so. */
    readonly mfaAt: number | null;
  };
}

/** Somebody with a live session, in a tenant they belong to. */
export interface TenantActor extends UserActor {
  readonly tenant: Tenant;
}

/** Who asks, where a public route wants to know; null for a visitor. */
export async function actorIfAny(c: AppContext): Promise<UserActor | null> {
  const row = await findSession(c, null);
  return row === null ? null : actorOf(row);
}

/** The ways to declare who may call a route. */
export const access = {
  /** Anybody. Look for this word to see everything that is open. */
  public: {
    rule: { kind: 'public' },
    resolve: () => Promise.resolve(null),
  } satisfies Access<null>,

  /** Whoever operates the app, with OPERATIONS_TOKEN as a bearer token: scripts, a monitor. */
  operator: {
    rule: { kind: 'operator' },
    async resolve(c) {
      const { operationsToken, previousOperationsToken } = c.get('context').configuration;
      const shown = await hashToken(c.req.header('Authorization') ?? '');
      for (const token of [operationsToken, previousOperationsToken]) {
        // Hashes are compared, so that the time it takes tells nothing of the token.
        if (token !== null && shown === (await hashToken(`Bearer ${token}`))) return null;
      }
      throw new Problem('unauthenticated');
    },
  } satisfies Access<null>,

  /** Anybody with a live session. */
  user: {
    rule: { kind: 'user', stepUp: false },
    resolve: async (c) => actorOf(await requireSession(c, null)),
  } satisfies Access<UserActor>,

  /** Anybody with a live session who proved in the last minutes who they are: for what cannot be undone. */
  steppedUpUser: {
    rule: { kind: 'user', stepUp: true },
    async resolve(c) {
      const row = await requireSession(c, null);
      requireStepUp(c.get('context').now, row);
      return actorOf(row);
    },
  } satisfies Access<UserActor>,

  /** Members of the tenant in the path, with at least this role, and of at least this tier. */
  tenant: ({
    role,
    tier = 'free',
    stepUp = false,
    whileFrozen = false,
  }: TenantDemand): Access<TenantActor> => ({
    rule: { kind: 'tenant', role, tier, stepUp, whileFrozen },
    async resolve(c) {
      const row = await requireSession(c, c.req.param('tenantId') ?? null);
      const tenant = requireRole(row, role);
      if (row.deletesAt !== null && !whileFrozen) throw new Problem('conflict');
      if (!includesTier(tenant.tier, tier)) throw new Problem('tier_required');
      if (stepUp) requireStepUp(c.get('context').now, row);
      return { ...actorOf(row), tenant };
    },
  }),
};

/**
 * One query decides: D1 says whether the session lives, whose it is and what they are in the
 * tenant. A malformed token costs no query. KV is not asked, as it may be a minute behind.
 */
async function requireSession(c: AppContext, tenantId: string | null): Promise<AuthorizationRow> {
  const row = await findSession(c, tenantId);
  if (row === null) throw new Problem('unauthenticated');
  return row;
}

async function findSession(
  c: AppContext,
  tenantId: string | null,
): Promise<AuthorizationRow | null> {
  const token = readCookie(c, 'sid');
  if (!isToken(token)) return null;
  const context = c.get('context');
  const row = await acrossTenants(context.database, 'authorization').first(
    authorize,
    await hashToken(token),
    context.now,
    tenantId,
  );
  if (row === null) return null;
  c.set('caller', { userId: row.userId, ...(row.tenantId !== null && { tenantId: row.tenantId }) });
  keepAlive(context, { id: row.sessionId, idleExpiresAt: row.sessionIdleExpiresAt });
  return row;
}

/** How long a login or a step-up opens dangerous actions. */
const stepUpMs = 5 * 60 * 1_000;

function requireStepUp(now: number, { mfaAt }: AuthorizationRow): void {
  if (mfaAt === null || mfaAt <= now - stepUpMs) throw new Problem('step_up_required');
}

/** For what somebody with an address of another must not do. @throws {Problem} 409 while it is not proven */
export function requireProvenAddress({ user }: UserActor): void {
  if (user.emailVerified) return;
  const message = 'Confirm your own address first';
  throw new Problem('conflict', { errors: [{ field: 'session', message }] });
}

/** A tenant one does not belong to is as absent as one that never was: both are 404. */
function requireRole(row: AuthorizationRow, role: Role): Tenant {
  const { tenantId, role: held, tier } = row;
  if (tenantId === null || held === null || tier === null) throw new Problem('not_found');
  if (!isAtLeast(held, role)) throw new Problem('role_required');
  return new Tenant({ tenantId, role: held, tier });
}

function actorOf(row: AuthorizationRow): UserActor {
  return {
    user: {
      id: row.userId,
      email: row.email,
      name: row.name,
      emailVerified: row.emailVerifiedAt !== null,
      mfaEnabled: row.mfaActivatedAt !== null,
    },
    session: {
      id: row.sessionId,
      createdAt: row.sessionCreatedAt,
      expiresAt: row.sessionExpiresAt,
      epoch: row.sessionEpoch,
      mfaAt: row.mfaAt,
    },
  };
}
