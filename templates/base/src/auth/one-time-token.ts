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
  'step up': 10 * minute,
  'verify email': 24 * 60 * minute,
};

/** Statements that make a token the only one of its purpose: the newest wins. */
export async function tokenStatements(
  context: RequestContext,
  purpose: TokenPurpose,
  token: { text: string; userId: string; browserToken?: string },
): Promise<[BoundStatement<never>, BoundStatement<never>]> {
  const { database, now } = context;
  const across = acrossTenants(database, 'one-time tokens');
  const { browserToken, text, userId } = token;
  const browserHash = browserToken === undefined ? null : await hashToken(browserToken);
  return [
    across.bind(retireTokens, userId, purpose, now),
    across.bind(
      insertToken,
      await hashToken(text),
      purpose,
      userId,
      browserHash,
      now,
      now + lifetimeMs[purpose],
    ),
  ];
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
