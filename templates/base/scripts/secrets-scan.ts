import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { givenWords } from './given-words.ts';
import {
  knownSecrets,
  scanBundle,
  scanHistory,
  scanStaged,
  scanTree,
  scanVariables,
} from './secrets/places.ts';
import type { Finding } from './secrets/rules.ts';

const usage = `Usage: npm run secrets:scan [-- --staged]

Looks for secrets in every file that git has or would take, in every line that any commit ever added, in the
variables of wrangler.toml, and in the bundle that would be deployed. It knows what keys of common services look
like, names that promise a secret, and the very values of .dev.vars. --staged looks at what is about to be
committed only; .githooks/pre-commit does that. What it finds in the history is known to others: rotate it.`;

process.exitCode = run(givenWords());

/** Answers the exit code: 0 nothing found, 1 something was, 2 wrong usage. */
function run(words: string[]): number {
  const [word, ...others] = words;
  if (word === '--help') {
    console.log(usage);
    return 0;
  }
  if (others.length > 0 || (word !== undefined && word !== '--staged')) {
    console.error(usage);
    return 2;
  }
  try {
    const directory = process.cwd();
    const known = knownSecrets(directory);
    return tell(word === undefined ? scanAll(directory, known) : scanStaged(directory, known));
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    return 1;
  }
}

function scanAll(directory: string, known: readonly string[]): Finding[] {
  return [
    ...scanTree(directory, known),
    ...scanHistory(directory, known),
    ...scanVariables(directory, known),
    ...builtBundle((bundle) => scanBundle(bundle, known)),
  ];
}

/** What would be deployed to production, in a folder that is gone afterwards. */
function builtBundle(look: (directory: string) => Finding[]): Finding[] {
  const directory = mkdtempSync(join(tmpdir(), 'bundle-'));
  try {
    const words = ['wrangler', 'deploy', '--dry-run', '--env', 'production', '--outdir', directory];
    const { status, stderr } = spawnSync('npx', words, { encoding: 'utf8' });
    if (status !== 0) throw new Error(`The bundle cannot be built:\n${stderr}`);
    return look(directory);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function tell(findings: readonly Finding[]): number {
  for (const { what, place, begins } of findings) console.error(`${place}: ${what} (${begins})`);
  if (findings.length === 0) console.log('No secret was found.');
  else console.error('What was ever committed is known to others: docs/runbooks/leaked-secret.md.');
  return findings.length === 0 ? 0 : 1;
}
