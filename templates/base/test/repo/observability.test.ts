import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'smol-toml';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';

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

describe('OBS-2 what stands behind a question mark is in no record of Cloudflare', () => {
  it.each([
    ['development', development],
    ['staging', env.staging],
    ['production', env.production],
  ])('%s has query strings taken out', (_name, { observability }) => {
    expect(observability['redact_query_string']).toBe(true);
  });
});
