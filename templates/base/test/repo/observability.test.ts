import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'smol-toml';
import { describe, expect, it, vi } from 'vitest';
import * as z from 'zod';
import { faults, keepFault } from '../../src/ops/faults.ts';

const { waitUntil } = vi.hoisted(() => ({ waitUntil: vi.fn<(work: unknown) => void>() }));
vi.mock('cloudflare:workers', () => ({ waitUntil }));

const environment = z.object({
  triggers: z.object({ crons: z.array(z.string()) }),
  // Whole: what else could be set here, such as "logs", can switch off what was switched on.
  observability: z.looseObject({}),
});
const schema = environment.extend({
  env: z.object({ staging: environment, production: environment }),
});

const file = join(import.meta.dirname, '../../wrangler.toml');
const { env, ...development } = schema.parse(parse(readFileSync(file, 'utf8')));

describe('OBS-1 every environment is observed, and does what it does by the clock', () => {
  it.each([
    ['development', development],
    ['staging', env.staging],
    ['production', env.production],
  ])(
    '%s keeps every log line and delivers mail each minute, and cleans up each night',
    (_name, configuration) => {
      expect(configuration).toEqual({
        triggers: { crons: ['* * * * *', '17 3 * * *'] },
        observability: { enabled: true, head_sampling_rate: 1, redact_query_string: true },
      });
    },
  );
});

describe('OBS-1 a fault is on its way for as long as its sink takes', () => {
  it('Workers waits for that, though the answer is out', () => {
    vi.spyOn(faults, 'sink').mockResolvedValue();
    keepFault({ level: 'error', event: 'a fault', requestId: '' });
    expect(waitUntil.mock.calls).toEqual([[expect.any(Promise)]]);
  });
});

describe('OBS-2 what stands behind a question mark is in no record of Cloudflare', () => {
  it.each([
    ['development', development],
    ['staging', env.staging],
    ['production', env.production],
  ])('%s has query strings taken out', (_name, { observability }) => {
    expect(observability['redact_query_string']).toBe(true);
  });
});
