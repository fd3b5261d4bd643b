import {
  confirmFile,
  hideFile,
  listFiles,
  readFile,
  reserveFile,
  usedStorage,
  type FileRow,
} from '../db/statements/files.ts';
import type { TenantDatabase } from '../db/with-tenant.ts';
import type { Page } from '../http/pagination.ts';
import type { Author } from '../tenancy/audit.ts';
import { plans, type StorageQuota } from '../tenancy/plans.ts';

/** What one tenant's files are called and how big they are; their bytes are in R2 (`storage.ts`). */
export interface FileRepository {
  /** The files after `position`, oldest first; one more than `limit`, which tells of a next page. */
  list(page: Page): Promise<FileRow[]>;
  read(id: string): Promise<FileRow | null>;
  /** What the tenant keeps, and what it may. */
  usage(): Promise<{ used: StorageQuota; quota: StorageQuota }>;
  /** Takes the place for a file that nobody sees yet, or answers false where the tenant has none. */
  reserve(file: FileRow): Promise<boolean>;
  /** Shows the file, when R2 has it. */
  confirm(id: string, by: Author): Promise<boolean>;
  /** Hides the file, before R2 lets go of it. */
  hide(id: string, by: Author): Promise<boolean>;
}

export function fileRepository(database: TenantDatabase): FileRepository {
  const { storage: quota } = plans[database.tenant.tier];
  return {
    list: ({ position, limit }) =>
      database.all(listFiles, position.createdAt, position.id, limit + 1),
    read: (id) => database.first(readFile, id),
    async usage() {
      const { bytes, files } = (await database.first(usedStorage)) ?? { bytes: 0, files: 0 };
      return { used: { bytes, files }, quota };
    },
    reserve: ({ id, name, contentType, size, createdAt }) =>
      database.reserve(
        database.bind(
          reserveFile,
          id,
          name,
          contentType,
          size,
          createdAt,
          quota.bytes,
          quota.files,
        ),
      ),
    confirm: (id, by) =>
      database.write(
        { by, action: 'file.created', target: id },
        database.bind(confirmFile, id, by.now),
      ),
    hide: (id, by) =>
      database.write({ by, action: 'file.deleted', target: id }, database.bind(hideFile, id)),
  };
}
