import { crc32 } from './crc32.ts';

/**
 * Ids of what counts floods, one for each environment. Workers of an account that name the same id count together
 * (https://developers.cloudflare.com/workers/runtime-apis/bindings/rate-limit/), so the ids follow from the name of
 * the application, which an account has once: three in a row, positive, below 2 to the 31st.
 */
export function floodNamespaces(name: string) {
  const first = (crc32(new TextEncoder().encode(name)) % 700_000_000) * 3 + 1;
  return {
    development: String(first),
    staging: String(first + 1),
    production: String(first + 2),
  };
}
