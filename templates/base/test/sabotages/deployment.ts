import { sabotage } from './sabotage.ts';

const deploy = 'scripts/deploy.ts';
const refusals = 'scripts/deployment/refusals.ts';
const wayBack = 'scripts/deployment/way-back.ts';

export const deploying = [
  {
    control: 'DEP-1',
    name: 'the way back is written when the schema has changed already',
    edits: [
      {
        file: deploy,
        find: '  const way = writeWayBack(environment, commit, { isFirst });\n',
        replace: '',
      },
      {
        file: deploy,
        find: "'apply', 'DB', '--remote', ...to);\n",
        replace:
          "'apply', 'DB', '--remote', ...to);\n  const way = writeWayBack(environment, commit, { isFirst });\n",
      },
    ],
  },
  sabotage(
    'DEP-1',
    'no bookmark is written down',
    wayBack,
    'const way = { environment, commit, version, bookmark, writtenAt };',
    "const way = { environment, commit, version, bookmark: bookmark && '', writtenAt };",
  ),
  sabotage(
    'DEP-1',
    'a version that cannot be told passes for a first deployment',
    wayBack,
    'if (serving !== undefined && others.length === 0) return serving.version_id;',
    'if (serving !== undefined) return serving.version_id;\n  if (others.length > 0) return others.join();',
  ),
  sabotage(
    'DEP-1',
    'a rollback goes to the oldest way back there is',
    wayBack,
    '.at(-1);',
    '.at(0);',
  ),
  sabotage(
    'DEP-1',
    'a rollback that failed passes for done',
    'scripts/rollback.ts',
    'console.error(error instanceof Error ? error.message : String(error));\n    return 1;',
    'console.error(error instanceof Error ? error.message : String(error));\n    return 0;',
  ),
  sabotage(
    'DEP-5',
    'a new version gets all the traffic at once',
    deploy,
    'const firstShare = 10;',
    'const firstShare = 100;',
  ),
  sabotage(
    'DEP-5',
    'nobody asks the new version before it gets all the traffic',
    deploy,
    '    await arrive(target, way, patienceMs);\n',
    '',
  ),
  sabotage(
    'DEP-5',
    'the smoke test asks whatever version answers',
    'scripts/deployment/smoke.ts',
    '`${version.worker}="${version.id}"`',
    '`${version.worker}=""`',
  ),
  sabotage(
    'DEP-5',
    'a version that is not well stays',
    deploy,
    "wrangler('rollback', way.version, ...to, '--yes', '--message', `${commit} is not well`);",
    "console.error('not well');",
  ),
  sabotage(
    'DEP-5',
    'a door that stands open passes the smoke test',
    'scripts/deployment/smoke.ts',
    "expect('the status of /api/me without a session', me.status, 401);\n    expect('its code', me.code, 'unauthenticated');",
    'void me;',
  ),
  sabotage(
    'DEP-5',
    'what is not committed is deployed',
    deploy,
    "if (status !== 0 || stdout.trim() !== '')",
    'if (status !== 0)',
  ),
  sabotage(
    'DEP-5',
    'the schema changes when the new version serves already',
    deploy,
    "  wrangler('d1', 'migrations', 'apply', 'DB', '--remote', ...to);\n",
    "  if (isFirst) wrangler('d1', 'migrations', 'apply', 'DB', '--remote', ...to);\n",
  ),
  sabotage(
    'DEP-3',
    'production takes migrations that staging never had',
    refusals,
    '.filter((file) => !applied.has(file))',
    '.filter((file) => file.length === 0 && !applied.has(file))',
  ),
  sabotage(
    'DEP-3',
    'production is asked what it has, in place of staging',
    refusals,
    "askD1('staging',",
    'askD1(environment,',
  ),
];
