import type { Environment } from '../env.ts';

const always: Readonly<Record<string, string>> = {
  'Cache-Control': 'no-store',
  'Content-Security-Policy':
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Permissions-Policy': 'camera=(), geolocation=(), microphone=()',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
};

/** One year, as ASVS 5.0 (3.4.1) asks. Development is plain HTTP, where the header means nothing. */
const strictTransport = 'max-age=31536000; includeSubDomains';

/** Puts the headers that every answer carries, errors included. */
export function setSecurityHeaders(headers: Headers, environment: Environment | undefined): void {
  for (const [name, value] of Object.entries(always)) {
    headers.set(name, value);
  }
  if (environment !== 'development') headers.set('Strict-Transport-Security', strictTransport);
}
