import * as z from 'zod';
import { textOf, type Files } from './rendered.ts';

const names = z.record(z.string(), z.string());

const packageSchema = z.object({
  name: z.string(),
  version: z.string(),
  scripts: names,
  dependencies: names,
  devDependencies: names,
});

/** The application's package.json. */
export function packageOf(files: Files): z.output<typeof packageSchema> {
  return packageSchema.parse(JSON.parse(textOf(files, 'package.json')));
}
