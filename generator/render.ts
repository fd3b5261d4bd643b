import type { CatalogEntry, Content, TemplateEntry } from './catalog.ts';
import { contextOf } from './context.ts';
import { crc32, hex } from './crc32.ts';
import { definitionOf, optionKeys, type Options } from './options.ts';
import { fill } from './program.ts';
import { assemble } from './pieces.ts';
import { isHashed, type PlannedFile } from './plan.ts';
import type { RandomBytes } from './random-bytes.ts';
import { generatorVersion } from './versions.ts';

/** What rendering needs from its host, so that it can itself stay free of Node and of chance. */
export interface RenderingHost {
  readonly randomBytes: RandomBytes;
}

/** A file ready to be written. */
export interface RenderedFile {
  readonly path: string;
  readonly content: Content;
  readonly executable: boolean;
}

type Hashes = Record<string, string>;

function renderManifest(options: Options, hashes: Hashes): string {
  const shaping: Record<string, unknown> = {};
  for (const key of optionKeys) if (definitionOf(key).shapesFiles) shaping[key] = options[key];
  const manifest = {
    generator: 'create-stackbilder-app',
    version: generatorVersion,
    options: shaping,
    hash: 'crc32',
    files: hashes,
  };
  return `${JSON.stringify(manifest, null, 2)}\n`;
}

/** The content of a file, whatever else is rendered. */
export function contentOf(file: CatalogEntry, context: ReturnType<typeof contextOf>): Content {
  return file.kind === 'static' ? file.content : filled(file, context);
}

function filled({ program, pieces }: TemplateEntry, context: unknown): Uint8Array {
  return assemble(fill(program, context, pieces));
}

/** Contents of all planned files, in their order. Static files are passed through untouched. */
export function renderFiles(
  files: readonly PlannedFile[],
  options: Options,
  host: RenderingHost,
): readonly RenderedFile[] {
  const context = contextOf(options, host.randomBytes);
  const hashes: Hashes = {};
  return files.map((file): RenderedFile => {
    const { path, executable } = file;
    if (file.kind === 'manifest')
      return { path, executable, content: renderManifest(options, hashes) };
    if (file.kind === 'static') {
      if (isHashed(path)) hashes[path] = file.hash;
      return { path, executable, content: file.content };
    }
    const content = filled(file, context);
    if (isHashed(path)) hashes[path] = hex(crc32(content));
    return { path, executable, content };
  });
}
