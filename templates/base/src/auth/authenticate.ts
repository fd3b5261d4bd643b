import { acrossTenants } from '../db/across-tenants.ts';
import { replacePasswordHash, type AccountRow } from '../db/statements/accounts.ts';
import type { RequestContext } from '../http/context.ts';
import { hashPassword, needsRehash, verifyPassword } from './password.ts';

/**
 * The account if the password is its own, or null. Both ways cost one hash, also where there is no
 * account, so that the time of an answer tells nobody who has one.
 */
export async function authenticate(
  context: RequestContext,
  account: AccountRow | null,
  password: string,
): Promise<AccountRow | null> {
  const isRight = await verifyPassword(password, account?.passwordHash ?? null);
  if (account === null || !isRight || account.disabledAt !== null) return null;
  const { passwordHash } = account;
  if (passwordHash !== null && needsRehash(passwordHash)) {
    const accounts = acrossTenants(context.database, 'accounts');
    context.background('rehash a password', async () =>
      accounts.change(replacePasswordHash, account.id, await hashPassword(password), passwordHash),
    );
  }
  return account;
}
