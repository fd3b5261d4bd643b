import { statementsOf } from './statements.ts';

/**
 * What in the migrations would break the release that still serves while they are applied, and
 * for some minutes after. A file that says in which release the code stopped using what it
 * removes (`-- contract: …`) is taken at its word.
 */
export function lintMigrations(
  migrations: readonly { readonly name: string; readonly sql: string }[],
): string[] {
  const existing = new Set<string>();
  return migrations.flatMap(({ name, sql }) => {
    const created = new Set<string>();
    const harms = statementsOf(sql).flatMap((statement) => {
      const isOld = (thing = '') => !created.has(thing);
      const harm = harmOf(statement, isOld);
      const thing = creating.exec(statement)?.[1];
      if (thing !== undefined && !existing.has(thing)) created.add(thing);
      return harm === null ? [] : [harm];
    });
    for (const thing of created) existing.add(thing);
    return isContract.test(sql) ? [] : harms.map((harm) => `${name}.sql ${harm}`);
  });
}

/**
 * What in the migrations, or in what undoes them, deletes or overwrites rows that were there before.
 * A new column may be filled: from others where it is null, or by what sets no other column. A file that says why it loses something
 * (`-- loses: reason`) is taken at its word.
 */
export function lossesIn(
  migrations: readonly {
    readonly name: string;
    readonly sql: string;
    readonly rollback: string | null;
  }[],
): string[] {
  return migrations
    .flatMap(({ name, sql, rollback }) => [
      { file: `${name}.sql`, sql },
      { file: `rollback/${name}.down.sql`, sql: rollback ?? '' },
    ])
    .filter(({ sql }) => !/^-- loses:[ \t]*\S/m.test(sql))
    .flatMap(({ file, sql }) => {
      const statements = statementsOf(sql);
      // What is created only if it is not there may be there, with rows.
      const created = statements
        .filter((statement) => !/^create \S+ if not exists /.test(statement))
        .map((statement) => creating.exec(statement)?.[1]);
      const added = statements.flatMap(
        (statement) => adding.exec(statement)?.slice(1).join(' ') ?? [],
      );
      // The body of a trigger is statements of its own.
      return statements
        .flatMap((statement) => statement.split(/ begin | ; /))
        .flatMap((statement) => {
          const table = losing.exec(statement)?.[1];
          if (table === undefined || created.includes(table) || isFilling.test(statement))
            return [];
          if (setsOnly(added, statement)) return [];
          return [
            `${file} deletes or overwrites rows of the table ${table}: say "-- loses: reason"`,
          ];
        });
    });
}

/** What to do about it. */
export const expandAndContract = `The release before this one serves on the new schema until the deployment is through, and again after
a rollback. Change a schema in three steps, each in a release of its own:
  expand    add the new column or table beside the old; the code writes both and reads the old
  backfill  fill the new from the old, in small steps; then the code reads the new
  contract  when no release in service uses the old, remove it, in a migration that says so:
            -- contract: 1.4.0 (the release in which the code stopped using it)`;

/** A release has a number in it, be it a version, a date or a commit. */
const isContract = /^-- contract:[ \t]*(?=\S*\d)\S/m;
const creating =
  /^create (?:unique )?(?:virtual )?(?:table|index|view|trigger) (?:if not exists )?(\S+)/;

/** Also within a trigger, and behind a WITH. */
const losing =
  /(?:delete from|update(?: or \w+)?|(?:insert or )?replace into|insert(?: or \w+)? into(?=.* do update )) (?!of\b|on\b|set\b)(\S+)/;
const adding = /^alter table (\S+) add (?:column )?(\S+)/;
const isFilling = /^update \S+ set (\S+) = [^,]* where \1 is null$/;

/** Whether an UPDATE, without a bracket that could hide a comma, sets none but these columns (`table column`). */
function setsOnly(columns: readonly string[], statement: string): boolean {
  const [, table, sets] =
    /^update (\S+) set ((?:(?! where )[^()])+)(?: where [^()]*)?$/.exec(statement) ?? [];
  return (
    sets?.split(' , ').every((set) => columns.includes(`${table} ${set.split(' ')[0]}`)) ?? false
  );
}

type Test = (statement: string, isOld: (thing?: string) => boolean) => string | null;

const tests: readonly Test[] = [
  (statement, isOld) => {
    const [, kind, thing] =
      /^drop (table|index|view|trigger) (?:if exists )?(\S+)/.exec(statement) ?? [];
    return kind !== undefined && isOld(thing) ? `drops the ${kind} ${thing}` : null;
  },
  (statement, isOld) => {
    const [, table, column] = /^alter table (\S+) drop (?:column )?(\S+)/.exec(statement) ?? [];
    return column !== undefined && isOld(table) ? `drops the column ${table}.${column}` : null;
  },
  (statement, isOld) => {
    const [, table, what] = /^alter table (\S+) rename (.+)/.exec(statement) ?? [];
    return what !== undefined && isOld(table) ? `renames ${table}: ${what}` : null;
  },
  (statement, isOld) => {
    const [, table, column = '', rest = ''] =
      /^alter table (\S+) add (?:column )?(\S+)(.*)/.exec(statement) ?? [];
    if (column === '' || !isOld(table)) return null;
    const isLacking = / not null\b/.test(rest) && !/ default (?!null\b)/.test(rest);
    if (isLacking) return `adds ${table}.${column} as NOT NULL without a default`;
    const isNarrow = / (unique|primary key)\b/.test(rest) || hasForeignCheck(rest, column);
    return isNarrow ? `adds a constraint to the table ${table}` : null;
  },
  (statement, isOld) => {
    const [, table] = /^create unique index .*? on (\S+)/.exec(statement) ?? [];
    return table !== undefined && isOld(table) ? `adds a constraint to the table ${table}` : null;
  },
  (statement, isOld) => {
    const [, table] =
      /^create trigger .*? on (\S+) .*raise \( (?:abort|fail|rollback|ignore)/.exec(statement) ??
      [];
    return table !== undefined && isOld(table) ? `refuses writes to the table ${table}` : null;
  },
  (statement) => (/\bwritable_schema\b/.test(statement) ? 'rewrites the schema by hand' : null),
];

function harmOf(statement: string, isOld: (thing?: string) => boolean): string | null {
  return tests.map((test) => test(statement, isOld)).find((harm) => harm !== null) ?? null;
}

/** Whether a check asks about more than the new column, which old code leaves at its default. */
function hasForeignCheck(rest: string, column: string): boolean {
  const [, check] = / check (.+)$/.exec(rest) ?? [];
  if (check === undefined) return false;
  const names = check.match(/[\p{L}_][\p{L}\p{N}_$]*/gu) ?? [];
  const known = new Set([
    column,
    'and',
    'between',
    'check',
    'in',
    'is',
    'like',
    'not',
    'null',
    'or',
  ]);
  return names.some((name) => !known.has(name));
}
