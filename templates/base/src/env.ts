import type { RateLimiter } from './limits/rate-limiter.ts';

/** What wrangler.toml binds. Variables and secrets may be missing at run time, whatever the types say. */
export interface Env {
  readonly DB: D1Database;
  readonly SESSIONS: KVNamespace;
  readonly RATE_LIMITER: DurableObjectNamespace<RateLimiter>;
  readonly CF_VERSION: WorkerVersionMetadata;
  readonly APP_ENV?: string;
  readonly APP_ORIGIN?: string;
  readonly HMAC_KEY?: string;
}

/** The environments the app knows. Only `npm run dev` passes `development`; the others stand in wrangler.toml. */
export type Environment = 'development' | 'staging' | 'production';

/** The configuration, checked: what every request may rely on. */
export interface Configuration {
  readonly environment: Environment;
  /** The one origin people use, such as `https://app.example.com`; in development, the loopback address asked. */
  readonly origin: string;
  readonly hmacKey: string;
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
  const hmacKey = readSecret('HMAC_KEY', env.HMAC_KEY);
  if (environment === 'development') {
    if (!loopbackHosts.has(url.hostname)) {
      throw new ConfigurationError(
        'APP_ENV is "development", which answers on a loopback address only. Deploy with --env staging or --env production.',
      );
    }
    return { environment, origin: url.origin, hmacKey };
  }
  return { environment, origin: readOrigin(env.APP_ORIGIN), hmacKey };
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

function readSecret(name: string, value: string | undefined): string {
  if (value !== undefined && value.length >= 32) return value;
  throw new ConfigurationError(
    `The secret ${name} is ${value === undefined ? 'missing' : 'shorter than 32 characters'}. Set it with "wrangler secret put ${name} --env …"; in development it stands in .dev.vars.`,
  );
}

function readOrigin(value: string | undefined): string {
  const url = value !== undefined && URL.canParse(value) ? new URL(value) : undefined;
  if (url !== undefined && url.protocol === 'https:' && url.origin === value) return value;
  throw new ConfigurationError(
    'APP_ORIGIN must be the https origin people use, such as "https://app.example.com". Set it under [env.…vars] in wrangler.toml.',
  );
}
