import { acrossTenants } from '../db/across-tenants.ts';
import type { Database } from '../db/database.ts';
import {
  removeUnfinishedFile,
  unfinishedFiles,
  type FileRow,
  type UnfinishedFileRow,
} from '../db/statements/files.ts';
import type { Tenant } from '../db/tenant.ts';
import { withTenant } from '../db/with-tenant.ts';
import type { AppContext } from '../http/context.ts';
import { Problem } from '../http/problem.ts';
import { DeadlineError, within } from '../ops/deadline.ts';
import { describeFault } from '../ops/logger.ts';
import type { Author } from '../tenancy/audit.ts';
import type { PurgeStep } from '../tenancy/purge.ts';

/** How long R2 may take to take, to find or to remove a file. */
const patienceMs = 10_000;

/** No upload takes longer than this: what is unfinished then stays so, and is removed. */
const unfinishedMs = 15 * 60 * 1_000;
const filesPerRun = 100;

const prefixOf = (tenantId: string) => `tenants/${tenantId}/`;
const keyOf = ({ tenantId, id }: UnfinishedFileRow) => prefixOf(tenantId) + id;

/**
 * Keeps a file: its place in D1 first, then its bytes in R2, and then it is shown. So nothing is in
 * R2 that D1 does not know of, and what breaks off in between is removed, now or by the next run.
 * @throws {Problem} 402 where the tenant has no place for it, 503 where R2 fails
 */
export async function keepFile(
  c: AppContext,
  { tenant, by }: { tenant: Tenant; by: Author },
  file: FileRow,
  bytes: Uint8Array,
): Promise<void> {
  const context = c.get('context');
  const { database } = context;
  const { files } = withTenant(database, tenant);
  if (!(await files.reserve(file))) throw new Problem('quota_exceeded');
  const unfinished = { tenantId: tenant.id, id: file.id };
  const remove = () => removeFile(database, c.env.FILES, unfinished);
  const options = { httpMetadata: { contentType: file.contentType } };
  try {
    await within(patienceMs, c.env.FILES.put(keyOf(unfinished), bytes, options));
  } catch (thrown) {
    // Late, it may still arrive: only when there is no doubt left may its row go.
    if (!(thrown instanceof DeadlineError)) context.background('remove an unfinished file', remove);
    throw unavailable(c, thrown);
  }
  if (await files.confirm(file.id, by)) return;
  context.background('remove an unfinished file', remove);
  throw new Problem('unavailable');
}

/** The bytes of a file. @throws {Problem} 503 where R2 fails or has lost it */
export async function bytesOf(c: AppContext, tenant: Tenant, id: string): Promise<ReadableStream> {
  try {
    const key = keyOf({ tenantId: tenant.id, id });
    const object = await within(patienceMs, c.env.FILES.get(key));
    if (object !== null) return object.body;
    throw new Error('R2 has no such object');
  } catch (thrown) {
    throw unavailable(c, thrown);
  }
}

function unavailable(c: AppContext, thrown: unknown): Problem {
  const fault = describeFault(thrown);
  c.get('logger').log('error', 'dependency failed', { dependency: 'files', fault });
  return new Problem('unavailable');
}

/** Removes the bytes of a file that nobody sees, and then its row: not before, since it names them. */
export async function removeFile(
  database: Database,
  bucket: R2Bucket,
  file: UnfinishedFileRow,
): Promise<void> {
  await within(patienceMs, bucket.delete(keyOf(file)));
  await acrossTenants(database, 'retention').change(removeUnfinishedFile, file.tenantId, file.id);
}

/** Removes what uploads and deletions that broke off have left behind. */
export async function removeUnfinished(
  database: Database,
  bucket: R2Bucket,
  now: number,
): Promise<void> {
  const across = acrossTenants(database, 'retention');
  const left = await across.all(unfinishedFiles, now - unfinishedMs, filesPerRun);
  for (const file of left) await removeFile(database, bucket, file);
}

/** Purges what a tenant has in R2, by what is there and not by what D1 knows of. */
export function purgeBucket(bucket: R2Bucket): PurgeStep {
  return async (tenantId, limit) => {
    const { objects } = await within(
      patienceMs,
      bucket.list({ prefix: prefixOf(tenantId), limit }),
    );
    const keys = objects.map(({ key }) => key);
    if (keys.length > 0) await within(patienceMs, bucket.delete(keys));
    return keys.length;
  };
}
