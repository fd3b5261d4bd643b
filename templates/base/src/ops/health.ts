import * as z from 'zod';
import { access } from '../auth/access.ts';
import { route } from '../http/route.ts';
import { testAlerts } from './alert-channels.ts';
import { checkDependencies } from './readiness.ts';

export const healthRoutes = [
  /** Names the build that answers. It asks no dependency: it must answer when they do not. */
  route({
    method: 'GET',
    path: '/health',
    access: access.public,
    input: z.strictObject({}),
    async handler({ c }) {
      const { id, tag, timestamp } = c.env.CF_VERSION;
      return c.json({ status: 'ok', build: tag === '' ? id : tag, deployedAt: timestamp });
    },
  }),

  /** Asks every dependency. It is guarded: it costs something, and tells what is broken. */
  route({
    method: 'GET',
    path: '/ready',
    access: access.operator,
    input: z.strictObject({}),
    async handler({ c, context }) {
      const checks = await checkDependencies(context);
      const isReady = checks.every(({ ok }) => ok);
      return c.json({ status: isReady ? 'ready' : 'not ready', checks }, isReady ? 200 : 503);
    },
  }),

  /** Sends an alert that says it is a test, to show that somebody gets it (`npm run alerts:test`). */
  route({
    method: 'POST',
    path: '/ops/alerts/test',
    access: access.operator,
    input: z.strictObject({}),
    async handler({ c, context }) {
      return c.json(await testAlerts(context));
    },
  }),
];
