import { sabotage } from './sabotage.ts';

const setup = 'scripts/setup.ts';
const resources = 'scripts/deployment/resources.ts';
const store = 'scripts/secrets/store.ts';

export const settingUp = [
  sabotage(
    'SEC-6',
    'ids of one environment are written into the other',
    resources,
    'const head = `\\\\[\\\\[env\\\\.${environment}\\\\.${section}',
    "const other = environment === 'staging' ? 'production' : 'staging';\n  const head = `\\\\[\\\\[env\\\\.${other}\\\\.${section}",
  ),
  sabotage(
    'SEC-6',
    'what is there already is made again',
    setup,
    'id ?? create(resource)',
    'create(resource)',
  ),
  sabotage(
    'SEC-6',
    'an id of another account passes',
    resources,
    'if ([...all.values()].includes(id)) return id;',
    'if (all.size >= 0) return id;',
  ),
  sabotage(
    'SEC-6',
    'a dry run makes things',
    setup,
    "isDryRun: values['dry-run'] }",
    'isDryRun: false }',
  ),
  sabotage(
    'SEC-6',
    'an address that is missing is not missed',
    setup,
    "  'CORS_ORIGINS',",
    "  'CORS_ORIGINS',\n  'LINK_BASE_URL',",
  ),
  sabotage(
    'SEC-1',
    'a new secret can be guessed',
    setup,
    "randomBytes(32).toString('base64')",
    "randomBytes(3).toString('base64')",
  ),
  sabotage(
    'SEC-1',
    'a secret that is in use is replaced',
    setup,
    'if (present.has(name)) {',
    'if (present.has(name) && given[name] === undefined) {',
  ),
  sabotage(
    'SEC-1',
    'where wrangler does not tell what is set, all is set anew',
    store,
    'if (error instanceof Error && /Worker "[^"]+".* not found/.test(error.message)) return [];',
    'if (error instanceof Error) return [];',
  ),
  sabotage(
    'SEC-1',
    'setting up takes whatever is handed over for a secret',
    setup,
    "if (value !== '') checkShape(name, value, environment);",
    'void checkShape;',
  ),
  sabotage(
    'SEC-1',
    'what others gave out is shown',
    setup,
    'if (!given[name] && isMadeHere(name)) console.log',
    'console.log',
  ),
  sabotage(
    'SEC-1',
    'setting up loses what it has set where it cannot be shown any more',
    setup,
    '  for (const [name, value] of Object.entries(fresh))\n    if (!given[name] && isMadeHere(name)) console.log(`${name}=${value}`);\n  const names = Object.keys(fresh);\n  if (names.length > 0) setSecrets(environment, fresh, names);\n',
    '  const names = Object.keys(fresh);\n  if (names.length > 0) setSecrets(environment, fresh, names);\n  for (const [name, value] of Object.entries(fresh))\n    if (!given[name] && isMadeHere(name)) console.log(`${name}=${value}`);\n',
  ),
  sabotage(
    'SEC-6',
    'a bucket that is there, and not listed, stops the setting up for good',
    resources,
    'if (!(error instanceof Error) || !ownedAlready.test(error.message)) throw error;',
    'if (!(error instanceof Error) || !ownedAlready.test(kind.noun)) throw error;',
  ),
  sabotage(
    'SEC-6',
    'a bucket that could not be made passes for one that is there',
    resources,
    'if (!(error instanceof Error) || !ownedAlready.test(error.message)) throw error;',
    'if (!(error instanceof Error) || !ownedAlready.test(`${error.message}[code: 10004]`)) throw error;',
  ),
];
