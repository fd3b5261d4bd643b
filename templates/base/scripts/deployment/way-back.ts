import { appendFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import * as z from 'zod';
import { environments, wrangler, type DeployedEnvironment } from './wrangler.ts';

const WayBack = z.strictObject({
  environment: z.enum(environments),
  /** The commit that is about to be deployed. */
  commit: z.string(),
  /** The version of the Worker that serves now; null before the first deployment. */
  version: z.string().nullable(),
  /** Where D1 is now, in the words of Time Travel. */
  bookmark: z.string(),
  writtenAt: z.iso.datetime(),
});

/** How to undo one deployment, written down before it begins. */
export type WayBack = z.output<typeof WayBack>;

/** Below where the command runs: npm runs it where package.json is. */
const folder = resolve('releases');

const Deployment = z.object({
  versions: z.array(z.object({ version_id: z.string(), percentage: z.number() })),
});
const Bookmark = z.object({ bookmark: z.string() });

/**
 * Looks up what serves now and where the database is, and keeps both in `releases/`.
 * @throws {Error} where wrangler cannot tell, or where another deployment is under way
 */
export function writeWayBack(
  environment: DeployedEnvironment,
  commit: string,
  { isFirst }: { isFirst: boolean },
): WayBack {
  const version = isFirst ? null : servingVersion(environment);
  const told = wrangler('d1', 'time-travel', 'info', 'DB', '--env', environment, '--json');
  const { bookmark } = Bookmark.parse(JSON.parse(told));
  const writtenAt = new Date().toISOString();
  const way = { environment, commit, version, bookmark, writtenAt };
  mkdirSync(folder, { recursive: true });
  const file = `${environment}-${writtenAt.replaceAll(/[:.]/g, '')}-${commit}.json`;
  writeFileSync(join(folder, file), `${JSON.stringify(way, null, 2)}\n`);
  const text = describeWayBack(way);
  console.log(text);
  const summary = process.env['GITHUB_STEP_SUMMARY'];
  if (summary !== undefined) appendFileSync(summary, `\`\`\`\n${text}\n\`\`\`\n`);
  return way;
}

function servingVersion(environment: DeployedEnvironment): string {
  const told = wrangler('deployments', 'status', '--env', environment, '--json');
  const [serving, ...others] = Deployment.parse(JSON.parse(told)).versions;
  if (serving !== undefined && others.length === 0) return serving.version_id;
  throw new Error(
    `Two versions share the traffic of ${environment}: another deployment is under way, or was left. Finish it, or go back with "npm run rollback -- ${environment}".`,
  );
}

/** The newest way back that was written for an environment on this machine; null where there is none. */
export function newestWayBack(environment: DeployedEnvironment): WayBack | null {
  mkdirSync(folder, { recursive: true });
  const name = readdirSync(folder)
    .filter((file) => file.startsWith(`${environment}-`) && file.endsWith('.json'))
    .toSorted()
    .at(-1);
  return name === undefined
    ? null
    : WayBack.parse(JSON.parse(readFileSync(join(folder, name), 'utf8')));
}

/** The way back as whoever is on call reads it, with every argument filled in. */
export function describeWayBack({ environment, commit, version, bookmark }: WayBack): string {
  const code =
    version === null
      ? 'there is no version before this one; close what is harmful: npm run flags'
      : `npm run rollback -- ${environment} --to ${version}`;
  return [
    `The way back from ${commit} in ${environment}:`,
    `  code    ${code}`,
    `  schema  stays, since it only grew; in its way: npm run db:rollback -- ${environment}`,
    '  data    last resort, loses every write since (docs/backup-and-restore.md):',
    `          npx wrangler d1 time-travel restore DB --env ${environment} --bookmark ${bookmark}`,
  ].join('\n');
}
