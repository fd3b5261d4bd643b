import { join } from 'node:path';
import { askD1 } from '../d1.ts';
import { expandAndContract, lintMigrations, lossesIn } from '../database/lint.ts';
import { gapsIn, readMigrations } from '../database/migrations.ts';
import type { DeployedEnvironment } from './wrangler.ts';

/**
 * Why the migrations may not go to an environment: they would break the version that serves, lose rows
 * without a reason, or go to production without having been in staging.
 * @throws {Error} where the database of staging does not tell
 */
export function refusalsOf(environment: DeployedEnvironment): string[] {
  const migrations = readMigrations(join(import.meta.dirname, '../../migrations'));
  const harms = lintMigrations(migrations);
  const refusals = [...harms, ...lossesIn(migrations), ...gapsIn(migrations)];
  if (refusals.length > 0) return harms.length > 0 ? [...refusals, expandAndContract] : refusals;
  if (environment === 'staging') return [];
  const rows = askD1('staging', 'SELECT name FROM d1_migrations');
  const applied = new Set(rows.map((row) => row['name']));
  return migrations
    .map(({ name }) => `${name}.sql`)
    .filter((file) => !applied.has(file))
    .map((file) => `${file} was not applied in staging: npm run deploy -- staging comes first.`);
}
