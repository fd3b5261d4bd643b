import { projectRepository, type ProjectRepository } from '../projects/repository.ts';
import { memberRepository, type MemberRepository } from '../tenancy/members.ts';
import { settingsRepository, type SettingsRepository } from '../tenancy/settings.ts';
import type { BoundStatement, Database } from './database.ts';
import type { Parameter, TenantStatement } from './statement.ts';
import type { Tenant } from './tenant.ts';

/** Asks D1 on behalf of one tenant: every statement gets that tenant as `?1`, the caller gives the rest. */
export interface TenantDatabase {
  first<Row>(
    statement: TenantStatement<Row>,
    ...parameters: readonly Parameter[]
  ): Promise<Row | null>;
  all<Row>(statement: TenantStatement<Row>, ...parameters: readonly Parameter[]): Promise<Row[]>;
  change(statement: TenantStatement<unknown>, ...parameters: readonly Parameter[]): Promise<number>;
}

/** What one tenant's data consists of. A new kind of data is one line here. */
export interface TenantData {
  readonly settings: SettingsRepository;
  readonly members: MemberRepository;
  readonly projects: ProjectRepository;
}

/**
 * The first door to data: everything of one tenant, and nothing of any other. The tenant comes from
 * the guard, which found the user's membership; it is never read from a header, a body or a path.
 */
export function withTenant(database: Database, tenant: Tenant): TenantData {
  const scoped = scopeTo(database, tenant);
  return {
    settings: settingsRepository(scoped),
    members: memberRepository(scoped),
    projects: projectRepository(scoped),
  };
}

function scopeTo(database: Database, tenant: Tenant): TenantDatabase {
  const bind = <Row>(
    statement: TenantStatement<Row>,
    parameters: readonly Parameter[],
  ): BoundStatement<Row> => ({ statement, parameters: [tenant.id, ...parameters] });
  return {
    first: (statement, ...parameters) => database.first(bind(statement, parameters)),
    all: (statement, ...parameters) => database.all(bind(statement, parameters)),
    change: (statement, ...parameters) => database.change(bind(statement, parameters)),
  };
}
