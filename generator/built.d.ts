// scripts/build.ts provides this module: all of templates/, as one bundle can carry it.
declare module 'built:catalog' {
  export const catalog: import('./catalog.ts').Catalog;
}
