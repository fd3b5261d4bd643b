/** Rewrites `wrangler.toml.example`: the default application's wrangler.toml, exactly as rendered. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { resolveOptions } from '../generator/options.ts';
import { planFiles } from '../generator/plan.ts';
import { renderFiles } from '../generator/render.ts';
import { root } from './host-node.ts';
import { loadCatalog } from './templates.ts';

/** Text that `wrangler.toml.example` has to hold. */
export async function exampleText(): Promise<string> {
  const catalog = await loadCatalog(join(root, 'templates'));
  const options = resolveOptions({ name: 'my-app' });
  const randomBytes = (length: number) => new Uint8Array(length);
  const files = renderFiles(planFiles(catalog, options), options, { randomBytes });
  const file = files.find(({ path }) => path === 'wrangler.toml');
  if (file === undefined) throw new Error('The templates hold no wrangler.toml');
  return Buffer.from(file.content).toString('utf8');
}

if (import.meta.main) writeFileSync(join(root, 'wrangler.toml.example'), await exampleText());
