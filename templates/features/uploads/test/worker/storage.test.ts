import { createScheduledController } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { describe, expect, it, vi } from 'vitest';
import { Database } from '../../src/db/database.ts';
import worker from '../../src/index.ts';
import { createLogger } from '../../src/ops/logger.ts';
import { purgeTenants } from '../../src/tenancy/purge.ts';
import { plans } from '../../src/tenancy/plans.ts';
import { purgeBucket, removeUnfinished } from '../../src/uploads/storage.ts';
import { newTenant, rowsOf } from './arrange.ts';
import { Browser } from './browser.ts';
import { interceptD1 } from './doubles.ts';
import { post } from './post.ts';
import { formOf, samples } from './sample-files.ts';

const mebibyte = 1024 * 1024;

const kept = async (tenantId: string) => {
  const rows = (await rowsOf('files')).filter((row) => row['tenant_id'] === tenantId);
  const { objects } = await env.FILES.list({ prefix: `tenants/${tenantId}/` });
  return { rows: rows.length, objects: objects.length };
};
const insert = (tenantId: string, count: number, size: number) =>
  env.DB.prepare(
    `WITH RECURSIVE n(value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM n WHERE value < ?2)
     INSERT INTO files SELECT ?1, 'f' || value, 'n.png', 'image/png', ?3, value, 1 FROM n`,
  )
    .bind(tenantId, count, size)
    .run();
const send = (browser: Browser, path: string) => browser.post(`${path}/files`, formOf(samples.png));

type Method = 'put' | 'get' | 'delete' | 'list';
/** R2 as it is, but for one method. */
const bucketWith = <Parameters extends unknown[]>(
  method: Method,
  double: (...parameters: Parameters) => Promise<unknown>,
): R2Bucket =>
  new Proxy(env.FILES, {
    get(target, key) {
      if (key === method) return double;
      const value: unknown = Reflect.get(target, key);
      return typeof value === 'function'
        ? (...parameters: unknown[]) => Reflect.apply(value, target, parameters)
        : value;
    },
  });
const down = () => Promise.reject(new Error('R2: sentinel'));
const withBucket = (browser: Browser, bucket: R2Bucket) => {
  browser.env = { ...browser.env, FILES: bucket };
  return browser;
};
const afterAnHour = Date.now() + 60 * 60 * 1_000;
const removeOld = () => removeUnfinished(Database.open(env), env.FILES, afterAnHour);

describe('API-3 a tenant has so much storage and no more', () => {
  it('as decided', () => {
    const decided = Object.entries(plans).map(([tier, { storage }]) => [tier, storage]);
    expect(Object.fromEntries(decided)).toEqual({
      free: { bytes: 100 * mebibyte, files: 1_000 },
      pro: { bytes: 10_240 * mebibyte, files: 10_000 },
      business: { bytes: 102_400 * mebibyte, files: 20_000 },
    });
  });

  it('of 25 uploads at once, exactly those get through that there is room for', async () => {
    const { owner, path, tenantId } = await newTenant();
    await insert(tenantId, 1, 100 * mebibyte - 5 * samples.png.length);
    const answers = await Promise.all(Array.from({ length: 25 }, () => send(owner, path)));
    const statuses = answers.map(({ status }) => status).toSorted((a, b) => a - b);
    expect(statuses).toEqual([...Array<number>(5).fill(201), ...Array<number>(20).fill(402)]);
    expect(answers.find(({ status }) => status === 402)?.json.code).toBe('quota_exceeded');
    expect(await kept(tenantId)).toEqual({ rows: 6, objects: 5 });
  });

  it('no file takes more room than is left', async () => {
    const { owner, path, tenantId } = await newTenant();
    await insert(tenantId, 1, 100 * mebibyte - samples.png.length + 1);
    expect((await send(owner, path)).status).toBe(402);
  });

  it('and more of it where more is paid for', async () => {
    const { owner, path, tenantId } = await newTenant();
    await insert(tenantId, 1, 100 * mebibyte);
    expect((await send(owner, path)).status).toBe(402);
    await env.DB.prepare(`UPDATE tenants SET tier = 'pro' WHERE id = ?1`).bind(tenantId).run();
    expect((await send(owner, path)).status).toBe(201);
  });

  it('of so many files, however small', async () => {
    const { owner, path, tenantId } = await newTenant();
    await insert(tenantId, 999, 1);
    expect((await send(owner, path)).status).toBe(201);
    expect((await send(owner, path)).status).toBe(402);
  });

  it('more on a higher tier, and each tenant its own', async () => {
    const full = await newTenant();
    await insert(full.tenantId, 1, 100 * mebibyte);
    expect((await send(full.owner, full.path)).status).toBe(402);
    const other = await newTenant();
    expect((await send(other.owner, other.path)).status).toBe(201);
    const raise = env.DB.prepare(`UPDATE tenants SET tier = 'pro' WHERE id = ?1`);
    await raise.bind(full.tenantId).run();
    expect((await send(full.owner, full.path)).status).toBe(201);
  });

  it('a deleted file makes room for another, however many there are', async () => {
    const { owner, path, tenantId } = await newTenant();
    await insert(tenantId, 999, 1);
    const { json } = await send(owner, path);
    expect((await send(owner, path)).status).toBe(402);
    await owner.delete(`${path}/files/${json.id}`);
    expect((await send(owner, path)).status).toBe(201);
  });

  it('DB-1 a deleted file is one less of its own tenant alone', async () => {
    const [one, other] = [await newTenant(), await newTenant()];
    await insert(other.tenantId, 3, 7);
    const { json } = await send(one.owner, one.path);
    await one.owner.delete(`${one.path}/files/${json.id}`);
    const usedBy = async ({ owner, path }: typeof one) =>
      (await owner.get(`${path}/usage`)).json.storage.used;
    expect(await usedBy(one)).toEqual({ files: 0, bytes: 0 });
    expect(await usedBy(other)).toEqual({ files: 3, bytes: 21 });
  });

  it('a deleted file makes room', async () => {
    const { owner, path, tenantId } = await newTenant();
    await insert(tenantId, 1, 100 * mebibyte - samples.png.length);
    const { json } = await send(owner, path);
    expect((await send(owner, path)).status).toBe(402);
    await owner.delete(`${path}/files/${json.id}`);
    expect((await send(owner, path)).status).toBe(201);
  });

  it('and sees what it uses', async () => {
    const { owner, path, tenantId } = await newTenant();
    await insert(tenantId, 2, 1_000);
    const { storage } = (await owner.get(`${path}/usage`)).json;
    expect(storage).toEqual({ used: { files: 2, bytes: 2_000 }, quota: plans.free.storage });
  });
});

describe('API-6 D1 and R2 agree about files, whichever of them fails', () => {
  it('R2 refuses: 503, and no place is taken', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => {});
    const { owner, path, tenantId } = await newTenant();
    const answer = await send(withBucket(owner, bucketWith('put', down)), path);
    expect([answer.status, answer.json.code]).toEqual([503, 'unavailable']);
    expect(answer.headers.get('Retry-After')).toBe('30');
    expect(answer.text).not.toContain('sentinel');
    expect(await kept(tenantId)).toEqual({ rows: 0, objects: 0 });
  });

  it('R2 refuses everything: what is left goes with a later run', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => {});
    const { owner, path, tenantId } = await newTenant();
    const bucket = bucketWith('put', down);
    vi.spyOn(env.FILES, 'delete').mockImplementation(() => Promise.reject(new Error('down')));
    expect((await send(withBucket(owner, bucket), path)).status).toBe(503);
    expect(await kept(tenantId)).toEqual({ rows: 1, objects: 0 });
    expect((await owner.get(`${path}/files`)).json.items).toEqual([]);
    vi.restoreAllMocks();
    await removeOld();
    expect(await kept(tenantId)).toEqual({ rows: 0, objects: 0 });
  });

  it('D1 fails once R2 has the bytes: 503, nobody sees the file, and it goes', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => {});
    const { owner, path, tenantId } = await newTenant();
    const DB = interceptD1((sql) => {
      if (sql.includes('UPDATE files')) throw new Error('D1: sentinel');
    });
    owner.env = { ...owner.env, DB };
    const answer = await send(owner, path);
    expect([answer.status, answer.text.includes('sentinel')]).toEqual([503, false]);
    expect((await owner.get(`${path}/files`)).json.items).toEqual([]);
    await removeOld();
    expect(await kept(tenantId)).toEqual({ rows: 0, objects: 0 });
  });

  it('R2 hangs: 503 after ten seconds, and the row waits for the bytes that may still come', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => {});
    const { owner, path, tenantId } = await newTenant();
    const waits: unknown[] = [];
    const wait = scheduler.wait.bind(scheduler);
    vi.spyOn(scheduler, 'wait').mockImplementation((ms, ...rest) => {
      waits.push(ms);
      // A body has 30 seconds to arrive, which is another matter.
      return ms >= 10_000 && ms !== 30_000 ? Promise.resolve() : wait(ms, ...rest);
    });
    const hanging = bucketWith('put', () => new Promise(() => {}));
    expect((await send(withBucket(owner, hanging), path)).status).toBe(503);
    expect(waits).toContain(10_000);
    expect(await kept(tenantId)).toEqual({ rows: 1, objects: 0 });
  });

  it('R2 took so long that the row is gone: 503, and the bytes go as well', async () => {
    const { owner, path, tenantId } = await newTenant();
    const put = async (...parameters: Parameters<R2Bucket['put']>) => {
      await removeOld();
      return env.FILES.put(...parameters);
    };
    const answer = await send(withBucket(owner, bucketWith('put', put)), path);
    expect([answer.status, answer.json.code]).toEqual([503, 'unavailable']);
    expect(await kept(tenantId)).toEqual({ rows: 0, objects: 0 });
  });

  it('R2 cannot delete: gone for everybody at once, and the bytes go with a later run', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => {});
    const { owner, path, tenantId } = await newTenant();
    const { json } = await send(owner, path);
    withBucket(owner, bucketWith('delete', down));
    expect((await owner.delete(`${path}/files/${json.id}`)).status).toBe(204);
    expect((await owner.get(`${path}/files/${json.id}`)).status).toBe(404);
    expect((await owner.delete(`${path}/files/${json.id}`)).status).toBe(404);
    expect(await kept(tenantId)).toEqual({ rows: 1, objects: 1 });
    await removeOld();
    expect(await kept(tenantId)).toEqual({ rows: 0, objects: 0 });
  });

  it.each([
    ['fails', down],
    ['has lost the file', () => Promise.resolve(null)],
    ['answers nonsense', () => Promise.resolve(undefined)],
  ])('R2 %s: 503, and the log names it', async (_what, double) => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => {});
    const { owner, path } = await newTenant();
    const { json } = await send(owner, path);
    const answer = await withBucket(owner, bucketWith('get', double)).get(
      `${path}/files/${json.id}`,
    );
    expect([answer.status, answer.json.code]).toEqual([503, 'unavailable']);
    expect(String(log.mock.lastCall)).toContain('files');
    expect(String(log.mock.lastCall)).not.toContain('sentinel');
  });

  it('an upload that is still on its way is left alone', async () => {
    const { owner, path, tenantId } = await newTenant();
    await send(owner, path);
    await env.DB.prepare('UPDATE files SET stored_at = NULL WHERE tenant_id = ?1')
      .bind(tenantId)
      .run();
    await removeUnfinished(Database.open(env), env.FILES, Date.now() + 14 * 60 * 1_000);
    expect(await kept(tenantId)).toEqual({ rows: 1, objects: 1 });
  });

  it('an upload that has come stays, however old it is', async () => {
    const { owner, path, tenantId } = await newTenant();
    const { json } = await send(owner, path);
    await removeOld();
    expect(await kept(tenantId)).toEqual({ rows: 1, objects: 1 });
    expect((await owner.get(`${path}/files/${json.id}`)).status).toBe(200);
  });
});

describe('ERR-2 R2 is waited for ten seconds', () => {
  /** What `work` comes to while R2 hangs, with ten seconds that pass at once. */
  const outcomeOf = async (method: Method, work: (bucket: R2Bucket) => Promise<unknown>) => {
    let isHanging = false;
    const hang = () => {
      isHanging = true;
      return new Promise(() => {});
    };
    const wait = scheduler.wait.bind(scheduler);
    vi.spyOn(scheduler, 'wait').mockImplementation((ms, ...rest) =>
      ms === 10_000 && isHanging ? Promise.resolve() : wait(ms, ...rest),
    );
    const outcome = work(bucketWith(method, hang));
    return Promise.race([outcome, wait(10_000).then(() => 'hangs')]);
  };

  it('by who downloads a file: then it is 503', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => {});
    const { owner, path } = await newTenant();
    const { json } = await send(owner, path);
    const download = async (bucket: R2Bucket) =>
      (await withBucket(owner, bucket).get(`${path}/files/${json.id}`)).status;
    expect(await outcomeOf('get', download)).toBe(503);
  });

  it('by the run that removes what broke off, which then tells and ends', async () => {
    const { owner, path, tenantId } = await newTenant();
    await send(owner, path);
    const unfinish = env.DB.prepare('UPDATE files SET stored_at = NULL WHERE tenant_id = ?1');
    await unfinish.bind(tenantId).run();
    const remove = (bucket: R2Bucket) =>
      removeUnfinished(Database.open(env), bucket, afterAnHour).catch(({ name }: Error) => name);
    expect(await outcomeOf('delete', remove)).toBe('DeadlineError');
    expect(await kept(tenantId)).toEqual({ rows: 1, objects: 1 });
  });
});

describe('DB-1 the files of a tenant go with it', () => {
  const day = 24 * 60 * 60 * 1_000;
  const due = async () => {
    const tenant = await newTenant();
    await send(tenant.owner, tenant.path);
    // One that D1 does not know of, for whatever reason.
    await env.FILES.put(`tenants/${tenant.tenantId}/lost`, 'x');
    await tenant.owner.delete(tenant.path);
    const end = env.DB.prepare('UPDATE tenants SET deletes_at = ?2 WHERE id = ?1');
    await end.bind(tenant.tenantId, Date.now() - day).run();
    return tenant;
  };
  const purge = (bucket = env.FILES) => {
    const work = { database: Database.open(env), logger: createLogger('purge') };
    return purgeTenants(work, Date.now(), [purgeBucket(bucket)]);
  };

  it('from R2 and then from D1, and no others', async () => {
    const other = await newTenant();
    await send(other.owner, other.path);
    const { tenantId } = await due();
    await worker.scheduled(createScheduledController({ cron: '* * * * *' }), {
      ...env,
      EMAIL: post,
    });
    expect(await kept(tenantId)).toEqual({ rows: 0, objects: 0 });
    expect(await kept(other.tenantId)).toEqual({ rows: 1, objects: 1 });
  });

  it('while R2 fails its rows stay, and the next run goes on', async () => {
    const { tenantId } = await due();
    const log = vi.spyOn(console, 'error').mockImplementation(() => {});
    await purge(bucketWith('delete', down));
    expect(String(log.mock.lastCall)).toContain(tenantId);
    expect(await kept(tenantId)).toEqual({ rows: 1, objects: 2 });
    await purge();
    expect(await kept(tenantId)).toEqual({ rows: 0, objects: 0 });
  });

  it.each(['list', 'delete'] as const)('R2 that hangs (%s) is waited for so long', async (name) => {
    vi.spyOn(console, 'error').mockImplementation(() => {});
    const { tenantId } = await due();
    let isHanging = false;
    const hang = () => {
      isHanging = true;
      return new Promise(() => {});
    };
    const wait = scheduler.wait.bind(scheduler);
    vi.spyOn(scheduler, 'wait').mockImplementation((ms, ...rest) =>
      ms === 10_000 && isHanging ? Promise.resolve() : wait(ms, ...rest),
    );
    const purging = purge(bucketWith(name, hang)).then(() => 'ended');
    expect(await Promise.race([purging, wait(10_000).then(() => 'hangs')])).toBe('ended');
    vi.restoreAllMocks();
    expect(await kept(tenantId)).toEqual({ rows: 1, objects: 2 });
  });

  it('a tenant of which they are named so as another begins keeps them', async () => {
    const { tenantId } = await due();
    const longer = `tenants/${tenantId}0/file`;
    await env.FILES.put(longer, 'x');
    // As many as were asked for may mean that there are more.
    expect(await purgeBucket(env.FILES)(tenantId, 1)).toBe(1);
    await purge();
    expect(await env.FILES.head(longer)).not.toBeNull();
  });

  it('the scheduled run removes what broke off', async () => {
    const { owner, path, tenantId } = await newTenant();
    await Promise.all([send(owner, path), send(owner, path)]);
    const old = env.DB.prepare(
      'UPDATE files SET stored_at = NULL, created_at = 1 WHERE tenant_id = ?1',
    );
    await old.bind(tenantId).run();
    const order: string[] = [];
    const FILES = bucketWith('delete', async (key: string) => {
      await scheduler.wait(20);
      await env.FILES.delete(key);
      order.push('removed');
    });
    await worker.scheduled(createScheduledController({ cron: '* * * * *' }), {
      ...env,
      EMAIL: post,
      FILES,
    });
    order.push('the run is over');
    expect(order).toEqual(['removed', 'removed', 'the run is over']);
    expect(await kept(tenantId)).toEqual({ rows: 0, objects: 0 });
  });

  it('no upload slips into a tenant that is being deleted', async () => {
    const { owner, path, tenantId } = await newTenant();
    const DB = interceptD1(() => {});
    let isFrozen = false;
    const racing = new Proxy(DB, {
      get(target, key) {
        return Reflect.get(target, key);
      },
    });
    owner.env = { ...owner.env, DB: racing };
    const freeze = env.DB.prepare('UPDATE tenants SET deletes_at = 9e15 WHERE id = ?1');
    const arrayBuffer = vi.spyOn(Blob.prototype, 'arrayBuffer');
    arrayBuffer.mockImplementationOnce(async () => {
      await freeze.bind(tenantId).run();
      isFrozen = true;
      return samples.png.buffer;
    });
    const answer = await send(owner, path);
    expect([isFrozen, answer.status]).toEqual([true, 402]);
    expect(await kept(tenantId)).toEqual({ rows: 0, objects: 0 });
  });
});
