import { Validator } from '@seriousme/openapi-schema-validator';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { read } from './repository.ts';

const document = z
  .looseObject({ paths: z.record(z.string(), z.unknown()) })
  .parse(JSON.parse(read('openapi.json')));

describe('API-1 openapi.json is OpenAPI 3.1', () => {
  it('a validator that is not ours finds nothing wrong with it', async () => {
    const validator = new Validator();
    expect(await validator.validate(document)).toEqual({ valid: true });
    expect(validator.version).toBe('3.1');
  });

  it('and would find what is', async () => {
    const harms = [
      { ...document, info: {} },
      { ...document, paths: { '/health': { get: { responses: 'none' } } } },
      { ...document, paths: { '/health': { get: { parameters: [{ in: 'nowhere' }] } } } },
    ];
    for (const harmed of harms) {
      expect((await new Validator().validate(harmed)).valid).toBe(false);
    }
  });
});
