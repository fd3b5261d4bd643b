import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseAst } from 'vitest/node';
import * as z from 'zod';

const root = join(import.meta.dirname, '../..');
const files = ['src', 'dev'].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.tsx?$/.test(file) && !file.endsWith('.d.ts'))
    .map((file) => `${folder}/${file.replaceAll('\\', '/')}`),
);

const Node = z.looseObject({ type: z.string(), start: z.number(), end: z.number() });
type Node = z.infer<typeof Node>;

const Named = z.looseObject({ type: z.literal('Identifier'), name: z.string() });
const Call = z.looseObject({ callee: Node, arguments: z.array(Node) });
const Member = z.looseObject({ object: Node, property: z.looseObject({}) });
const Text = z.union([
  z.looseObject({ type: z.literal('Literal'), value: z.string() }),
  z.looseObject({
    type: z.literal('TemplateLiteral'),
    expressions: z.array(z.unknown()).length(0),
  }),
]);

/** Every node of a syntax tree. */
function* nodesOf(value: unknown): Generator<Node> {
  if (typeof value !== 'object' || value === null) return;
  const node = Node.safeParse(value);
  if (node.success) yield node.data;
  for (const child of Object.values(value)) yield* nodesOf(child);
}

/** The last name of what is called: `prepare` of `this.#session.prepare` and of `x['prepare']`. */
function nameOf(callee: Node): string | undefined {
  const member = Member.safeParse(callee);
  const named = member.success ? member.data.property : callee;
  return (
    Named.safeParse(named).data?.name ??
    z.looseObject({ value: z.string() }).safeParse(named).data?.value
  );
}

/** Whether the object of a call is a pattern: `exec` of a regular expression runs no SQL. */
const isPattern = (callee: Node) => {
  const object = Member.safeParse(callee).data?.object;
  return object !== undefined && 'regex' in object;
};

/** Whether a node is the name `sql`, be it of a variable, a property or a key in brackets. */
const isSql = (node: Node) =>
  Named.safeParse(node).data?.name === 'sql' ||
  z.looseObject({ type: z.literal('Literal'), value: z.literal('sql') }).safeParse(node).success;

const treeOf = (file: string) =>
  parseAst(readFileSync(join(root, file), 'utf8'), { lang: file.endsWith('x') ? 'tsx' : 'ts' });

interface Found {
  readonly file: string;
  readonly name: string;
  readonly parameters: readonly Node[];
  readonly texts: readonly string[];
}

const calls = files.flatMap((file) => {
  const text = readFileSync(join(root, file), 'utf8');
  const found: Found[] = [];
  for (const node of nodesOf(treeOf(file))) {
    const call = node.type === 'CallExpression' ? Call.safeParse(node).data : undefined;
    const name = call && nameOf(call.callee);
    if (call === undefined || name === undefined || isPattern(call.callee)) continue;
    const parameters = call.arguments;
    found.push({
      file,
      name,
      parameters,
      texts: parameters.map(({ start, end }) => text.slice(start, end)),
    });
  }
  return found;
});

const isText = (node: Node | undefined) => Text.safeParse(node).success;

describe('DB-2 SQL is a text that stands in the source', () => {
  it('what is prepared or executed is a literal, or the text of a registered statement', () => {
    const running = calls.filter(({ name }) => ['prepare', 'exec', 'dump'].includes(name));
    const loose = running.filter(({ parameters }) => !isText(parameters[0]));
    expect(loose.map(({ file, texts }) => [file, ...texts])).toEqual([
      ['src/db/database.ts', 'this.#statement.sql'],
    ]);
  });

  it('the text of a statement goes there as it stands: nothing else reads it or makes one', () => {
    const isDeclaring = (file: string) => /^src\/db\/statement(?:\.ts|s\/)/.test(file);
    const naming = files
      .filter(
        (file) => !isDeclaring(file) && /\bsql\b/.test(readFileSync(join(root, file), 'utf8')),
      )
      .flatMap((file) => [...nodesOf(treeOf(file))].filter(isSql).map(() => file));
    expect(naming).toEqual(['src/db/database.ts']);
  });

  it('every statement is declared with literals alone: a name, and the text', () => {
    const declared = calls.filter(
      ({ file, name }) =>
        file.startsWith('src/db/statements/') && /^(tenantStatement|across\w*)$/.test(name),
    );
    expect(declared.length).toBeGreaterThan(60);
    const loose = declared.filter(({ parameters }) => !parameters.every(isText));
    expect(loose.map(({ file, texts }) => [file, texts[0]])).toEqual([]);
  });

  it('nothing reaches them by another name', () => {
    const opening = /^const across\w* = crossTenantStatements\('[a-z -]+'\);$/gm;
    const hiding =
      /crossTenantStatements|[=(,]\s*(?:[\w.#]+\.(?:prepare|exec)\b(?!\()|tenantStatement\b(?![<(]))/;
    const hidingAcross = /[=(,]\s*across\w*\b(?![<( ])/;
    const hidden = files.filter((file) => {
      const text = readFileSync(join(root, file), 'utf8')
        .replace(/^import.*$|^\s*\w+,$|^export function crossTenantStatements</gm, '')
        .replace(opening, '');
      const declares = file.startsWith('src/db/statements/');
      return hiding.test(text) || (declares && hidingAcross.test(text));
    });
    expect(hidden).toEqual([]);
  });
});
