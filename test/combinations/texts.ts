import * as prettier from 'prettier';
import { parse as parseToml } from 'smol-toml';
import { textOf, type Files } from './rendered.ts';

/** Traces that rendering leaves in a text when a template is careless. */
export function scars(path: string, text: string): string[] {
  const kinds: readonly (readonly [string, boolean])[] = [
    // `${{ … }}` belongs to workflow files, a single brace to code.
    ['a template expression', /\{\{[#/^!>~]?[a-z]/i.test(text.replaceAll('${{', ''))],
    ['"undefined"', /\bundefined\b|\[object Object\]/.test(text) && !isProgram(path)],
    ['a trailing blank', /[ \t]+$/m.test(text)],
    ['two blank lines in a row', /\n\n\n/.test(text)],
    ['a blank line at its start or end', /^\n|\n\n$/.test(text)],
    ['a blank line inside a brace', /[{[(]\n\n|\n\n\s*[}\])]+[;,]?\n/.test(text)],
    ['a carriage return', text.includes('\r')],
    ['no newline at its end', text !== '' && !text.endsWith('\n')],
  ];
  return kinds.filter(([, found]) => found).map(([kind]) => `${path} has ${kind}`);
}

const isProgram = (path: string) => /\.(?:tsx?|sql|md)$/.test(path);

// TypeScript and oxlint read JSON with comments.
const isPlainJson = (path: string) =>
  path.endsWith('.json') && !/(?:tsconfig|oxlintrc)\.json$/.test(path);

/** What keeps a machine from reading a text, by the kind of its file. */
export function unreadable(path: string, text: string): string[] {
  try {
    if (isPlainJson(path)) JSON.parse(text);
    if (path.endsWith('.toml')) parseToml(text);
    return [];
  } catch (error) {
    return [`${path} cannot be parsed: ${String(error)}`];
  }
}

/** Whether the application's own formatter would change a text, by the application's own settings. */
export async function unformatted(files: Files, path: string): Promise<string[]> {
  const ignored = textOf(files, '.prettierignore').split('\n');
  if (ignored.some((entry) => path === entry || path.startsWith(`${entry}/`))) return [];
  const { inferredParser } = await prettier.getFileInfo(path);
  if (inferredParser === null) return [];
  const settings: unknown = JSON.parse(textOf(files, '.prettierrc.json'));
  const formatted = await prettier.format(textOf(files, path), {
    ...(typeof settings === 'object' ? settings : {}),
    filepath: path,
  });
  return formatted === textOf(files, path) ? [] : [`${path} is not formatted`];
}
