import type { TypedArguments } from './arguments.ts';
import { commandsOf } from './context.ts';
import type { Decision } from './deciding.ts';
import type { Failure } from './failure.ts';
import { commandName, type Host } from './host.ts';
import { definitionOf, noneWord, optionKeys } from './options.ts';
import type { PlannedFile } from './plan.ts';
import { directoryName } from './target.ts';
import { shellWord } from './shell-words.ts';
import type { GitOutcome } from './steps/git.ts';
import { styled } from './terminal.ts';
import { generatorVersion } from './versions.ts';

/** What became of a run that knew what to create. */
export interface Result extends Decision {
  readonly files: readonly PlannedFile[];
  /** Spent rendering and writing. */
  readonly milliseconds: number;
  readonly dryRun?: boolean;
  readonly install?: 'done' | 'failed';
  readonly git?: GitOutcome;
  /** Set when a step after writing failed; the project is complete all the same. */
  readonly error?: Failure;
}

/** The three commands to type next. */
function nextCommands(
  { options, typedDirectory, directory, install }: Result,
  host: Host,
): readonly string[] {
  const { installCommand, runCommand } = commandsOf(options.packageManager);
  const here = directory === host.currentDirectory;
  const enter = here ? [] : [`cd ${shellWord(typedDirectory, host.platform)}`];
  const prepare = install === 'done' ? [] : [installCommand];
  return [...enter, ...prepare, `${runCommand} dev`, `${runCommand} test`].slice(0, 3);
}

/** The command that makes the same choices again without asking. */
function reproducingCommand({ options, typedDirectory }: Result, host: Host): string {
  const word = (text: string) => shellWord(text, host.platform);
  // Of what is typed: "." has another name elsewhere.
  const surroundings = { directoryName: directoryName(typedDirectory) };
  const flags = optionKeys.flatMap((key) => {
    const { flag, fallback } = definitionOf(key);
    const value = options[key];
    // The package manager is always named: what is detected differs from shell to shell.
    if (key !== 'packageManager' && String(value) === String(fallback(options, surroundings)))
      return [];
    if (typeof value === 'boolean') return [value ? `--${flag}` : `--no-${flag}`];
    const typed = typeof value === 'string' ? value : value.join(',') || noneWord;
    return [`--${flag}`, word(typed)];
  });
  return [commandName(host, generatorVersion), word(typedDirectory), '--yes', ...flags].join(' ');
}

/** Tells what was done: one JSON object, or lines for a person. */
export function report(result: Result, { switches }: TypedArguments, host: Host): void {
  if (switches.has('json')) reportJson(result, host);
  else reportText(result, host);
}

function reportJson(result: Result, host: Host): void {
  const { directory, options, files, milliseconds, dryRun, error } = result;
  const object = {
    directory,
    options,
    files: files.map((file) => file.path),
    ...(dryRun === true ? { dryRun } : {}),
    install: result.install ?? 'skipped',
    git: result.git ?? { status: 'skipped', reason: dryRun === true ? 'dry run' : 'not asked for' },
    next: nextCommands(result, host),
    command: reproducingCommand(result, host),
    milliseconds: Math.round(milliseconds * 100) / 100,
    ...(error === undefined ? {} : { error: { code: error.code, message: error.message } }),
  };
  host.emit(1, `${JSON.stringify(object)}\n`);
  if (error !== undefined) host.emit(2, `${styled(2, 'red', 'Error:')} ${error.message}\n`);
}

function reportText(result: Result, host: Host): void {
  const { directory, files, dryRun, error, git } = result;
  const { emit } = host;
  if (dryRun === true) {
    const list = files.map((file) => `${file.path}\n`).join('');
    emit(1, list);
    emit(2, `${files.length} files would be written to ${directory}. Nothing was.\n`);
    return;
  }
  if (error !== undefined) emit(2, `${styled(2, 'red', 'Error:')} ${error.message}\n`);
  const notes: string[] = [];
  if (error === undefined) notes.push(`Created ${files.length} files in ${directory}`);
  if (git?.status === 'initialised' || git?.status === 'skipped')
    notes.push(`Note: ${git.reason}.`);
  const lines = [
    ...notes,
    ...(notes.length === 0 ? [] : ['']),
    styled(1, 'bold', 'Next:'),
    ...nextCommands(result, host).map((command) => `  ${command}`),
    '',
    styled(1, 'bold', 'The same choices again:'),
    `  ${reproducingCommand(result, host)}`,
    '',
  ];
  emit(1, lines.join('\n'));
}
