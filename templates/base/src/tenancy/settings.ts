import { readTenant, renameTenant, type TenantRow } from '../db/statements/tenants.ts';
import type { TenantDatabase } from '../db/with-tenant.ts';

/** One tenant's own record. */
export interface SettingsRepository {
  read(): Promise<TenantRow | null>;
  rename(name: string): Promise<TenantRow | null>;
}

export function settingsRepository(database: TenantDatabase): SettingsRepository {
  return {
    read: () => database.first(readTenant),
    rename: (name) => database.first(renameTenant, name),
  };
}
