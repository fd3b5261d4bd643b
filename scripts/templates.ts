import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Catalog } from '../generator/catalog.ts';
import { constants } from '../generator/context.ts';
import { crc32, hex } from '../generator/crc32.ts';
import { standIns, type FileRow, type PackedRow, type PackIndex } from '../generator/pack.ts';
import type { PackFileLayout } from '../generator/pack-file.ts';
import type { Program } from '../generator/program.ts';
import { featureFolders, manifestPath } from '../generator/plan.ts';
import { alikeTogether } from './alike-together.ts';
import { compileTemplate } from './compile-template.ts';
import { withDocuments } from './documents.ts';

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
  /** Of a document that no file holds: its program, with fixed text as the caller wants it. */
  readonly program?: (fixed: FixedText) => Program;
}

/** Makes a step of a piece of text that is always the same. */
export type FixedText = (text: string) => string | number;

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
  ].sort(byPath);
}

/** The order of a catalog. Layers of one path keep their order. */
export function byPath(one: TemplateSource, other: TemplateSource): number {
  if (one.path === other.path) return 0;
  return one.path < other.path ? -1 : 1;
}

function compile({ bytes, source, program }: TemplateSource, fixed?: FixedText): Program {
  if (program !== undefined) return program(fixed ?? ((text) => text));
  const options = fixed === undefined ? { constants } : { constants, fixed };
  return compileTemplate(bytes.toString('utf8'), `templates/${source}`, options);
}

/** The catalog of templates, carrying all texts itself. */
export function catalogOf(sources: readonly TemplateSource[]): Catalog {
  return sources.map((source) => {
    const { layer, path, executable, isTemplate, bytes } = source;
    const common = { layer, path, executable };
    if (isTemplate) return { kind: 'template', ...common, program: compile(source), pieces: [] };
    const content = bytes.toString('utf8');
    return { kind: 'static', ...common, content, hash: hex(crc32(bytes)) };
  });
}

// Shorter pieces cost less in the index.
const packedFrom = 30;

/** What of templates is the same whatever the options are, each piece once, however many templates have it. */
function fixedPiecesOf(sources: readonly TemplateSource[]): ReadonlySet<string> {
  const pieces = new Set<string>();
  for (const source of sources)
    compile(source, (text) => {
      if (text.length >= packedFrom) pieces.add(text);
      return text;
    });
  return pieces;
}

const opening = 'export default String.raw`';
const closing = '`;\n';

/**
 * The catalog as a module that exports one text; static files and fixed pieces of templates (a lock file is 110 KB)
 * are slices of it, which the command line reads without parsing.
 */
export function packTemplates(sources: readonly TemplateSource[]): {
  readonly module: Buffer;
  readonly layout: PackFileLayout;
} {
  const templates = sources.filter(({ isTemplate }) => isTemplate);
  const statics = sources.filter(({ isTemplate }) => !isTemplate);
  const contents: Buffer[] = [];
  const packed: PackedRow[] = [];
  const numbers = new Map<string, number>();
  const texts = [...statics, ...fixedPiecesOf(templates)];
  for (const item of alikeTogether(texts, (text) =>
    typeof text === 'string' ? text : text.bytes.toString(),
  )) {
    const bytes = typeof item === 'string' ? Buffer.from(item) : item.bytes;
    contents.push(bytes);
    packed.push(typeof item === 'string' ? bytes.length : [bytes.length, sources.indexOf(item)]);
    if (typeof item === 'string') numbers.set(item, numbers.size);
  }
  const files = sources.map((source): FileRow => {
    const { layer, path, executable, isTemplate, bytes } = source;
    return {
      layer,
      path,
      ...(executable && { executable }),
      ...(isTemplate
        ? { program: compile(source, (text) => numbers.get(text) ?? text) }
        : { hash: hex(crc32(bytes)) }),
    };
  });
  const index: PackIndex = { files, packed };
  const content = Buffer.concat(contents);
  const pack = Buffer.concat([content, Buffer.from(JSON.stringify(index))]);
  const start = opening.length;
  const packEnds = start + pack.length;
  return {
    module: Buffer.concat([Buffer.from(opening), inLiteral(pack), Buffer.from(closing)]),
    layout: { start, end: packEnds, size: packEnds + closing.length, index: content.length },
  };
}

/** A pack as a raw template literal can hold it. */
function inLiteral(pack: Buffer): Buffer {
  const written = Buffer.from(pack);
  // A literal reads a carriage return as a line feed.
  for (const code of [13, ...standIns.map(({ standIn }) => standIn)])
    if (written.includes(code))
      throw new Error(`A template contains the control character ${code}`);
  for (const { standIn, character } of standIns)
    for (let at = written.indexOf(character); at !== -1; at = written.indexOf(character, at + 1))
      // A dollar sign alone means nothing.
      if (character !== '$' || written[at + 1] === '{'.charCodeAt(0)) written[at] = standIn;
  return written;
}

/** The catalog of a template tree on disk, without building anything; for tests and scripts. */
export async function loadCatalog(root: string): Promise<Catalog> {
  return catalogOf(withDocuments(readTemplates(root)));
}
