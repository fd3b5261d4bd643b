import type { Metadata } from './objects.ts';

/** A refusal as Stripe words it. */
export class StripeError extends Error {
  readonly status: number;
  readonly code: string;
  /** What of the call is wrong, where one field of it is. */
  readonly param: string | undefined;

  constructor(status: number, code: string, param?: string) {
    super(code);
    this.status = status;
    this.code = code;
    this.param = param;
  }

  answer(): { status: number; body: unknown } {
    const isOurs = this.status >= 500 || this.code === 'idempotency_error';
    const type = isOurs ? (this.status >= 500 ? 'api_error' : this.code) : 'invalid_request_error';
    const error = { type, code: this.code, message: this.code, param: this.param };
    return { status: this.status, body: { error } };
  }
}

/** What a call carries: `a=b&c[d]=e`. */
export class Form {
  readonly #fields: URLSearchParams;

  constructor(text: string) {
    this.#fields = new URLSearchParams(text);
  }

  /** The value of a field; empty where it is absent. */
  get(name: string): string {
    return this.#fields.get(name) ?? '';
  }

  metadata(name: string): Metadata {
    const entries = [...this.#fields]
      .filter(([field]) => field.startsWith(`${name}[`))
      .map(([field, value]) => [field.slice(name.length + 1, -1), value]);
    return Object.fromEntries(entries);
  }

  /** Refuses what Stripe would refuse: a field that it does not know, and the lack of one it needs. */
  check({ required, allowed }: { required: readonly string[]; allowed: readonly string[] }): void {
    for (const name of required) {
      if (this.get(name) === '') throw new StripeError(400, 'parameter_missing');
    }
    for (const name of this.#fields.keys()) {
      if (![...required, ...allowed].includes(name)) {
        throw new StripeError(400, 'parameter_unknown');
      }
    }
  }

  toString(): string {
    return this.#fields.toString();
  }
}
