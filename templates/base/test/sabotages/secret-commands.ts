import { sabotage } from './sabotage.ts';

/** What looks for secrets, and sets them. */
export const secretCommands = [
  sabotage(
    'SEC-1',
    'a secret that is made for an empty line is shown to nobody',
    'scripts/setup.ts',
    'if (!given[name] && isMadeHere(name)) console.log',
    'if (given[name] === undefined && isMadeHere(name)) console.log',
  ),
  sabotage(
    'SEC-3',
    'stashes and other references are not looked at',
    'scripts/secrets/places.ts',
    "'--all', '--full-history'",
    "'--branches', '--full-history'",
  ),
  sabotage(
    'SEC-3',
    'the first commit is not looked at',
    'scripts/secrets/places.ts',
    '  }\n  take();\n  for',
    '  }\n  for',
  ),
  sabotage(
    'SEC-3',
    'a file for secrets that git would take passes until it is committed',
    'scripts/secrets/places.ts',
    "    ...namedLikeSecrets(files, ''),\n    ...files.flatMap",
    '    ...files.flatMap',
  ),
  sabotage(
    'SEC-1',
    'files of tests are not looked at',
    'scripts/secrets/places.ts',
    'return existsSync(path) ? findingsIn',
    "return existsSync(path) && !file.includes('/') ? findingsIn",
  ),
  sabotage(
    'SEC-1',
    'a folder that is no repository passes for clean',
    'scripts/secrets/places.ts',
    'if (status !== 0) throw new Error(`"git ${words.join(\' \')}" failed: ${stderr.trim()}`);',
    'if (status === 1) throw new Error(`"git ${words.join(\' \')}" failed: ${stderr.trim()}`);',
  ),
  sabotage(
    'SEC-3',
    'a file for secrets that is known to git may be changed',
    'scripts/secrets/places.ts',
    "'--diff-filter=ACM'",
    "'--diff-filter=A'",
  ),
  sabotage(
    'SEC-1',
    'secrets of this machine that are short are not known',
    'scripts/secrets/places.ts',
    'value.length >= 20',
    'value.length >= 36',
  ),
  sabotage(
    'SEC-3',
    'the hook says nothing where it does not look',
    '.githooks/pre-commit',
    "  echo 'Nothing is installed, so this commit is not looked at for secrets; the pipeline does it.' >&2\n",
    '',
  ),
  sabotage(
    'SEC-1',
    'the secrets of production are set in staging',
    'scripts/setup.ts',
    'setSecrets(environment, fresh);',
    "setSecrets(environment && 'staging', fresh);",
  ),
  sabotage(
    'SEC-1',
    'what production has is looked up in staging',
    'scripts/setup.ts',
    'new Set(secretsOf(environment))',
    "new Set(secretsOf('staging'))",
  ),
  sabotage(
    'SEC-1',
    'a secret that is handed over empty is made and lost',
    'scripts/setup.ts',
    'given[name] || (isMadeHere',
    'given[name] ?? (isMadeHere',
  ),
];
