import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Catalog, CatalogEntry } from '../generator/catalog.ts';
import { constants } from '../generator/context.ts';
import { crc32, hex, shiftOf } from '../generator/crc32.ts';
import type { FileRow, PackIndex, PackLayout } from '../generator/pack.ts';
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
    });
}

/**
 * Reads `templates/`: `base/` and one folder a feature; in the order of a catalog.
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
  ].sort((one, other) => (one.path === other.path ? 0 : one.path < other.path ? -1 : 1));
}

function render({ bytes, source }: TemplateSource, quote = JSON.stringify): string {
  return compileTemplate(bytes.toString('utf8'), `templates/${source}`, { quote, constants });
}

/** JavaScript of a catalog that carries all texts itself. */
export function embeddedCatalog(sources: readonly TemplateSource[]): string {
  const entries = sources.map((source) => {
    const { layer, path, executable, isTemplate, bytes } = source;
    const common = `layer: ${JSON.stringify(layer)}, path: ${JSON.stringify(path)}, executable: ${executable}`;
    const content = JSON.stringify(bytes.toString('utf8'));
    return isTemplate
      ? `{ kind: 'template', ${common}, render: ${render(source)} }`
      : `{ kind: 'static', ${common}, content: ${content}, hash: '${hex(crc32(bytes))}' }`;
  });
  return `${templateRuntime}\nexport const catalog = [\n${entries.join(',\n')}\n];\n`;
}

// Shorter pieces cost less as a literal.
const packedFrom = 24;

function fileRow({ layer, path, executable, isTemplate, bytes }: TemplateSource): FileRow {
  const row = { layer, path, executable };
  return isTemplate ? row : { ...row, length: bytes.length, hash: hex(crc32(bytes)) };
}

/**
 * JavaScript of a catalog whose static files and fixed pieces of templates (a lock file is 110 KB) are slices
 * of one pack, read whole from beside the bundle and never parsed.
 */
export function packedCatalog(
  sources: readonly TemplateSource[],
  packName: string,
): { readonly code: string; readonly pack: Buffer } {
  const contents = Buffer.concat(
    sources.filter(({ isTemplate }) => !isTemplate).map(({ bytes }) => bytes),
  );
  const pieces: Buffer[] = [];
  const quote = (text: string) => {
    if (text.length < packedFrom) return JSON.stringify(text);
    return `pieces[${pieces.push(Buffer.from(text)) - 1}]`;
  };
  const renders = sources
    .filter(({ isTemplate }) => isTemplate)
    .map((source) => render(source, quote));
  const index: PackIndex = {
    files: sources.map(fileRow),
    pieces: pieces.map((piece) => ({
      length: piece.length,
      crc32: crc32(piece),
      shift: shiftOf(piece.length),
    })),
  };
  const texts = Buffer.concat([contents, ...pieces]);
  const pack = Buffer.concat([texts, Buffer.from(JSON.stringify(index))]);
  const layout: PackLayout = { pieces: contents.length, index: texts.length, size: pack.length };
  const code = `import { readPack, unpack } from './generator/pack.ts';
${templateRuntime}
const layout = ${JSON.stringify(layout)};
export const catalog = unpack(readPack(__dirname + '/${packName}', layout), layout, (pieces) => [
${renders.join(',\n')}
]);
`;
  return { code, pack };
}

/** The catalog of a template tree on disk, without building anything; for tests and scripts. */
export async function loadCatalog(root: string): Promise<Catalog> {
  const code = embeddedCatalog(readTemplates(root));
  const loaded: { catalog: CatalogEntry[] } = await import(
    `data:text/javascript;base64,${Buffer.from(code).toString('base64')}`
  );
  return loaded.catalog;
}
