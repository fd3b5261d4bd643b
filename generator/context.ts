import type { Options } from './options.ts';
import { compatibilityDate, generatorVersion, nodeMinimum, versions } from './versions.ts';

/** Development secrets that `.dev.vars` carries; each is 32 random bytes, base64. */
const secretNames = ['HMAC_KEY'] as const;
const secretBytes = 32;

/** Fills a fresh array with random bytes. Injected, so that rendering itself stays deterministic. */
export type RandomBytes = (length: number) => Uint8Array;

const commands = {
  npm: { runCommand: 'npm run', installCommand: 'npm install', execCommand: 'npx' },
  pnpm: { runCommand: 'pnpm run', installCommand: 'pnpm install', execCommand: 'pnpm exec' },
  yarn: { runCommand: 'yarn', installCommand: 'yarn install', execCommand: 'yarn' },
  bun: { runCommand: 'bun run', installCommand: 'bun install', execCommand: 'bunx' },
} as const;

/** How one types things with a package manager. */
export function commandsOf(packageManager: Options['packageManager']) {
  return commands[packageManager];
}

function base64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes));
}

/** Everything a template can name. */
export function contextOf(options: Options, randomBytes: RandomBytes) {
  const { name, title, domain, packageManager } = options;
  return {
    name,
    title,
    domain,
    packageManager,
    npm: packageManager === 'npm',
    pnpm: packageManager === 'pnpm',
    yarn: packageManager === 'yarn',
    bun: packageManager === 'bun',
    ...commandsOf(packageManager),
    versions,
    compatibilityDate,
    nodeMinimum,
    generatorVersion,
    secrets: Object.fromEntries(
      secretNames.map((secret) => [secret, base64(randomBytes(secretBytes))]),
    ),
  };
}

export type TemplateContext = ReturnType<typeof contextOf>;
