// oxlint-disable import/no-default-export -- what Wrangler makes of the files in assets/
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
