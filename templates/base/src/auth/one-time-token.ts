import { acrossTenants } from '../db/across-tenants.ts';
import type { BoundStatement } from '../db/database.ts';
import {
  findToken,
  insertToken,
  retireTokens,
  useToken,
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

/** Looks a token up without using it. @throws {Problem} 400 when it is not, or no longer, good */
export async function lookUpToken(
  context: RequestContext,
  purpose: TokenPurpose,
  text: string,
): Promise<TokenRow> {
  return requireRow(text, (hash) =>
    acrossTenants(context.database, 'one-time tokens').first(findToken, hash, purpose, context.now),
  );
}

/** Uses a token up: it never works again, whatever comes of it. @throws {Problem} 400 as above */
export async function spendToken(
  context: RequestContext,
  purpose: TokenPurpose,
  text: string,
): Promise<TokenRow> {
  return requireRow(text, (hash) =>
    acrossTenants(context.database, 'one-time tokens').first(useToken, hash, purpose, context.now),
  );
}

async function requireRow(
  text: string,
  find: (hash: string) => Promise<TokenRow | null>,
): Promise<TokenRow> {
  const row = isToken(text) ? await find(await hashToken(text)) : null;
  if (row !== null) return row;
  const message = 'This link or code has expired or was used; ask for a new one';
  throw new Problem('invalid_input', { errors: [{ field: 'body.token', message }] });
}
