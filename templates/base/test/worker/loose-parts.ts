import * as z from 'zod';
import type { Route } from '../../src/http/route.ts';

const Bound = z.number().optional();
const Schema = z.looseObject({
  type: z.string().optional(),
  additionalProperties: z.unknown().optional(),
  maxLength: Bound,
  maxItems: Bound,
  minimum: Bound,
  maximum: Bound,
  exclusiveMinimum: Bound,
  exclusiveMaximum: Bound,
  properties: z.record(z.string(), z.unknown()).default({}),
});

/** Words of JSON Schema below which other schemas stand, but for the names of properties. */
const below = ['items', 'prefixItems', 'anyOf', 'oneOf', 'allOf', 'not'];
const says = ['type', 'enum', 'const', 'anyOf', 'oneOf', 'allOf', '$ref'];

/** Where a route leaves room in what it takes, such as `POST /api/tenants body name: a text without an end`. */
export function looseParts({ method, path, input, maxBytes }: Route): string[] {
  const schema = z.toJSONSchema(input, { io: 'input', unrepresentable: 'any' });
  return looseIn(schema, `${method} ${path}`, maxBytes);
}

/** A bound that the limit of the body is below is none. */
function looseIn(schema: unknown, where: string, maxBytes: number): string[] {
  if (Array.isArray(schema)) return schema.flatMap((one) => looseIn(one, where, maxBytes));
  const found = Schema.safeParse(schema);
  if (!found.success) return [];
  const { properties, ...rest } = found.data;
  return [
    ...faultsOf(found.data, maxBytes).map((fault) => `${where}: ${fault}`),
    ...Object.entries(properties).flatMap(([name, one]) =>
      looseIn(one, `${where} ${name}`, maxBytes),
    ),
    ...below.flatMap((word) => looseIn(rest[word], where, maxBytes)),
  ];
}

function faultsOf(schema: z.output<typeof Schema>, maxBytes: number): string[] {
  const { type, maxLength = Infinity, maxItems = Infinity } = schema;
  if (says.every((word) => schema[word] === undefined)) return ['anything at all'];
  if (schema['enum'] !== undefined || schema['const'] !== undefined) return [];
  if (type === 'object' && schema.additionalProperties !== false) {
    return ['an object that takes any key'];
  }
  if (type === 'string' && maxLength > maxBytes) return ['a text without an end'];
  // A list whose places are counted has an end, unless it goes on with others.
  const isTuple = schema['prefixItems'] !== undefined && schema['items'] === undefined;
  if (type === 'array' && !isTuple && maxItems > maxBytes) return ['a list without an end'];
  const least = schema.minimum ?? schema.exclusiveMinimum ?? -Infinity;
  const most = schema.maximum ?? schema.exclusiveMaximum ?? Infinity;
  const isNumber = type === 'number' || type === 'integer';
  // What zod writes down for any whole number is no bound that somebody chose.
  if (isNumber && !(Math.max(-least, most) < Number.MAX_SAFE_INTEGER)) {
    return ['a number without bounds'];
  }
  return [];
}
