import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { resolveOptions } from '../../generator/options.ts';
import { planFiles } from '../../generator/plan.ts';
import { renderFiles } from '../../generator/render.ts';
import { root } from '../../scripts/host-node.ts';
import { loadCatalog } from '../../scripts/templates.ts';
import { templatesRoot } from './templates.ts';

interface Library {
  readonly plan: (options: { name: string; title?: string }) => {
    files: readonly { path: string }[];
  };
  readonly render: (
    project: unknown,
    randomBytes?: (length: number) => Uint8Array,
  ) => readonly { path: string; content: string }[];
}

const bundle = join(root, 'dist/index.js');
const load = async (): Promise<Library> => await import(bundle);

describe('the library', () => {
  test('imports only the templates, so that it runs where there is neither Node nor a disk', () => {
    const code = readFileSync(bundle, 'utf8');
    const imports = [...code.matchAll(/\bimport\b[^;]*/g)].map(([found]) => found);
    expect(imports).toEqual([expect.stringMatching(/^import \w+ from"\.\/templates\.js"$/)]);
    expect(code).not.toMatch(/\b__require\b/);
  });

  test('renders what the command line renders', async () => {
    const { plan, render } = await load();
    const options = resolveOptions({ name: 'my-app' });
    const project = plan({ name: 'my-app' });
    const zeros = (length: number) => new Uint8Array(length);
    const fromSource = renderFiles(planFiles(await loadCatalog(templatesRoot), options), options, {
      randomBytes: zeros,
    });
    expect(render(project, zeros)).toEqual(
      fromSource.map((file) => ({ ...file, content: Buffer.from(file.content).toString('utf8') })),
    );
    expect(project.files.map((file) => file.path)).toEqual(fromSource.map((file) => file.path));
  });

  test('makes fresh secrets of its own', async () => {
    const { plan, render } = await load();
    const secrets = () =>
      render(plan({ name: 'my-app' })).find((file) => file.path === '.dev.vars')?.content;
    expect(secrets()).toMatch(/[A-Za-z0-9+/]{43}=/);
    expect(secrets()).not.toBe(secrets());
  });

  test('refuses options with a message for each', async () => {
    const { plan } = await load();
    expect(() => plan({ name: 'My App!', title: '<' })).toThrow(
      /--name cannot be "My App!".*; --title cannot be "<"/,
    );
  });
});
