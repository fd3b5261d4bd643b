import { createServer, type IncomingMessage } from 'node:http';
import { once } from 'node:events';

/** Answers as the deployed app would to a smoke test, or as one that is ill. */
export interface AppServer {
  readonly address: string;
  readonly asked: {
    readonly path: string;
    readonly version: string | string[] | undefined;
    readonly cookie: string | undefined;
  }[];
  build: string;
  fails: boolean;
  /** Fails where this says so, of the number of the question about /health and whether it names a version. */
  isIll: (question: number, namesVersion: boolean) => boolean;
  /** Whether it forgets who asks. */
  lets: boolean;
  /** Whether a login from another site is taken. */
  isOpenToOthers: boolean;
  /** Whether caches may keep its answers. */
  isKept: boolean;
  /** Whether another app answers there. */
  isAnother: boolean;
  /** Whether the account of the smoke test is there. */
  hasAccount: boolean;
  /** What a test of the alerts answers. */
  alerts: unknown;
  /** Whether a session that was ended still opens. */
  forgets: boolean;
  /** Whether it takes requests, and answers none. */
  hangs: boolean;
  /** How many requests it takes before a limit refuses. */
  limit: number;
  close(): Promise<void>;
}

export async function appServer(): Promise<AppServer> {
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    const version = request.headers['cloudflare-workers-version-overrides'];
    app.asked.push({ path, version, cookie: request.headers.cookie });
    if (app.hangs) return;
    const questions = app.asked.filter((asked) => asked.path === '/health').length;
    const isIll = path === '/health' && app.isIll(questions, version !== undefined);
    const [status, body, cookie] = answerTo(request, path);
    response.writeHead(app.fails || isIll ? 500 : status, {
      'Content-Type': 'application/json',
      ...(app.isKept ? {} : { 'Cache-Control': 'no-store' }),
      ...(cookie !== undefined && { 'Set-Cookie': `${cookie}; Path=/; HttpOnly` }),
    });
    response.end(JSON.stringify(body));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const bound = server.address();
  const port = typeof bound === 'object' && bound !== null ? bound.port : 0;
  let session = '';
  let limited = 0;

  function answerTo(
    request: IncomingMessage,
    path: string,
  ): [status: number, body: unknown, cookie?: string] {
    const isOurs = session !== '' && request.headers.cookie === session;
    if (path === '/health') return [200, { status: app.isAnother ? 'up' : 'ok', build: app.build }];
    if (path === '/api/me')
      return isOurs || app.lets
        ? [200, {}]
        : [401, { code: app.isAnother ? 'login_first' : 'unauthenticated' }];
    if (path === '/api/auth/password/forgot') return [(limited += 1) > app.limit ? 429 : 202, {}];
    if (path === '/api/auth/logout') {
      if (!app.forgets) session = '';
      return [204, undefined];
    }
    if (path === '/ops/alerts/test') return [200, app.alerts];
    const isForeign = request.headers.origin !== app.address;
    if (isForeign && !app.isOpenToOthers) return [403, { code: 'origin_rejected' }];
    if (!app.hasAccount) return [401, { code: 'unauthenticated' }];
    session = '__Host-sid=a-session';
    return [200, { status: 'ok' }, session];
  }

  const app: AppServer = {
    address: `http://127.0.0.1:${port}`,
    asked: [],
    build: '',
    fails: false,
    isIll: () => false,
    isOpenToOthers: false,
    isKept: false,
    isAnother: false,
    hasAccount: true,
    alerts: { mail: 'sent', webhook: 'not configured' },
    lets: false,
    forgets: false,
    hangs: false,
    limit: 10,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close').catch(() => {});
    },
  };
  return app;
}
