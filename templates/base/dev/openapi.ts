import * as z from 'zod';
import type { AccessRule } from '../src/auth/access.ts';
import { problems } from '../src/http/problem.ts';
import type { Route } from '../src/http/route.ts';

const Schema = z.record(z.string(), z.unknown());
const Taken = z.looseObject({
  properties: z.record(z.string(), Schema).default({}),
  required: z.array(z.string()).default([]),
});

/** An operation of the document, as far as the page for people shows it. */
export interface Operation {
  readonly summary: string;
  readonly description: string;
  readonly [key: string]: unknown;
}

/** A document of OpenAPI 3.1. */
export interface OpenApi {
  readonly openapi: '3.1.1';
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly [key: string]: unknown;
}

/**
 * Describes the API by what its routes declare, in OpenAPI 3.1: who may call them, what they take, with
 * which status they succeed, and how they refuse. What a success holds is described as an object and no closer.
 */
export function describeApi(routes: readonly Route[]): OpenApi {
  const paths: Record<string, Record<string, Operation>> = {};
  for (const route of routes) {
    const path = route.path.replace(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operationOf(route) };
  }
  return {
    openapi: '3.1.1',
    info: {
      title: 'The API',
      version: '1',
      description:
        'Errors are problems (RFC 9457) with a stable code and the id to quote. A body that is a success is described as an object and no closer.',
    },
    servers: [{ url: '/' }],
    paths,
    components: { securitySchemes, responses: { Problem: problem } },
  };
}

function operationOf(route: Route): Operation {
  const { method, path, access, reads, success } = route;
  const taken = Taken.parse(z.toJSONSchema(route.input, { io: 'input', unrepresentable: 'any' }));
  const { body } = taken.properties;
  const mediaType = reads === 'form' ? 'multipart/form-data' : 'application/json';
  return {
    operationId: `${method.toLowerCase()}${path.replace(/\W+(\w)/g, (_, first: string) => first.toUpperCase())}`,
    summary: `${method} ${path}`,
    description: inWords(route),
    security: securityOf(access),
    parameters: [
      ...parametersIn('path', taken.properties['params']),
      ...parametersIn('query', taken.properties['query']),
    ],
    ...(body !== undefined && {
      requestBody: { required: true, content: { [mediaType]: { schema: body } } },
    }),
    responses: {
      [success]: { description: 'It is done', ...contentOf(route) },
      ...Object.fromEntries(refusalsOf(route).map((status) => [status, toProblem])),
      default: toProblem,
    },
  };
}

const toProblem = { $ref: '#/components/responses/Problem' };

function contentOf({ success, sends }: Route): Record<string, unknown> {
  if (success === 302) {
    return { headers: { Location: { required: true, schema: { type: 'string' } } } };
  }
  if (success === 204) return {};
  if (sends === 'file') return { content: { '*/*': { schema: { format: 'binary' } } } };
  return { content: { 'application/json': { schema: { type: 'object' } } } };
}

/**
 * The refusals that follow from what a route declares. Under `default` is what any can answer (400, 500 and
 * 503), and what its handler refuses.
 */
function refusalsOf({ method, path, access, limit, budget, input, success }: Route): number[] {
  const isTenant = access.kind === 'tenant';
  const isGuarded = access.kind !== 'public' && access.kind !== 'webhook';
  const needsMore = (isTenant || access.kind === 'user') && access.stepUp;
  const refusals: readonly (readonly [status: number, applies: boolean])[] = [
    [401, isGuarded],
    [402, isTenant && access.tier !== 'free'],
    [
      403,
      isTenant || needsMore || success === 302 || (method !== 'GET' && access.kind !== 'webhook'),
    ],
    [404, path.includes(':')],
    [409, isTenant && !access.whileFrozen],
    [413, 'body' in input.shape],
    [415, 'body' in input.shape],
    [429, limit !== undefined || budget !== undefined],
  ];
  return refusals.filter(([, applies]) => applies).map(([status]) => status);
}

function parametersIn(place: 'path' | 'query', schema: unknown): unknown[] {
  const { properties, required } = Taken.parse(schema ?? {});
  return Object.entries(properties).map(([name, one]) => ({
    name,
    in: place,
    required: required.includes(name),
    schema: one,
  }));
}

/** Who may call it, and what else it takes, as a sentence. */
function inWords({ access, limit, budget, flag }: Route): string {
  const who = {
    public: 'For everybody',
    webhook: 'For another service, which signs what it sends',
    operator: 'For whoever operates the app',
    user: 'For everybody who is logged in',
    tenant:
      access.kind === 'tenant'
        ? `For those in the tenant with the role ${access.role}, or more`
        : '',
  }[access.kind];
  const more = [
    'stepUp' in access && access.stepUp && 'after a step-up in the last minutes',
    access.kind === 'tenant' && access.tier !== 'free' && `with the plan ${access.tier}`,
    limit !== undefined && `${limit.max} times in ${limit.windowSeconds} seconds by client`,
    budget !== undefined &&
      `${budget.perDay('free')} times a day by tenant${
        budget.perDay('business') > budget.perDay('free') ? ', more with a bigger plan' : ''
      }`,
    flag !== undefined && `while "${flag}" is open`,
  ];
  return [who, ...more.filter((one) => one !== false)].join(', ');
}

function securityOf({ kind }: AccessRule): Record<string, never[]>[] {
  if (kind === 'public' || kind === 'webhook') return [];
  return [kind === 'operator' ? { operator: [] } : { session: [] }];
}

const securitySchemes = {
  session: { type: 'apiKey', in: 'cookie', name: '__Host-sid' },
  operator: { type: 'http', scheme: 'bearer' },
};

const problem = {
  description: 'It is refused, or failed',
  headers: {
    'Retry-After': { description: 'With 429 and 503, in seconds', schema: { type: 'integer' } },
  },
  content: {
    'application/problem+json': {
      schema: {
        type: 'object',
        required: ['type', 'title', 'status', 'code', 'requestId'],
        properties: {
          type: { const: 'about:blank' },
          title: { type: 'string' },
          status: { type: 'integer' },
          code: { enum: Object.keys(problems) },
          requestId: { type: 'string', pattern: '^[0-9a-f]{32}$' },
          errors: {
            type: 'array',
            items: {
              type: 'object',
              required: ['field', 'message'],
              properties: { field: { type: 'string' }, message: { type: 'string' } },
            },
          },
        },
      },
    },
  },
};
