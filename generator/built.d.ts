// scripts/build.ts provides this module.

/** All of templates/, as one bundle can carry it. */
declare module 'built:catalog' {
  export const catalog: import('./catalog.ts').Catalog;
}
