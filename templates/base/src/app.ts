import { Hono } from 'hono';
import { accountRoutes } from './auth/account-routes.ts';
import { meRoutes } from './auth/me-routes.ts';
import { mfaRoutes } from './auth/mfa-routes.ts';
import { sessionRoutes } from './auth/session-routes.ts';
import { mintRequestId, openContext, type AppEnvironment } from './http/context.ts';
import { answerError } from './http/errors.ts';
import { Problem } from './http/problem.ts';
import type { Route } from './http/route.ts';
import { setSecurityHeaders } from './http/security-headers.ts';
import { healthRoutes } from './ops/health.ts';
import { createLogger } from './ops/logger.ts';
import { projectRoutes } from './projects/routes.ts';
import { auditRoutes } from './tenancy/audit-routes.ts';
import { endRoutes } from './tenancy/end-routes.ts';
import { invitationRoutes } from './tenancy/invitation-routes.ts';
import { memberRoutes } from './tenancy/member-routes.ts';
import { tenantRoutes } from './tenancy/routes.ts';

/** Every endpoint there is. A route that does not stand here is not served. */
export const routes: readonly Route[] = [
  ...healthRoutes,
  ...accountRoutes,
  ...sessionRoutes,
  ...mfaRoutes,
  ...meRoutes,
  ...tenantRoutes,
  ...memberRoutes,
  ...invitationRoutes,
  ...auditRoutes,
  ...endRoutes,
  ...projectRoutes,
];

/** The HTTP pipeline around some routes, in order. */
export function createApp(served: readonly Route[]): Hono<AppEnvironment> {
  const pipeline = new Hono<AppEnvironment>();

  pipeline.use(async (c, next) => {
    const startedAt = Date.now();
    const requestId = mintRequestId();
    const logger = createLogger(requestId);
    c.set('requestId', requestId);
    c.set('logger', logger);
    try {
      await next();
    } catch (thrown) {
      // Hono hands errors to onError; what is thrown without being an Error ends up here.
      c.res = answerError(thrown, c);
    }
    setSecurityHeaders(c.res.headers, c.get('context')?.configuration.environment);
    c.res.headers.set('X-Request-Id', requestId);
    logger.log('info', 'request', {
      method: c.req.method,
      route: c.req.routePath,
      status: c.res.status,
      durationMs: Date.now() - startedAt,
    });
  });

  pipeline.use(async (c, next) => {
    c.set('context', openContext(c));
    await next();
  });

  for (const route of served) {
    pipeline.on(route.method, route.path, (c) => route.serve(c));
  }

  pipeline.notFound((c) => answerError(new Problem('not_found'), c));
  pipeline.onError(answerError);
  return pipeline;
}

export const app = createApp(routes);
