import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A migration, and how it is undone: by a rollback file, or not at all for a written reason. */
export interface Migration {
  /** The name without the ending: `0001_initial`. */
  readonly name: string;
  readonly sql: string;
  readonly rollback: string | null;
  /** What stands behind `-- irreversible:`. */
  readonly irreversible: string | null;
}

/** The migrations in a folder, in the order in which they are applied. */
export function readMigrations(folder: string): Migration[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.sql'))
    .toSorted()
    .map((file) => {
      const name = file.replace(/\.sql$/, '');
      const sql = readFileSync(join(folder, file), 'utf8');
      const way = rollbackFile(folder, name);
      return {
        name,
        sql,
        rollback: existsSync(way) ? readFileSync(way, 'utf8') : null,
        irreversible: /^-- irreversible:[ \t]*(\S.*)$/m.exec(sql)?.[1] ?? null,
      };
    });
}

/** The file that undoes a migration. */
export function rollbackFile(folder: string, name: string): string {
  return join(folder, 'rollback', `${name}.down.sql`);
}

/** What undoes a migration: its rollback, and in the same breath the row by which D1 knows it. */
export function undoingOf({ name, rollback }: Migration): string | null {
  return rollback && `${rollback}\nDELETE FROM d1_migrations WHERE name = '${name}.sql'`;
}

/** What is wrong with how the migrations are numbered and undone. */
export function gapsIn(migrations: readonly Migration[]): string[] {
  return migrations.flatMap(({ name, rollback, irreversible }, index) => [
    ...(/^\d{4}_[a-z0-9_]+$/.test(name) ? [] : [`${name} is not called like 0001_a_name`]),
    ...(migrations.findIndex((other) => other.name.slice(0, 4) === name.slice(0, 4)) === index
      ? []
      : [`${name} has the number of another`]),
    ...((rollback === null) === (irreversible === null)
      ? [`${name} needs its rollback file, or "-- irreversible: reason", and not both`]
      : []),
  ]);
}
