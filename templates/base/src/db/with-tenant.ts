import { projectRepository, type ProjectRepository } from '../projects/repository.ts';
import { auditParameters, auditRepository } from '../tenancy/audit.ts';
import type { AuditEntry, AuditRepository } from '../tenancy/audit.ts';
import { exportRepository, type ExportRepository } from '../tenancy/export.ts';
import { invitationRepository, type InvitationRepository } from '../tenancy/invitations.ts';
import { memberRepository, type MemberRepository } from '../tenancy/members.ts';
import { settingsRepository, type SettingsRepository } from '../tenancy/settings.ts';
import type { BoundStatement, Database } from './database.ts';
import type { Parameter, TenantStatement } from './statement.ts';
import { insertAudit } from './statements/audit.ts';
import type { Tenant } from './tenant.ts';

/** Asks D1 on behalf of one tenant: every statement gets that tenant as `?1`, the caller gives the rest. */
export interface TenantDatabase {
  readonly tenant: Tenant;
  first<Row>(
    statement: TenantStatement<Row>,
    ...parameters: readonly Parameter[]
  ): Promise<Row | null>;
  all<Row>(statement: TenantStatement<Row>, ...parameters: readonly Parameter[]): Promise<Row[]>;
  bind(
    statement: TenantStatement<unknown>,
    ...parameters: readonly Parameter[]
  ): BoundStatement<unknown>;
  /**
   * The only way to change anything: `change`, its audit row and what else belongs to it, in one
   * batch. Answers false, and nothing has happened, where `change` met no row or a constraint.
   */
  write(
    entry: AuditEntry,
    change: BoundStatement<unknown>,
    ...rest: readonly BoundStatement<unknown>[]
  ): Promise<boolean>;
}

/** What one tenant's data consists of. A new kind of data is one line here. */
export interface TenantData {
  readonly audit: AuditRepository;
  readonly export: ExportRepository;
  readonly settings: SettingsRepository;
  readonly members: MemberRepository;
  readonly invitations: InvitationRepository;
  readonly projects: ProjectRepository;
}

/**
 * The first door to data: everything of one tenant, and nothing of any other. The tenant comes from
 * the guard, which found the user's membership; it is never read from a header, a body or a path.
 */
export function withTenant(database: Database, tenant: Tenant): TenantData {
  const scoped = scopeTo(database, tenant);
  return {
    audit: auditRepository(scoped),
    export: exportRepository(scoped),
    settings: settingsRepository(scoped),
    members: memberRepository(scoped),
    invitations: invitationRepository(scoped),
    projects: projectRepository(scoped),
  };
}

function scopeTo(database: Database, tenant: Tenant): TenantDatabase {
  const bind = <Row>(
    statement: TenantStatement<Row>,
    parameters: readonly Parameter[],
  ): BoundStatement<Row> => ({ statement, parameters: [tenant.id, ...parameters] });
  return {
    tenant,
    first: (statement, ...parameters) => database.first(bind(statement, parameters)),
    all: (statement, ...parameters) => database.all(bind(statement, parameters)),
    bind: (statement, ...parameters) => bind(statement, parameters),
    write: (entry, change, ...rest) =>
      database.batchIf([change, bind(insertAudit, auditParameters(entry)), ...rest]),
  };
}
