import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { acrossTenants } from '../../src/db/across-tenants.ts';
import { Database } from '../../src/db/database.ts';
import { addCounts } from '../../src/db/statements/operations.ts';
import { putBack, takeCounts } from '../../src/ops/counts.ts';
import { rowsOf } from './arrange.ts';

describe('OBS-4 what isolates count is added up', () => {
  it('each kind, however many write at the same time', async () => {
    const across = acrossTenants(Database.open(env), 'operations');
    const kinds = [1, 2, 3, 4, 5, 6, 7];
    const isolates = Array.from({ length: 25 }, () =>
      across.change(addCounts, 1, 'login', ...kinds),
    );
    await Promise.all(isolates);
    const counted = (await rowsOf('request_counts')).filter(({ minute }) => minute === 1);
    const sums = kinds.map((kind) => kind * isolates.length);
    expect(counted.map((row) => Object.values(row))).toEqual([[1, 'login', ...sums]]);
  });

  it('and so is what could not be written, each kind', () => {
    takeCounts();
    const lost = {
      minute: 60_000,
      routes: 'login',
      requests: 1,
      serverErrors: 2,
      refusedLogins: 3,
      rateLimited: 4,
      webhookFailures: 5,
      webhookRefusals: 6,
      faults: 7,
    };
    putBack(lost);
    expect(takeCounts()).toEqual([lost]);
  });
});
