import { tenantStatement } from '../statement.ts';

export interface ProjectRow {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly createdAt: number;
}

/** Looks for a place in the statement that adds, so that no two requests take the last. ?6 how many there may be. */
export const insertProject = tenantStatement<never>(
  'projects.insert',
  `INSERT INTO projects (tenant_id, id, name, description, created_at)
   SELECT ?1, ?2, ?3, ?4, ?5 FROM tenants WHERE tenants.id = ?1 AND tenants.project_count < ?6`,
);

/**
 * Oldest first: ?2 and ?3 the last project of the page before, ?4 how many, ?5 what the name holds.
 * `instr` knows no wildcards, where LIKE would need its own escaped and ends at 50 bytes in D1. No index
 * helps it: a search reads the tenant's projects until the page is full, all of them where few match.
 */
export const listProjects = tenantStatement<ProjectRow>(
  'projects.list',
  `SELECT id, name, description, created_at AS createdAt
   FROM projects
   WHERE tenant_id = ?1 AND (created_at, id) > (?2, ?3) AND instr(lower(name), lower(?5)) > 0
   ORDER BY created_at, id
   LIMIT ?4`,
);

/** The same, newest first. */
export const listNewestProjects = tenantStatement<ProjectRow>(
  'projects.listNewest',
  `SELECT id, name, description, created_at AS createdAt
   FROM projects
   WHERE tenant_id = ?1 AND (created_at, id) < (?2, ?3) AND instr(lower(name), lower(?5)) > 0
   ORDER BY created_at DESC, id DESC
   LIMIT ?4`,
);

/** The same by name, upper and lower case alike; ?2 is the name that the page before ended with. */
export const listProjectsByName = tenantStatement<ProjectRow>(
  'projects.listByName',
  `SELECT id, name, description, created_at AS createdAt
   FROM projects
   WHERE tenant_id = ?1 AND (name COLLATE NOCASE, id) > (?2, ?3)
     AND instr(lower(name), lower(?5)) > 0
   ORDER BY name COLLATE NOCASE, id
   LIMIT ?4`,
);

export const readProject = tenantStatement<ProjectRow>(
  'projects.read',
  `SELECT id, name, description, created_at AS createdAt
   FROM projects WHERE tenant_id = ?1 AND id = ?2`,
);

/** A null leaves the column as it is. A tenant that has more than its plan allows, ?5, changes nothing. */
export const updateProject = tenantStatement<never>(
  'projects.update',
  `UPDATE projects SET name = coalesce(?3, name), description = coalesce(?4, description)
   WHERE tenant_id = ?1 AND id = ?2
     AND EXISTS (SELECT 1 FROM tenants WHERE tenants.id = ?1 AND tenants.project_count <= ?5)`,
);

export const deleteProject = tenantStatement<never>(
  'projects.delete',
  `DELETE FROM projects WHERE tenant_id = ?1 AND id = ?2`,
);
