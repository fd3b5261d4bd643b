import { standInBindings } from './bindings.ts';
import { endpointsOf } from './calls.ts';
import { Form, StripeError } from './form.ts';
import { checkoutPage, portalPage } from './pages.ts';
import { found, StripeWorld } from './world.ts';

/** What is made to go wrong. */
export interface Weather {
  /** So many of the next calls are answered 500, and the answer is kept under the call's key. */
  failures: number;
  /** So many of the next calls are done, and their answer never arrives. */
  lostAnswers: number;
  /** Nobody is there. */
  isDown: boolean;
}

/**
 * Stands in for Stripe, where there is none: the calls that the app makes, with their checks and with
 * idempotency keys as Stripe keeps them, and its pages. It runs in Node, behind dev/stripe/serve.ts,
 * and in the tests.
 */
export class StripeStandIn extends StripeWorld {
  readonly weather: Weather = { failures: 0, lostAnswers: 0, isDown: false };
  /** Each call, as `POST /v1/customers`. */
  readonly calls: string[] = [];

  /** Answers a request to Stripe's API or pages. It throws where a connection would break. */
  async answer(request: Request): Promise<Response> {
    const url = new URL(request.url);
    const form = new Form(new TextDecoder().decode(await request.arrayBuffer()));
    if (!url.pathname.startsWith('/v1/')) return this.#page(request.method, url.pathname, form);
    this.calls.push(`${request.method} ${url.pathname}`);
    if (this.weather.isDown) throw new TypeError('nobody is there');
    const answer = this.#call(request, url, form);
    if (this.weather.lostAnswers > 0) {
      this.weather.lostAnswers -= 1;
      throw new TypeError('the connection broke');
    }
    return Response.json(answer.body, { status: answer.status });
  }

  /** Keys are kept with what they answered, failures too: the same again, or a refusal. */
  #call(request: Request, url: URL, form: Form): { status: number; body: unknown } {
    const key = request.headers.get('Idempotency-Key');
    const asked = `${request.method} ${url.pathname} ${form.toString()}`;
    const kept = key === null ? undefined : this.world.kept[key];
    if (kept !== undefined && request.method === 'POST') {
      return kept.asked === asked ? kept : new StripeError(400, 'idempotency_error').answer();
    }
    const answer = this.#run(request, url, form);
    if (key !== null && request.method === 'POST') this.world.kept[key] = { asked, ...answer };
    return answer;
  }

  #run(request: Request, url: URL, form: Form): { status: number; body: unknown } {
    try {
      if (this.weather.failures > 0) {
        this.weather.failures -= 1;
        throw new StripeError(500, 'api_error');
      }
      const [, key = ''] = /^Bearer ((?:sk|rk)_(?:test|live)_\w+)$/.exec(
        request.headers.get('Authorization') ?? '',
      ) ?? [''];
      if (key === '') throw new StripeError(401, 'api_key_invalid');
      for (const [pattern, answer, heeded = []] of endpointsOf(this)) {
        const [method = '', path = ''] = pattern.split(' ');
        const [matched, id = ''] =
          url.pathname.match(new RegExp(`^${path.replace(':id', '(\\w+)')}$`)) ?? [];
        if (method !== request.method || matched === undefined) continue;
        const unknown = [...url.searchParams.keys()].find((name) => !heeded.includes(name));
        if (unknown !== undefined) throw new StripeError(400, 'parameter_unknown', unknown);
        const isLive = key.includes('_live_');
        return { status: 200, body: answer({ form, query: url.searchParams, isLive, id }) };
      }
      throw new StripeError(404, 'resource_missing');
    } catch (thrown) {
      if (thrown instanceof StripeError) return thrown.answer();
      throw thrown;
    }
  }

  /** What a person sees and clicks. */
  #page(method: string, path: string, form: Form): Response {
    const [, kind, id = '', deed] = /^\/(checkout|portal)\/(\w+)(?:\/(\w+))?$/.exec(path) ?? [];
    try {
      if (kind === 'checkout') {
        const session = found(this.world.sessions, id);
        if (method !== 'POST' || deed === undefined) return html(checkoutPage(session));
        if (deed === 'pay') this.complete(id);
        return Response.redirect(deed === 'pay' ? session.success_url : session.cancel_url, 303);
      }
      if (kind === 'portal') {
        const { id: customer } = found(this.world.customers, id);
        if (method === 'POST') this.#click(form);
        return html(portalPage(customer, this.subscriptionsOf(customer)));
      }
      return new Response('Not found', { status: 404 });
    } catch (thrown) {
      if (!(thrown instanceof StripeError)) throw thrown;
      return new Response(thrown.code, { status: thrown.status });
    }
  }

  #click(form: Form): void {
    const id = form.get('subscription');
    const deeds: Readonly<Record<string, () => unknown>> = {
      pay: () => this.happen(id, 'active'),
      'fail a payment': () => this.happen(id, 'past_due'),
      'give up': () => this.happen(id, 'unpaid'),
      cancel: () => this.happen(id, 'canceled'),
      'move to pro': () => this.changePrice(id, standInBindings.STRIPE_PRICE_PRO),
      'move to business': () => this.changePrice(id, standInBindings.STRIPE_PRICE_BUSINESS),
    };
    deeds[form.get('deed')]?.();
  }
}

function html(text: string): Response {
  return new Response(text, { headers: { 'Content-Type': 'text/html; charset=utf-8' } });
}
