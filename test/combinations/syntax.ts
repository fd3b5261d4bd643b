import { parseAst } from 'vitest/node';
import * as z from 'zod';

/** One import or re-export of a module. */
export interface Import {
  readonly specifier: string;
  /** Whether it is gone at run time. */
  readonly typesOnly: boolean;
}

/** What the checks want to know of a TypeScript file. Comments do not count. */
export interface Syntax {
  readonly imports: readonly Import[];
  /** Values of all string literals other than import specifiers. */
  readonly strings: ReadonlySet<string>;
  /** Names read as a property: `env.DB`, `env['DB']`, or `const { DB } = env`. */
  readonly properties: ReadonlySet<string>;
  /** Names of the members of each interface. */
  readonly interfaces: ReadonlyMap<string, readonly string[]>;
}

type Node = Readonly<Record<string, unknown>>;
const node = z.object({ type: z.string() }).loose();
const literal = z.object({ type: z.literal('Literal'), value: z.string() });
const identifier = z.object({ type: z.literal('Identifier'), name: z.string() });

const named = (value: unknown) => identifier.safeParse(value).data?.name;
const stringIn = (value: unknown) => literal.safeParse(value).data?.value;

function keyOf(parent: Node, key: string): string | undefined {
  return parent['computed'] === true
    ? stringIn(parent[key])
    : (named(parent[key]) ?? stringIn(parent[key]));
}

const isTypeOnly = ({ type, importKind, exportKind }: Node) =>
  type === 'TSImportType' || importKind === 'type' || exportKind === 'type';

/** `import { type A } from 'x'` still runs x under verbatimModuleSyntax, so only `import type` counts as types. */
const importing = new Set([
  'ImportDeclaration',
  'ExportNamedDeclaration',
  'ExportAllDeclaration',
  'ImportExpression',
  'TSImportType',
]);

function read(text: string): Syntax {
  const imports: Import[] = [];
  const strings = new Set<string>();
  const properties = new Set<string>();
  const interfaces = new Map<string, string[]>();

  function visitOne(current: Node, type: string): void {
    if (importing.has(type)) {
      const specifier = stringIn(current['source']);
      if (specifier !== undefined) imports.push({ specifier, typesOnly: isTypeOnly(current) });
    }
    if (type === 'Literal' && typeof current['value'] === 'string') strings.add(current['value']);
    if (type === 'MemberExpression') {
      const name = keyOf(current, 'property');
      if (name !== undefined) properties.add(name);
    }
    if (type === 'ObjectPattern' && Array.isArray(current['properties']))
      for (const property of current['properties']) {
        const name = keyOf(node.parse(property), 'key');
        if (name !== undefined) properties.add(name);
      }
    if (type === 'TSInterfaceDeclaration') {
      const { body } = z.object({ body: z.array(node) }).parse(current['body']);
      const members = body.flatMap((member) => keyOf(member, 'key') ?? []);
      interfaces.set(named(current['id']) ?? '', members);
    }
  }

  function visit(value: unknown): void {
    if (Array.isArray(value)) {
      for (const item of value) visit(item);
      return;
    }
    if (typeof value !== 'object' || value === null) return;
    const current: Node = { ...value };
    const { type } = current;
    if (typeof type === 'string') visitOne(current, type);
    for (const [key, child] of Object.entries(current))
      if (!(key === 'source' && typeof type === 'string' && importing.has(type))) visit(child);
  }

  visit(parsed(text).body);
  return { imports, strings, properties, interfaces };
}

// Most files are the same in most combinations of options.
const known = new Map<string, Syntax>();

/** The parts of a TypeScript text that make its connections. @throws when it cannot be parsed */
export function syntaxOf(text: string): Syntax {
  const found = known.get(text) ?? read(text);
  known.set(text, found);
  return found;
}

/** Either kind of TypeScript: what is no program of the one may be one of the other. */
function parsed(text: string) {
  try {
    return parseAst(text, { lang: 'ts' });
  } catch {
    return parseAst(text, { lang: 'tsx' });
  }
}
