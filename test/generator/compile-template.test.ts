import Handlebars from 'handlebars';
import { describe, expect, test } from 'vitest';
import { assemble } from '../../generator/pieces.ts';
import { fill } from '../../generator/program.ts';
import { compileTemplate } from '../../scripts/compile-template.ts';

async function ours(source: string, context: unknown): Promise<string> {
  const pieces = fill(compileTemplate(source, 'sample.hbs'), context, []);
  return Buffer.from(assemble(pieces)).toString('utf8');
}

const context = {
  name: 'my-app',
  title: `Bob's <b> & "Co"`,
  yes: true,
  no: false,
  empty: '',
  zero: 0,
  none: [],
  list: ['one', 'two'],
  people: [
    { name: 'Ada', admin: true },
    { name: 'Bob', admin: false },
  ],
  versions: { hono: '1.2.3', '@types/node': '24.0.0' },
};

describe('a compiled template says what Handlebars says', () => {
  test.each([
    'plain text, "quotes", `ticks`, ${dollar} and \\backslash\\ \u2028\n',
    '{{name}} {{{title}}} {{title}} {{versions.hono}} {{versions.[@types/node]}}',
    '{{lookup versions "@types/node"}}',
    '{{#if yes}}a{{/if}}{{#if no}}b{{/if}}{{#if empty}}c{{else}}d{{/if}}{{#if none}}e{{/if}}{{#if zero}}f{{/if}}',
    '{{#if no}}a{{else if yes}}b{{else}}c{{/if}}',
    '{{#unless no}}a{{else}}b{{/unless}}{{^if no}}c{{/if}}',
    'before\n{{#if yes}}\ninside\n{{/if}}\nafter\n',
    'before\n{{#if no}}\ninside\n{{else}}\n  other\n{{/if}}\nafter\n',
    'a {{~name~}} b\n{{! a comment }}\nc {{!-- another --}} d',
    '{{#each list}}- {{this}}\n{{/each}}',
    '{{#each people}}{{name}}{{#if admin}}!{{/if}} of {{../name}}\n{{else}}nobody{{/each}}',
    '{{#each none}}x{{else}}nobody{{/each}}',
    '\\{{name}} {{"name"}}'.slice(0, 9),
    '',
  ])('%j', async (source) => {
    const theirs = Handlebars.compile(source, {
      noEscape: true,
      strict: true,
      knownHelpersOnly: true,
    });
    expect(await ours(source, context)).toBe(theirs(context));
  });

  test.each([
    '{{absent}}',
    '{{versions.absent}}',
    '{{#if absent}}x{{/if}}',
    '{{lookup versions "absent"}}',
    '{{list}}',
    '{{constructor}}',
    '{{yes}}',
  ])('%s is an error, not an empty text', async (source) => {
    await expect(ours(source, context)).rejects.toThrow('A template names');
  });

  test.each([
    ['{{#with name}}x{{/with}}', '#with'],
    ['{{> partial}}', 'PartialStatement'],
    ['{{shout name}}', 'shout'],
    ['a\n{{@index}}', 'sample.hbs:2'],
    ['{{../name}}', 'leaves the template'],
  ])('%s is refused when built', (source, message) => {
    expect(() => compileTemplate(source, 'sample.hbs')).toThrow(message);
  });
});
