import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/generator/**/*.test.ts', 'test/cli/**/*.test.ts'],
    globalSetup: ['test/build-first.ts'],
    // Child processes on a busy machine; a test that hangs still ends.
    testTimeout: 60_000,
  },
});
