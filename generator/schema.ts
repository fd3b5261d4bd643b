import { definitionOf, optionKeys } from './options.ts';

/** JSON Schema (2020-12) of the file that `--config` reads. */
export function optionsSchema(): Readonly<Record<string, unknown>> {
  const properties = optionKeys.map((key) => {
    const { schema, summary, usually } = definitionOf(key);
    return [key, { ...schema, description: `${summary} (default: ${usually})` }];
  });
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Options of create-stackbilder-app',
    type: 'object',
    additionalProperties: false,
    properties: { $schema: { type: 'string' }, ...Object.fromEntries(properties) },
  };
}
