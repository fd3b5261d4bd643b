import { acrossTenants } from '../db/across-tenants.ts';
import type { BoundStatement } from '../db/database.ts';
import {
  findToken,
  insertToken,
  retireAllTokens,
  retireTokens,
  spendToken,
  type TokenPurpose,
  type TokenRow,
} from '../db/statements/tokens.ts';
import type { RequestContext } from '../http/context.ts';
import { Problem } from '../http/problem.ts';
import { hashToken, isToken } from './token.ts';

const minute = 60 * 1_000;

/** How long a token works. Longer is kinder to slow mail, and to whoever finds an old one. */
const lifetimeMs: Readonly<Record<TokenPurpose, number>> = {
  'reset password': 30 * minute,
  'second step': 5 * minute,
  'step up': 10 * minute,
  'verify email': 24 * 60 * minute,
};

/** A token to be stored, and what it is bound to. */
export interface NewToken {
  readonly text: string;
  readonly userId: string;
  readonly browserToken?: string;
  readonly sessionEpoch?: number;
}

/** Statements that make a token the only one of its purpose: the newest wins. */
export async function tokenStatements(
  context: RequestContext,
  purpose: TokenPurpose,
  token: NewToken,
): Promise<[BoundStatement<never>, BoundStatement<never>]> {
  const across = acrossTenants(context.database, 'one-time tokens');
  return [
    across.bind(retireTokens, token.userId, purpose, context.now),
    await tokenStatement(context, purpose, token),
  ];
}

/** The statement that stores a token beside others of its purpose. */
export async function tokenStatement(
  context: RequestContext,
  purpose: TokenPurpose,
  { text, userId, browserToken, sessionEpoch }: NewToken,
): Promise<BoundStatement<never>> {
  return acrossTenants(context.database, 'one-time tokens').bind(
    insertToken,
    await hashToken(text),
    purpose,
    userId,
    browserToken === undefined ? null : await hashToken(browserToken),
    context.now,
    context.now + lifetimeMs[purpose],
    sessionEpoch ?? null,
  );
}

/** Finds a token that can still be used. @throws {Problem} 400 when it is not, or no longer, good */
export async function findUsableToken(
  context: RequestContext,
  purpose: TokenPurpose,
  text: string,
  field = 'body.token',
): Promise<TokenRow> {
  const across = acrossTenants(context.database, 'one-time tokens');
  const row = isToken(text)
    ? await across.first(findToken, await hashToken(text), purpose, context.now)
    : null;
  if (row === null) throw unusable(field);
  return row;
}

/** Uses a token up; it goes first in the batch of what the token is for. */
export function spendStatement(
  context: RequestContext,
  purpose: TokenPurpose,
  tokenHash: string,
): BoundStatement<never> {
  const { database, now, requestId } = context;
  const across = acrossTenants(database, 'one-time tokens');
  return across.bind(spendToken, tokenHash, purpose, now, requestId);
}

/** Makes whatever was mailed to a user before worthless. */
export function retireAllStatement(context: RequestContext, userId: string): BoundStatement<never> {
  const across = acrossTenants(context.database, 'one-time tokens');
  return across.bind(retireAllTokens, userId, context.now);
}

/** The answer to a token that is not, or no longer, good: 400. */
export function unusable(field: string): Problem {
  const message = 'This link or code has expired or was used; ask for a new one';
  return new Problem('invalid_input', { errors: [{ field, message }] });
}
