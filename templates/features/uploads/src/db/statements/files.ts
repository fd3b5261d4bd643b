import { crossTenantStatements, tenantStatement } from '../statement.ts';

const acrossEnds = crossTenantStatements('end of tenants');
const acrossOld = crossTenantStatements('retention');

export interface FileRow {
  readonly id: string;
  readonly name: string;
  readonly contentType: string;
  readonly size: number;
  readonly createdAt: number;
}

/** A file that is not there yet, or no longer. */
export interface UnfinishedFileRow {
  readonly tenantId: string;
  readonly id: string;
}

/**
 * Takes the place a file will need, if the tenant has it: one statement, so that of uploads at the
 * same time no two take the same place. ?2 id, ?3 name, ?4 type, ?5 bytes, ?6 now, ?7 bytes and
 * ?8 files the tenant may have.
 */
export const reserveFile = tenantStatement<never>(
  'files.reserve',
  `INSERT INTO files (tenant_id, id, name, content_type, size, created_at)
   SELECT ?1, ?2, ?3, ?4, ?5, ?6
   FROM tenants
   WHERE tenants.id = ?1 AND tenants.deletes_at IS NULL
     AND tenants.file_bytes + ?5 <= ?7 AND tenants.file_count < ?8`,
);

/** ?3 now. */
export const confirmFile = tenantStatement<never>(
  'files.confirm',
  `UPDATE files SET stored_at = ?3 WHERE tenant_id = ?1 AND id = ?2 AND stored_at IS NULL`,
);

/** From now on nobody sees it; its bytes go next, and then the row. */
export const hideFile = tenantStatement<never>(
  'files.hide',
  `UPDATE files SET stored_at = NULL WHERE tenant_id = ?1 AND id = ?2 AND stored_at IS NOT NULL`,
);

/** Oldest first: ?2 and ?3 the last file of the page before, ?4 how many. */
export const listFiles = tenantStatement<FileRow>(
  'files.list',
  `SELECT id, name, content_type AS contentType, size, created_at AS createdAt
   FROM files
   WHERE tenant_id = ?1 AND (created_at, id) > (?2, ?3) AND stored_at IS NOT NULL
   ORDER BY created_at, id
   LIMIT ?4`,
);

export const readFile = tenantStatement<FileRow>(
  'files.read',
  `SELECT id, name, content_type AS contentType, size, created_at AS createdAt
   FROM files WHERE tenant_id = ?1 AND id = ?2 AND stored_at IS NOT NULL`,
);

/** What the quota counts: also what is on its way in or out. */
export const usedStorage = tenantStatement<{ readonly files: number; readonly bytes: number }>(
  'files.used',
  `SELECT file_count AS files, file_bytes AS bytes FROM tenants WHERE id = ?1`,
);

/** ?1 the time before which an upload that is not finished never will be, ?2 how many. */
export const unfinishedFiles = acrossOld<UnfinishedFileRow>(
  'files.unfinished',
  `SELECT tenant_id AS tenantId, id FROM files
   WHERE stored_at IS NULL AND created_at < ?1
   ORDER BY created_at LIMIT ?2`,
);

export const removeUnfinishedFile = acrossOld<never>(
  'files.removeUnfinished',
  `DELETE FROM files WHERE tenant_id = ?1 AND id = ?2 AND stored_at IS NULL`,
);

/** ?1 tenant, ?2 how many rows. */
export const purgeFiles = acrossEnds<never>(
  'files.purge',
  `DELETE FROM files WHERE tenant_id = ?1 AND id IN (
     SELECT id FROM files WHERE tenant_id = ?1 LIMIT ?2
   )`,
);
