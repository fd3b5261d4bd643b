declare namespace Cloudflare {
  interface Env extends Readonly<Required<import('../../src/env.ts').Env>> {
    readonly DEV_MAILBOX: KVNamespace;
    readonly FUZZ_REQUESTS: string;
    readonly FUZZ_SEED: string;
    readonly TEST_MIGRATIONS: import('cloudflare:test').D1Migration[];
    readonly TEST_ROLLBACKS: import('cloudflare:test').D1Migration[];
  }
}

declare module '*?raw' {
  const text: string;
  // oxlint-disable-next-line import/no-default-export -- what Vite makes of a text
  export default text;
}

/** What Vite makes of a pattern; its own types would bring those of a browser. */
interface ImportMeta {
  glob(
    pattern: string,
    options: { query: '?raw'; import: 'default'; eager: true },
  ): Record<string, string>;
}
