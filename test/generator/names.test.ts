import { builtinModules } from 'node:module';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { longestName, nameProblem, suggestName, titleOf } from '../../generator/names.ts';
import { nearest } from '../../generator/nearest.ts';
import { versions } from '../../generator/versions.ts';

describe('names', () => {
  test.each(['a', 'my-app', 'app2', 'a--b', 'x'.repeat(longestName)])('%s is a name', (name) => {
    expect(nameProblem(name)).toBeUndefined();
  });

  test.each([
    '',
    'My-App',
    'my app',
    '-a',
    'a-',
    '1a',
    'a_b',
    'a.b',
    '@a/b',
    'é',
    'a/b',
    'node_modules',
    'favicon.ico',
    'con',
    'com1',
    'x'.repeat(longestName + 1),
  ])('%j is none', (name) => {
    expect(nameProblem(name)).toBeDefined();
  });

  test('no module of Node is a name', () => {
    const nameable = builtinModules.filter((name) => !/[^a-z0-9]/.test(name));
    expect(nameable.length).toBeGreaterThan(30);
    expect(nameable.filter((name) => nameProblem(name) === undefined)).toEqual([]);
  });

  test('no dependency of the application is a name', () => {
    expect(Object.keys(versions).filter((name) => nameProblem(name) === undefined)).toEqual([]);
  });

  test.each([
    ['My App!', 'my-app'],
    ['  --Ünïcode__Näme--', 'unicode-name'],
    ['2nd try', 'nd-try'],
    ['http', 'http-app'],
    ['!!!', undefined],
  ])('for %j the suggestion is %j', (text, suggestion) => {
    expect(suggestName(text)).toBe(suggestion);
  });

  test('whatever is suggested is a name', () => {
    const property = fc.property(fc.string({ unit: 'grapheme', maxLength: 80 }), (text) => {
      const suggestion = suggestName(text);
      return suggestion === undefined || nameProblem(suggestion) === undefined;
    });
    expect(fc.check(property)).toMatchObject({ failed: false });
  });

  test('the title reads as words', () => {
    expect(titleOf('my--cool-app2')).toBe('My Cool App2');
  });
});

describe('nearest', () => {
  const words = ['yes', 'name', 'no-install', 'install', 'package-manager'];
  test.each([
    ['yse', 'yes'],
    ['no-isntall', 'no-install'],
    ['Pakage-Manager', 'package-manager'],
    ['zzz', undefined],
    ['', undefined],
  ])('%j means %j', (typed, meant) => {
    expect(nearest(typed, words)).toBe(meant);
  });
});
