import { exportedTables } from '../db/statements/tenant-export.ts';
import type { TenantDatabase } from '../db/with-tenant.ts';

/** Rows held in memory at a time, so that a tenant of any size fits. */
const rowsPerPage = 200;

/** All that one tenant has. */
export interface ExportRepository {
  /** One JSON object, piece by piece: each table by its name, with its rows. */
  pieces(): AsyncGenerator<string>;
}

export function exportRepository(database: TenantDatabase): ExportRepository {
  return {
    async *pieces() {
      for (const [index, { table, key, statement }] of exportedTables.entries()) {
        yield `${index === 0 ? '{' : ','}"${table}":[`;
        let after = '';
        let separator = '';
        let rows;
        do {
          rows = await database.all(statement, after, rowsPerPage);
          for (const row of rows) {
            yield separator + JSON.stringify(row);
            separator = ',';
            after = String(row[key]);
          }
        } while (rows.length === rowsPerPage);
        yield ']';
      }
      yield '}';
    },
  };
}
