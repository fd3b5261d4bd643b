import type { ContentfulStatusCode } from 'hono/utils/http-status';

/** Every error a client can meet. Codes are stable: clients decide by them, so none is ever renamed. */
export const problems = {
  invalid_input: { status: 400, title: 'The request is not valid' },
  unauthenticated: { status: 401, title: 'Log in first' },
  tier_required: { status: 402, title: 'Your plan does not include this' },
  quota_exceeded: { status: 402, title: 'Your plan allows no more' },
  role_required: { status: 403, title: 'Your role does not allow this' },
  step_up_required: { status: 403, title: 'Prove once more who you are' },
  origin_rejected: { status: 403, title: 'The request comes from another origin' },
  not_found: { status: 404, title: 'Not found' },
  conflict: { status: 409, title: 'The request conflicts with what is there' },
  payload_too_large: { status: 413, title: 'The request body is too large' },
  unsupported_media_type: { status: 415, title: 'The media type is not supported' },
  rate_limited: { status: 429, title: 'Too many requests' },
  internal: { status: 500, title: 'Something went wrong on our side' },
  unavailable: { status: 503, title: 'Temporarily unavailable' },
} as const satisfies Record<string, { status: ContentfulStatusCode; title: string }>;

export type ProblemCode = keyof typeof problems;

/** A field the client must mend. It names the place and the rule, and never repeats the value. */
export interface FieldError {
  readonly field: string;
  readonly message: string;
}

/** An answer other than success. Throw it anywhere below a route; `toResponse` renders it. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly code: ProblemCode;
  readonly errors: readonly FieldError[];
  readonly retryAfterSeconds: number | undefined;

  constructor(
    code: ProblemCode,
    details: { errors?: readonly FieldError[]; retryAfterSeconds?: number } = {},
  ) {
    super(code);
    this.code = code;
    this.errors = details.errors ?? [];
    this.retryAfterSeconds = details.retryAfterSeconds;
  }

  /** What is used up comes back in time, or with another plan: the first is a 429, the second a 402. */
  get status(): ContentfulStatusCode {
    const isBudget = this.code === 'quota_exceeded' && this.retryAfterSeconds !== undefined;
    return isBudget ? 429 : problems[this.code].status;
  }

  /** The problem as RFC 9457 has it, with our stable `code` and the id to quote to support. */
  toResponse(requestId: string): Response {
    const { status } = this;
    const { title } = problems[this.code];
    const body = {
      type: 'about:blank',
      title,
      status,
      code: this.code,
      requestId,
      ...(this.errors.length > 0 && { errors: this.errors }),
    };
    const headers = new Headers({ 'Content-Type': 'application/problem+json' });
    const retryAfter = this.retryAfterSeconds ?? ([429, 503].includes(status) ? 30 : undefined);
    if (retryAfter !== undefined) headers.set('Retry-After', String(retryAfter));
    return new Response(JSON.stringify(body), { status, headers });
  }
}
