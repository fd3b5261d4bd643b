// Files in assets/ as Wrangler bundles them: their contents.
// oxlint-disable import/no-default-export -- what Wrangler makes of a text file
declare module '*.css' {
  const text: string;
  export default text;
}
declare module '*.svg' {
  const text: string;
  export default text;
}
declare module '*/enhance.js' {
  const text: string;
  export default text;
}
