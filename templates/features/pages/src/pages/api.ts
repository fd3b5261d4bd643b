import type { Hono } from 'hono';
import * as z from 'zod';
import type { AppContext, AppEnvironment } from '../http/context.ts';

/** An answer of the API other than success, as a page meets it. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly status: z.output<typeof problemShape>['status'];
  readonly code: string;
  readonly title: string;
  /** What is wrong with each field, by the name it has in the form. */
  readonly errors: ReadonlyMap<string, string>;
  readonly retryAfterSeconds: number;

  constructor(problem: z.output<typeof problemShape>, retryAfterSeconds = 0) {
    super(problem.code);
    this.status = problem.status;
    this.code = problem.code;
    this.title = problem.title;
    this.errors = new Map(
      problem.errors.map(({ field, message }) => [field.replace(/^body\./, ''), message]),
    );
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

export const problemShape = z.object({
  status: z.literal([400, 401, 402, 403, 404, 409, 413, 415, 429, 500, 503]),
  code: z.string(),
  title: z.string(),
  requestId: z.string(),
  errors: z.array(z.object({ field: z.string(), message: z.string() })).default([]),
});

/** What the app's own requests inherit from the browser's: who asks, from where, with what. */
const passedOn = ['CF-Connecting-IP', 'Cookie', 'Origin', 'Sec-Fetch-Site', 'User-Agent'];

const ids = new WeakMap<Request, string>();

/** The trace id of a request that a page makes. The object is the proof: no client can send one. */
export function idOfPageRequest(request: Request): string | undefined {
  return ids.get(request);
}

export type ApiMethod = 'POST' | 'PATCH' | 'DELETE';

/**
 * The API, as the pages use it: over the same pipeline as everybody, within the process. So a page can
 * do nothing that the API would refuse, and no rule stands in two places.
 */
export class Api {
  readonly #app: Hono<AppEnvironment>;
  readonly #c: AppContext;

  constructor(app: Hono<AppEnvironment>, c: AppContext) {
    this.#app = app;
    this.#c = c;
  }

  /** Reads something a page cannot do without. @throws {Refusal} when it may not be read */
  async read<Shape extends z.ZodType>(path: string, shape: Shape): Promise<z.output<Shape>> {
    return shape.parse(await (await this.open(path)).json());
  }

  /** The same, for what is passed on as it is. */
  async open(path: string): Promise<Response> {
    const answer = await this.#ask('GET', path);
    if (!answer.ok) throw await refusalOf(answer);
    return answer;
  }

  /**
   * Asks for a change. The answer, or the refusal for the page to show beside its form.
   * @throws {Refusal} where the person must first prove who they are, or the request came from elsewhere
   */
  async send(method: string, path: string, body?: object): Promise<Response | Refusal> {
    const answer = await this.#ask(method, path, body);
    if (answer.ok) return answer;
    const refusal = await refusalOf(answer);
    if (['step_up_required', 'origin_rejected'].includes(refusal.code)) throw refusal;
    return refusal;
  }

  /** Asks, and passes the cookies of the answer on to the browser. */
  async #ask(method: string, path: string, body?: object): Promise<Response> {
    const { raw } = this.#c.req;
    const headers = new Headers({ Accept: 'application/json' });
    for (const name of passedOn) {
      const value = raw.headers.get(name);
      if (value !== null) headers.set(name, value);
    }
    if (body !== undefined) headers.set('Content-Type', 'application/json');
    const request = new Request(new URL(path, raw.url), {
      method,
      headers,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    ids.set(request, this.#c.get('requestId'));
    const answer = await this.#app.fetch(request, this.#c.env, this.#c.executionCtx);
    for (const cookie of answer.headers.getSetCookie()) {
      this.#c.header('Set-Cookie', cookie, { append: true });
    }
    return answer;
  }
}

async function refusalOf(answer: Response): Promise<Refusal> {
  const problem = problemShape.parse(await answer.json());
  return new Refusal(problem, Number(answer.headers.get('Retry-After') ?? 0));
}
