import * as z from 'zod';
import { access } from '../auth/access.ts';
import { route } from '../http/route.ts';

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
];
