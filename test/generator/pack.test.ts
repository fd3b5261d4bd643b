import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { catalogIn } from '../../generator/pack.ts';
import { catalogOf, packTemplates, type TemplateSource } from '../../scripts/templates.ts';

function source(path: string, text: string): TemplateSource {
  const bytes = Buffer.from(text);
  return { layer: 'base', path, source: path, bytes, isTemplate: false, executable: false };
}

async function imported(module: Buffer): Promise<unknown> {
  const loaded: { default: unknown } = await import(
    `data:text/javascript;base64,${module.toString('base64')}`
  );
  return loaded.default;
}

// What means something in a template literal, alone and together, and what is longer than a byte.
const trap = fc.constantFrom(
  '`',
  '$',
  '${',
  '}',
  '\\',
  '\\u',
  '\\x',
  '\n',
  '\0',
  'ü',
  '\u2028',
  '🦀',
  'a',
);
const text = fc.array(trap, { maxLength: 12 }).map((parts) => parts.join(''));

describe('the pack of the templates', () => {
  test('is a module and a file of slices, and both hold every text as it is', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(text, { maxLength: 6 }), async (texts) => {
        const sources = texts.map((content, index) => source(`${index}.txt`, content));
        const { module, layout } = packTemplates(sources);
        expect(module.length).toBe(layout.size);
        const exported = await imported(module);
        for (const pack of [
          Buffer.from(module.subarray(layout.start, layout.end)),
          new TextEncoder().encode(String(exported)),
        ])
          expect(
            catalogIn(pack, layout).map((entry) => ({
              ...entry,
              content: entry.kind === 'static' ? Buffer.from(entry.content).toString('utf8') : '',
            })),
          ).toEqual(catalogOf(sources));
      }),
    );
  });

  test.each(['\u0001', '\u0002', '\r\n'])(
    'refuses %j, which the literal cannot hold',
    (character) => {
      expect(() => packTemplates([source('a.txt', `a${character}b`)])).toThrow(/control character/);
    },
  );
});
