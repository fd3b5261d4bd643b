import { exportedTables } from '../db/statements/tenant-export.ts';
import type { TenantDatabase } from '../db/with-tenant.ts';

/**
 * Rows held in memory at a time: some ten megabytes of the largest. D1 answers a thousand queries of one
 * request, so that an export holds nearly two million rows.
 */
const rowsPerPage = 2_000;

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
