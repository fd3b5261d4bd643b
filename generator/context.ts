import { floodNamespaces } from './flood-namespaces.ts';
import type { Options } from './options.ts';
import type { RandomBytes } from './random-bytes.ts';
import { compatibilityDate, generatorVersion, nodeMinimum, versions } from './versions.ts';

const commands = {
  npm: {
    runCommand: 'npm run',
    installCommand: 'npm install',
    execCommand: 'npx',
    generatorCommand: 'npx create-stackbilder-app',
    auditCommand: 'npm audit --omit=dev --audit-level=high',
  },
  pnpm: {
    runCommand: 'pnpm run',
    installCommand: 'pnpm install',
    execCommand: 'pnpm exec',
    generatorCommand: 'pnpm dlx create-stackbilder-app',
    auditCommand: 'pnpm audit --prod --audit-level=high',
  },
  yarn: {
    runCommand: 'yarn',
    installCommand: 'yarn install',
    execCommand: 'yarn',
    generatorCommand: 'yarn dlx create-stackbilder-app',
    auditCommand: 'yarn npm audit --environment production --severity high',
  },
  bun: {
    runCommand: 'bun run',
    installCommand: 'bun install',
    execCommand: 'bunx',
    generatorCommand: 'bunx create-stackbilder-app',
    auditCommand: 'bun audit --audit-level=high',
  },
} as const;

/** How one types things with a package manager. */
export function commandsOf(packageManager: Options['packageManager']) {
  return commands[packageManager];
}

const secretBytes = 32;

function freshSecret(randomBytes: RandomBytes): string {
  return btoa(String.fromCharCode(...randomBytes(secretBytes)));
}

/** What templates can name and what is the same for every application. */
export const constants = { versions, compatibilityDate, nodeMinimum, generatorVersion } as const;

/** Everything a template can name. */
export function contextOf(options: Options, randomBytes: RandomBytes) {
  const { name, title, domain, billing, oauth, pages, email, uploads, packageManager } = options;
  return {
    name,
    title,
    domain,
    /** Where production is served, or an example of it. */
    origin: `https://${domain === '' ? 'app.example.com' : domain}`,
    billing,
    oauth: oauth.length > 0,
    google: oauth.includes('google'),
    github: oauth.includes('github'),
    pages,
    resend: email === 'resend',
    uploads,
    packageManager,
    npm: packageManager === 'npm',
    pnpm: packageManager === 'pnpm',
    yarn: packageManager === 'yarn',
    bun: packageManager === 'bun',
    ...commandsOf(packageManager),
    ...constants,
    floodNamespaces: floodNamespaces(name),
    secrets: {
      HMAC_KEY: freshSecret(randomBytes),
      ENCRYPTION_KEY: freshSecret(randomBytes),
      OPERATIONS_TOKEN: freshSecret(randomBytes),
    },
  };
}

export type TemplateContext = ReturnType<typeof contextOf>;
