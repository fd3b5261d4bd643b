import { sabotage } from './sabotage.ts';

const lint = 'scripts/database/lint.ts';
const invitationsAndAudit = 'migrations/0002_invitations_and_audit.sql';

/** What migrations may do, and how they are undone. */
export const migrations = [
  sabotage(
    'DEP-5',
    'a migration renames a column in one step',
    invitationsAndAudit,
    '-- When they were gone.',
    'ALTER TABLE projects RENAME COLUMN description TO summary;\n-- When they were gone.',
  ),
  sabotage(
    'DEP-5',
    'a new rule for a table that old code writes to',
    invitationsAndAudit,
    'CREATE INDEX memberships_by_age ON memberships (tenant_id, created_at, user_id);',
    'CREATE INDEX memberships_by_age ON memberships (tenant_id, created_at, user_id);\nCREATE UNIQUE INDEX one_name ON tenants (name);',
  ),
  sabotage(
    'DEP-5',
    'a trigger may swallow what old code writes',
    lint,
    'raise \\( (?:abort|fail|rollback|ignore)',
    'raise \\( abort',
  ),
  sabotage(
    'DB-4',
    'a trigger that fills a new column may overwrite the old ones',
    lint,
    "sets?.split(' , ').every(",
    "sets?.split(' , ').some(",
  ),
  sabotage('DEP-5', 'a removal needs a word, but no release', lint, '(?=\\S*\\d)\\S/m', '\\S/m'),
  sabotage(
    'DEP-5',
    'a table that is there counts as new where a file creates it again',
    lint,
    'if (thing !== undefined && !existing.has(thing)) created.add(thing);',
    'if (thing !== undefined) created.add(thing);',
  ),
  sabotage(
    'DEP-5',
    'a column without a default may be required',
    lint,
    'if (isLacking) return',
    "if (isLacking && table === '') return",
  ),
  sabotage(
    'DEP-5',
    'a semicolon within a text hides what follows',
    'scripts/database/statements.ts',
    "'(?:[^']|'')*'|",
    '',
  ),
  sabotage(
    'DB-4',
    'a rollback takes rows that were there before',
    'migrations/rollback/0002_invitations_and_audit.down.sql',
    'DROP INDEX memberships_by_age;',
    'DROP INDEX memberships_by_age;\nDELETE FROM projects;',
  ),
  sabotage(
    'DB-4',
    'a rollback overwrites what rows hold',
    'migrations/rollback/0002_invitations_and_audit.down.sql',
    'DROP INDEX memberships_by_age;',
    "DROP INDEX memberships_by_age;\nUPDATE projects SET description = 'lost';",
  ),
  sabotage(
    'DB-4',
    'a rollback overwrites what rows hold, in a way that no rule knows',
    'migrations/rollback/0002_invitations_and_audit.down.sql',
    'DROP INDEX memberships_by_age;',
    '-- loses: nothing that matters\nDROP INDEX memberships_by_age;\nUPDATE projects SET name = id;',
  ),
  sabotage(
    'DB-4',
    'a migration empties a table that is there',
    invitationsAndAudit,
    'CREATE INDEX memberships_by_age ON memberships (tenant_id, created_at, user_id);',
    'CREATE INDEX memberships_by_age ON memberships (tenant_id, created_at, user_id);\nDELETE FROM memberships;',
  ),
  sabotage(
    'DB-4',
    'a reason for losing rows may be empty',
    lint,
    '/^-- loses:[ \\t]*\\S/m',
    '/^-- loses:/m',
  ),
  sabotage(
    'DB-4',
    'db:migrate lets rows be lost without a reason',
    'scripts/db-migrate.ts',
    '...lossesIn(migrations), ',
    '...lossesIn([]), ',
  ),
  sabotage(
    'DB-4',
    'rows may be replaced without a reason',
    lint,
    '|(?:insert or )?replace into)',
    ')',
  ),
  sabotage(
    'DB-4',
    'a migration needs no way back',
    'scripts/database/migrations.ts',
    '...((rollback === null) === (irreversible === null)',
    '...(rollback !== null && irreversible !== null',
  ),
  sabotage(
    'DB-4',
    'D1 takes what was undone for applied',
    'scripts/database/migrations.ts',
    "\\nDELETE FROM d1_migrations WHERE name = '${name}.sql'`",
    '${name.slice(0, 0)}`',
  ),
  sabotage(
    'DB-4',
    'two migrations share a number',
    'scripts/database/migrations.ts',
    'other.name.slice(0, 4) === name.slice(0, 4)',
    'other.name === name',
  ),
  sabotage(
    'DB-4',
    'db:migrate applies what would break the code that serves',
    'scripts/db-migrate.ts',
    'if (refusals.length === 0)',
    'if (refusals.length < 99)',
  ),
  sabotage(
    'DB-4',
    'db:migrate applies what has no way back',
    'scripts/db-migrate.ts',
    ', ...gapsIn(migrations)]',
    ', ...gapsIn([])]',
  ),
  sabotage(
    'DB-4',
    'migrations for staging are applied in production',
    'scripts/db-migrate.ts',
    "'apply', 'DB', ...wordsOf(place)",
    "'apply', 'DB', ...wordsOf(place === 'staging' ? 'production' : place)",
  ),
  sabotage(
    'DB-4',
    'a migration that failed passes for applied',
    'scripts/db-migrate.ts',
    `  if (refusals.length === 0)
    return showWrangler('d1', 'migrations', 'apply', 'DB', ...wordsOf(place));`,
    `  if (refusals.length === 0) {
    showWrangler('d1', 'migrations', 'apply', 'DB', ...wordsOf(place));
    return 0;
  }`,
  ),
  sabotage(
    'DEP-5',
    'a CASE within a trigger hides what follows',
    'scripts/database/statements.ts',
    "if (word === 'begin' || word === 'case') depth += 1;",
    "if (word === 'begin') depth += 1;",
  ),
  sabotage(
    'DB-4',
    'a table that may be there counts as new, and is emptied',
    lint,
    '.filter((statement) => !/^create \\S+ if not exists /.test(statement))',
    '.filter((statement) => statement.length > 0)',
  ),
  sabotage(
    'DB-4',
    'a migration that cannot be undone is forgotten, and applied again',
    'scripts/database/migrations.ts',
    'return rollback && `${rollback}\\n',
    "return `${rollback ?? ''}\\n",
  ),
];
