import type * as z from 'zod';
import type { Access, AccessRule } from '../auth/access.ts';
import { limitClient, spend } from '../limits/enforce.ts';
import type { Budget, Limit } from '../limits/policies.ts';
import type { FlagName } from '../ops/flags.ts';
import { requireOpen } from '../ops/require-open.ts';
import { defaultBodyLimit, type BodyKind } from './body.ts';
import type { AppContext, RequestContext } from './context.ts';
import { readInput } from './input.ts';
import { requireNavigation, requireOwnOrigin } from './origin.ts';

export type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';

/** What a handler works with: who asks, what they sent (valid), and what the request carries. */
export interface RouteCall<Actor, Input> {
  readonly c: AppContext;
  readonly context: RequestContext;
  readonly actor: Actor;
  readonly input: Input;
}

export type SuccessStatus = 200 | 201 | 202 | 204 | 302;

interface RouteDeclaration<Actor, Input extends z.ZodObject> {
  readonly method: Method;
  readonly path: string;
  /** Who may call it. There is no default: a route without `access` does not compile. */
  readonly access: Access<Actor>;
  readonly input: Input;
  /** How often one client may call it. */
  readonly limit?: Limit;
  /** What closes it without a deployment; then it answers 503. */
  readonly flag?: FlagName;
  /** What the tenant pays for it, before anything is read. Only for routes of a tenant. */
  readonly budget?: Budget;
  /** What the body is: JSON unless this says otherwise. */
  readonly reads?: BodyKind;
  /** How big a body may be, in bytes: 64 KB unless this says otherwise. */
  readonly maxBytes?: number;
  /** The status of success: 200 unless this says otherwise. */
  readonly success?: SuccessStatus;
  /** What a success holds: JSON unless this says otherwise. */
  readonly sends?: 'json' | 'file';
  readonly handler: (call: RouteCall<Actor, z.output<Input>>) => Promise<Response>;
}

/** A declared endpoint. The declarations are a plain array that the app serves and the tests walk. */
export interface Route {
  readonly method: Method;
  readonly path: string;
  readonly access: AccessRule;
  readonly input: z.ZodObject;
  readonly limit: Limit | undefined;
  readonly flag: FlagName | undefined;
  readonly budget: Budget | undefined;
  readonly reads: BodyKind;
  readonly maxBytes: number;
  readonly success: SuccessStatus;
  readonly sends: 'json' | 'file';
  serve(c: AppContext): Promise<Response>;
}

/**
 * Declares an endpoint: the only way to add one. The checks answer in an order that leaks nothing:
 * who you are and whether you may (401, 404, 403, 409, 402, 403), where you come from (403), how often (429), whether it is open at all
 * (503), what your tenant has left (429), what you sent (413, 415, 400), and only then does the handler look
 * for the object.
 */
export function route<Actor, Input extends z.ZodObject>(
  declaration: RouteDeclaration<Actor, Input>,
): Route {
  const { method, path, access, input, limit, flag, budget, handler } = declaration;
  const { reads = 'json', maxBytes = defaultBodyLimit } = declaration;
  const { success = 200, sends = 'json' } = declaration;
  return {
    method,
    path,
    access: access.rule,
    input,
    limit,
    flag,
    budget,
    reads,
    maxBytes,
    success,
    sends,
    async serve(c) {
      const context = c.get('context');
      const actor = await access.resolve(c);
      if (success === 302) requireNavigation(c);
      if (access.rule.kind !== 'webhook') requireOwnOrigin(c);
      if (limit !== undefined) await limitClient(c, limit);
      if (flag !== undefined) await requireOpen(context, flag);
      if (budget !== undefined) await spend(context, budget, actor);
      const received = await readInput(c, input, { reads, maxBytes });
      return handler({ c, context, actor, input: received });
    },
  };
}
