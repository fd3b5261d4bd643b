// Files in assets/ as Wrangler bundles them: their contents.
declare module '*.css' {
  const text: string;
  // oxlint-disable-next-line import/no-default-export -- what Wrangler makes of a text file
  export default text;
}
declare module '*.svg' {
  const text: string;
  // oxlint-disable-next-line import/no-default-export -- the same
  export default text;
}
declare module '*/enhance.js' {
  const text: string;
  // oxlint-disable-next-line import/no-default-export -- the same
  export default text;
}
