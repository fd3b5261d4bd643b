import { sabotage } from './sabotage.ts';

/** What is typed, and what is written about it. */
export const commands = [
  sabotage(
    'DB-4',
    'db:migrate is a word that applies without looking',
    'package.json',
    '"db:migrate": "node --experimental-strip-types --disable-warning=ExperimentalWarning scripts/db-migrate.ts"',
    '"db:migrate": "wrangler d1 migrations apply DB"',
  ),
  sabotage(
    'DEP-1',
    'rollback is a word that does nothing',
    'package.json',
    '"rollback": "node ',
    '"rollback": "true node ',
  ),
  sabotage(
    'GOV-1',
    'readiness is a word that does nothing',
    'package.json',
    '"readiness": "node ',
    '"readiness": "true node ',
  ),
  sabotage(
    'GOV-4',
    'defer is a word that does nothing',
    'package.json',
    '"defer": "node ',
    '"defer": "true node ',
  ),
  sabotage(
    'TEST-5',
    'the command that tests leaves out the Worker',
    'package.json',
    '"test": "vitest run",',
    '"test": "vitest run --project repo",',
  ),
  sabotage(
    'DEP-1',
    'the papers of a deployment are in the way of the next',
    '.gitignore',
    'releases/\n',
    '',
  ),
  sabotage(
    'DEP-3',
    'nobody is told to have somebody approve',
    'docs/deployment.md',
    'for `production`, required reviewers and the branch `main` only',
    'for `production` the branch `main` only',
  ),
  sabotage(
    'GOV-1',
    'a proof is committed, and believed by whoever gets it',
    '.gitignore',
    '.prove/\n',
    '',
  ),
  sabotage(
    'DEP-1',
    'the runbook undoes the schema before the code',
    'docs/runbooks/rollback.md',
    ' rollback -- production\n',
    ' db:rollback -- production --yes\n',
  ),
  sabotage(
    'SEC-1',
    'the runbook looks for more before a secret is replaced',
    'docs/runbooks/leaked-secret.md',
    ' secrets:rotate -- NAME --env production\n',
    ' secrets:scan\n',
  ),
  sabotage(
    'DEP-1',
    'the runbook undoes a schema by a command that only prints',
    'docs/runbooks/rollback.md',
    ' It prints what it would run, and runs it when told `--yes`.',
    '',
  ),
  sabotage(
    'OBS-4',
    'in an outage the runbook looks at the migrations that were not applied',
    'docs/runbooks/database-unavailable.md',
    'wrangler d1 execute DB --remote --env production --command "SELECT name, applied_at FROM d1_migrations ORDER BY id DESC LIMIT 5"',
    'wrangler d1 migrations list DB --remote --env production',
  ),
];
