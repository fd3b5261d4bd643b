/**
 * What went wrong, in our words. `conflict`: a unique, foreign-key or check constraint refused the
 * write. `exhausted`: whoever writes has changed as much as they may in a day (migrations/0002).
 * `unavailable`: D1 could not be reached or asked to retry. `defect`: the statement itself is wrong.
 */
export type DatabaseErrorKind = 'conflict' | 'exhausted' | 'unavailable' | 'defect';

/**
 * An error of D1, mapped. It names the statement and nothing else: D1's own message carries table
 * and column names, sometimes values, and stays behind.
 */
export class DatabaseError extends Error {
  override readonly name = 'DatabaseError';
  readonly kind: DatabaseErrorKind;
  readonly statement: string;

  constructor(kind: DatabaseErrorKind, statement: string) {
    super(`${kind} in ${statement}`);
    this.kind = kind;
    this.statement = statement;
  }
}

const dayIsUsedUp = /the changes of the day are used up/;
const constraintRefused = /constraint failed|SQLITE_CONSTRAINT|tenant_id never changes/;
const statementIsWrong =
  /SQLITE_ERROR|SQLITE_MISMATCH|syntax error|no such (table|column)|D1_TYPE_ERROR|wrong number of parameter/i;

/** Maps whatever D1 threw; anything that is neither a refusal nor our mistake counts as unavailable. */
export function toDatabaseError(thrown: unknown, statement: string): DatabaseError {
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  if (dayIsUsedUp.test(message)) return new DatabaseError('exhausted', statement);
  if (constraintRefused.test(message)) return new DatabaseError('conflict', statement);
  if (statementIsWrong.test(message)) return new DatabaseError('defect', statement);
  return new DatabaseError('unavailable', statement);
}
