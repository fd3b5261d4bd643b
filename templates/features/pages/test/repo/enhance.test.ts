import { readFileSync } from 'node:fs';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';

const script = readFileSync('src/pages/assets/enhance.js', 'utf8');

/** What of a page the script can touch; whatever else it looks for is `elsewhere`. */
interface Seen {
  readonly field?: { value: string };
  readonly form: { action: string };
  readonly link: { hash: string };
  readonly elsewhere: object;
}

/** Runs the script in a page at an address, and tells what became of it. */
function openPage(address: string, seen: Seen) {
  const shown: unknown[] = [];
  const heard = new Map<string, (event: object) => void>();
  let reloads = 0;
  const { hash, pathname, search } = new URL(address, 'https://app.example');
  const found = new Map<string, readonly object[]>([
    ['main form[method="post"]', [seen.form]],
    ['a[data-carry]', [seen.link]],
    ['button[data-copy]', []],
    ['button[data-reveal]', []],
    ['time', []],
  ]);
  runInNewContext(script, {
    location: { hash, pathname, search, reload: () => void (reloads += 1) },
    history: { replaceState: (_state: null, _title: string, to: string) => void shown.push(to) },
    document: {
      querySelector: () => seen.field ?? null,
      querySelectorAll: (selector: string) => found.get(selector) ?? [seen.elsewhere],
    },
    addEventListener: (name: string, listen: (event: object) => void) =>
      void heard.set(name, listen),
  });
  const comeBack = (persisted: boolean) => {
    heard.get('pageshow')?.({ persisted });
    return reloads;
  };
  return { shown, comeBack };
}

const newPage = (hasField: boolean) => ({
  ...(hasField && { field: { value: '' } }),
  form: { action: '/login' },
  link: { hash: '' },
  elsewhere: {},
});

describe('AUTH-5 the code that a mailed link carries behind # reaches no server', () => {
  it('goes into its field, and out of the address', () => {
    const seen = newPage(true);
    const { shown } = openPage('/reset-password?from=mail#token=abc-_1', seen);
    expect(seen.field?.value).toBe('abc-_1');
    expect(shown).toEqual(['/reset-password?from=mail']);
    expect(seen.form.action).toBe('/login');
  });

  it('goes along behind # where there is no field', () => {
    const seen = newPage(false);
    openPage('/login?returnTo=/accept-invitation#token=abc', seen);
    expect(seen).toEqual({
      form: { action: '/login#token=abc' },
      link: { hash: '#token=abc' },
      elsewhere: {},
    });
  });

  it('is all that the script takes from an address', () => {
    for (const hash of ['', '#token=', '#token=a&b', '#token=<b>', '#main', '#x#token=abc']) {
      const seen = newPage(true);
      expect(openPage(`/reset-password${hash}`, seen).shown).toEqual([]);
      expect(seen).toEqual(newPage(true));
    }
  });
});

describe('DEP-4 a page from the memory of a browser is asked for anew', () => {
  it('and one that was loaded is not', () => {
    const { comeBack } = openPage('/dashboard', newPage(false));
    expect(comeBack(false)).toBe(0);
    expect(comeBack(true)).toBe(1);
  });
});
