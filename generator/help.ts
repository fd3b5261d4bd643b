import { runFlags } from './arguments.ts';
import { definitionOf, noneWord, optionKeys, type AnyDefinition } from './options.ts';
import { generatorVersion, nodeMinimum } from './versions.ts';

/** What the result needs; said before the first question. */
export const requirements = `The app needs Node ${nodeMinimum.replace(/\.0$/, '')} or newer, and the Workers Paid plan to run on Cloudflare (password hashing exceeds the free plan's CPU time).`;

function usage(definition: AnyDefinition): string {
  if (definition.kind === 'switch') return `--${definition.flag}, --no-${definition.flag}`;
  return `--${definition.flag} ${valuesOf(definition)}`;
}

function valuesOf(definition: Exclude<AnyDefinition, { kind: 'switch' }>): string {
  if (definition.kind === 'text') return definition.placeholder;
  if (definition.kind === 'choice') return definition.choices.join('|');
  return `${definition.choices.join(',')}|${noneWord}`;
}

function row(left: string, right: string): string {
  return left.length < 32
    ? `  ${left.padEnd(32)}${right}`
    : `  ${left}\n  ${' '.repeat(32)}${right}`;
}

/**
 * Text of `--help`.
 *
 * @param command how this program is started, such as `npx create-stackbilder-app`
 */
export function helpText(command: string): string {
  const options = optionKeys.map((key) => {
    const definition = definitionOf(key);
    return row(usage(definition), `${definition.summary} (default: ${definition.usually})`);
  });
  const flags = Object.entries(runFlags).map(([name, flag]) => {
    const short = 'short' in flag ? `-${flag.short}, ` : '';
    const value = 'placeholder' in flag ? ` ${flag.placeholder}` : '';
    return row(`${short}--${name}${value}`, flag.summary);
  });
  return `create-stackbilder-app ${generatorVersion}
Creates a multi-tenant SaaS application for Cloudflare Workers.

Usage:
  ${command} [directory] [options]              make an application
  ${command} governance [directory] [options]   renew its documents: .ai/, and what of AGENTS.md is generated

On a terminal it asks for what is not given. "." creates in the current directory.

Options of the application:
${options.join('\n')}

Options of this run:
${flags.join('\n')}

${requirements}

For scripts and agents:
  Nothing is ever asked without a terminal, with CI set, or with --yes or --json; then the directory
  (or --name) is the only thing that must be given:
    ${command} my-app --yes --no-install --json
  --json prints exactly one JSON object on standard output, everything else goes to standard error:
    done      {"directory", "options", "files", "install", "git", "next", "command", "milliseconds"}
    --dry-run the same with "dryRun": true; nothing was written
    failed    {"error": {"code", "message"}}; with "directory" and the rest too if the project is there
  governance --json prints {"directory", "changed", "unchanged", "differences", "review"}; with --check it exits
  with 1 if something is out of date, and always if a generated part was edited by hand.
  Exit codes: 0 done, 1 failed, 2 wrong usage, 130 cancelled. After a failure the project is either
  complete or not there at all, and the message says which.
  Environment: CI, NO_COLOR, DEBUG=1 (stack traces), STACKBILDER_TIMING=1 (milliseconds on standard error).
`;
}
