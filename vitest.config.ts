import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    globalSetup: ['test/build-first.ts'],
    projects: [
      {
        extends: true,
        test: {
          name: 'generator',
          include: [
            'test/generator/**/*.test.ts',
            'test/cli/**/*.test.ts',
            'test/combinations/**/*.test.ts',
          ],
          // Child processes on a busy machine; a test that hangs still ends.
          testTimeout: 60_000,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'app',
          include: ['test/e2e/**/*.test.ts'],
          // A whole application is installed, tested and proven; nothing else runs beside it.
          testTimeout: 900_000,
          hookTimeout: 300_000,
          fileParallelism: false,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
