import { basename } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod';
import { filesLike, read } from './repository.ts';

const Linter = z.strictObject({
  plugins: z.array(z.string()),
  categories: z.record(z.string(), z.string()),
  rules: z.record(z.string(), z.union([z.string(), z.tuple([z.string(), z.unknown()])])),
  overrides: z.unknown(),
  ignorePatterns: z.unknown(),
});
const linter = Linter.parse(JSON.parse(read('.oxlintrc.json')));
const levelOf = (rule: string | [string, unknown]) => (typeof rule === 'string' ? rule : rule[0]);

describe('GOV-3 the linter looks at everything, and is silenced nowhere', () => {
  it('its rules are errors, and none of these is missing', () => {
    expect(linter.plugins).toEqual(
      expect.arrayContaining(['typescript', 'unicorn', 'oxc', 'import', 'vitest']),
    );
    expect(linter.categories['correctness']).toBe('error');
    const levels = Object.values(linter.rules).map(levelOf);
    expect(levels.filter((level) => level !== 'error')).toEqual([]);
    expect(Object.keys(linter.rules)).toEqual(
      expect.arrayContaining([
        'eqeqeq',
        'no-console',
        'import/no-default-export',
        'typescript/no-explicit-any',
        'typescript/no-non-null-assertion',
        'typescript/consistent-type-assertions',
        'typescript/no-floating-promises',
        'typescript/no-misused-promises',
        'typescript/await-thenable',
        'vitest/valid-expect',
      ]),
    );
    expect(linter.rules['typescript/consistent-type-assertions']).toEqual([
      'error',
      { assertionStyle: 'never' },
    ]);
  });

  it('what it does not look at, and where a rule is off, is decided here', () => {
    expect(linter.ignorePatterns).toEqual(['.wrangler', '.prove', 'coverage']);
    expect(linter.overrides).toEqual([
      {
        files: ['src/index.ts', 'dev/index.ts', 'dev/seed-worker.ts', 'vitest.config.ts'],
        rules: { 'import/no-default-export': 'off' },
      },
      { files: ['scripts/**', 'dev/**'], rules: { 'no-console': 'off' } },
    ]);
  });

  it('code switches a rule off for one line, with a reason, and in src only these', () => {
    // In two pieces, so that this line is none of them.
    const silencing = new RegExp(
      `(?:ox|es)lint-${'disable'}|@ts-${'(?:ignore|expect-error|nocheck)'}`,
    );
    const found = filesLike('{src,dev,scripts,test}/**/*.{ts,tsx}')
      .filter((file) => !file.startsWith('test/sabotages/'))
      .flatMap((file) =>
        read(file)
          .split('\n')
          .filter((line) => silencing.test(line))
          .map((line) => ({ file, line, rule: /(?:-next-line |@ts-)(\S+) -- \S/.exec(line)?.[1] })),
      );
    expect(found.length).toBeGreaterThan(1);
    const broad = found.filter(({ rule }) => rule === undefined);
    // Their checks are functions that tests call, which the linter cannot know.
    expect(broad.filter(({ line }) => !line.includes(' vitest/no-standalone-expect -- '))).toEqual(
      [],
    );
    const ofSource = found.filter(({ file }) => file.startsWith('src/'));
    const ofCode = ofSource.filter(({ file }) => !file.endsWith('.d.ts'));
    expect(ofCode.map(({ file, rule }) => `${file} ${rule}`)).toEqual([
      'src/ops/faults.ts no-console',
      'src/ops/logger.ts no-console',
    ]);
    const ofTypes = ofSource.filter(({ file }) => file.endsWith('.d.ts'));
    expect(ofTypes.filter(({ rule }) => rule !== 'import/no-default-export')).toEqual([]);
  });
});

describe('GOV-3 the compiler is as strict as it can be', () => {
  const { compilerOptions, include, ...others } = z
    .looseObject({ compilerOptions: z.record(z.string(), z.unknown()), include: z.unknown() })
    .parse(JSON.parse(read('tsconfig.json')));

  it('nothing is left out of it', () => {
    expect(include).toEqual(['src', 'dev', 'scripts', 'test', 'vitest.config.ts']);
    expect(others).toEqual({});
  });

  it('what it checks is on, and nothing of that is off', () => {
    expect(compilerOptions).toMatchObject({
      strict: true,
      noUncheckedIndexedAccess: true,
      exactOptionalPropertyTypes: true,
      noImplicitOverride: true,
      verbatimModuleSyntax: true,
    });
    expect(Object.entries(compilerOptions).filter(([, value]) => value === false)).toEqual([]);
  });

  it('no word switches it off by being on', () => {
    const loosening = /^(?:noCheck|allowUn|suppress|ignore)/;
    expect(Object.keys(compilerOptions).filter((word) => loosening.test(word))).toEqual([]);
  });
});

describe('TEST-5 the tests that are there all run, and once', () => {
  const configuration = read('vitest.config.ts');

  it('both kinds are taken from their folders, and none is left out', () => {
    const included = [...configuration.matchAll(/\binclude: (\[[^\]]*\])/g)].map(([, of]) => of);
    expect(included).toEqual(
      expect.arrayContaining([
        "['src/**']",
        "['test/worker/**/*.test.ts']",
        "['test/repo/**/*.test.ts']",
      ]),
    );
    expect(configuration).not.toMatch(
      /exclude|\bretry\b|passWithNoTests|onUnhandledError|testNamePattern|\bbail\b|allowOnly|dangerously/i,
    );
  });

  it('the target is written down once', () => {
    expect(configuration.match(/\bcoverage['"]?\s*:/g)).toHaveLength(1);
    expect(configuration.match(/thresholds/g)).toHaveLength(1);
  });
});

describe('DB-4 DEP-1 GOV-1 GOV-4 TEST-5 a command does what its name says, and nothing beside it', () => {
  const { scripts } = z
    .object({ scripts: z.record(z.string(), z.string()) })
    .parse(JSON.parse(read('package.json')));

  it('each script of the app is run by the command of its name', () => {
    // What commands have in common.
    const parts = ['d1', 'given-words', 'operator'];
    const names = filesLike('scripts/*.ts').map((file) => basename(file, '.ts'));
    const commands = names.filter((name) => !parts.includes(name));
    expect(commands).toEqual(expect.arrayContaining(['db-migrate', 'rollback', 'readiness']));
    const flags = '--experimental-strip-types --disable-warning=ExperimentalWarning';
    for (const name of commands)
      expect(scripts[name.replace('-', ':')]).toBe(`node ${flags} scripts/${name}.ts`);
  });

  it('none stumbles over the "--" that some package managers hand on', () => {
    for (const file of filesLike('scripts/*.ts')) {
      const reads = read(file).includes('process.argv');
      expect([file, reads]).toEqual([file, file === 'scripts/given-words.ts']);
      expect([file, /parseArgs\(\{\s*options/.test(read(file))]).toEqual([file, false]);
    }
  });

  it('all tests are run by the command that tests', () => {
    expect(scripts['test']).toBe('vitest run');
  });
});

describe('GOV-3 agents are told what to run', () => {
  it.each(['typecheck', 'lint', 'format:check', 'test', 'prove'])('%s', (name) => {
    expect(read('AGENTS.md')).toMatch(new RegExp(`\`[^\`]* ${name}\``));
  });
});

describe('GOV-1 continuous integration says what is missing', () => {
  it('right after it proved what it can', () => {
    const Steps = z.array(z.looseObject({ run: z.string().optional() }));
    const { jobs } = z
      .looseObject({ jobs: z.record(z.string(), z.looseObject({ steps: Steps })) })
      .parse(parse(read('.github/workflows/ci.yml')));
    const commands = jobs['prove']?.steps.flatMap(({ run }) => run ?? []) ?? [];
    expect(commands.map((command) => command.replace(/^\w+ run /, ''))).toEqual([
      'prove',
      'readiness',
      'fuzz',
    ]);
  });
});
