import { existsSync, readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';

/** Where the app answers, and what opens it to those who operate it. */
export interface Operator {
  readonly origin: string;
  readonly token: string;
}

/**
 * Reads an address from the command line and the token from the environment; for this machine, from
 * .dev.vars. A token on the command line would stand in the shell's history.
 * @returns what is wrong, as a text, where something is
 */
export function readOperator(address = 'http://localhost:8787'): Operator | string {
  if (!URL.canParse(address)) return `${address} is no address such as https://app.example.com`;
  const { origin, hostname, protocol } = new URL(address);
  const isLocal = hostname === 'localhost' || hostname === '127.0.0.1';
  if (protocol !== 'https:' && !isLocal) return 'The token is only sent over https.';
  const token = process.env['OPERATIONS_TOKEN'] ?? (isLocal ? localToken() : undefined);
  if (token === undefined || token === '')
    return 'Set OPERATIONS_TOKEN to the token of that environment.';
  return { origin, token };
}

function localToken(): string | undefined {
  return existsSync('.dev.vars')
    ? parseEnv(readFileSync('.dev.vars', 'utf8'))['OPERATIONS_TOKEN']
    : undefined;
}

/** Asks the app as its operator. */
export function ask({ origin, token }: Operator, method: string, path: string): Promise<Response> {
  return fetch(origin + path, {
    method,
    headers: { Authorization: `Bearer ${token}`, Origin: origin },
    redirect: 'manual',
    signal: AbortSignal.timeout(30_000),
  });
}
