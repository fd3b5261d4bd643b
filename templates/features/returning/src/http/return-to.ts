const longest = 512;

/**
 * A path of plain words with a plain query, as ours are: no second slash in a row, no backslash, no
 * control character, nothing percent-encoded in the path, so that no browser reads a host into it.
 */
const plainPath = /^(?=\/)(?:\/[\w.~-]+)*\/?(?:\?[\w.~%=&+-]*)?$/;

/** Where to send a browser after a login: a path of this app, or the start page for anything else. */
export function safeReturnTo(wished: string | undefined): string {
  return wished !== undefined && wished.length <= longest && plainPath.test(wished) ? wished : '/';
}
