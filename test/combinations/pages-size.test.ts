import { expect, test } from 'vitest';
import { defaultApp } from './rendered.ts';

/** Lines of TypeScript, comments included. What makes more of them necessary should be worth it. */
const limit = 2_500;

test(`the pages of an application with everything take less than ${limit} lines`, () => {
  const sources = [...defaultApp.files].filter(([path]) => /^src\/pages\/.*\.tsx?$/.test(path));
  const lines = sources.reduce((sum, [, text]) => sum + text.trimEnd().split('\n').length, 0);
  expect(sources.length).toBeGreaterThan(30);
  expect(lines).toBeLessThan(limit);
});
