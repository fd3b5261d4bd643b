import type { Hono } from 'hono';
import { access, actorIfAny, type AccessRule, type UserActor } from '../auth/access.ts';
import type { AppContext, AppEnvironment } from '../http/context.ts';
import { requireOwnOrigin } from '../http/origin.ts';
import { Problem } from '../http/problem.ts';
import { fill, pathOf } from './addresses.ts';
import { Api, Refusal, type ApiMethod } from './api.ts';
import { leaveFlash } from './flash.ts';
import { pick, readForm, type Typed } from './form.ts';
import { showProblem } from './problem-pages.tsx';
import { showStepUp, stepUpIfAsked } from './step-up.tsx';

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

type Answer = Response | Promise<Response>;
type Handler<Actor extends UserActor | null> = (visit: Visit<Actor>) => Answer;

/** A declared page. Like the endpoints, they are a plain array that the app serves and the tests walk. */
export interface Page {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly access: AccessRule;
  /** The endpoint that a form is for, and the fields it sends there. */
  readonly call?: string | undefined;
  readonly fields?: readonly string[] | undefined;
  serve(c: AppContext, app: Hono<AppEnvironment>): Promise<Response>;
}

/** What a form is for: an endpoint, and what happens then. */
interface FormDeclaration<Actor extends UserActor | null> {
  readonly at: string;
  /** Such as `PATCH /api/me`; names are taken from the page's address. */
  readonly call: `${ApiMethod} /api/${string}`;
  readonly fields?: readonly string[];
  /** Shows the form again with what was refused; or where to go on to, to say it there. */
  readonly refused: string | ((visit: Visit<Actor>, refusal: Refusal) => Answer);
  /** Where to go on to, or what else to do with the answer. */
  readonly next: string | ((visit: Visit<Actor>, answer: Response) => Answer);
  /** What to say there. */
  readonly done?: string;
  /** What the API's codes mean here, as words of flash.ts. */
  readonly meaning?: Readonly<Record<string, string>>;
}

/**
 * The ways to declare a page. Who may do what is not decided here: a page asks the API. It only knows
 * whether it is for everybody, or for those who are logged in; others are sent to log in first.
 */
const audiences = {
  public: { rule: access.public.rule, resolve: actorIfAny },
  user: access.user,
} as const;

function declareFor<Actor extends UserActor | null>(audience: {
  readonly rule: AccessRule;
  readonly resolve: (c: AppContext) => Promise<Actor>;
}) {
  const { rule, resolve } = audience;
  return {
    get: (at: string, handler: Handler<Actor>): Page => ({
      method: 'GET',
      path: at,
      access: rule,
      serve: (c, app) => serve(c, app, resolve, handler),
    }),
    post: (at: string, handler: Handler<Actor>): Page => ({
      method: 'POST',
      path: at,
      access: rule,
      serve: (c, app) => serve(c, app, resolve, handler),
    }),
    form: (declaration: FormDeclaration<Actor>): Page => ({
      method: 'POST',
      path: declaration.at,
      access: rule,
      call: declaration.call,
      fields: declaration.fields,
      serve: (c, app) => serve(c, app, resolve, (visit) => send(visit, declaration)),
    }),
  };
}

export const forEverybody = declareFor(audiences.public);
export const forUsers = declareFor(audiences.user);

async function send<Actor extends UserActor | null>(
  visit: Visit<Actor>,
  { call, fields, refused, next, done, meaning }: FormDeclaration<Actor>,
): Promise<Response> {
  const [method = '', to = ''] = call.split(' ');
  const body = fields === undefined ? undefined : pick(visit.typed, fields);
  const answer = await visit.api.send(method, fill(to, visit.c), body);
  if (answer instanceof Refusal) {
    if (typeof refused !== 'string') return refused(visit, answer);
    return goOn(visit, refused, meaning?.[answer.code] ?? answer.code);
  }
  return typeof next === 'string' ? goOn(visit, next, done) : next(visit, answer);
}

/** The same order as with the endpoints: who asks, where from, what was sent. */
async function serve<Actor extends UserActor | null>(
  c: AppContext,
  app: Hono<AppEnvironment>,
  resolve: (c: AppContext) => Promise<Actor>,
  handler: Handler<Actor>,
): Promise<Response> {
  let visit: Visit = { c, api: new Api(app, c), actor: null, typed: {}, isProven: false };
  try {
    const actor = await resolve(c);
    requireOwnOrigin(c);
    const typed = c.req.method === 'POST' ? await readForm(c.req.raw) : {};
    const asked = { ...visit, actor, typed };
    visit = asked;
    const stepped = await stepUpIfAsked(asked);
    if (stepped.answer !== null) return stepped.answer;
    const proven = { ...asked, ...stepped };
    visit = proven;
    return await handler(proven);
  } catch (thrown) {
    if (!(thrown instanceof Refusal || thrown instanceof Problem)) throw thrown;
    if (thrown.code === 'unauthenticated') return askToLogIn(c);
    if (thrown instanceof Problem) throw thrown;
    return thrown.code === 'step_up_required' ? showStepUp(visit) : showProblem(c, thrown);
  }
}

/** A form cannot be sent again after logging in, so that leads to the page it was on. */
function askToLogIn(c: AppContext): Response {
  const from = c.req.method === 'GET' ? c.req.url : c.req.header('Referer');
  return c.redirect(`/login?returnTo=${encodeURIComponent(pathOf(from))}`, 303);
}

/** Goes on to a page, with a word of flash.ts for it to say. */
export function goOn({ c }: Pick<Visit, 'c'>, to: string, word?: string): Response {
  if (word !== undefined) leaveFlash(c, word);
  return c.redirect(fill(to, c), 303);
}
