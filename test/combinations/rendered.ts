import { resolveOptions, type Options } from '../../generator/options.ts';
import { planFiles } from '../../generator/plan.ts';
import { renderFiles } from '../../generator/render.ts';
import { loadCatalog } from '../../scripts/templates.ts';
import { combinations, templatesRoot } from '../generator/templates.ts';

/** An application in memory: path to text. */
export type Files = ReadonlyMap<string, string>;

export interface RenderedApp {
  readonly options: Options;
  readonly files: Files;
}

export const catalog = await loadCatalog(templatesRoot);

/** Renders in memory what the options describe. */
export function renderedApp(options: Options): RenderedApp {
  const host = { randomBytes: (length: number) => new Uint8Array(length) };
  const files = renderFiles(planFiles(catalog, options), options, host);
  return {
    options,
    files: new Map(
      files.map(({ path, content }) => {
        const isText = typeof content === 'string';
        return [path, isText ? content : Buffer.from(content).toString('utf8')] as const;
      }),
    ),
  };
}

/** The application that somebody gets who decides nothing. */
export const defaultApp = renderedApp(resolveOptions({ name: 'my-app' }));

/** One application for each choice of parts: names and package managers change no document's facts. */
export function oneOfEachChoice(): readonly RenderedApp[] {
  const [some] = combinations;
  return combinations
    .filter(
      ({ name, title, domain, packageManager }) =>
        name === some?.name &&
        title === some.title &&
        domain === some.domain &&
        packageManager === some.packageManager,
    )
    .map(renderedApp);
}

/** What is wrong with an application, one line for each thing. */
export type Check = (files: Files, options: Options) => readonly string[];

/** What a check finds in all combinations of options, each finding once, with the options it was first seen in. */
export function findingsEverywhere(check: Check): readonly string[] {
  const seen = new Map<string, string>();
  for (const combination of combinations) {
    const { files, options } = renderedApp(combination);
    for (const finding of check(files, options))
      if (!seen.has(finding)) seen.set(finding, JSON.stringify(options));
  }
  return [...seen].map(([finding, options]) => `${finding}, with ${options}`);
}

/** The text of a file, which must be there. */
export function textOf(files: Files, path: string): string {
  const text = files.get(path);
  if (text === undefined) throw new Error(`${path} is not in the application`);
  return text;
}

/** The same application with a file added or replaced. */
export function withFile(files: Files, path: string, text: string): Files {
  return new Map([...files, [path, text]]);
}

/** The same application without a file. */
export function without(files: Files, path: string): Files {
  textOf(files, path);
  return new Map([...files].filter(([candidate]) => candidate !== path));
}

/** The same application with one passage of a file replaced; it must be there, so that no test harms nothing. */
export function edited(files: Files, path: string, find: string, replacement: string): Files {
  const text = textOf(files, path);
  if (!text.includes(find)) throw new Error(`${path} does not contain ${find}`);
  return withFile(
    files,
    path,
    text.replace(find, () => replacement),
  );
}
