import type { Environment } from '../env.ts';

const policy = 'Content-Security-Policy';

const always: Readonly<Record<string, string>> = {
  'Cache-Control': 'no-store',
  [policy]: "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Permissions-Policy': 'camera=(), geolocation=(), microphone=()',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
};

/** One year, as ASVS 5.0 (3.4.1) asks. Development is plain HTTP, where the header means nothing. */
const strictTransport = 'max-age=31536000; includeSubDomains';

/** Puts the headers that every answer carries, errors included. A route may have a policy of its own. */
export function setSecurityHeaders(headers: Headers, environment: Environment | undefined): void {
  for (const [name, value] of Object.entries(always)) {
    if (name !== policy || !headers.has(policy)) headers.set(name, value);
  }
  if (environment !== 'development') headers.set('Strict-Transport-Security', strictTransport);
}
