/**
 * `npm run openapi`: has an application with every part describe its API, and keeps the result as the template
 * of openapi.json. A path stands under the condition with which an application has it. Run it after a route changed.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inventoryOf } from '../generator/governance/inventory.ts';
import { resolveOptions, type GivenOptions } from '../generator/options.ts';
import { planFiles } from '../generator/plan.ts';
import { renderFiles } from '../generator/render.ts';
import { endOnSignals } from './child-process.ts';
import { root } from './host-node.ts';
import { installDependencies, renderInto, runInApp } from './rendered-app.ts';
import { loadCatalog } from './templates.ts';

const name = 'my-app';
const nothing = { name, oauth: [], billing: false, uploads: false, pages: false } as const;
const conditions: readonly (readonly [condition: string, given: Omit<GivenOptions, 'name'>])[] = [
  ['', {}],
  ['oauth', { oauth: ['google'] }],
  ['billing', { billing: true }],
  ['uploads', { uploads: true }],
  ['pages', { pages: true }],
];

const catalog = await loadCatalog(join(root, 'templates'));
const decoder = new TextDecoder();

/** The paths of an application's routes, as OpenAPI writes them. */
function pathsOf(given: Omit<GivenOptions, 'name'>): ReadonlySet<string> {
  const options = resolveOptions({ ...nothing, ...given });
  const randomBytes = (length: number) => new Uint8Array(length);
  const rendered = renderFiles(planFiles(catalog, options), options, { randomBytes });
  const files = rendered.map(({ path, content }) => {
    return [path, typeof content === 'string' ? content : decoder.decode(content)] as const;
  });
  const { routes } = inventoryOf(new Map(files));
  return new Set(
    routes.map((route) => route.slice(route.indexOf(' ') + 1).replace(/:(\w+)/g, '{$1}')),
  );
}

const pathsByCondition = conditions.map(
  ([condition, given]) => [condition, pathsOf(given)] as const,
);

const directory = mkdtempSync(join(tmpdir(), 'stackbilder-openapi-'));
process.on('exit', () => rmSync(directory, { recursive: true, force: true, maxRetries: 3 }));
endOnSignals();
await renderInto(directory, {
  name,
  oauth: ['google', 'github'],
  billing: true,
  uploads: true,
  pages: true,
});
await installDependencies(directory);
await runInApp(directory, 'npm', ['run', '--silent', 'openapi']);
const document = readFileSync(join(directory, 'openapi.json'), 'utf8');

/** The text around the paths, and each path with what is below it. */
const [before = '', rest = ''] = document.split('  "paths": {\n');
const end = rest.indexOf('\n  },\n');
const paths = rest.slice(0, end).split(/,\n(?= {4}")/);

// The first is in every application, so that each of the others can bring the comma before it.
const lines = paths.map((text, index) => {
  const [, path = ''] = /^ {4}"([^"]+)"/.exec(text) ?? [];
  const condition = pathsByCondition.find(([, its]) => its.has(path))?.[0];
  if (condition === undefined || (index === 0 && condition !== ''))
    throw new Error(`No single option decides whether there is ${path}`);
  const added = index === 0 ? text : `,\n${text}`;
  return condition === '' ? added : `{{#if ${condition}}}${added}{{/if}}`;
});
const template = `${before}  "paths": {\n${lines.join('')}${rest.slice(end)}`;
writeFileSync(join(root, 'templates', 'base', 'openapi.json.hbs'), template);
