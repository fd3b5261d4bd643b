/** Fills a fresh array with random bytes. Injected, so that rendering itself stays deterministic. */
export type RandomBytes = (length: number) => Uint8Array;
