import * as z from 'zod';
import { createApp } from '../../src/app.ts';
import { access } from '../../src/auth/access.ts';
import { route } from '../../src/http/route.ts';

/** A route that demands everything at once. */
export const tierRoute = route({
  method: 'GET',
  path: '/demanding/:tenantId',
  access: access.tenant({ role: 'owner', tier: 'business', stepUp: true }),
  input: z.strictObject({ params: z.strictObject({ tenantId: z.string().max(64) }) }),
  handler: ({ c }) => Promise.resolve(c.body(null, 204)),
});

export const app = createApp([tierRoute]);
