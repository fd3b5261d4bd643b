import { sabotage } from './sabotage.ts';

export const coverage = [
  sabotage('TEST-5', 'less has to be covered', 'vitest.config.ts', 'lines: 95,', 'lines: 60,'),
  sabotage(
    'TEST-5',
    'a part of the app is left out of the count',
    'vitest.config.ts',
    "include: ['src/**'],\n      reporter",
    "include: ['src/http/**'],\n      reporter",
  ),
  sabotage(
    'TEST-5',
    'some tests are left out of the run',
    'vitest.config.ts',
    "include: ['test/repo/**/*.test.ts'],",
    "include: ['test/repo/**/*.test.ts'],\n          'exclude': ['test/repo/sql.test.ts'],",
  ),
  sabotage(
    'TEST-5',
    'the target is overruled further down',
    'vitest.config.ts',
    'functions: 95, branches: 85 },',
    "functions: 95, branches: 85 },\n      ...Object.fromEntries([['thresholds', {}]]),",
  ),
  sabotage(
    'TEST-5',
    'continuous integration goes on whatever is covered',
    '.github/workflows/ci.yml',
    '- run: npm run coverage\n',
    '- run: npm run coverage || true\n',
  ),
  sabotage(
    'TEST-5',
    'the command measures and fails for nothing',
    'package.json',
    '"coverage": "vitest run --coverage"',
    '"coverage": "vitest run --coverage --coverage.thresholds.lines=0"',
  ),
  sabotage(
    'TEST-5',
    'code says that it should not be counted',
    'src/ops/health.ts',
    'export const healthRoutes',
    '/* v8 ignore next */\nexport const healthRoutes',
  ),
  sabotage(
    'TEST-5',
    'errors that nobody awaits fail no test',
    'vitest.config.ts',
    "    silent: 'passed-only',",
    "    silent: 'passed-only',\n    onUnhandledError: () => false,",
  ),
];
