import { BoundStatement, type Database } from './database.ts';
import type { CrossTenantReason, CrossTenantStatement, Parameter } from './statement.ts';

/** Asks D1 across tenants, with the statements of one reason. */
export interface CrossTenantDatabase<Reason extends CrossTenantReason> {
  bind<Row>(
    statement: CrossTenantStatement<Row, Reason>,
    ...parameters: readonly Parameter[]
  ): BoundStatement<Row>;
  first<Row>(
    statement: CrossTenantStatement<Row, Reason>,
    ...parameters: readonly Parameter[]
  ): Promise<Row | null>;
  all<Row>(
    statement: CrossTenantStatement<Row, Reason>,
    ...parameters: readonly Parameter[]
  ): Promise<Row[]>;
  change(
    statement: CrossTenantStatement<unknown, Reason>,
    ...parameters: readonly Parameter[]
  ): Promise<number>;
}

/**
 * The second door to data, for what belongs to no tenant or must look across them: accounts,
 * sessions, the guard's query, the list of one's own tenants. A route never opens it (services do),
 * and the statements behind it are a list that test/worker/isolation.test.ts holds literally.
 */
export function acrossTenants<Reason extends CrossTenantReason>(
  database: Database,
  _reason: Reason,
): CrossTenantDatabase<Reason> {
  return {
    bind: (statement, ...parameters) => new BoundStatement(statement, parameters),
    first: (statement, ...parameters) => database.first(new BoundStatement(statement, parameters)),
    all: (statement, ...parameters) => database.all(new BoundStatement(statement, parameters)),
    change: (statement, ...parameters) =>
      database.change(new BoundStatement(statement, parameters)),
  };
}
