import type { Hono } from 'hono';
import type { Child } from 'hono/jsx';
import { access, actorIfAny, type AccessRule, type UserActor } from '../auth/access.ts';
import type { AppContext, AppEnvironment } from '../http/context.ts';
import { requireOwnOrigin } from '../http/origin.ts';
import { Problem } from '../http/problem.ts';
import { fill, pathOf } from './addresses.ts';
import { Api, Refusal, type ApiMethod } from './api.ts';
import { leaveFlash } from './flash.ts';
import { fieldKinds, type FieldName } from './form-fields.ts';
import { showForm, type FormPage } from './form-page.tsx';
import { pick, readForm, type Typed } from './form.ts';
import { showPage } from './parts/layout.tsx';
import { showProblem } from './problem-pages.tsx';
import { tenantShape, type Tenant } from './shapes.ts';
import { showStepUp, stepUpIfAsked } from './step-up.tsx';

/** One request for a page: who asks, what they typed, and the API to work with. */
export interface Visit<Actor extends UserActor | null = UserActor | null> {
  readonly c: AppContext;
  readonly api: Api;
  readonly actor: Actor;
  /** The address of the page that is shown. */
  readonly at: string;
  /** The workspace in the address, read once. Rejects with a Refusal where the API shows none. */
  readonly tenant: () => Promise<Tenant>;
  /** What was typed; empty unless a form was sent. */
  readonly typed: Typed;
  /** What the API refused of it; the form says so where the page is shown again. */
  readonly refusal: Refusal | null;
  /** Whether the form just proved who sent it. */
  readonly isProven: boolean;
}

type Answer = Response | Promise<Response>;
type Handler<Actor extends UserActor | null> = (visit: Visit<Actor>) => Answer;
/** What stands on a page; or another answer than that page. */
type Content<Actor extends UserActor | null> = (
  visit: Visit<Actor>,
) => Child | Response | Promise<Child | Response>;

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
  readonly fields?: readonly string[] | undefined;
  /** Where to go on to, or what else to do with the answer. */
  readonly next: string | ((visit: Visit<Actor>, answer: Response) => Answer);
  /** What to say there. */
  readonly done?: string;
  /** Shows the page again with what was refused; or where to go on to, to say it there. */
  readonly refused: string | Handler<Actor>;
  /** What the API's codes mean here, as words of sayings.ts. */
  readonly meaning?: Readonly<Record<string, string>>;
}

/** A form on a page: without an address of its own it is sent to the page's, and leads there. */
type FormOnPage<Actor extends UserActor | null> = Omit<
  FormDeclaration<Actor>,
  'at' | 'next' | 'refused'
> &
  Partial<Pick<FormDeclaration<Actor>, 'at' | 'next'>>;

/** A form alone on its page, which stands at the address that it is sent to. */
interface FormPageDeclaration<Actor extends UserActor | null> extends Omit<
  FormDeclaration<Actor>,
  'fields' | 'refused'
> {
  readonly fields?: readonly FieldName[];
  /** Where to go on to instead of showing it again. */
  readonly refused?: string;
  readonly form: (visit: Visit<Actor>) => FormPage | Promise<FormPage>;
  /** Where somebody is sent who is logged in, if the page is for visitors. */
  readonly onlyVisitors?: (visit: Visit<Actor>) => string;
}

/**
 * The ways to declare a page. Who may do what is not decided here: a page asks the API. It only knows
 * whether it is for everybody, or for those who are logged in; others are sent to log in first.
 */
function declareFor<Actor extends UserActor | null>(
  rule: AccessRule,
  resolve: (c: AppContext) => Promise<Actor>,
) {
  const declare = (method: Page['method'], path: string, handler: Handler<Actor>): Page => ({
    method,
    path,
    access: rule,
    serve: (c, app) => serve(c, app, resolve, handler),
  });
  const get = (at: string, handler: Handler<Actor>) => declare('GET', at, handler);
  const form = (declaration: FormDeclaration<Actor>): Page => ({
    ...declare('POST', declaration.at, (visit) => send(visit, declaration)),
    call: declaration.call,
    fields: declaration.fields,
  });
  const framed =
    (layout: 'titled' | 'card') => (path: string, title: string, content: Content<Actor>) => {
      const show = async (visit: Visit<Actor>) => {
        const here = { ...visit, at: fill(path, visit.c) };
        const [made, tenant] = await Promise.all([content(here), tenantAt(path, visit)]);
        return made instanceof Response ? made : showPage(visit, { title, tenant, layout }, made);
      };
      return {
        ...get(path, show),
        show,
        /** A form on the page, which shows it again where it is refused. */
        form: (declaration: FormOnPage<Actor>) =>
          form({ at: path, next: path, refused: show, ...declaration }),
        /** The same where that is said above the page, since there is no room beside the button. */
        action: (declaration: FormOnPage<Actor>) =>
          form({ at: path, next: path, refused: path, ...declaration }),
      };
    };
  return {
    get,
    post: (at: string, handler: Handler<Actor>) => declare('POST', at, handler),
    form,
    /** A page below its title, with the forms on it. */
    screen: framed('titled'),
    /** A page that is one card. */
    card: framed('card'),
    formPage(declaration: FormPageDeclaration<Actor>): readonly Page[] {
      const { form: describe, fields, onlyVisitors, ...rest } = declaration;
      const show = async (visit: Visit<Actor>) => {
        const action = fill(rest.at, visit.c);
        const [page, tenant] = await Promise.all([describe(visit), tenantAt(rest.at, visit)]);
        return showForm(visit, { action, fields, ...page }, tenant);
      };
      return [
        get(rest.at, (visit) =>
          onlyVisitors !== undefined && visit.actor !== null
            ? goOn(visit, onlyVisitors(visit))
            : show(visit),
        ),
        form({ refused: show, ...rest, fields: fields?.map((name) => fieldKinds[name].name) }),
      ];
    },
  };
}

export const forEverybody = declareFor(access.public.rule, actorIfAny);
export const forUsers = declareFor(access.user.rule, (c) => access.user.resolve(c));

/** The workspace that a page belongs to. */
async function tenantAt(at: string, visit: Visit): Promise<Tenant | undefined> {
  return at.includes('/:tenantId') ? visit.tenant() : undefined;
}

async function send<Actor extends UserActor | null>(
  visit: Visit<Actor>,
  { call, fields, next, done, refused, meaning }: FormDeclaration<Actor>,
): Promise<Response> {
  const [method = '', to = ''] = call.split(' ');
  const body = fields === undefined ? undefined : pick(visit.typed, fields);
  const answer = await visit.api.send(method, fill(to, visit.c), body);
  if (answer instanceof Refusal) {
    if (typeof refused === 'function') return refused({ ...visit, refusal: answer });
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
  const api = new Api(app, c);
  let tenant: Promise<Tenant> | undefined;
  let visit: Visit = {
    c,
    api,
    actor: null,
    at: c.req.path,
    tenant: () => (tenant ??= api.read(fill('/api/tenants/:tenantId', c), tenantShape)),
    typed: {},
    refusal: null,
    isProven: false,
  };
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

/** Goes on to a page, with a word for it to say. */
export function goOn({ c }: Pick<Visit, 'c'>, to: string, word?: string): Response {
  if (word !== undefined) leaveFlash(c, word);
  return c.redirect(fill(to, c), 303);
}
