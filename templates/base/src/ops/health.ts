import * as z from 'zod';
import { access } from '../auth/access.ts';
import { Problem } from '../http/problem.ts';
import { route } from '../http/route.ts';
import { testAlerts } from './alert-channels.ts';
import { checkDependencies } from './readiness.ts';

/** Half a year; RFC 9116 advises less than a year. */
const securityTextMs = 180 * 24 * 60 * 60 * 1_000;

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

  /** Asks whatever the app keeps its data in. It is guarded: it costs something, and tells what is broken. */
  route({
    method: 'GET',
    path: '/ready',
    access: access.operator,
    input: z.strictObject({}),
    async handler({ c, context }) {
      const checks = await checkDependencies(context, c.env);
      const isReady = checks.every(({ ok }) => ok);
      return c.json({ status: isReady ? 'ready' : 'not ready', checks }, isReady ? 200 : 503);
    },
  }),

  /** Whom to tell of a hole (RFC 9116), where SECURITY_CONTACT says whom. */
  route({
    method: 'GET',
    path: '/.well-known/security.txt',
    access: access.public,
    input: z.strictObject({}),
    sends: 'file',
    async handler({ c, context }) {
      const { origin, securityContact } = context.configuration;
      if (securityContact === null) throw new Problem('not_found');
      const lines = [
        `Contact: ${securityContact}`,
        `Expires: ${new Date(context.now + securityTextMs).toISOString()}`,
        `Canonical: ${origin}/.well-known/security.txt`,
      ];
      return c.text(`${lines.join('\n')}\n`);
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
