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
    'limits.mailByUser, userId);\n  await refuseBreached(context, password);',
    'limits.mailByUser, userId);',
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
