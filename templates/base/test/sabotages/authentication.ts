import { sabotage } from './sabotage.ts';

const access = 'src/auth/access.ts';
const cookie = 'src/auth/cookie.ts';
const origin = 'src/http/origin.ts';
const login = 'src/auth/login.ts';
const routes = 'src/auth/session-routes.ts';
const sessions = 'src/auth/sessions.ts';
const statements = 'src/db/statements/sessions.ts';

export const authentication = [
  sabotage(
    'AUTH-1',
    'an endpoint is added beside the declarations',
    'src/app.ts',
    '  pipeline.notFound(',
    "  pipeline.get('/api/debug', (c) => c.json({ environment: c.env.APP_ENV ?? '' }));\n  pipeline.notFound(",
  ),
  sabotage(
    'AUTH-1',
    'the role a route demands is lowered',
    'src/tenancy/routes.ts',
    "access.tenant({ role: 'admin' })",
    "access.tenant({ role: 'member' })",
  ),
  sabotage(
    'AUTH-1',
    'roles are not compared',
    access,
    'if (!isAtLeast(held, role))',
    'if (!isAtLeast(held, role) && held === role)',
  ),
  sabotage(
    'AUTH-1',
    'a disabled user is let in',
    statements,
    '\n     AND users.disabled_at IS NULL`,',
    '`,',
  ),
  sabotage(
    'AUTH-1',
    'whatever stands in the cookie is looked up',
    access,
    'if (!isToken(token)) return null;',
    'if (token === undefined) return null;',
  ),
  sabotage(
    'AUTH-1',
    'the cookie of development opens production',
    cookie,
    "return environment === 'development' ? name : `__Host-${name}`;",
    "return environment === 'staging' ? `__Host-${name}` : name;",
  ),
  sabotage(
    'AUTH-2',
    'somebody keeps the role of their first request',
    access,
    `function requireRole(row: AuthorizationRow, role: Role): Tenant {
  const { tenantId, role: held, tier } = row;`,
    `const remembered = new Map<string, Role>();

function requireRole(row: AuthorizationRow, role: Role): Tenant {
  const { tenantId, tier } = row;
  const held = remembered.get(row.userId) ?? row.role;
  if (held !== null) remembered.set(row.userId, held);`,
  ),
  sabotage(
    'AUTH-2',
    'a revoked session still lives',
    statements,
    `WHERE sessions.token_hash = ?1
     AND sessions.revoked_at IS NULL`,
    'WHERE sessions.token_hash = ?1',
  ),
  sabotage(
    'AUTH-2',
    'logging out only takes the cookie away',
    routes,
    'await endSessionOfUser(context, actor.user.id, actor.session.id);\n      takeSession(c);',
    'takeSession(c);\n      context.logger.log("info", "logged out", { userId: actor.user.id });',
  ),
  sabotage(
    'AUTH-2',
    'logging out everywhere ends nothing',
    statements,
    'UPDATE users SET session_epoch = session_epoch + 1',
    'UPDATE users SET session_epoch = session_epoch + 0',
  ),
  sabotage(
    'AUTH-2',
    'logging out everywhere reaches every user',
    statements,
    'SET session_epoch = session_epoch + 1 WHERE id = ?1`',
    'SET session_epoch = session_epoch + 1 WHERE id = id OR id = ?1`',
  ),
  sabotage(
    'AUTH-2',
    "anybody ends anybody's session",
    statements,
    'WHERE id = ?1 AND user_id = ?2 AND revoked_at IS NULL',
    'WHERE id = ?1 AND ?2 = ?2 AND revoked_at IS NULL',
  ),
  sabotage(
    'AUTH-2',
    'the token itself is stored',
    'src/auth/token.ts',
    'return new Uint8Array(digest).toHex();',
    'return digest.byteLength > 0 ? token : token;',
  ),
  sabotage(
    'AUTH-2',
    'a session needs KV',
    sessions,
    `    const fault = describeFault(thrown);
    context.logger.log('warn', 'dependency failed', { dependency: 'session data', fault });
    return null;`,
    `    context.logger.log('warn', describeFault(thrown));
    throw thrown;`,
  ),
  sabotage(
    'AUTH-5',
    'an unknown address costs no hash',
    login,
    'const isRight = await verifyPassword(password, claimed?.passwordHash ?? null);',
    'const isRight = claimed !== null && (await verifyPassword(password, claimed.passwordHash));',
  ),
  sabotage(
    'AUTH-5',
    'an unknown address costs half a hash',
    'src/auth/password.ts',
    'const nobodysHash = `${scheme}$',
    'const nobodysHash = `scrypt$8192$8$5$',
  ),
  sabotage(
    'AUTH-5',
    'signing up tells that the address is taken',
    'src/db/statements/accounts.ts',
    '\n   ON CONFLICT (email) DO NOTHING',
    '',
  ),
  sabotage(
    'AUTH-5',
    'signing up again replaces the password',
    'src/db/statements/accounts.ts',
    'ON CONFLICT (email) DO NOTHING',
    'ON CONFLICT (email) DO UPDATE SET password_hash = excluded.password_hash',
  ),
  sabotage('AUTH-7', 'scripts can read the cookie', cookie, 'httpOnly: true', 'httpOnly: false'),
  sabotage(
    'AUTH-7',
    'SameSite=Strict breaks the way back from sites where somebody paid or logged in',
    cookie,
    "sameSite: 'Lax'",
    "sameSite: 'Strict'",
  ),
  sabotage(
    'AUTH-7',
    'only production has a Secure cookie by its name',
    cookie,
    "secure: environment !== 'development'",
    "secure: environment === 'development'",
  ),
  sabotage(
    'AUTH-7',
    'logging in leaves the session before alive',
    login,
    `if (isToken(previous)) await endSession(c.get('context'), previous);`,
    `if (isToken(previous)) await endSession(c.get('context'), previous.slice(1));`,
  ),
  sabotage(
    'AUTH-7',
    'an idle session lives on',
    statements,
    'AND sessions.idle_expires_at > ?2\n     AND sessions.expires_at > ?2\n     AND sessions.epoch = users.session_epoch\n     AND users.disabled_at',
    'AND sessions.expires_at > ?2\n     AND sessions.epoch = users.session_epoch\n     AND users.disabled_at',
  ),
  sabotage(
    'AUTH-7',
    'a session in use lives for ever',
    statements,
    'AND sessions.expires_at > ?2\n     AND sessions.epoch = users.session_epoch\n     AND users.disabled_at',
    'AND sessions.epoch = users.session_epoch\n     AND users.disabled_at',
  ),
  sabotage(
    'AUTH-7',
    'an Origin that begins like ours passes',
    origin,
    "c.req.header('Origin') === c.get('context').configuration.origin",
    "(c.req.header('Origin') ?? '').startsWith(c.get('context').configuration.origin)",
  ),
  sabotage(
    'AUTH-7',
    'another site of the same domain passes',
    origin,
    "site === 'same-origin'",
    "site === 'same-origin' || site === 'same-site'",
  ),
  sabotage(
    'AUTH-7',
    'only forms are checked for their origin',
    origin,
    'if (safeMethods.has(c.req.method)) return;',
    "if (safeMethods.has(c.req.method) || /json/.test(c.req.header('Content-Type') ?? '')) return;",
  ),
  sabotage(
    'AUTH-7',
    'a login opens a session that lives for years',
    login,
    'expiresAt: context.now + sessionLifetime.absoluteMs }',
    'expiresAt: context.now + sessionLifetime.absoluteMs * 1_000 }',
  ),
  sabotage(
    'TEST-1',
    'logging out leaves the session open to who copied its cookie',
    routes,
    'await endSessionOfUser(context, actor.user.id, actor.session.id);\n      takeSession(c);',
    'takeSession(c);\n      context.logger.log("info", "logged out", { userId: actor.user.id });',
  ),
  sabotage(
    'TEST-1',
    'a cookie planted before a login stays good',
    login,
    "const previous = readCookie(c, 'sid');\n  if (isToken(previous))",
    "const previous = readCookie(c, 'sid');\n  if (isToken(previous) && previous.length === 0)",
  ),
  sabotage(
    'TEST-1',
    'any password opens the account',
    login,
    'if (claimed === null || !isRight || claimed.disabledAt !== null) {',
    'if (claimed === null || isRight === null || claimed.disabledAt !== null) {',
  ),
  sabotage(
    'TEST-1',
    'a disabled account can log in',
    login,
    ' || claimed.disabledAt !== null) {',
    ') {',
  ),
  sabotage(
    'TEST-1',
    'a password typed in wider digits is another one',
    'src/auth/password.ts',
    "password.normalize('NFKC')",
    "password.normalize('NFC')",
  ),
  sabotage(
    'AUTH-2',
    'a browser whose user is deleted keeps the cookie, and what pages stored',
    'src/auth/me-routes.ts',
    '      takeSession(c);\n      return',
    "      c.header('X-Left', takeSession.name.slice(0, 0));\n      return",
  ),
  sabotage(
    'AUTH-7',
    'the cookie of staging is not bound to its host',
    cookie,
    "return environment === 'development' ? name : `__Host-${name}`;",
    "return environment !== 'production' ? name : `__Host-${name}`;",
  ),
  sabotage(
    'AUTH-2',
    'a login is answered before the session of before is ended',
    'src/auth/login.ts',
    "if (isToken(previous)) await endSession(c.get('context'), previous);",
    "const context = c.get('context');\n  if (isToken(previous)) context.background('end a session', () => endSession(context, previous));",
  ),
  sabotage(
    'AUTH-2',
    'a login goes on though the session of before could not be ended',
    'src/auth/login.ts',
    "await endSession(c.get('context'), previous);",
    "await endSession(c.get('context'), previous).catch(() => {});",
  ),
  sabotage(
    'TEST-1',
    'each login hashes the password once more',
    'src/auth/login.ts',
    'if (passwordHash === null || !needsRehash(passwordHash)) return;',
    "if (passwordHash === null || (!needsRehash(passwordHash) && password === '')) return;",
  ),
  sabotage(
    'TEST-1',
    'a login that renews an old hash ends its own session',
    'src/db/statements/accounts.ts',
    '`UPDATE users SET password_hash = ?2 WHERE id = ?1 AND password_hash = ?3`',
    '`UPDATE users SET password_hash = ?2, session_epoch = session_epoch + 1\n   WHERE id = ?1 AND password_hash = ?3`',
  ),
  sabotage(
    'AUTH-5',
    'an account without a password opens to any',
    'src/auth/login.ts',
    'const isRight = await verifyPassword(password, claimed?.passwordHash ?? null);',
    'const isRight =\n    claimed?.passwordHash === null ||\n    (await verifyPassword(password, claimed?.passwordHash ?? null));',
  ),
  sabotage(
    'TEST-1',
    'a password that is chosen loses the spaces at its ends',
    'src/auth/fields.ts',
    "  .max(128)\n  .normalize('NFKC')",
    "  .max(128)\n  .trim()\n  .normalize('NFKC')",
  ),
  sabotage(
    'TEST-1',
    'who chose a long password cannot log in',
    'src/auth/fields.ts',
    'knownPassword = z.string().max(128)',
    'knownPassword = z.string().max(64)',
  ),
];
