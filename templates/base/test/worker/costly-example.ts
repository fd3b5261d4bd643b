import * as z from 'zod';
import { access } from '../../src/auth/access.ts';
import { identifier, paragraph } from '../../src/http/fields.ts';
import { route } from '../../src/http/route.ts';

/** Stands for a call that costs money. */
const summarize = (text: string) => Promise.resolve(text.slice(0, 10));

/** Each costs a call to a model. */
const summaries = { name: 'summaries', perDay: () => 20, perMinute: 5 };

export const summaryRoute = route({
  method: 'POST',
  path: '/api/tenants/:tenantId/summaries',
  access: access.tenant({ role: 'member' }),
  budget: summaries,
  input: z.strictObject({
    params: z.strictObject({ tenantId: identifier }),
    body: z.strictObject({ text: paragraph(10_000) }),
  }),
  async handler({ c, input }) {
    return c.json({ summary: await summarize(input.body.text) });
  },
});
