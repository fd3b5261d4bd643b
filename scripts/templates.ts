import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Catalog, CatalogEntry } from '../generator/catalog.ts';
import { featureFolders, manifestPath } from '../generator/plan.ts';
import { compileTemplate, templateRuntime } from './compile-template.ts';

/** A file under `templates/`, as it lies on disk. */
export interface TemplateSource {
  readonly layer: string;
  /** Path in the rendered application. */
  readonly path: string;
  /** Path below `templates/`, for messages. */
  readonly source: string;
  readonly bytes: Buffer;
  readonly isTemplate: boolean;
  readonly executable: boolean;
}

const suffix = '.hbs';

function namesIn(directory: string): string[] {
  return readdirSync(directory, { withFileTypes: true }).map((entry) => entry.name);
}

function readLayer(root: string, folder: string, layer: string): TemplateSource[] {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => {
      const source = join(entry.parentPath, entry.name)
        .slice(root.length + 1)
        .replaceAll('\\', '/');
      const isTemplate = source.endsWith(suffix);
      const below = source.slice(folder.length + 1);
      const path = isTemplate ? below.slice(0, -suffix.length) : below;
      const bytes = readFileSync(join(root, source));
      try {
        decoder.decode(bytes);
      } catch {
        throw new Error(`templates/${source} is not UTF-8 text`);
      }
      if (path === manifestPath)
        throw new Error(`templates/${source}: the generator writes ${path}`);
      // By content, not by mode: a mode is lost on Windows and in some archives.
      return {
        layer,
        path,
        source,
        bytes,
        isTemplate,
        executable: bytes.toString('latin1', 0, 2) === '#!',
      };
    })
    .sort((one, other) => (one.source < other.source ? -1 : 1));
}

/**
 * Reads `templates/`: `base/` and one folder a feature.
 *
 * @throws when a folder belongs to no feature, or a file is not text
 */
export function readTemplates(root: string): readonly TemplateSource[] {
  const present = namesIn(root).includes('features') ? namesIn(join(root, 'features')) : [];
  const unknown = present.find((folder) => !featureFolders.includes(folder));
  if (unknown !== undefined)
    throw new Error(`templates/features/${unknown} belongs to no feature in generator/plan.ts`);
  return [
    ...readLayer(root, 'base', 'base'),
    ...present.flatMap((folder) => readLayer(root, `features/${folder}`, folder)),
  ];
}

/** Hex SHA-256. */
export function sha256(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

interface Storage {
  /** JavaScript for the content of a static file. */
  readonly file: (bytes: Buffer) => string;
  /** JavaScript for a piece of fixed text in a template. */
  readonly text: (text: string) => string;
}

function catalogSource(sources: readonly TemplateSource[], storage: Storage): string {
  const entries = sources.map(({ layer, path, source, executable, isTemplate, bytes }) => {
    const common = `layer: ${JSON.stringify(layer)}, path: ${JSON.stringify(path)}, executable: ${executable}`;
    if (!isTemplate)
      return `{ kind: 'static', ${common}, content: ${storage.file(bytes)}, sha256: '${sha256(bytes)}' }`;
    const render = compileTemplate(bytes.toString('utf8'), `templates/${source}`, storage.text);
    return `{ kind: 'template', ${common}, render: ${render} }`;
  });
  return `${templateRuntime}\nexport const catalog = [\n${entries.join(',\n')}\n];\n`;
}

/** JavaScript of a catalog that carries all texts itself. */
export function embeddedCatalog(sources: readonly TemplateSource[]): string {
  const file = (bytes: Buffer) => JSON.stringify(bytes.toString('utf8'));
  return catalogSource(sources, { file, text: JSON.stringify });
}

// Shorter pieces cost less as a literal than as a slice.
const packedFrom = 200;

/**
 * JavaScript of a catalog whose static files and long pieces of templates (a lock file is 110 KB) are slices
 * of one pack, read whole from beside the bundle and never parsed.
 */
export function packedCatalog(
  sources: readonly TemplateSource[],
  packName: string,
): { readonly code: string; readonly pack: Buffer } {
  const chunks: Buffer[] = [];
  let offset = 0;
  const keep = (bytes: Buffer) => {
    const start = offset;
    chunks.push(bytes);
    offset += bytes.length;
    return `${start}, ${offset}`;
  };
  const code = catalogSource(sources, {
    file: (bytes) => `pack.subarray(${keep(bytes)})`,
    text: (text) =>
      text.length < packedFrom
        ? JSON.stringify(text)
        : `pack.toString('utf8', ${keep(Buffer.from(text))})`,
  });
  const read = `import { readFileSync } from 'node:fs';\nconst pack = readFileSync(__dirname + '/${packName}');\n`;
  return { code: read + code, pack: Buffer.concat(chunks) };
}

/** The catalog of a template tree on disk, without building anything; for tests and scripts. */
export async function loadCatalog(root: string): Promise<Catalog> {
  const code = embeddedCatalog(readTemplates(root));
  const loaded: { catalog: CatalogEntry[] } = await import(
    `data:text/javascript;base64,${Buffer.from(code).toString('base64')}`
  );
  return loaded.catalog;
}
