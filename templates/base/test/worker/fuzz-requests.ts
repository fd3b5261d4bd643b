import fc from 'fast-check';
import * as z from 'zod';
import { describeApi } from '../../dev/openapi.ts';
import { routes } from '../../src/app.ts';
import { password } from './arrange.ts';
import {
  hostileBodies,
  hostileHeaders,
  hostilePaths,
  hostileQueries,
  hostileTexts,
  otherMethods,
} from './hostile.ts';

/** A request as it is drawn; ids and addresses are names, to be filled in with what is there then. */
export interface DrawnRequest {
  readonly who: 'owner' | 'member' | 'stranger' | 'nobody';
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array<ArrayBuffer> | Readonly<Record<string, unknown>> | undefined;
  readonly isForm: boolean;
}

const Schema = z.looseObject({
  type: z.string().optional(),
  enum: z.array(z.unknown()).optional(),
  format: z.string().optional(),
  minLength: z.number().default(0),
  maxLength: z.number().default(100),
  minimum: z.number().default(-1_000),
  maximum: z.number().default(1_000),
  properties: z.record(z.string(), z.unknown()).default({}),
  required: z.array(z.string()).default([]),
});
const Operation = z.looseObject({
  parameters: z.array(
    z.looseObject({ name: z.string(), in: z.string(), required: z.boolean(), schema: z.unknown() }),
  ),
  requestBody: z
    .looseObject({ content: z.record(z.string(), z.looseObject({ schema: z.unknown() })) })
    .optional(),
});

/** What somebody would send in a field of this name, so that requests get to where something happens. */
const likely: Readonly<Record<string, readonly unknown[]>> = {
  email: ['{email}', 'somebody@example.com', 'Some.Body+tag@example.com'],
  password: [password, 'another long enough sentence'],
  current: [password],
  token: ['A'.repeat(43)],
  code: ['000000', '123 456', 'AAAAA-AAAAA-AAAAA-AAAAA'],
  emailCode: ['000000'],
  name: ['Plain', 'Zoë O’Neill', '日本語'],
  description: ['', 'Two\nlines'],
  limit: ['1', '20', '100'],
  cursor: ['WzEsIngiXQ'],
  returnTo: ['/projects', '/'],
};

/** By the schema of the document: what it allows, and what it nearly allows. */
function valueOf(schema: unknown, name: string): fc.Arbitrary<unknown> {
  const { type, enum: choices, format, ...bounds } = Schema.parse(schema ?? {});
  if (choices !== undefined) return fc.constantFrom(...choices);
  if (format === 'binary') return fc.constantFrom('{file}', '{empty file}', 'no file');
  const known = likely[name];
  if (type === 'string') {
    const { minLength, maxLength } = bounds;
    const text = fc.string({ minLength, maxLength: Math.min(maxLength, 300), unit: 'binary' });
    return known === undefined
      ? text
      : fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...known) }, text);
  }
  if (type === 'integer' || type === 'number') {
    return fc.integer({ min: bounds.minimum, max: bounds.maximum });
  }
  if (type === 'object') return fieldsOf(schema);
  return fc.jsonValue({ maxDepth: 3 });
}

const unfit = fc.oneof(
  fc.constantFrom(...hostileTexts),
  fc.jsonValue({ maxDepth: 2 }),
  fc.double(),
);

/** An object with most of its fields right; now and then one is not, or one too many. */
function fieldsOf(schema: unknown): fc.Arbitrary<Record<string, unknown>> {
  const { properties, required } = Schema.parse(schema ?? {});
  const model = Object.fromEntries(
    Object.entries(properties).map(([name, one]) => [
      name,
      fc.oneof({ weight: 12, arbitrary: valueOf(one, name) }, { weight: 1, arbitrary: unfit }),
    ]),
  );
  const exact = fc.record(model, { requiredKeys: required });
  const more = fc.tuple(exact, fc.constantFrom('role', '__proto__', 'tenantId', 'x'), unfit);
  return fc.oneof(
    { weight: 9, arbitrary: exact },
    { weight: 1, arbitrary: more.map(([fields, name, value]) => ({ ...fields, [name]: value })) },
  );
}

// An object may say that it becomes no text.
const textOf = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));
const queryOf = (fields: Record<string, unknown>) =>
  Object.entries(fields)
    .map(([name, value]) => `${name}=${encodeURIComponent(textOf(value).toWellFormed())}`)
    .join('&');
const encoded = (text: string) => encodeURIComponent(text.toWellFormed().slice(0, 2_000));
const headers = fc.oneof(
  { weight: 7, arbitrary: fc.constant({}) },
  {
    weight: 3,
    arbitrary: fc
      .array(fc.constantFrom(...hostileHeaders), { minLength: 1, maxLength: 3 })
      .map((pairs) => Object.fromEntries(pairs)),
  },
);
const who = fc.oneof(
  { weight: 5, arbitrary: fc.constant('owner' as const) },
  { weight: 2, arbitrary: fc.constantFrom('member', 'stranger', 'nobody') },
);

/** Requests for one operation of the document. */
function requestsFor(method: string, path: string, operation: unknown): fc.Arbitrary<DrawnRequest> {
  const { parameters, requestBody } = Operation.parse(operation);
  const [[mediaType, content] = ['', { schema: {} }]] = Object.entries(requestBody?.content ?? {});
  const isForm = mediaType === 'multipart/form-data';
  const inQuery = parameters.filter((one) => one.in === 'query');
  const query = fieldsOf({
    properties: Object.fromEntries(inQuery.map(({ name, schema }) => [name, schema])),
    required: inQuery.filter(({ required }) => required).map(({ name }) => name),
  }).map(queryOf);
  const bodies = fc.oneof(
    {
      weight: 8,
      arbitrary: requestBody === undefined ? fc.constant(undefined) : fieldsOf(content.schema),
    },
    {
      weight: 2,
      arbitrary: method === 'GET' ? fc.constant(undefined) : fc.constantFrom(...hostileBodies),
    },
  );
  return fc.record({
    who,
    method: fc.constant(method),
    path: fc
      .record({
        // A parameter stands for what is there, or else for a hostile text.
        segment: fc.oneof(
          { weight: 9, arbitrary: fc.constant(undefined) },
          { weight: 1, arbitrary: fc.constantFrom(...hostileTexts.filter((text) => text !== '')) },
        ),
        search: fc.oneof(
          { weight: 8, arbitrary: query },
          { weight: 1, arbitrary: fc.constantFrom(...hostileQueries) },
        ),
      })
      .map(({ segment, search }) => {
        const filled =
          segment === undefined
            ? path
            : path.replace(/\{(?!tenantId)\w+\}/, () => encoded(segment));
        return search === '' ? filled : `${filled}?${search}`;
      }),
    headers,
    body: bodies,
    isForm: fc.constant(isForm),
  });
}

const operations = Object.entries(describeApi(routes).paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, one]) => requestsFor(method.toUpperCase(), path, one)),
);

/** Requests that no operation describes. */
const strange: fc.Arbitrary<DrawnRequest> = fc.record({
  who,
  method: fc.constantFrom('GET', 'POST', 'PATCH', ...otherMethods),
  path: fc.constantFrom(...hostilePaths, '/api/me', '/api/tenants/{tenantId}', '/health'),
  headers,
  body: fc.oneof(fc.constant(undefined), fc.constantFrom(...hostileBodies)),
  isForm: fc.constant(false),
});

/** Any request: mostly of the document, now and then of none. */
export const drawnRequest: fc.Arbitrary<DrawnRequest> = fc.oneof(
  { weight: 10, arbitrary: fc.oneof(...operations) },
  { weight: 1, arbitrary: strange },
);
