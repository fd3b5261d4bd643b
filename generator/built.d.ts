// scripts/build.ts provides these modules.

/** All of templates/, as one bundle can carry it. */
declare module 'built:catalog' {
  export const catalog: import('./catalog.ts').Catalog;
}

/** SHA-256 as a WebAssembly module, from scripts/sha256-module.ts. */
declare module 'built:sha256' {
  export const moduleBase64: string;
  /** Byte offsets in the module's memory. */
  export const layout: {
    readonly state: number;
    readonly constants: number;
    readonly message: number;
  };
  /** The 64 round constants. */
  export const constants: readonly number[];
}
