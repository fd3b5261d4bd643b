import type { Env } from '../env.ts';
import { within } from '../ops/deadline.ts';
import { DatabaseError, toDatabaseError } from './errors.ts';
import { isRegistered, type Parameter, type Statement } from './statement.ts';

/**
 * A registered statement with its parameters. The private fields make the type nominal: no object
 * literal passes for one, and only the two doors make one (test/repo/constraints.test.ts).
 */
export class BoundStatement<Row> {
  readonly #statement: Statement;
  readonly #parameters: readonly Parameter[];
  /** Never set: it only carries the type of a row. */
  declare readonly row?: Row;

  constructor(statement: Statement, parameters: readonly Parameter[]) {
    if (!isRegistered(statement)) throw new Error(`${statement.name} is not registered`);
    this.#statement = statement;
    this.#parameters = parameters;
  }

  get name(): string {
    return this.#statement.name;
  }

  on(session: D1DatabaseSession): D1PreparedStatement {
    return session.prepare(this.#statement.sql).bind(...this.#parameters);
  }
}

/** How long D1 may take; after that it counts as unavailable. A write may still have happened. */
const patienceMs = 5_000;

/** At least one. */
type Some<Item> = [Item, ...Item[]];

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
    return this.#ask([bound], ([prepared]) => prepared.first<Row>());
  }

  /** Every row. @throws {DatabaseError} */
  async all<Row>(bound: BoundStatement<Row>): Promise<Row[]> {
    return (await this.#ask([bound], ([prepared]) => prepared.all<Row>())).results;
  }

  /** Runs a write and answers how many rows it changed. @throws {DatabaseError} */
  async change(bound: BoundStatement<unknown>): Promise<number> {
    return (await this.#ask([bound], ([prepared]) => prepared.run())).meta.changes;
  }

  /** Runs writes that belong together: all of them hold, or none. @throws {DatabaseError} */
  async batch(bounds: Some<BoundStatement<unknown>>): Promise<number[]> {
    const results = await this.#ask(bounds, (prepared) => this.#session.batch(prepared));
    return results.map((result) => result.meta.changes);
  }

  /**
   * The same for writes under a condition, one of which stands for it: where D1 refuses
   * that one, the answer is false and nothing of the batch has happened. @throws {DatabaseError}
   */
  async batchIf(bounds: Some<BoundStatement<unknown>>): Promise<boolean> {
    try {
      await this.batch(bounds);
      return true;
    } catch (thrown) {
      if (thrown instanceof DatabaseError && thrown.kind === 'conflict') return false;
      throw thrown;
    }
  }

  /** The same, where the condition must hold. @throws `refusal` when it does not */
  async batchOr(refusal: Error, bounds: Some<BoundStatement<unknown>>): Promise<void> {
    if (!(await this.batchIf(bounds))) throw refusal;
  }

  async #ask<Result>(
    [first, ...rest]: Some<BoundStatement<unknown>>,
    ask: (prepared: Some<D1PreparedStatement>) => Promise<Result>,
  ): Promise<Result> {
    try {
      const prepared: Some<D1PreparedStatement> = [
        first.on(this.#session),
        ...rest.map((bound) => bound.on(this.#session)),
      ];
      return await within(patienceMs, ask(prepared));
    } catch (thrown) {
      throw toDatabaseError(thrown, [first, ...rest].map(({ name }) => name).join(' + '));
    }
  }
}
