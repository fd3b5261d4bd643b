import Handlebars from 'handlebars';
import type { Path, Program, Step } from '../generator/program.ts';

/**
 * Turns a Handlebars template into a program of ours. Handlebars parses; its runtime (4 ms to load, as much as
 * all the rest takes) is not needed at run time. The tests hold every template's text against what Handlebars
 * itself renders.
 *
 * Supported: paths, `if`, `unless`, `each`, `else`, `lookup` of a constant key, comments, and `~`.
 * Nothing is escaped, and a name that the context lacks is an error.
 */
export function compileTemplate(
  source: string,
  path: string,
  { fixed = (text) => text, constants = {} }: CompilerOptions = {},
): Program {
  return compileProgram(Handlebars.parse(source), { depth: 0, path, fixed, constants });
}

export interface CompilerOptions {
  /** The step for a piece of fixed text; the text itself unless said otherwise. */
  readonly fixed?: (text: string) => string | number;
  /** What the context always has; put into the text right away. */
  readonly constants?: Readonly<Record<string, unknown>>;
}

interface Place extends Required<CompilerOptions> {
  readonly depth: number;
  readonly path: string;
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

function compileProgram(program: hbs.AST.Program | undefined, place: Place): Program {
  const steps: Step[] = [];
  let text = '';
  const add = (...more: readonly Step[]) => {
    if (text !== '') steps.push(place.fixed(text));
    text = '';
    steps.push(...more);
  };
  // A block with an inverse only (`{{^if x}}`) has no program, whatever its type says.
  for (const statement of program?.body ?? []) {
    if (statement.type === 'CommentStatement') continue;
    if (isContent(statement)) text += statement.value;
    else if (isMustache(statement)) {
      const value = compileMustache(statement, place);
      const constant = constantAt(value, place);
      if (constant === undefined) add({ value });
      else text += constant;
    } else if (isBlock(statement)) add(compileBlock(statement, place));
    else refuse(statement, place, `${statement.type} is not supported in templates`);
  }
  add();
  return steps;
}

/** The text that a path always leads to, if it does. */
function constantAt([up, ...names]: Path, { depth, constants }: Place): string | undefined {
  if (up !== depth) return undefined;
  let value: unknown = constants;
  for (const name of names) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = new Map<string, unknown>(Object.entries(value)).get(name);
  }
  return typeof value === 'string' ? value : undefined;
}

function compilePath(node: hbs.AST.Node, place: Place): Path {
  if (!isPath(node)) return refuse(node, place, `${node.type} stands where a name is expected`);
  if (node.data) return refuse(node, place, `${node.original} is not supported in templates`);
  if (node.depth > place.depth) return refuse(node, place, `${node.original} leaves the template`);
  return [node.depth, ...node.parts];
}

function compileMustache(node: hbs.AST.MustacheStatement, place: Place): Path {
  if (node.params.length === 0) return compilePath(node.path, place);
  const name = isPath(node.path) ? node.path.original : '';
  const [object, key] = node.params;
  if (name !== 'lookup' || object === undefined || key === undefined || !isString(key))
    return refuse(node, place, `the helper ${name} is not supported in templates`);
  return [...compilePath(object, place), key.value];
}

function compileBlock(node: hbs.AST.BlockStatement, place: Place): Step {
  const helper = isPath(node.path) ? node.path.original : '';
  const [subject] = node.params;
  if (subject === undefined || node.params.length > 1)
    return refuse(node, place, `#${helper} takes one name`);
  const test = compilePath(subject, place);
  const fails = compileProgram(node.inverse, place);
  if (helper === 'each') {
    const holds = compileProgram(node.program, { ...place, depth: place.depth + 1 });
    return { test, each: true, holds, fails };
  }
  const holds = compileProgram(node.program, place);
  if (helper === 'if') return { test, holds, fails };
  if (helper === 'unless') return { test, holds: fails, fails: holds };
  return refuse(node, place, `the helper #${helper} is not supported`);
}
