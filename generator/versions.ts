/**
 * Every version a rendered application pins, in one place. The tests hold this table against our own
 * package-lock.json, so what users install is what was tested here.
 */

/** Version of this package, written into `.stackbilder.json`. */
export const generatorVersion = '0.1.0';

/** Lowest Node release the application's own tools run on. */
export const nodeMinimum = '22.12.0';

/** Behaviour date of the Workers runtime. Never later than the workerd release that `wrangler` brings. */
export const compatibilityDate = '2026-10-20';

/** Package name to exact version. */
export const versions = {
  '@cloudflare/vitest-plugin': '1.4.10',
  '@cloudflare/workers-types': '5.20261026.1',
  '@seriousme/openapi-schema-validator': '2.11.0',
  '@types/node': '24.19.2',
  '@vitest/coverage-v8': '5.1.1',
  'axe-core': '4.14.1',
  'fast-check': '4.10.2',
  hono: '4.13.19',
  jose: '6.2.17',
  jsqr: '1.4.0',
  oauth4webapi: '3.8.8',
  oxlint: '1.89.0',
  'oxlint-tsgolint': '7.0.2004',
  'playwright-core': '1.65.1',
  prettier: '3.10.1',
  'smol-toml': '1.9.1',
  stripe: '23.1.0',
  typescript: '7.0.2',
  uqr: '0.1.3',
  vitest: '5.1.1',
  wrangler: '4.155.0',
  yaml: '2.9.1',
  zod: '4.6.7',
} as const;
