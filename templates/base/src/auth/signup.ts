import { acrossTenants } from '../db/across-tenants.ts';
import { accountByEmail, insertAccount } from '../db/statements/accounts.ts';
import type { RequestContext } from '../http/context.ts';
import { limits } from '../limits/policies.ts';
import { mayMail } from '../mail/allowance.ts';
import { messages } from '../mail/messages.ts';
import { writeAndMail } from '../mail/outbox.ts';
import { refuseBreached } from './breached-passwords.ts';
import { hashPassword } from './password.ts';
import { eventStatement } from './security-events.ts';
import { mintToken } from './token.ts';
import { sendVerification } from './verification.ts';

/**
 * Creates an account, unless the address has one or the policy keeps it out. Before the answer all
 * cost one hash and one statement; the mail, which differs, goes out afterwards. An address that was asked
 * for too often costs no more hashes, and the answer does not tell.
 * @returns a token for this browser, whether or not an account was made
 * @throws {Problem} 400 when the password is known from a breach; 503 when the limiter cannot be asked
 */
export async function signUp(
  context: RequestContext,
  account: { email: string; name: string; password: string },
): Promise<string> {
  await refuseBreached(context, account.password);
  const id = crypto.randomUUID();
  const browserToken = mintToken();
  if (!(await mayMail(context, account.email, limits.signupByAddress))) return browserToken;
  const created = await acrossTenants(context.database, 'accounts').change(
    insertAccount,
    id,
    account.email,
    account.name,
    await hashPassword(account.password),
    context.now,
    context.configuration.signupPolicy,
  );
  context.background('finish a signup', () =>
    created === 1
      ? welcome(context, { id, email: account.email }, browserToken)
      : remind(context, account.email),
  );
  return browserToken;
}

async function welcome(
  context: RequestContext,
  account: { id: string; email: string },
  browserToken: string,
): Promise<void> {
  await context.database.batch([eventStatement(context, account.id, 'signed_up')]);
  if (await mayMail(context, account.email)) await sendVerification(context, account, browserToken);
}

async function remind(context: RequestContext, email: string): Promise<void> {
  const account = await acrossTenants(context.database, 'accounts').first(accountByEmail, email);
  if (account === null || !(await mayMail(context, email))) return;
  await writeAndMail(context, [], [messages.alreadySignedUp(email)]);
}
