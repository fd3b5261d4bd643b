import type { Limit } from './policies.ts';

/** See src/limits/policies.ts for what raising and lowering a number does. */
export const oauthLimits = {
  /** Each stores a row for ten minutes. */
  startByClient: { name: 'oauth start by client', max: 30, windowSeconds: 15 * 60 },
  /** Each may ask a provider, which has limits of its own. */
  callbackByClient: { name: 'oauth callback by client', max: 30, windowSeconds: 15 * 60 },
} as const satisfies Record<string, Limit>;
