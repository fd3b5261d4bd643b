import { sabotage } from './sabotage.ts';

const configuration = 'wrangler.toml';
const entry = 'dev/index.ts';

export const development = [
  sabotage(
    'SEC-6',
    'the mailbox answers at any address',
    entry,
    'const isLocal = loopback.has(url.hostname);',
    "const isLocal = url.hostname !== '';",
  ),
  sabotage(
    'SEC-6',
    'the mailbox answers in production',
    entry,
    "env.APP_ENV !== 'development' || env.DEV_MAILBOX",
    'env.DEV_MAILBOX',
  ),
  sabotage(
    'SEC-6',
    'by the clock the mail of production goes into the mailbox',
    entry,
    "const isLocal = APP_ENV === 'development' && DEV_MAILBOX",
    'const isLocal = APP_ENV !== undefined && DEV_MAILBOX',
  ),
  sabotage(
    'SEC-6',
    'by the clock the mail of development goes out',
    entry,
    'isLocal ? withDoubles(env, new Mailbox(DEV_MAILBOX)) : env;',
    'isLocal ? { ...env, ...withDoubles(env, new Mailbox(DEV_MAILBOX)), EMAIL: env.EMAIL } : env;',
  ),
  sabotage(
    'SEC-6',
    'the API is described to everybody',
    entry,
    'const isLocal = loopback.has(url.hostname);',
    "const isLocal = loopback.has(url.hostname);\n    if (url.pathname === '/openapi.json') return Response.json(describeApi(routes));",
  ),
  sabotage(
    'SEC-6',
    'the page that shows the API is not there',
    entry,
    "url.pathname === '/dev/api'",
    "url.pathname === '/dev/docs'",
  ),
  sabotage(
    'SEC-6',
    'the app that is deployed carries the mailbox',
    'src/index.ts',
    "import { app } from './app.ts';",
    "import { app } from './app.ts';\nimport '../dev/mailbox.ts';",
  ),
  sabotage(
    'OBS-1',
    'production is not observed',
    configuration,
    '[env.production.observability]\nenabled = true',
    '[env.production.observability]\nenabled = false',
  ),
  sabotage(
    'OBS-1',
    'production keeps one log line in a hundred',
    configuration,
    '[env.production.observability]\nenabled = true\nhead_sampling_rate = 1',
    '[env.production.observability]\nenabled = true\nhead_sampling_rate = 0.01',
  ),
  sabotage(
    'OBS-1',
    'mail that failed in production is never sent again',
    configuration,
    '[env.production.triggers]\ncrons = ["* * * * *", "17 3 * * *"]',
    '[env.production.triggers]\ncrons = ["17 3 * * *"]',
  ),
  sabotage(
    'OBS-1',
    'production is observed without its log',
    configuration,
    '[env.production.observability]\nenabled = true\nhead_sampling_rate = 1\nredact_query_string = true\n',
    '[env.production.observability]\nenabled = true\nhead_sampling_rate = 1\nredact_query_string = true\nlogs = { enabled = false }\n',
  ),
  sabotage(
    'OBS-2',
    'Cloudflare keeps the query strings of production',
    configuration,
    '[env.production.observability]\nenabled = true\nhead_sampling_rate = 1\nredact_query_string = true\n',
    '[env.production.observability]\nenabled = true\nhead_sampling_rate = 1\n',
  ),
  sabotage(
    'SEC-6',
    'by the clock the mailbox of development takes the mail of production',
    'dev/index.ts',
    "const isLocal = APP_ENV === 'development' && DEV_MAILBOX !== undefined;",
    "const isLocal = APP_ENV !== '' && DEV_MAILBOX !== undefined;",
  ),
];
