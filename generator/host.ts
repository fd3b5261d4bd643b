import type { Catalog } from './catalog.ts';
import type { Output } from './terminal.ts';

/** The world as the command line sees it, so that a test can stand in for it. */
export interface Host {
  readonly catalog: Catalog;
  readonly currentDirectory: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Like `process.platform`. */
  readonly platform: string;
  /** Version of Node, without the leading v. */
  readonly nodeVersion: string;
  /** Prints. A part that is loaded later has to use this one, which knows what is still on its way. */
  readonly emit: (output: Output, text: string) => void;
}

/** How a person would start this program again. */
export function commandName({ environment }: Host, version?: string): string {
  // `npm start` in a clone of the repository sets this, since nothing needs to be published for it.
  const started = environment.STACKBILDER_COMMAND;
  if (started !== undefined && started !== '') return started;
  return `npx create-stackbilder-app${version === undefined ? '' : `@${version}`}`;
}

/** Whether `CI` says that nobody is watching. */
export function isAutomated({ environment }: Host): boolean {
  return !['', '0', 'false'].includes((environment.CI ?? '').toLowerCase());
}

/** Package manager that started this process, from its user agent (`pnpm/9.1.0 npm/? node/…`). */
export function startedBy({ environment }: Host): string | undefined {
  return environment.npm_config_user_agent?.split('/')[0];
}
