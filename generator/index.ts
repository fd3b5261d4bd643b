import { catalog } from 'built:catalog';
import type { RandomBytes } from './random-bytes.ts';
import { resolveOptions, type GivenOptions, type Options } from './options.ts';
import { planFiles, type PlannedFile } from './plan.ts';
import { renderFiles } from './render.ts';

export { OptionsError, type GivenOptions, type OptionProblem, type Options } from './options.ts';
export type { PlannedFile } from './plan.ts';
export { optionsSchema } from './schema.ts';
export { generatorVersion } from './versions.ts';

/** An application that has been decided on but not yet rendered. */
export interface Project {
  readonly options: Options;
  /** In the order in which they are rendered: by path, the manifest last. */
  readonly files: readonly PlannedFile[];
}

/** A rendered file. */
export interface TextFile {
  /** Relative, with forward slashes. */
  readonly path: string;
  readonly content: string;
  /** Whether the file is a script to be run directly. */
  readonly executable: boolean;
}

/**
 * Decides which files an application consists of. Needs no disk.
 *
 * @throws {@link OptionsError} naming every option that is missing or invalid
 */
export function plan(options: GivenOptions & { readonly name: string }): Project {
  const resolved = resolveOptions(options);
  return { options: resolved, files: planFiles(catalog, resolved) };
}

const platformRandomBytes: RandomBytes = (length) =>
  globalThis.crypto.getRandomValues(new Uint8Array(length));

/**
 * Renders all files of a project. The same project always yields the same text, `.dev.vars` aside: it holds
 * development secrets, made with `randomBytes`.
 */
export function render(
  project: Project,
  randomBytes: RandomBytes = platformRandomBytes,
): readonly TextFile[] {
  return renderFiles(project.files, project.options, { randomBytes }).map(
    ({ path, content, executable }) => ({
      path,
      content: typeof content === 'string' ? content : new TextDecoder().decode(content),
      executable,
    }),
  );
}
