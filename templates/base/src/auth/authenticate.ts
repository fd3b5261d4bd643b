import { acrossTenants } from '../db/across-tenants.ts';
import { accountByEmail, replacePasswordHash, type AccountRow } from '../db/statements/accounts.ts';
import type { RequestContext } from '../http/context.ts';
import { hashPassword, needsRehash, verifyPassword } from './password.ts';

/**
 * The account with this address and password, or null. Both ways cost one query and one hash, so
 * that the time of an answer tells nobody who has an account.
 */
export async function authenticate(
  context: RequestContext,
  credentials: { email: string; password: string },
): Promise<AccountRow | null> {
  const { email, password } = credentials;
  const accounts = acrossTenants(context.database, 'accounts');
  const account = await accounts.first(accountByEmail, email);
  const isRight = await verifyPassword(password, account?.passwordHash ?? null);
  if (account === null || !isRight || account.disabledAt !== null) return null;
  const { passwordHash } = account;
  if (passwordHash !== null && needsRehash(passwordHash)) {
    context.background('rehash a password', () =>
      hashPassword(password).then((hash) =>
        accounts.change(replacePasswordHash, account.id, hash, passwordHash),
      ),
    );
  }
  return account;
}
