import { cloudflareTest, readD1Migrations } from '@cloudflare/vitest-plugin';
import { defineConfig } from 'vitest/config';

// Tests run as production would, so that what they prove holds where it matters.
const bindings = {
  APP_ENV: 'production',
  APP_ORIGIN: 'https://app.example',
  LINK_BASE_URL: 'https://app.example',
  MAIL_FROM: 'hello@app.example',
  HMAC_KEY: 'a key that only the tests use, forty characters or more',
  ENCRYPTION_KEY: 'another key that only the tests use, as long as the first',
};

export default defineConfig({
  test: {
    // The app's log lines appear for a test that fails, and for no other.
    silent: 'passed-only',
    coverage: { provider: 'v8', include: ['src/**'], reporter: ['text', 'lcov'] },
    projects: [
      {
        plugins: [
          cloudflareTest(async () => ({
            wrangler: { configPath: './wrangler.toml' },
            miniflare: {
              bindings: {
                ...bindings,
                TEST_MIGRATIONS: await readD1Migrations('./migrations'),
                TEST_ROLLBACKS: await readD1Migrations('./migrations/rollback'),
              },
              // Nothing leaves the machine: a request that no test expects gets this answer.
              outboundService: (request: Request) =>
                new Response(`no test expects ${request.url}`, { status: 599 }),
            },
          })),
        ],
        test: {
          name: 'worker',
          include: ['test/worker/**/*.test.ts'],
          setupFiles: ['./test/worker/setup.ts'],
          // One runtime for all files keeps the run short; setup.ts empties the storage before each.
          isolate: false,
          maxWorkers: 1,
          // A password hash takes 150 ms on an idle machine, and several times that on a busy one.
          testTimeout: 30_000,
          deps: { optimizer: { ssr: { enabled: true, include: ['hono', 'zod'] } } },
        },
      },
      { test: { name: 'repo', include: ['test/repo/**/*.test.ts'], environment: 'node' } },
    ],
  },
});
