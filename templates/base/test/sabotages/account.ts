import { sabotage } from './sabotage.ts';

const emailChange = 'src/auth/email-change.ts';
const recovery = 'src/auth/password-recovery.ts';
const routes = 'src/auth/account-routes.ts';
const statements = 'src/db/statements/accounts.ts';
const stepUp = 'src/auth/step-up.ts';
const tokens = 'src/db/statements/tokens.ts';
const verification = 'src/auth/verification.ts';

export const account = [
  sabotage(
    'AUTH-4',
    'a login opens dangerous actions for ever',
    'src/auth/access.ts',
    'if (mfaAt === null || mfaAt <= now - stepUpMs)',
    'if (mfaAt === null || now < stepUpMs)',
  ),
  sabotage(
    'AUTH-4',
    'anybody with the session steps up without a proof',
    stepUp,
    'if (account === null || !(await isProven(context, account, proof))) {',
    'if (account === null || (!(await isProven(context, account, proof)) && session.id === "")) {',
  ),
  sabotage(
    'AUTH-4',
    "a code of somebody else's account steps up",
    stepUp,
    "return (await spendToken(context, 'step up', emailCode)).userId === account.id;",
    "return (await spendToken(context, 'step up', emailCode)).userId !== '';",
  ),
  sabotage(
    'AUTH-4',
    'stepping up in one session opens all of them',
    'src/db/statements/sessions.ts',
    'UPDATE sessions SET mfa_at = ?2 WHERE id = ?1 AND revoked_at IS NULL',
    'UPDATE sessions SET mfa_at = ?2 WHERE user_id = (SELECT user_id FROM sessions WHERE id = ?1)',
  ),
  sabotage(
    'AUTH-5',
    'the link alone proves an address, whoever signed up with it',
    verification,
    'if (sessionUserId === account.id) return true;',
    'if (sessionUserId !== "") return true;',
  ),
  sabotage(
    'AUTH-5',
    "anybody's session proves an address",
    verification,
    'if (sessionUserId === account.id) return true;',
    'if (sessionUserId !== undefined) return true;',
  ),
  sabotage(
    'AUTH-5',
    'verifying leaves the sessions opened before alive',
    statements,
    'UPDATE users SET email_verified_at = ?2, session_epoch = session_epoch + 1 WHERE id = ?1',
    'UPDATE users SET email_verified_at = ?2 WHERE id = ?1',
  ),
  sabotage(
    'AUTH-5',
    'a forgotten password is looked up before the answer',
    routes,
    "context.background('send a password reset', sendReset(context, input.body.email));",
    'await sendReset(context, input.body.email);',
  ),
  sabotage(
    'AUTH-5',
    'the link leads to whatever the Host header says',
    'src/http/context.ts',
    'configuration: readConfiguration(c.env, new URL(c.req.url)),',
    'configuration: {\n      ...readConfiguration(c.env, new URL(c.req.url)),\n      linkBaseUrl: new URL(c.req.url).origin,\n    },',
  ),
  sabotage(
    'AUTH-5',
    'a mailed token works again and again',
    tokens,
    'UPDATE one_time_tokens SET used_at = ?3\n   WHERE token_hash = ?1 AND purpose = ?2 AND used_at IS NULL AND expires_at > ?3\n   RETURNING',
    'UPDATE one_time_tokens SET used_at = ?3\n   WHERE token_hash = ?1 AND purpose = ?2 AND expires_at > ?3\n   RETURNING',
  ),
  sabotage(
    'AUTH-5',
    'a token of one purpose serves another',
    tokens,
    'UPDATE one_time_tokens SET used_at = ?3\n   WHERE token_hash = ?1 AND purpose = ?2 AND used_at IS NULL AND expires_at > ?3\n   RETURNING',
    'UPDATE one_time_tokens SET used_at = ?3\n   WHERE token_hash = ?1 AND ?2 = ?2 AND used_at IS NULL AND expires_at > ?3\n   RETURNING',
  ),
  sabotage(
    'AUTH-5',
    'an older link still works after a newer one',
    tokens,
    'WHERE user_id = ?1 AND purpose = ?2 AND used_at IS NULL`',
    'WHERE user_id = ?1 AND purpose = ?2 AND used_at IS NULL AND created_at > ?3`',
  ),
  sabotage(
    'AUTH-5',
    'a link to a new password works for a day',
    'src/auth/one-time-token.ts',
    "'reset password': 30 * minute",
    "'reset password': 24 * 60 * minute",
  ),
  sabotage(
    'AUTH-5',
    'a reset logs in whoever has the link',
    routes,
    'await resetPassword(context, input.body.token, input.body.password);',
    `await resetPassword(context, input.body.token, input.body.password);
      giveCookie(c, 'sid', input.body.token);`,
  ),
  sabotage(
    'AUTH-5',
    'the new address alone is enough',
    emailChange,
    'if (change.oldConfirmedAt === null || change.newConfirmedAt === null) return false;',
    'if (change.newConfirmedAt === null) return false;',
  ),
  sabotage(
    'AUTH-5',
    'the old address alone is enough',
    emailChange,
    'if (change.oldConfirmedAt === null || change.newConfirmedAt === null) return false;',
    'if (change.oldConfirmedAt === null) return false;',
  ),
  sabotage(
    'AUTH-5',
    'an address can be flooded with mail',
    routes,
    'await limitAccount(context, limits.mailByAccount, input.body.email);',
    'await limitAccount(context, limits.mailByAccount, crypto.randomUUID());',
  ),
  sabotage(
    'AUTH-5',
    'nobody is told of a new device',
    'src/auth/login.ts',
    'if (newDevice === null || isFirst) {',
    'if (newDevice === null || !isFirst) {',
  ),
  sabotage(
    'AUTH-2',
    'a new password leaves every session alive',
    statements,
    'UPDATE users SET password_hash = ?2, session_epoch = session_epoch + 1 WHERE id = ?1',
    'UPDATE users SET password_hash = ?2 WHERE id = ?1',
  ),
  sabotage(
    'AUTH-2',
    'a password is changed without knowing the current one',
    recovery,
    "if (account === null || !isRight) throw new Problem('unauthenticated');",
    "if (account === null || isRight === null) throw new Problem('unauthenticated');",
  ),
  sabotage(
    'AUTH-2',
    'a common password is accepted',
    'src/auth/fields.ts',
    'return commonPasswords.has(password.normalize',
    'return commonPasswords.size === 0 && commonPasswords.has(password.normalize',
  ),
  sabotage(
    'API-2',
    'a made-up device cookie gets a count of its own',
    'src/auth/device-cookie.ts',
    'return (await isHmac(hmacKey, signedText(email, nonce), signature)) ? nonce : null;',
    'return signature.length > 0 && hmacKey.length > 0 && email.length > 0 ? nonce : null;',
  ),
  sabotage(
    'API-2',
    'a device of one account is known to all',
    'src/auth/device-cookie.ts',
    'return `device|${email}|${nonce}`;',
    'return email.length > 0 ? `device|${nonce}` : nonce;',
  ),
  sabotage(
    'API-2',
    'guesses from elsewhere lock the owner out',
    'src/auth/login.ts',
    'const key = device === null ? credentials.email : `device|${device}`;',
    'const key = device === null ? credentials.email : credentials.email;',
  ),
  sabotage(
    'OBS-2',
    'mail waits in the outbox for everybody to read',
    'src/mail/outbox.ts',
    'await seal(configuration, sealedFor, mail),',
    "mail.length > 0 ? mail : await seal(configuration, sealedFor, ''),",
  ),
];
