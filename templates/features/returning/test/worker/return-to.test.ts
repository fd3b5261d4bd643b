import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { safeReturnTo } from '../../src/http/return-to.ts';
import { origin } from './browser.ts';

const hostile = [
  '//evil.example',
  '///evil.example',
  '/\\evil.example',
  '\\\\evil.example',
  '/\t/evil.example',
  '/\n/evil.example',
  '\t//evil.example',
  ' //evil.example',
  '/%2f/evil.example',
  '/%5cevil.example',
  '/%09/evil.example',
  '/.//evil.example',
  '/..//evil.example',
  '/a//b',
  'https://evil.example',
  'https:evil.example',
  'https://app.example@evil.example',
  'javascript:alert(1)',
  'data:text/html,x',
  '@evil.example',
  'evil.example',
  '?next=//evil.example',
  '/\u2028/evil.example',
  '/projects\r\nSet-Cookie: sid=x',
  '/projects#token=x',
  `/${'a'.repeat(512)}`,
  '',
];

describe('API-1 after a login a browser goes on to a path of this app', () => {
  it.each(['/', '/projects', '/projects/', '/a/b-c_d.e~f', '/projects?q=a%20b&sort=name', '/?a=1'])(
    '%s is such a path',
    (path) => {
      expect(safeReturnTo(path)).toBe(path);
    },
  );

  it.each(hostile)('%j is none', (text) => {
    expect(safeReturnTo(text)).toBe('/');
  });

  it('whatever is asked for, a browser reads no other origin into the answer', () => {
    const pieces = ['/', '\\', '.', '%', '2f', '5c', '@', ':', '?', '#', '\t', '\r', 'evil', ' '];
    const text = fc.oneof(
      fc.array(fc.constantFrom(...pieces), { maxLength: 12 }).map((parts) => parts.join('')),
      fc.string({ unit: 'binary', maxLength: 40 }),
      fc.webUrl(),
    );
    const property = fc.property(text, (wished) => {
      const path = safeReturnTo(wished);
      const target = new URL(path, origin);
      const isOurs =
        target.origin === origin && !/[\\\s#]|^\/\/|\/\//.test(path.split('?')[0] ?? '');
      return isOurs && (path === wished || path === '/');
    });
    expect(fc.check(property, { numRuns: 1_000 })).toMatchObject({ failed: false });
  });
});
