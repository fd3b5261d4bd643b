import { defineConfig } from 'vitest/config';

const theDefaultApp = 'test/e2e/default-app.test.ts';
const patience = { testTimeout: 900_000, hookTimeout: 300_000 };
// Every sabotage of the default app, one after the other.
const patienceForProofs = { ...patience, testTimeout: 2_400_000 };

export default defineConfig({
  test: {
    globalSetup: ['test/memory-folder.ts', 'test/build-first.ts'],
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
          testTimeout: 300_000,
          hookTimeout: 120_000,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'apps',
          include: ['test/e2e/**/*.test.ts'],
          exclude: [theDefaultApp],
          // Each of these waits for one program after the other; two at a time keep two cores busy.
          maxWorkers: 2,
          ...patience,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: 'app',
          include: [theDefaultApp],
          // A whole application is installed, tested and proven, on all cores; nothing else runs beside it.
          ...patienceForProofs,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
