import { posix } from 'node:path';
import { commandsOf } from '../../generator/context.ts';
import type { Options } from '../../generator/options.ts';
import { packageOf } from './package-file.ts';
import { textOf, type Files } from './rendered.ts';

const documentsOf = (files: Files) => [...files].filter(([path]) => path.endsWith('.md'));

/** Text between backticks, for each line outside of fences. */
function quotedIn(text: string): string[][] {
  const prose = text.replace(/^```[^]*?^```$/gm, '');
  return prose
    .split('\n')
    .map((line) => [...line.matchAll(/`([^`]+)`/g)].map(([, quoted = '']) => quoted));
}

/** `src/auth/` or `wrangler.toml`, and not `/api/me`, `https://…`, `withTenant()` or `Worker.fetch`. */
function isPath(quoted: string): boolean {
  return (
    /^[\w.-][\w./@-]*$/.test(quoted) &&
    (quoted.includes('/') || /^\.\w|\.(?:tsx?|md|json|jsonc|toml|sql|ya?ml|vars)$/.test(quoted))
  );
}

/** Paths that a document names in backticks and that are not there; what git ignores comes later. */
export function lostPaths(files: Files): string[] {
  const folders = [...files.keys()].flatMap((path) =>
    path.split('/').map((_part, index, parts) => parts.slice(0, index).join('/')),
  );
  const existing = new Set([...files.keys(), ...folders]);
  const ignored = new Set(
    textOf(files, '.gitignore')
      .split('\n')
      .map((line) => line.replace(/\/$/, '')),
  );
  return documentsOf(files).flatMap(([document, text]) =>
    quotedIn(text).flatMap((quoted) => {
      const paths = quoted.filter(isPath).map((path) => path.replace(/\/$/, ''));
      // "`migrations/`, and in `rollback/` the way back": a folder may stand before what is in it.
      return paths
        .filter(
          (path, index) =>
            !existing.has(path) &&
            !ignored.has(path.split('/')[0] ?? '') &&
            !paths.slice(0, index).some((folder) => existing.has(posix.join(folder, path))),
        )
        .map((path) => `${document} names ${path}, which is not there`);
    }),
  );
}

/** Scripts that a document or a message names and package.json lacks, and commands of another package manager. */
export function lostScripts(files: Files, { packageManager }: Options): string[] {
  const scripts = new Set(Object.keys(packageOf(files).scripts));
  const { runCommand, installCommand, execCommand, generatorCommand } = commandsOf(packageManager);
  const own = new RegExp(`(?<![\\w-])${runCommand} ([\\w:-]+)`, 'g');
  const inDocuments = documentsOf(files).flatMap(([document, text]) => [
    ...[...text.matchAll(own)].flatMap(([command, name = '']) => {
      // Yarn runs programs in the same words as scripts.
      if (command === installCommand || command === `${execCommand} wrangler`) return [];
      if (command === execCommand || generatorCommand.startsWith(command)) return [];
      return scripts.has(name) ? [] : [`${document} names the script ${name}, which is not there`];
    }),
    // `pnpm deploy` is a command of pnpm, and so are others: only `pnpm run` is sure to run the script.
    ...(packageManager === 'pnpm' ? [...text.matchAll(/(?<![\w-])pnpm ([\w:-]+)/g)] : [])
      .filter(([, name = '']) => scripts.has(name))
      .map(([command]) => `${document} says "${command}", which need not run the script`),
    ...commandsInTables(text)
      .filter((name) => !scripts.has(name))
      .map((name) => `${document} lists the command ${name}, which is not there`),
    ...(packageManager === 'npm'
      ? []
      : (text.match(/\b(?:npm (?:run|install|ci)|npx)\b/g) ?? [])
    ).map((command) => `${document} says "${command}" to somebody who uses ${packageManager}`),
  ]);
  // Messages are the same for every package manager; they say it in npm's words.
  const inMessages = [...files]
    .filter(([path]) => /\.(?:tsx?|toml)$/.test(path))
    .flatMap(([path, text]) =>
      [...text.matchAll(/\bnpm run (?:--silent )?([\w:-]+)/g)]
        .filter(([, name = '']) => !scripts.has(name))
        .map(([, name = '']) => `${path} names the script ${name}, which is not there`),
    );
  return [...inDocuments, ...inMessages];
}

/** First words in backticks in the first column of a table whose first column is headed "command". */
function commandsInTables(text: string): string[] {
  const tables = text.match(/^\| command .*\n(?:\|.*\n)*/gm) ?? [];
  return tables.flatMap((table) =>
    table
      .split('\n')
      .slice(2)
      .flatMap((row) => {
        const [, first = ''] = row.split(/(?<!\\)\|/);
        return [...first.matchAll(/`([\w:-]+)[^`]*`/g)].map(([, name = '']) => name);
      }),
  );
}
