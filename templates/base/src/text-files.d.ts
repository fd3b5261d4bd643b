/** A text file as Wrangler bundles it: its contents. */
declare module '*.txt' {
  const text: string;
  // oxlint-disable-next-line import/no-default-export -- what Wrangler makes of a text file
  export default text;
}
