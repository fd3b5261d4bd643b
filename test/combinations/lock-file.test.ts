import { describe, expect, test } from 'vitest';
import { lockProblems } from './lock-file.ts';
import { defaultApp, edited, findingsEverywhere, textOf, withFile } from './rendered.ts';

const { files } = defaultApp;
const path = 'package-lock.json';

test('with every combination of options, the lock file installs on every platform what package.json says', () => {
  expect(files.has(path)).toBe(true);
  expect(findingsEverywhere(lockProblems)).toEqual([]);
});

/** The lock file with the entries of other packages changed, or left out. */
function withEntries(change: (place: string, entry: object) => object | undefined) {
  const lock: { packages: Record<string, object> } = JSON.parse(textOf(files, path));
  const packages = Object.entries(lock.packages).flatMap(([place, entry]) => {
    const changed = place === '' ? entry : change(place, entry);
    return changed === undefined ? [] : [[place, changed] as const];
  });
  const text = JSON.stringify({ ...lock, packages: Object.fromEntries(packages) });
  return withFile(files, path, text);
}

const only = (place: string, change: (entry: object) => object | undefined) =>
  withEntries((candidate, entry) => (candidate === place ? change(entry) : entry));

describe('the check of the lock file notices', () => {
  test('another name or version than that of package.json', () => {
    expect(lockProblems(edited(files, path, '"name": "my-app"', '"name": "other"'))).toEqual([
      `${path}: its name is not that of package.json`,
    ]);
    expect(lockProblems(edited(files, 'package.json', '"0.1.0"', '"0.2.0"'))).toEqual([
      `${path}: its version is not that of package.json`,
    ]);
  });

  test('a dependency that was updated, added or removed in package.json alone', () => {
    const [find, problem] = [
      '"hono": "',
      `${path}: its dependencies are not those of package.json`,
    ];
    expect(lockProblems(edited(files, 'package.json', find, `${find}9`))).toEqual([problem]);
    expect(lockProblems(edited(files, 'package.json', find, `"a": "1", ${find}`))).toEqual([
      problem,
    ]);
    const line = /\n {4}"hono": "[^"]*",/.exec(textOf(files, 'package.json'))?.[0] ?? '?';
    expect(lockProblems(edited(files, 'package.json', line, ''))).toEqual([problem]);
  });

  test('another installed version than the one that is asked for', () => {
    const harmed = only('node_modules/zod', (entry) => ({ ...entry, version: '1.0.0' }));
    expect(lockProblems(harmed)).toEqual([
      expect.stringMatching(/^package-lock\.json: it does not install zod \d/),
    ]);
  });

  test('an address to download from', () => {
    const resolved = 'https://packages.example/hono.tgz';
    const harmed = only('node_modules/hono', (entry) => ({ ...entry, resolved }));
    expect(lockProblems(harmed)).toEqual([`${path}: it says where to download from`]);
  });

  test('a package without a hash', () => {
    const harmed = only('node_modules/hono', (entry) => ({ ...entry, integrity: undefined }));
    expect(lockProblems(harmed)).toEqual([`${path}: node_modules/hono has no integrity`]);
  });

  test('that a package which another needs is missing', () => {
    expect(lockProblems(only('node_modules/miniflare', () => undefined))).toContain(
      `${path}: node_modules/wrangler needs miniflare, which is missing`,
    );
  });

  test.each(['darwin', 'linux', 'win32'])('that the packages for %s are missing', (platform) => {
    const harmed = withEntries((_place, entry) =>
      'os' in entry && Array.isArray(entry.os) && entry.os.includes(platform) ? undefined : entry,
    );
    expect(lockProblems(harmed)).toContain(`${path}: it has no package for ${platform}`);
  });

  test("that another platform's package is forced on everybody", () => {
    const place = 'node_modules/@cloudflare/workerd-darwin-arm64';
    const harmed = only(place, (entry) => ({ ...entry, optional: false }));
    expect(lockProblems(harmed)).toEqual([`${path}: ${place} is forced on every platform`]);
  });
});
