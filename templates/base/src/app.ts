import { Hono } from 'hono';
import { authRoutes } from './auth/routes.ts';
import { mintRequestId, openContext, type AppEnvironment } from './http/context.ts';
import { answerError } from './http/errors.ts';
import { Problem } from './http/problem.ts';
import type { Route } from './http/route.ts';
import { setSecurityHeaders } from './http/security-headers.ts';
import { healthRoutes } from './ops/health.ts';
import { createLogger } from './ops/logger.ts';
import { projectRoutes } from './projects/routes.ts';
import { tenantRoutes } from './tenancy/routes.ts';

/** Every endpoint there is. A route that does not stand here is not served. */
export const routes: readonly Route[] = [
  ...healthRoutes,
  ...authRoutes,
  ...tenantRoutes,
  ...projectRoutes,
];

/** The HTTP pipeline, in order. */
export const app = new Hono<AppEnvironment>();

app.use(async (c, next) => {
  const startedAt = Date.now();
  const requestId = mintRequestId();
  const logger = createLogger(requestId);
  c.set('requestId', requestId);
  c.set('logger', logger);
  await next();
  setSecurityHeaders(c.res.headers, c.get('context')?.configuration.environment);
  c.res.headers.set('X-Request-Id', requestId);
  logger.log('info', 'request', {
    method: c.req.method,
    route: c.req.routePath,
    status: c.res.status,
    durationMs: Date.now() - startedAt,
  });
});

app.use(async (c, next) => {
  c.set('context', openContext(c));
  await next();
});

for (const route of routes) app.on(route.method, route.path, (c) => route.serve(c));

app.notFound((c) => new Problem('not_found').toResponse(c.get('requestId')));

app.onError(answerError);
