import type { RateLimiter } from './limits/rate-limiter.ts';

/** What wrangler.toml binds. Variables and secrets may be missing at run time, whatever the types say. */
export interface Env {
  readonly DB: D1Database;
  readonly SESSIONS: KVNamespace;
  readonly FLOOD_LIMITER: RateLimit;
  readonly RATE_LIMITER: DurableObjectNamespace<RateLimiter>;
  readonly EMAIL: Pick<SendEmail, 'send'>;
  readonly CF_VERSION: WorkerVersionMetadata;
  readonly APP_ENV?: string;
  readonly APP_ORIGIN?: string;
  readonly LINK_BASE_URL?: string;
  readonly MAIL_FROM?: string;
  readonly BREACH_LIST_URL?: string;
  readonly HMAC_KEY?: string;
  readonly ENCRYPTION_KEY?: string;
}

/** The environments the app knows. Only `npm run dev` passes `development`; the others stand in wrangler.toml. */
export type Environment = 'development' | 'staging' | 'production';

/** The configuration, checked: what every request may rely on. */
export interface Configuration {
  readonly environment: Environment;
  /** The one origin people use, such as `https://app.example.com`; in development, the loopback address asked. */
  readonly origin: string;
  /** Where the links in mails lead, such as `https://app.example.com`: whatever a request's Host says. */
  readonly linkBaseUrl: string;
  /** Whom mails come from, such as `hello@example.com`. */
  readonly mailFrom: string;
  /** Where new passwords are looked up, with the first digits of their hash behind it; null: nowhere. */
  readonly breachListUrl: string | null;
  readonly hmacKey: string;
  readonly encryptionKey: string;
}

/** The app refuses to answer. The message is for the log; no client sees it. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
}

const environments: ReadonlySet<string> = new Set(['development', 'staging', 'production']);
const loopbackHosts: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);

/**
 * Checks the configuration for a request to `url`. Whoever forgets to say gets production or
 * nothing: an unknown APP_ENV is refused, and development answers on a loopback address only, so
 * that its weaker cookie can never be deployed.
 * @throws {ConfigurationError} naming what is missing or wrong, and where to set it
 */
export function readConfiguration(env: Env, url: URL): Configuration {
  const environment = readEnvironment(env.APP_ENV);
  const common = {
    breachListUrl: env.BREACH_LIST_URL || null,
    ...readSecrets(env),
  };
  if (environment === 'development') {
    if (!loopbackHosts.has(url.hostname)) {
      throw new ConfigurationError(
        'APP_ENV is "development", which answers on a loopback address only. Deploy with --env staging or --env production.',
      );
    }
    const { origin } = url;
    return { environment, origin, linkBaseUrl: origin, mailFrom: 'app@localhost', ...common };
  }
  return {
    environment,
    origin: readOrigin('APP_ORIGIN', env.APP_ORIGIN),
    linkBaseUrl: readOrigin('LINK_BASE_URL', env.LINK_BASE_URL),
    mailFrom: readAddress(env.MAIL_FROM),
    ...common,
  };
}

function readEnvironment(value: string | undefined): Environment {
  if (isEnvironment(value)) return value;
  throw new ConfigurationError(
    `APP_ENV is ${value === undefined ? 'missing' : 'unknown'}. "wrangler deploy" needs --env staging or --env production; "npm run dev" sets development.`,
  );
}

function isEnvironment(value: string | undefined): value is Environment {
  return value !== undefined && environments.has(value);
}

function readSecrets(env: Env): { hmacKey: string; encryptionKey: string } {
  const hmacKey = readSecret('HMAC_KEY', env.HMAC_KEY);
  const encryptionKey = readSecret('ENCRYPTION_KEY', env.ENCRYPTION_KEY);
  if (hmacKey !== encryptionKey) return { hmacKey, encryptionKey };
  throw new ConfigurationError(
    'HMAC_KEY and ENCRYPTION_KEY are the same. Give each its own value with "wrangler secret put NAME --env …".',
  );
}

function readSecret(name: string, value: string | undefined): string {
  if (value !== undefined && value.length >= 32) return value;
  throw new ConfigurationError(
    `The secret ${name} is ${value === undefined ? 'missing' : 'shorter than 32 characters'}. Set it with "wrangler secret put ${name} --env …"; in development it stands in .dev.vars.`,
  );
}

function readOrigin(name: string, value: string | undefined): string {
  const url = value !== undefined && URL.canParse(value) ? new URL(value) : undefined;
  if (url !== undefined && url.protocol === 'https:' && url.origin === value) return value;
  throw new ConfigurationError(
    `${name} must be an https origin, such as "https://app.example.com". Set it under [env.…vars] in wrangler.toml.`,
  );
}

function readAddress(value: string | undefined): string {
  if (value !== undefined && /^[^\s@<>]+@[^\s@<>]+\.[^\s@<>]+$/.test(value)) return value;
  throw new ConfigurationError(
    'MAIL_FROM must be the address mails come from, such as "hello@example.com". Set it under [env.…vars] in wrangler.toml.',
  );
}
