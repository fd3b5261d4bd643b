import { sabotage } from './sabotage.ts';

const file = 'src/auth/breached-passwords.ts';
const recovery = 'src/auth/password-recovery.ts';

export const breachedPasswords = [
  sabotage(
    'AUTH-2',
    'somebody signs up with a breached password',
    'src/auth/signup.ts',
    'await refuseBreached(context, account.password);',
    'void refuseBreached;',
  ),
  sabotage(
    'AUTH-2',
    'somebody resets to a breached password',
    recovery,
    "throw unusable('body.token');\n  await refuseBreached(context, password);",
    "throw unusable('body.token');",
  ),
  sabotage(
    'AUTH-2',
    'somebody changes to a breached password',
    recovery,
    '  await refuseBreached(context, password);\n  // Each change',
    '  // Each change',
  ),
  sabotage(
    'AUTH-2',
    'five breached passwords keep who knows the current one from changing it',
    recovery,
    '  await attempt.giveBack();\n  await refuseBreached(context, password);\n',
    '  await refuseBreached(context, password);\n  await attempt.giveBack();\n',
  ),
  sabotage(
    'AUTH-2',
    'a breached password counts as a mail to an address that is not proven',
    recovery,
    `  await refuseBreached(context, password);
  // Each change is mailed to the address, which may be that of a stranger.
  if (account.emailVerifiedAt === null) await limitAccount(context, limits.mailByUser, userId);
`,
    `  if (account.emailVerifiedAt === null) await limitAccount(context, limits.mailByUser, userId);
  await refuseBreached(context, password);
`,
  ),
  sabotage(
    'AUTH-2',
    'the whole hash leaves the app',
    file,
    'ask(url + hash.slice(0, 5), {',
    'ask(url + hash, {',
  ),
  sabotage(
    'AUTH-2',
    'the answer is not padded',
    file,
    "{ headers: { 'Add-Padding': 'true' } }",
    '{ headers: {} }',
  ),
  sabotage('AUTH-2', 'padding counts as known', file, ':0*[1-9]`', ':[0-9]`'),
  sabotage(
    'ERR-4',
    'a service that fails keeps everybody out',
    file,
    "'breached passwords', fault });\n    return false;",
    "'breached passwords', fault });\n    return true;",
  ),
  sabotage(
    'ERR-4',
    'a service that answers errors is noticed by nobody',
    file,
    'if (!response.ok) throw new Error(`status ${response.status}`);',
    'if (!response.ok) return false;',
  ),
  sabotage(
    'ERR-4',
    'a service that hangs keeps everybody waiting',
    file,
    'patienceMs, host }',
    'patienceMs: patienceMs * 10, host }',
  ),
];
