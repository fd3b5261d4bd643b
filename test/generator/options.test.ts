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
      packageManager: 'npm',
      install: true,
      git: true,
    });
    expect(() => resolveOptions({})).toThrow('--name is missing');
  });

  test('report everything that is wrong at once', () => {
    try {
      resolveOptions({
        name: 'x',
        title: '<',
        domain: 'localhost',
        packageManager: 'pip',
        install: 'yes',
      });
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(OptionsError);
      expect(error).toHaveProperty('problems.length', 4);
    }
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

  test('no accepted title or domain can end a string, a tag or a line in a template', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 70 }), (text) => {
        for (const key of ['title', 'domain'] as const) {
          const checked = definitionOf(key).check(text);
          if ('value' in checked)
            expect(checked.value).not.toMatch(/["`<>{}\\$\p{Cc}\p{Zl}\p{Zp}]/u);
        }
      }),
    );
  });

  test('the JSON Schema knows the same keys and refuses the same texts', () => {
    const { properties } = optionsSchema();
    expect(Object.keys(properties ?? {}).sort()).toEqual(['$schema', ...optionKeys].sort());
    for (const key of ['name', 'title', 'domain'] as const) {
      const { schema } = definitionOf(key);
      const pattern = new RegExp(String(schema.pattern), 'u');
      for (const text of [
        'my-app',
        'My App',
        'a.example.com',
        '<',
        'A_b',
        'a..b',
        ' a',
        '1',
        'é',
      ]) {
        const accepted = 'value' in definitionOf(key).check(text);
        // A check may also tidy what it is given (spaces, capitals); the schema describes the tidy form.
        if (pattern.test(text) !== accepted) expect([key, text]).toEqual(['title', ' a']);
      }
    }
  });
});
