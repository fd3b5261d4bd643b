import { sabotage } from './sabotage.ts';

const agents = 'AGENTS.md';
const constraints = '.ai/constraints.yaml';

export const rules = [
  sabotage(
    'GOV-3',
    'a rule no longer matches its bad example',
    constraints,
    'pattern: "\\\\bnew Tenant\\\\("',
    'pattern: "\\\\bnew Tenancy\\\\("',
  ),
  sabotage(
    'GOV-3',
    'a file is excepted in vain',
    constraints,
    'except: ["src/db/database.ts"]',
    'except: ["src/db/database.ts", "src/db/tenant.ts"]',
  ),
  sabotage(
    'GOV-3',
    'a waiver is never over',
    constraints,
    '\nwaivers: []\n',
    "\nwaivers:\n  - rule: quiet-logs\n    file: src/ops/health.ts\n    reason: we will look at it some day\n    expires: '2099-01-01'\n",
  ),
  sabotage(
    'GOV-3',
    'a handler reads the body by itself',
    'src/ops/health.ts',
    'async handler({ c }) {',
    'async handler({ c }) {\n      await c.req.text();',
  ),
  sabotage(
    'GOV-3',
    'a rule is no longer enforced',
    constraints,
    '    enforced_by:\n      kind: lint\n      rule: "typescript/no-explicit-any"\n',
    '    enforced_by:\n      kind: advice\n',
  ),
  sabotage(
    'GOV-3',
    'agents are told a rule that nothing stands behind',
    agents,
    '- No `any`.\n',
    '- No `any`.\n- A test that is slow may be skipped.\n',
  ),
  sabotage(
    'GOV-3',
    'the sabotages of a part are left out',
    'test/sabotages/index.ts',
    '  ...rules,\n',
    '',
  ),
  sabotage(
    'GOV-3',
    'the linter lets any pass',
    '.oxlintrc.json',
    '"typescript/no-explicit-any": "error"',
    '"typescript/no-explicit-any": "off"',
  ),
  sabotage(
    'GOV-3',
    'the linter lets promises float',
    '.oxlintrc.json',
    '"typescript/no-floating-promises": "error"',
    '"typescript/no-floating-promises": "off"',
  ),
  sabotage(
    'GOV-3',
    'the linter passes over the routes',
    '.oxlintrc.json',
    '"ignorePatterns": [',
    '"ignorePatterns": ["src/auth", ',
  ),
  sabotage(
    'GOV-3',
    'the linter lets tests and services have any',
    '.oxlintrc.json',
    '{ "files": ["scripts/**", "dev/**"], "rules": { "no-console": "off" } }',
    '{ "files": ["scripts/**", "dev/**"], "rules": { "no-console": "off" } },\n    { "files": ["src/auth/**"], "rules": { "typescript/no-floating-promises": "off" } }',
  ),
  sabotage(
    'GOV-3',
    'a file silences the linter',
    'src/auth/sessions.ts',
    'export async function endSession(',
    '// oxlint-disable-next-line typescript/no-explicit-any -- we know\nexport async function endSession(',
  ),
  sabotage(
    'GOV-3',
    'the compiler takes every element of a list for granted',
    'tsconfig.json',
    '"noUncheckedIndexedAccess": true,',
    '"noUncheckedIndexedAccess": false,',
  ),
  sabotage(
    'GOV-3',
    'agents are told something else than what is enforced',
    agents,
    '- Input is `z.strictObject` with bounded texts and lists.\n',
    '- Input is `z.object`.\n',
  ),
  sabotage(
    'GOV-3',
    'the compiler checks nothing',
    'tsconfig.json',
    '"strict": true,',
    '"strict": true,\n    "noCheck": true,',
  ),
  sabotage(
    'GOV-3',
    'agents are not told to prove anything',
    agents,
    ' prove` when you touched a control.',
    ' test` when you touched a control.',
  ),
];
