import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { definitionOf, optionKeys, OptionsError, resolveOptions } from '../../generator/options.ts';
import { optionsSchema } from '../../generator/schema.ts';

describe('options', () => {
  test('have defaults for everything but the name', () => {
    expect(resolveOptions({ name: 'my-app' })).toEqual({
      name: 'my-app',
      title: 'My App',
      domain: '',
      billing: true,
      oauth: ['google', 'github'],
      pages: true,
      email: 'cloudflare',
      uploads: true,
      packageManager: 'npm',
      install: true,
      git: true,
    });
    expect(() => resolveOptions({})).toThrow('--name is missing');
  });

  test('report everything that is wrong at once', () => {
    const wrong = { name: 'x', title: '<', domain: 'localhost', packageManager: 'pip', install: 1 };
    expect(() => resolveOptions(wrong)).toThrow(OptionsError);
    expect(() => resolveOptions(wrong)).toThrow(
      /^--title cannot be .*; --domain cannot be .*; --package-manager cannot be .*; --install cannot be /,
    );
  });

  test.each(["Bob's & Co. (EU): 100+ - yes!", 'Büro 東京', '7 Up', 'x'.repeat(60)])(
    '%j is a title',
    (title) => {
      expect(resolveOptions({ name: 'a', title }).title).toBe(title);
    },
  );

  test.each([
    '',
    '   ',
    '<b>',
    'a"b',
    'a`b',
    'a{{b}}',
    'a\\b',
    'a\nb',
    '-a',
    ': a',
    '$x',
    '#a',
    'x'.repeat(61),
  ])('%j is none', (title) => {
    expect(() => resolveOptions({ name: 'a', title })).toThrow('--title cannot be');
  });

  test('spaces around and between the words of a title collapse', () => {
    expect(resolveOptions({ name: 'a', title: '  My   App ' }).title).toBe('My App');
  });

  test.each([
    ['app.example.com', 'app.example.com'],
    ['EXAMPLE.com', 'example.com'],
    ['xn--bcher-kva.example', 'xn--bcher-kva.example'],
    ['', ''],
  ])('the domain %j becomes %j', (domain, expected) => {
    expect(resolveOptions({ name: 'a', domain }).domain).toBe(expected);
  });

  test.each([
    'localhost',
    '127.0.0.1',
    'a..b',
    '-a.com',
    'a-.com',
    'a b.com',
    'https://a.com',
    'a.com:8080',
    'a.com/x',
    `${'a.'.repeat(130)}com`,
  ])('the domain %j is refused', (domain) => {
    expect(() => resolveOptions({ name: 'a', domain })).toThrow('--domain cannot be');
  });

  test.each(['title', 'domain'] as const)(
    'no accepted %s can end a string, a tag or a line in a template',
    (key) => {
      const property = fc.property(fc.string({ unit: 'binary', maxLength: 70 }), (text) => {
        const checked = definitionOf(key).check(text);
        return (
          'problem' in checked || !/["`<>{}\\$\p{Cc}\p{Zl}\p{Zp}]/u.test(String(checked.value))
        );
      });
      expect(fc.check(property, { numRuns: 1000 })).toMatchObject({ failed: false });
    },
  );

  test.each([
    [['github'], ['github']],
    [
      ['github', 'google'],
      ['google', 'github'],
    ],
    [['google', 'google'], ['google']],
    [[], []],
  ])('the identity providers %j become %j', (oauth, expected) => {
    const checked = definitionOf('oauth').check(oauth);
    expect(checked).toEqual({ value: expected });
  });

  test.each([
    ['google', 'it must be a list of google, github', undefined],
    [['gogle'], 'it must be any of google, github, or none', 'google'],
    [['google', 'non'], 'it must be any of google, github, or none', 'none'],
    [[7], 'it must be any of google, github, or none', undefined],
    [[null], 'it must be any of google, github, or none', undefined],
    [true, 'it must be a list of google, github', undefined],
  ])('the identity providers %j are refused', (oauth, problem, suggestion) => {
    expect(definitionOf('oauth').check(oauth)).toEqual({ problem, suggestion });
  });

  test.each(['a', 'my-app', 'a--b-1', 'x'.repeat(40)])('the defaults for %s are valid', (name) => {
    const options = resolveOptions({ name });
    for (const key of optionKeys)
      expect(definitionOf(key).check(options[key])).toEqual({ value: options[key] });
  });

  test('the JSON Schema has the same keys', () => {
    expect(Object.keys(optionsSchema().properties ?? {}).sort()).toEqual(
      ['$schema', ...optionKeys].sort(),
    );
  });

  test.each(['name', 'title', 'domain'] as const)('the JSON Schema refuses the same %s', (key) => {
    const { schema, check } = definitionOf(key);
    const pattern = new RegExp(String(schema.pattern), 'u');
    const texts = ['my-app', 'My App', 'a.example.com', '<', 'A_b', 'a..b', '1', 'é', 'a"b'];
    const refused = texts.filter((text) => !pattern.test(text));
    expect(refused.length).toBeGreaterThan(1);
    expect(refused).toEqual(texts.filter((text) => 'problem' in check(text)));
  });
});
