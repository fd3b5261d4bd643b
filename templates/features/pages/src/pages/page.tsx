import type { Hono } from 'hono';
import { access, actorIfAny, type AccessRule, type UserActor } from '../auth/access.ts';
import type { AppContext, AppEnvironment } from '../http/context.ts';
import { requireOwnOrigin } from '../http/origin.ts';
import { Problem } from '../http/problem.ts';
import { path, pathOf } from './addresses.ts';
import { Api, Refusal } from './api.ts';
import { leaveFlash } from './flash.ts';
import { pick, readForm, type Typed } from './form.ts';
import { showProblem } from './problem-pages.tsx';
import { tenantShape, type Tenant } from './shapes.ts';
import { showStepUp, stepUpIfAsked } from './step-up.tsx';

type PageMethod = 'GET' | 'POST';

/** One request for a page: who asks, what they typed, and the API to work with. */
export interface Visit<Actor extends UserActor | null = UserActor | null> {
  readonly c: AppContext;
  readonly api: Api;
  readonly actor: Actor;
  /** What was typed; empty unless a form was sent. */
  readonly typed: Typed;
  /** Whether the form just proved who sent it. */
  readonly isProven: boolean;
}

type Handler<Actor extends UserActor | null> = (visit: Visit<Actor>) => Promise<Response>;

/** A declared page. Like the endpoints, they are a plain array that the app serves and the tests walk. */
export interface Page {
  readonly method: PageMethod;
  readonly path: string;
  readonly access: AccessRule;
  serve(c: AppContext, app: Hono<AppEnvironment>): Promise<Response>;
}

/**
 * The ways to declare a page. Who may do what is not decided here: a page asks the API. It only knows
 * whether it is for everybody, or for those who are logged in; others are sent to log in first.
 */
export const page = {
  public: (method: PageMethod, at: string, handler: Handler<UserActor | null>): Page => ({
    method,
    path: at,
    access: access.public.rule,
    serve: (c, app) => serve(c, app, actorIfAny, handler),
  }),

  user: (method: PageMethod, at: string, handler: Handler<UserActor>): Page => ({
    method,
    path: at,
    access: access.user.rule,
    serve: (c, app) => serve(c, app, access.user.resolve, handler),
  }),
};

/** The same order as with the endpoints: who asks, where from, what was sent. */
async function serve<Actor extends UserActor | null>(
  c: AppContext,
  app: Hono<AppEnvironment>,
  resolve: (c: AppContext) => Promise<Actor>,
  handler: Handler<Actor>,
): Promise<Response> {
  const api = new Api(app, c);
  let actor: Actor;
  try {
    actor = await resolve(c);
  } catch (thrown) {
    if (thrown instanceof Problem && thrown.code === 'unauthenticated') return askToLogIn(c);
    throw thrown;
  }
  requireOwnOrigin(c);
  const sent = c.req.method === 'POST' ? await readForm(c.req.raw) : {};
  const asked = { c, api, actor, typed: sent, isProven: false };
  let visit: Visit<Actor> = asked;
  try {
    const stepped = await stepUpIfAsked(asked);
    if (stepped.answer !== null) return stepped.answer;
    visit = { ...asked, ...stepped };
    return await handler(visit);
  } catch (thrown) {
    if (!(thrown instanceof Refusal)) throw thrown;
    if (thrown.code === 'unauthenticated') return askToLogIn(c);
    if (thrown.code === 'step_up_required') return showStepUp(visit);
    return showProblem(c, thrown);
  }
}

/** A form cannot be sent again after logging in, so that leads to the page it was on. */
function askToLogIn(c: AppContext): Response {
  const from = c.req.method === 'GET' ? c.req.url : c.req.header('Referer');
  return c.redirect(`/login?returnTo=${encodeURIComponent(pathOf(from))}`, 303);
}

/** Goes on to a page after something was done, or refused, which that page says. */
export function goOn(
  { c }: Pick<Visit, 'c'>,
  to: string,
  outcome?: string | Response | Refusal,
): Response {
  const code = outcome instanceof Refusal ? outcome.code : outcome;
  if (typeof code === 'string') leaveFlash(c, code);
  return c.redirect(to, 303);
}

/** Sends some of the typed fields to the API. */
export function submit(
  { api, typed }: Visit,
  method: 'POST' | 'PATCH' | 'DELETE',
  to: string,
  ...fields: readonly string[]
): Promise<Response | Refusal> {
  return api.send(method, to, fields.length > 0 ? pick(typed, ...fields) : undefined);
}

/** The tenant in the address, as the API shows it to whoever asks. */
export function readTenant({ c, api }: Visit): Promise<Tenant> {
  return api.read(path`/api/tenants/${param(c, 'tenantId')}`, tenantShape);
}

/** A part of the address that the page's path names. */
export function param(c: AppContext, name: string): string {
  return c.req.param(name) ?? '';
}
