import Handlebars from 'handlebars';

/**
 * Turns a Handlebars template into the source of a plain function that only lists pieces of text. Handlebars
 * parses; its runtime (4 ms to load, a fifth of what a whole run may take) is not needed at run time. The
 * tests hold every template's text against what Handlebars itself renders.
 *
 * Supported: paths, `if`, `unless`, `each`, `else`, `lookup` of a constant key, comments, and `~`.
 * Nothing is escaped, and a name that the context lacks is an error.
 *
 * @param quote JavaScript for a piece of fixed text; a literal unless said otherwise
 * @param constants what the context always has; put into the text right away
 */
export function compileTemplate(
  source: string,
  path: string,
  { quote = JSON.stringify, constants = {} }: CompilerOptions = {},
): string {
  const place = { scope: 'context', depth: 0, path, quote, constants };
  return `(context) => [${compileProgram(Handlebars.parse(source), place)}]`;
}

export interface CompilerOptions {
  readonly quote?: (text: string) => string;
  readonly constants?: Readonly<Record<string, unknown>>;
}

/** What every compiled template may call; the bundle defines it once. */
export const templateRuntime = `
const text = (value, name) => {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return String(value);
  throw new Error('A template names "' + name + '", which is not text');
};
const holds = (value, name) => {
  if (value === undefined || typeof value === 'function')
    throw new Error('A template names "' + name + '", which is not there');
  return Array.isArray(value) ? value.length > 0 : Boolean(value);
};
`;

interface Place {
  readonly scope: string;
  readonly depth: number;
  readonly path: string;
  /** JavaScript for a piece of fixed text. */
  readonly quote: (text: string) => string;
  readonly constants: Readonly<Record<string, unknown>>;
}

function refuse(node: hbs.AST.Node, place: Place, what: string): never {
  throw new Error(`${place.path}:${node.loc.start.line}: ${what}`);
}

function isPath(node: hbs.AST.Node): node is hbs.AST.PathExpression {
  return node.type === 'PathExpression';
}
function isString(node: hbs.AST.Node): node is hbs.AST.StringLiteral {
  return node.type === 'StringLiteral';
}
function isContent(node: hbs.AST.Node): node is hbs.AST.ContentStatement {
  return node.type === 'ContentStatement';
}
function isMustache(node: hbs.AST.Node): node is hbs.AST.MustacheStatement {
  return node.type === 'MustacheStatement';
}
function isBlock(node: hbs.AST.Node): node is hbs.AST.BlockStatement {
  return node.type === 'BlockStatement';
}

function compileProgram(program: hbs.AST.Program, place: Place): string {
  const parts: string[] = [];
  let fixed = '';
  const add = (part: string) => {
    if (fixed !== '') parts.push(place.quote(fixed));
    fixed = '';
    if (part !== '') parts.push(part);
  };
  for (const statement of program.body) {
    if (statement.type === 'CommentStatement') continue;
    if (isContent(statement)) fixed += statement.value;
    else if (isMustache(statement)) {
      const constant = constantOf(statement, place);
      if (constant === undefined) add(compileMustache(statement, place));
      else fixed += constant;
    } else if (isBlock(statement)) add(compileBlock(statement, place));
    else refuse(statement, place, `${statement.type} is not supported in templates`);
  }
  add('');
  return parts.join(', ');
}

/** The text that `{{a}}`, `{{a.b}}` or `{{lookup a "b"}}` always stands for, if it does. */
function constantOf(node: hbs.AST.MustacheStatement, place: Place): string | undefined {
  const [object, key] = node.params;
  const named = object === undefined ? node.path : object;
  if (!isPath(named) || named.data || named.depth !== place.depth) return undefined;
  const keys = key !== undefined && isString(key) ? [...named.parts, key.value] : named.parts;
  let value: unknown = place.constants;
  for (const part of keys) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part))
      return undefined;
    value = Object.entries(value).find(([name]) => name === part)?.[1];
  }
  return typeof value === 'string' ? value : undefined;
}

function compilePath(node: hbs.AST.Node, place: Place): string {
  if (!isPath(node)) return refuse(node, place, `${node.type} stands where a name is expected`);
  if (node.data) return refuse(node, place, `${node.original} is not supported in templates`);
  if (node.depth > place.depth) return refuse(node, place, `${node.original} leaves the template`);
  const scope = node.depth === 0 ? place.scope : scopeName(place.depth - node.depth);
  return node.parts.reduce((value, part) => `${value}?.[${JSON.stringify(part)}]`, scope);
}

function compileMustache(node: hbs.AST.MustacheStatement, place: Place): string {
  const name = isPath(node.path) ? node.path.original : '';
  if (node.params.length === 0)
    return `text(${compilePath(node.path, place)}, ${JSON.stringify(name)})`;
  const [object, key] = node.params;
  if (name !== 'lookup' || object === undefined || key === undefined || !isString(key))
    return refuse(node, place, `the helper ${name} is not supported in templates`);
  const named = JSON.stringify(key.value);
  return `text(${compilePath(object, place)}?.[${named}], ${named})`;
}

function scopeName(depth: number): string {
  return depth === 0 ? 'context' : `item${depth}`;
}

function compileBlock(node: hbs.AST.BlockStatement, place: Place): string {
  const helper = isPath(node.path) ? node.path.original : '';
  const [subject] = node.params;
  if (subject === undefined || node.params.length > 1)
    return refuse(node, place, `#${helper} takes one name`);
  const value = compilePath(subject, place);
  // A block with an inverse only (`{{^if x}}`) has no program, whatever its type says.
  const program = (inner: Place) => compilePart(node.program, inner);
  const otherwise = compilePart(node.inverse, place);
  const name = JSON.stringify(isPath(subject) ? subject.original : '');
  const condition = `holds(${value}, ${name})`;
  if (helper === 'if') return `...(${condition} ? [${program(place)}] : [${otherwise}])`;
  if (helper === 'unless') return `...(${condition} ? [${otherwise}] : [${program(place)}])`;
  if (helper !== 'each') return refuse(node, place, `the helper #${helper} is not supported`);
  const item = scopeName(place.depth + 1);
  const each = program({ ...place, scope: item, depth: place.depth + 1 });
  return `...(${condition} ? Object.values(${value}).flatMap((${item}) => [${each}]) : [${otherwise}])`;
}

function compilePart(part: hbs.AST.Program | undefined, place: Place): string {
  return part === undefined ? '' : compileProgram(part, place);
}
