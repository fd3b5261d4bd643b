import Handlebars from 'handlebars';

/**
 * Turns a Handlebars template into the source of a plain function that only concatenates text. Handlebars
 * parses; its runtime (4 ms to load, a fifth of what a whole run may take) is not needed at run time. The
 * tests hold every template's text against what Handlebars itself renders.
 *
 * Supported: paths, `if`, `unless`, `each`, `else`, `lookup` of a constant key, comments, and `~`.
 * Nothing is escaped, and a name that the context lacks is an error.
 *
 * @param quote JavaScript for a piece of fixed text; a literal unless said otherwise
 */
export function compileTemplate(
  source: string,
  path: string,
  quote: (text: string) => string = JSON.stringify,
): string {
  const place = { scope: 'context', depth: 0, path, quote };
  return `(context) => ${compileProgram(Handlebars.parse(source), place)}`;
}

/** What every compiled template may call; the bundle defines it once. */
export const templateRuntime = `
const text = (value, name) => {
  if (typeof value === 'string' || typeof value === 'number') return String(value);
  throw new Error('A template names "' + name + '", which is not text');
};
const holds = (value) => Array.isArray(value) ? value.length > 0 : Boolean(value);
const within = (value, key, name) => {
  if (value !== null && typeof value === 'object' && Object.hasOwn(value, key)) return value[key];
  throw new Error('A template names "' + name + '", which is not there');
};
`;

interface Place {
  readonly scope: string;
  readonly depth: number;
  readonly path: string;
  /** JavaScript for a piece of fixed text. */
  readonly quote: (text: string) => string;
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
  const parts = program.body.flatMap((statement) => {
    if (statement.type === 'CommentStatement') return [];
    if (isContent(statement)) return statement.value === '' ? [] : [place.quote(statement.value)];
    if (isMustache(statement)) return [compileMustache(statement, place)];
    if (isBlock(statement)) return [compileBlock(statement, place)];
    return refuse(statement, place, `${statement.type} is not supported in templates`);
  });
  return parts.length === 0 ? '""' : parts.join(' + ');
}

function compilePath(node: hbs.AST.Node, place: Place): string {
  if (!isPath(node)) return refuse(node, place, `${node.type} stands where a name is expected`);
  if (node.data) return refuse(node, place, `${node.original} is not supported in templates`);
  if (node.depth > place.depth) return refuse(node, place, `${node.original} leaves the template`);
  const scope = node.depth === 0 ? place.scope : scopeName(place.depth - node.depth);
  return node.parts.reduce<string>(
    (value, part) => `within(${value}, ${JSON.stringify(part)}, ${JSON.stringify(node.original)})`,
    scope,
  );
}

function compileMustache(node: hbs.AST.MustacheStatement, place: Place): string {
  const name = isPath(node.path) ? node.path.original : '';
  if (node.params.length === 0)
    return `text(${compilePath(node.path, place)}, ${JSON.stringify(name)})`;
  const [object, key] = node.params;
  if (name !== 'lookup' || object === undefined || key === undefined || !isString(key))
    return refuse(node, place, `the helper ${name} is not supported in templates`);
  const found = `within(${compilePath(object, place)}, ${JSON.stringify(key.value)}, ${JSON.stringify(key.value)})`;
  return `text(${found}, ${JSON.stringify(key.value)})`;
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
  if (helper === 'if') return `(holds(${value}) ? ${program(place)} : ${otherwise})`;
  if (helper === 'unless') return `(holds(${value}) ? ${otherwise} : ${program(place)})`;
  if (helper !== 'each') return refuse(node, place, `the helper #${helper} is not supported`);
  const item = scopeName(place.depth + 1);
  const each = program({ ...place, scope: item, depth: place.depth + 1 });
  return `(holds(${value}) ? Object.values(${value}).map((${item}) => ${each}).join("") : ${otherwise})`;
}

function compilePart(part: hbs.AST.Program | undefined, place: Place): string {
  return part === undefined ? '""' : compileProgram(part, place);
}
