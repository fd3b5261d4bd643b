import { acrossTenants } from '../db/across-tenants.ts';
import type { Database } from '../db/database.ts';
import {
  accountByEmail,
  insertAccount,
  replacePasswordHash,
  type AccountRow,
} from '../db/statements/accounts.ts';
import type { RequestContext } from '../http/context.ts';
import { hashPassword, needsRehash, verifyPassword } from './password.ts';

/** Creates an account, unless the address has one: the caller cannot tell, nor can whoever asked. */
export async function createAccount(
  database: Database,
  account: { email: string; name: string; password: string },
  now: number,
): Promise<void> {
  await acrossTenants(database, 'accounts').change(
    insertAccount,
    crypto.randomUUID(),
    account.email,
    account.name,
    await hashPassword(account.password),
    now,
  );
}

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
  if (needsRehash(account.passwordHash)) {
    context.background(
      'rehash a password',
      hashPassword(password).then((hash) =>
        accounts.change(replacePasswordHash, account.id, hash, account.passwordHash),
      ),
    );
  }
  return account;
}
