import { sabotage } from './sabotage.ts';

const drill = 'scripts/database/drill.ts';
const fingerprint = 'scripts/database/fingerprint.ts';
const tombstones = 'scripts/database/tombstones.ts';

/** What a rehearsed restore compares, and what ends again after it. */
export const backup = [
  sabotage(
    'DB-6',
    'a table is not looked at',
    fingerprint,
    "WHERE type = 'table' AND ${isOurs} ORDER BY name`,",
    "WHERE type = 'table' AND ${isOurs} AND name <> 'audit_log' ORDER BY name`,",
  ),
  sabotage(
    'DB-6',
    'rows are counted, their content is not compared',
    fingerprint,
    'settled?.every((index) => now?.parts[index] === was?.parts[index]) ?? false',
    'settled?.every((index) => now?.parts[index] !== undefined) ?? false',
  ),
  sabotage(
    'DB-6',
    'only keys are hashed',
    fingerprint,
    'update(`${JSON.stringify(contentOf(row))}\\n`)',
    'update(`${key}${contentOf(row).length}\\n`)',
  ),
  sabotage(
    'DB-6',
    'the second page of a table is skipped',
    fingerprint,
    'this.isDone = page.length < limit;',
    'this.isDone = page.length <= limit;',
  ),
  sabotage(
    'DB-6',
    'triggers and indexes are not compared',
    fingerprint,
    "'type, name, tbl_name, sql', isOurs),",
    "'type, name, tbl_name, sql', `type = 'table' AND ${isOurs}`),",
  ),
  sabotage(
    'DB-6',
    'one write while the backup is taken excuses the whole table',
    fingerprint,
    'isEqual: isSame && (',
    'isEqual: (isSame || unsettledParts > 0) && (',
  ),
  sabotage(
    'DB-6',
    'nobody looks at the database before the backup',
    drill,
    'return { before, after,',
    'return { before: after, after,',
  ),
  sabotage(
    'DB-6',
    'the drill succeeds whatever it finds',
    drill,
    'isRestored: areEnded && tables.every(({ isEqual }) => isEqual),',
    'isRestored: areEnded && tables.some(({ isEqual }) => isEqual),',
  ),
  sabotage(
    'DB-6',
    'a deleted user leaves no tombstone',
    'src/db/statements/accounts.ts',
    'SELECT id, ?2 FROM users WHERE id = ?1',
    "SELECT id, ?2 FROM users WHERE id = ?1 AND email = ''",
  ),
  sabotage(
    'DB-6',
    'a deleted user is back after a restore',
    tombstones,
    '`DELETE FROM users WHERE id IN ${ended}`',
    '`UPDATE users SET disabled_at = 1 WHERE id IN ${ended}`',
  ),
  sabotage(
    'DB-6',
    'a tenant that was purged is in use again after a restore',
    tombstones,
    'WHERE deletes_at IS NOT NULL ORDER BY id',
    'WHERE deletes_at > unixepoch() * 1000 ORDER BY id',
  ),
  sabotage(
    'DB-6',
    'a tenant that was kept after all is purged after a restore',
    tombstones,
    ') WHERE purged_at IS NULL`',
    ') WHERE purged_at IS NULL AND deletes_at IS NULL`',
  ),
];
