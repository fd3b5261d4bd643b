import { versions } from './versions.ts';

/**
 * Longest project name. A Worker's name is also a DNS label (63 characters), and the longest suffix that
 * the application's wrangler.toml adds to the name has to fit as well; a test measures those.
 */
export const longestName = 40;

/** What a valid name looks like, as a regular expression source that JSON Schema can carry. */
export const namePattern = '^[a-z](?:[a-z0-9-]*[a-z0-9])?$';

// npm refuses these for new packages; a test compares the list with Node's own.
const nodeModules = [
  'assert',
  'buffer',
  'cluster',
  'console',
  'constants',
  'crypto',
  'dgram',
  'dns',
  'domain',
  'events',
  'fs',
  'http',
  'http2',
  'https',
  'inspector',
  'module',
  'net',
  'os',
  'path',
  'process',
  'punycode',
  'querystring',
  'readline',
  'repl',
  'stream',
  'sys',
  'timers',
  'tls',
  'tty',
  'url',
  'util',
  'v8',
  'vm',
  'wasi',
  'zlib',
];

// Windows cannot hold a directory of these names.
const windowsDevices = /^(?:aux|con|nul|prn|com[0-9]|lpt[0-9])$/;

/** Why a text cannot name a project, or undefined when it can. */
export function nameProblem(name: string): string | undefined {
  if (name === '') return 'it is empty';
  if (name === 'node_modules' || name === 'favicon.ico') return 'npm reserves this name';
  if (name.length > longestName)
    return `it has ${name.length} characters; ${longestName} is the most, because suffixes such as "-production" must fit into the 63 of a Worker's host name`;
  if (!new RegExp(namePattern).test(name))
    return 'only lowercase letters, digits and inner hyphens are allowed, beginning with a letter';
  if (nodeModules.includes(name)) return 'it is a module of Node itself, which npm refuses';
  if (name.length <= 4 && windowsDevices.test(name)) return 'it is a device name on Windows';
  if (Object.hasOwn(versions, name))
    return 'the application depends on a package of that name, which npm cannot tell apart';
  return undefined;
}

/** The closest valid name to a text, such as `my-app` for `My App!`, or undefined when nothing is left of it. */
export function suggestName(text: string): string | undefined {
  const plain = text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+/, '')
    .slice(0, longestName)
    .replace(/-+$/, '');
  if (plain === '') return undefined;
  if (nameProblem(plain) === undefined) return plain;
  const longer = `${plain.slice(0, longestName - 4)}-app`;
  return nameProblem(longer) === undefined ? longer : undefined;
}

/** `My App` for `my-app`. */
export function titleOf(name: string): string {
  let title = '';
  for (const word of name.split('-'))
    if (word !== '') title += `${title && ' '}${word.charAt(0).toUpperCase()}${word.slice(1)}`;
  return title;
}
