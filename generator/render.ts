import type { Content } from './catalog.ts';
import { contextOf, type RandomBytes } from './context.ts';
import { definitionOf, optionKeys, type Options } from './options.ts';
import { secretsPath, type PlannedFile } from './plan.ts';
import { generatorVersion } from './versions.ts';

/** What rendering needs from its host, so that it can itself stay free of Node and of chance. */
export interface RenderingHost {
  readonly randomBytes: RandomBytes;
  /** Hex SHA-256 of a text's UTF-8 bytes. */
  readonly sha256: (text: string) => string;
}

/** A file ready to be written. */
export interface RenderedFile {
  readonly path: string;
  readonly content: Content;
  readonly executable: boolean;
}

function renderManifest(options: Options, hashes: readonly (readonly [string, string])[]): string {
  const shaping = optionKeys.filter((key) => definitionOf(key).shapesFiles);
  const manifest = {
    generator: 'create-stackbilder-app',
    version: generatorVersion,
    options: Object.fromEntries(shaping.map((key) => [key, options[key]])),
    files: Object.fromEntries(hashes),
  };
  return `${JSON.stringify(manifest, null, 2)}\n`;
}

/** Contents of all planned files, in their order. Static files are passed through untouched. */
export function renderFiles(
  files: readonly PlannedFile[],
  options: Options,
  host: RenderingHost,
): readonly RenderedFile[] {
  const context = contextOf(options, host.randomBytes);
  const hashes: (readonly [string, string])[] = [];
  return files.map((file): RenderedFile => {
    const { path, executable } = file;
    if (file.kind === 'manifest')
      return { path, executable, content: renderManifest(options, hashes) };
    if (file.kind === 'static') {
      hashes.push([path, file.sha256]);
      return { path, executable, content: file.content };
    }
    const content = file.render(context);
    if (path !== secretsPath) hashes.push([path, host.sha256(content)]);
    return { path, executable, content };
  });
}
