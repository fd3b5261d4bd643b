import { crc32 as zlibCrc32 } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { crc32, hex } from '../../generator/crc32.ts';

const bytes = fc.uint8Array({ maxLength: 300 });

test("CRC-32 equals zlib's", () => {
  expect(hex(crc32(Buffer.from('123456789')))).toBe('cbf43926');
  expect(hex(crc32(new Uint8Array()))).toBe('00000000');
  expect(fc.check(fc.property(bytes, (text) => crc32(text) === zlibCrc32(text)))).toMatchObject({
    failed: false,
  });
});
