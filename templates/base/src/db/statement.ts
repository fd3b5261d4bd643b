/** What D1 binds to a parameter. Booleans are stored as 0 and 1, times as milliseconds since 1970. */
export type Parameter = string | number | null;

/** Why a statement may look across tenants. Each reason is one kind of work and opens only its own statements. */
export type CrossTenantReason =
  | 'accounts'
  | 'authorization'
  | 'end of tenants'
  | 'invitations'
  | 'mail'
  | 'my tenants'
  | 'one-time tokens'
  | 'retention'
  | 'second factors'
  | 'security events'
  | 'sessions';

/**
 * One tenant's statement. `?1` is the tenant, bound by `withTenant()` and by nobody else. Every
 * tenant table in it is constrained to `?1`: test/worker/isolation.test.ts proves it for each.
 */
export interface TenantStatement<Row> {
  readonly scope: 'tenant';
  readonly name: string;
  readonly sql: string;
  /** Never set: it only carries the type of a row. */
  readonly row?: Row;
}

/** A statement that must look across tenants, or that reads tables which belong to none. */
export interface CrossTenantStatement<Row, Reason extends CrossTenantReason> {
  readonly scope: Reason;
  readonly name: string;
  readonly sql: string;
  /** Never set: it only carries the type of a row. */
  readonly row?: Row;
}

export type Statement = TenantStatement<unknown> | CrossTenantStatement<unknown, CrossTenantReason>;

const registry = new Map<string, Statement>();

/** Names a statement of one tenant and registers it. A statement that is not registered cannot be run. */
export function tenantStatement<Row>(name: string, sql: string): TenantStatement<Row> {
  return register<TenantStatement<Row>>({ scope: 'tenant', name, sql });
}

/** Opens one reason: what it answers names statements that cross tenants, and registers them under it. */
export function crossTenantStatements<Reason extends CrossTenantReason>(scope: Reason) {
  return <Row>(name: string, sql: string): CrossTenantStatement<Row, Reason> =>
    register<CrossTenantStatement<Row, Reason>>({ scope, name, sql });
}

function register<Kind extends Statement>(statement: Kind): Kind {
  if (registry.has(statement.name)) throw new Error(`two statements are called ${statement.name}`);
  registry.set(statement.name, statement);
  return statement;
}

/** Every statement the app can run, for the proofs that walk them. */
export function registeredStatements(): readonly Statement[] {
  return [...registry.values()];
}

/** Whether this very statement was registered: an object that only looks like one was not. */
export function isRegistered(statement: Statement): boolean {
  return registry.get(statement.name) === statement;
}
