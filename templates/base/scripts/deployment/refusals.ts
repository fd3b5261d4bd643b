import { join } from 'node:path';
import { askD1 } from '../d1.ts';
import { expandAndContract, lintMigrations, lossesIn } from '../database/lint.ts';
import { gapsIn, readMigrations, type Migration } from '../database/migrations.ts';
import { untoldByChangelog } from './changelog.ts';
import { git } from './git.ts';
import type { DeployedEnvironment } from './wrangler.ts';

const folder = join(import.meta.dirname, '../../migrations');

/**
 * Why a commit may not go to an environment: its migrations would break the version that serves, lose rows
 * without a reason, or go to production without having been in staging as they are; or CHANGELOG.md is silent.
 * @throws {Error} where the database of staging, or git, does not tell
 */
export function refusalsOf(environment: DeployedEnvironment): string[] {
  const migrations = readMigrations(folder);
  const harms = lintMigrations(migrations);
  const refusals = [
    ...harms,
    ...lossesIn(migrations),
    ...gapsIn(migrations),
    ...untoldByChangelog(),
  ];
  if (refusals.length > 0) return harms.length > 0 ? [...refusals, expandAndContract] : refusals;
  return environment === 'staging' ? [] : untriedInStaging(migrations);
}

/**
 * Which migrations staging does not have, or has in other words than they are in now, or may have.
 * @throws {Error} where the database of staging, or git, does not tell
 */
export function untriedInStaging(migrations: readonly Migration[]): string[] {
  const rows = askD1('staging', 'SELECT name, applied_at FROM d1_migrations');
  const applied = new Map(rows.map((row) => [row['name'], String(row['applied_at'])]));
  if (git('rev-parse', '--is-shallow-repository') === 'true')
    throw new Error(
      'Only a part of the history is here, which does not tell what staging ran: git fetch --unshallow',
    );
  return migrations.flatMap(({ name }) => {
    const file = `${name}.sql`;
    const appliedAt = applied.get(file);
    if (appliedAt === undefined)
      return [`${file} was not applied in staging: npm run deploy -- staging comes first.`];
    const change = changeSince(appliedAt, file);
    if (change === 'none') return [];
    return change === 'changed'
      ? [
          `${file} was changed after staging ran it, at ${appliedAt}: put its text back, and write what is new into a migration of its own (npm run db:new).`,
        ]
      : [
          `Whether ${file} was changed after staging ran it, at ${appliedAt}, cannot be told: no commit of this branch had it then, so the history was squashed or rewritten, or staging ran it from another branch. Deploy from the history as it was; or let staging run it anew, in an empty database: take its database_id out of wrangler.toml, delete it (npx wrangler d1 delete), then npm run setup -- --env staging and npm run deploy -- staging.`,
        ];
  });
}

/** How a migration reads beside the commit that was the newest when it was applied, which is what staging ran. */
function changeSince(appliedAt: string, file: string): 'none' | 'changed' | 'unknown' {
  const then = git('rev-list', '-1', '--first-parent', `--before=${appliedAt} +0000`, 'HEAD');
  if (then === '') return 'unknown';
  const between = ['--name-status', '--no-renames', then, 'HEAD'];
  const difference = git('diff', ...between, '--', join(folder, file));
  if (difference === '') return 'none';
  return difference.startsWith('M') ? 'changed' : 'unknown';
}
