import type { Env } from '../env.ts';
import { toDatabaseError } from './errors.ts';
import { isRegistered, type Parameter, type Statement } from './statement.ts';

/** A registered statement with its parameters: made by `withTenant()` and `acrossTenants()` only. */
export interface BoundStatement<Row> {
  readonly statement: Statement;
  readonly parameters: readonly Parameter[];
  /** Never set: it only carries the type of a row. */
  readonly row?: Row;
}

/**
 * D1, with one method for each way of asking. It hides the raw binding: from outside src/db the
 * only doors are `withTenant()` and `acrossTenants()` (test/repo/constraints.test.ts).
 */
export class Database {
  readonly #session: D1DatabaseSession;

  private constructor(session: D1DatabaseSession) {
    this.#session = session;
  }

  /**
   * Opens a session that starts at the primary, since a replica may not yet know that somebody
   * was logged out (D1 docs, "Read replication").
   */
  static open(env: Pick<Env, 'DB'>): Database {
    return new Database(env.DB.withSession('first-primary'));
  }

  /** The first row, or null. @throws {DatabaseError} */
  async first<Row>(bound: BoundStatement<Row>): Promise<Row | null> {
    return run(bound.statement.name, () => this.#prepare(bound).first<Row>());
  }

  /** Every row. @throws {DatabaseError} */
  async all<Row>(bound: BoundStatement<Row>): Promise<Row[]> {
    return run(bound.statement.name, async () => (await this.#prepare(bound).all<Row>()).results);
  }

  /** Runs a write and answers how many rows it changed. @throws {DatabaseError} */
  async change(bound: BoundStatement<unknown>): Promise<number> {
    return run(bound.statement.name, async () => (await this.#prepare(bound).run()).meta.changes);
  }

  /** Runs writes that belong together: all of them hold, or none. @throws {DatabaseError} */
  async batch(bounds: readonly BoundStatement<unknown>[]): Promise<number[]> {
    const names = bounds.map((bound) => bound.statement.name).join(' + ');
    return run(names, async () => {
      const results = await this.#session.batch(bounds.map((bound) => this.#prepare(bound)));
      return results.map((result) => result.meta.changes);
    });
  }

  #prepare({ statement, parameters }: BoundStatement<unknown>): D1PreparedStatement {
    if (!isRegistered(statement))
      throw new Error(`${statement.name} is not a registered statement`);
    return this.#session.prepare(statement.sql).bind(...parameters);
  }
}

async function run<Result>(name: string, ask: () => Promise<Result>): Promise<Result> {
  try {
    return await ask();
  } catch (thrown) {
    throw toDatabaseError(thrown, name);
  }
}
