import { describe, expect, test } from 'vitest';
import { combinations } from '../generator/templates.ts';
import { defaultApp, edited, renderedApp, withFile, type RenderedApp } from './rendered.ts';
import { scars, unformatted, unreadable } from './texts.ts';

/** Each distinct text of each path, over all combinations of options, with the first application that has it. */
const distinct = new Map<string, Map<string, RenderedApp>>();
for (const options of combinations) {
  const app = renderedApp(options);
  for (const [path, text] of app.files) {
    const texts = distinct.get(path) ?? new Map<string, RenderedApp>();
    if (!texts.has(text)) texts.set(text, app);
    distinct.set(path, texts);
  }
}

describe('every text that some combination of options yields', () => {
  test.each([...distinct.keys()])(
    '%s shows no scars, can be read and is formatted',
    async (path) => {
      for (const [text, { files, options }] of distinct.get(path) ?? []) {
        const findings = [
          ...scars(path, text),
          ...unreadable(path, text),
          ...(await unformatted(files, path)),
        ];
        expect(findings, `with ${JSON.stringify(options)}`).toEqual([]);
      }
    },
  );
});

describe('the check of texts notices', () => {
  test.each([
    ['{{#if pages}}\n', 'a template expression'],
    ['a {{name}}\n', 'a template expression'],
    ['name = "undefined"\n', '"undefined"'],
    ['a \nb\n', 'a trailing blank'],
    ['a\n\n\nb\n', 'two blank lines in a row'],
    ['\na\n', 'a blank line at its start or end'],
    ['a\n\n', 'a blank line at its start or end'],
    ['f() {\n\n  g();\n}\n', 'a blank line inside a brace'],
    ['f(\n  g,\n\n);\n', 'a blank line inside a brace'],
    ['a\r\nb\n', 'a carriage return'],
    ['a', 'no newline at its end'],
  ])('%j: %s', (text, scar) => {
    expect(scars('x', text)).toContain(`x has ${scar}`);
  });

  test('nothing in a clean text', () => {
    expect(scars('x', 'f() {\n  g({ a: {} });\n\n  h();\n}\n')).toEqual([]);
  });

  test.each(['wrangler.toml', 'package.json'])('that %s cannot be parsed', (path) => {
    expect(unreadable(path, '{ "a" = }')).toHaveLength(1);
  });

  test("a text that the application's own formatter would change", async () => {
    const { files } = defaultApp;
    const harmed = edited(files, 'src/index.ts', "'./app.ts'", '"./app.ts"');
    expect(await unformatted(harmed, 'src/index.ts')).toEqual(['src/index.ts is not formatted']);
    const other = withFile(files, '.prettierrc.json', '{ "singleQuote": false }');
    expect(await unformatted(other, 'src/index.ts')).toEqual(['src/index.ts is not formatted']);
  });

  test('nothing in a file that the application tells its formatter to leave', async () => {
    const harmed = withFile(defaultApp.files, 'coverage/a.json', '{  }');
    expect(await unformatted(harmed, 'coverage/a.json')).toEqual([]);
    const told = edited(harmed, '.prettierignore', 'coverage\n', '');
    expect(await unformatted(told, 'coverage/a.json')).toHaveLength(1);
  });
});
