import { spawnSync } from 'node:child_process';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { parse } from 'smol-toml';
import { findingsIn, secretFile, secretName, type Finding } from './rules.ts';

/** @throws {Error} with what git says when it fails */
function git(directory: string, ...words: readonly string[]): string {
  const all = ['-c', 'core.quotePath=false', '-C', directory, ...words];
  const { status, stdout, stderr } = spawnSync('git', all, {
    encoding: 'utf8',
    maxBuffer: 1 << 30,
  });
  if (status !== 0) throw new Error(`"git ${words.join(' ')}" failed: ${stderr.trim()}`);
  return stdout;
}

const lines = (text: string) => text.split('\n').filter((line) => line !== '');

/** The values of the secrets on this machine, which must stand nowhere else. */
export function knownSecrets(directory: string): string[] {
  return globSync('.dev.vars*', { cwd: directory })
    .flatMap((file) => Object.values(parseEnv(readFileSync(join(directory, file), 'utf8'))))
    .filter((value): value is string => value !== undefined && value.length >= 20);
}

/** Every file that git has or would take. */
export function scanTree(directory: string, known: readonly string[]): Finding[] {
  const files = lines(git(directory, 'ls-files', '--cached', '--others', '--exclude-standard'));
  return [
    ...namedLikeSecrets(files, ''),
    ...files.flatMap((file) => {
      const path = join(directory, file);
      return existsSync(path) ? findingsIn(readFileSync(path, 'utf8'), file, known) : [];
    }),
  ];
}

/** Whatever this machine or the repository configures: the lines as they are, and each file under its new name. */
const plain = ['--no-color', '--no-ext-diff', '--no-textconv', '--no-renames'];

/** What is about to be committed. */
export function scanStaged(directory: string, known: readonly string[]): Finding[] {
  const files = lines(
    git(directory, 'diff', '--cached', ...plain, '--name-only', '--diff-filter=ACM'),
  );
  const added = lines(git(directory, 'diff', '--cached', ...plain, '--unified=0', '--text'))
    .filter((line) => line.startsWith('+'))
    .join('\n');
  return [...namedLikeSecrets(files, ''), ...findingsIn(added, 'what is staged', known)];
}

/**
 * Every line that any commit of any branch ever added, and every file that ever had the name of one
 * with secrets: deleting it later takes nothing back.
 * @throws {Error} where only a part of the history is here
 */
export function scanHistory(directory: string, known: readonly string[]): Finding[] {
  if (git(directory, 'rev-parse', '--is-shallow-repository').trim() === 'true')
    throw new Error(
      'Only a part of the history is here: fetch all of it ("git fetch --unshallow").',
    );
  const format = '--format=commit %h';
  const every = ['log', '--all', '--full-history', '-m', ...plain, format];
  const findings: Finding[] = [];
  let commit = '';
  let added: string[] = [];
  const take = () => {
    findings.push(...findingsIn(added.join('\n'), `commit ${commit}`, known));
    added = [];
  };
  for (const line of lines(git(directory, ...every, '--patch', '--unified=0', '--text'))) {
    if (line.startsWith('commit ')) {
      take();
      commit = line.slice('commit '.length);
    } else if (line.startsWith('+')) added.push(line);
  }
  take();
  for (const line of lines(git(directory, ...every, '--name-only', '--diff-filter=A'))) {
    if (line.startsWith('commit ')) commit = line.slice('commit '.length);
    else findings.push(...namedLikeSecrets([line], `commit ${commit}: `));
  }
  return findings;
}

/** Variables of wrangler.toml, in every environment, that are named or look like secrets. */
export function scanVariables(directory: string, known: readonly string[]): Finding[] {
  const file = join(directory, 'wrangler.toml');
  return variablesIn(parse(readFileSync(file, 'utf8')), 'wrangler.toml').flatMap(
    ({ place, name, value }) => [
      ...(secretName.test(name)
        ? [{ what: 'a variable with the name of a secret', place, begins: name }]
        : []),
      ...findingsIn(value, place, known),
    ],
  );
}

function variablesIn(section: object, place: string): Variable[] {
  return Object.entries(section).flatMap(([key, value]: [string, unknown]) => {
    if (typeof value !== 'object' || value === null) return [];
    if (key !== 'vars') return variablesIn(value, `${place} ${key}`);
    return Object.entries(value).map(([name, text]) => ({
      place: `${place} vars.${name}`,
      name,
      value: typeof text === 'string' ? text : JSON.stringify(text),
    }));
  });
}

interface Variable {
  readonly place: string;
  readonly name: string;
  readonly value: string;
}

/** Every file of a bundle that wrangler made. @throws {Error} where there is none */
export function scanBundle(directory: string, known: readonly string[]): Finding[] {
  const files = globSync('**/*.{js,mjs,map,css,html,txt,json}', { cwd: directory });
  if (files.length === 0) throw new Error('There is no bundle to look into.');
  return files.flatMap((file) =>
    findingsIn(readFileSync(join(directory, file), 'utf8'), `bundle: ${file}`, known),
  );
}

const namedLikeSecrets = (files: readonly string[], where: string): Finding[] =>
  files
    .filter((file) => secretFile.test(file))
    .map((file) => ({ what: 'a file for secrets', place: `${where}${file}`, begins: file }));
