import { defineConfig } from 'vitest/config';

const common = {
  environment: 'node',
  testTimeout: 600_000,
  hookTimeout: 300_000,
  expect: { poll: { timeout: 20_000 } },
} as const;

// A browser and a development server are shared by a whole file, so files run one after the other.
export default defineConfig({
  test: {
    fileParallelism: false,
    projects: [
      { test: { ...common, name: 'journeys', include: ['test/browser/**/*.test.ts'] } },
      { test: { ...common, name: 'screenshots', include: ['test/browser/screenshots.ts'] } },
    ],
  },
});
