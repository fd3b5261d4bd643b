import { sabotage } from './sabotage.ts';

const faults = 'src/ops/faults.ts';
const logger = 'src/ops/logger.ts';
const entry = 'src/index.ts';
const redact = 'src/ops/redact.ts';

export const faultsAndTraces = [
  sabotage(
    'OBS-1',
    'a fault below a route is swallowed',
    'src/http/errors.ts',
    "logger.log('error', 'unexpected fault', { fault: describeFault(thrown) });",
    'describeFault(thrown);',
  ),
  sabotage(
    'OBS-1',
    'an outage of D1 passes for a warning',
    'src/http/errors.ts',
    "kind === 'conflict' ? 'warn' : 'error'",
    "kind === 'defect' ? 'error' : 'warn'",
  ),
  sabotage(
    'OBS-1',
    'the log does not tell why a request was refused',
    'src/app.ts',
    '...(c.error instanceof Problem && { code: c.error.code }),',
    '',
  ),
  sabotage('OBS-1', 'a fault is kept twice', logger, 'else console[level]', 'console[level]'),
  sabotage(
    'OBS-1',
    'a sink that throws takes the request with it',
    faults,
    '} catch {\n    void workersLogs(fault);',
    '} catch (thrown) {\n    throw thrown;',
  ),
  sabotage(
    'OBS-1',
    'what a sink rejects is lost',
    faults,
    'kept.catch(() => workersLogs(fault))',
    'kept.catch(() => {})',
  ),
  sabotage(
    'OBS-1',
    'what a client does wrong is reported as a fault',
    'src/http/errors.ts',
    'if (thrown instanceof Problem) return',
    "if (thrown instanceof Problem) logger.log('error', 'problem', { code: thrown.code });\n  if (thrown instanceof Problem) return",
  ),
  sabotage(
    'ERR-3',
    'work after the response fails without a word',
    'src/http/context.ts',
    "logger.log('error', 'background task failed', { task, fault: describeFault(thrown) });",
    'void describeFault(thrown);\n          void task;',
  ),
  sabotage(
    'ERR-3',
    'the deployed Worker listens to nothing that nobody catches',
    entry,
    'keepUncaught(self);',
    'void keepUncaught;',
  ),
  sabotage(
    'ERR-3',
    'unhandled rejections go unseen',
    'src/ops/uncaught.ts',
    "'unhandledrejection'",
    "'rejectionhandled'",
  ),
  sabotage(
    'ERR-3',
    'one scheduled task that fails ends the others',
    entry,
    "logger.log('error', 'scheduled work failed', { task, fault: describeFault(thrown) });",
    "logger.log('error', 'scheduled work failed', { task, fault: describeFault(thrown) });\n        throw thrown;",
  ),
  sabotage(
    'ERR-3',
    'an alarm that fails is thrown on without being kept',
    'src/limits/rate-limiter.ts',
    "createLogger(mintRequestId()).log('error', 'alarm failed', { task: 'rate limiter', fault });",
    'void createLogger(mintRequestId() + fault);',
  ),
  sabotage(
    'ERR-3',
    'work is handed to waitUntil past the wrapper',
    'src/auth/sessions.ts',
    "context.background('forget a session', () => context.sessionData.delete(tokenHash));",
    'executionContext.waitUntil(context.sessionData.delete(tokenHash));\n}\n\nconst executionContext = { waitUntil(_promise: Promise<unknown>) {} };\nexport function forgetLater(context: RequestContext): void {\n  void context;',
  ),
  sabotage(
    'OBS-3',
    'mail that is tried again forgets its request',
    'src/mail/outbox.ts',
    'createLogger(row.requestId)',
    'createLogger(crypto.randomUUID())',
  ),
  sabotage(
    'OBS-3',
    'mail that goes out later carries an id of its own',
    'src/mail/outbox.ts',
    'from: configuration.mailFrom, requestId }',
    'from: configuration.mailFrom, requestId: requestId && crypto.randomUUID() }',
  ),
  sabotage(
    'OBS-3',
    'the id stands on errors only',
    'src/app.ts',
    "c.res.headers.set('X-Request-Id', requestId);",
    "if (!c.res.ok) c.res.headers.set('X-Request-Id', requestId);",
  ),
  sabotage(
    'OBS-3',
    'all requests share an id',
    'src/http/context.ts',
    "return crypto.randomUUID().replaceAll('-', '');",
    'return (shared ??= crypto.randomUUID().replaceAll("-", ""));\n}\n\nlet shared: string | undefined;\nexport function mintNothing(): void {\n  shared = undefined;',
  ),
  sabotage(
    'OBS-2',
    'the second net is gone',
    logger,
    "typeof value === 'string' ? redact(value) : value",
    "typeof value === 'string' ? redact(value) && value : value",
  ),
  sabotage('OBS-2', 'an address that is encoded slips through', redact, '(?:@|%40)', '@'),
  sabotage('OBS-2', 'a number in groups slips through', redact, '[ ().-]{0,2}', ''),
  sabotage(
    'OBS-2',
    'a token slips through',
    redact,
    ".replace(longSecret, '[token]')",
    '.replace(longSecret, (token) => token)',
  ),
];
