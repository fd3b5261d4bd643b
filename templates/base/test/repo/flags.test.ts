import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { flags, release, type Flag } from '../../src/ops/flags.ts';
import { runScript, standIn } from './stand-in.ts';

const root = join(import.meta.dirname, '../..');
const all: readonly (readonly [string, Flag])[] = Object.entries(flags);
const today = new Date().toISOString().slice(0, 10);
const isExpired = ({ expires }: Flag, day: string) => expires !== 'never' && expires <= day;

describe('DEP-2 every flag has an owner and an end', () => {
  it.each(all)('%s is not past its day', (_name, flag) => {
    expect(isExpired(flag, today)).toBe(false);
    expect(flag.owner).not.toBe('');
    expect(flag.closes).not.toBe('');
    expect(flag.expires).toMatch(/^(never|\d{4}-\d\d-\d\d)$/);
  });

  it('only what closes in an emergency stays for ever, and what is new begins closed', () => {
    for (const [, { expires, unset }] of all) {
      expect(unset).toBe(expires === 'never' ? 'open' : 'closed');
    }
    expect(release('somebody', 'something', '2031-05-01')).toMatchObject({
      unset: 'closed',
      safeDefault: 'closed',
    });
  });

  it('one that is past its day is noticed on that day', () => {
    const flag = release('somebody', 'something new', '2031-05-01');
    expect(isExpired(flag, '2031-04-30')).toBe(false);
    expect(isExpired(flag, '2031-05-01')).toBe(true);
  });
});

describe('DEP-2 only a refusal can hang on a flag', () => {
  const sources = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => file.replaceAll('\\', '/'))
    .map((file) => ({ file, text: readFileSync(join(root, 'src', file), 'utf8') }));
  const filesWith = (pattern: RegExp) =>
    sources.filter(({ text }) => pattern.test(text)).map(({ file }) => file);

  it('no code but the one that refuses reads how a flag is set', () => {
    expect(filesWith(/flagState/).toSorted()).toEqual([
      'db/statements/operations.ts',
      'ops/require-open.ts',
    ]);
    expect(filesWith(/import \{[^}]*\bflags\b[^}]*\} from '[^']*flags\.ts'/)).toEqual([
      'ops/require-open.ts',
    ]);
  });

  it('what refuses answers nothing, so nothing can be granted by it', () => {
    const text = sources.find(({ file }) => file === 'ops/require-open.ts')?.text ?? '';
    const exported = [...text.matchAll(/\bexport [\s\S]*?\n\): ([^{]*) \{/g)].map(
      ([, type]) => type,
    );
    expect(exported).toEqual(['Promise<void>']);
    expect(text.match(/\bexport\b/g)).toHaveLength(1);
  });

  it('these ask for it, each time for nothing but its refusal', () => {
    const callers = filesWith(/\brequireOpen\b/).filter((file) => file !== 'ops/require-open.ts');
    const known = ['auth/oauth/identities.ts', 'http/route.ts'];
    expect(callers.filter((file) => !known.includes(file))).toEqual([]);
    expect(callers).toContain('http/route.ts');
    for (const { file, text } of sources.filter(({ file: its }) => callers.includes(its))) {
      const uses = text.split('\n').filter((line) => /\brequireOpen\b/.test(line));
      const isBare = (line: string) =>
        /^import \{ requireOpen \} from '[./]+\/ops\/require-open\.ts';$/.test(line) ||
        /^ +(?:if \(flag !== undefined\) )?await requireOpen\([^()]*(?:\([^()]*\))?\);$/.test(line);
      expect([file, uses.filter((line) => !isBare(line))]).toEqual([file, []]);
    }
  });

  it('runs after who asks is known', () => {
    const text = sources.find(({ file }) => file === 'http/route.ts')?.text ?? '';
    const order = [
      'access.resolve(c)',
      'requireOwnOrigin(c)',
      'limitClient(c',
      'requireOpen(',
      'spend(',
      'readInput(',
      'handler({',
    ];
    const places = order.map((call) => text.lastIndexOf(call));
    expect(places).toEqual(places.toSorted((one, other) => one - other));
    expect(Math.min(...places)).toBeGreaterThan(0);
  });
});

describe('DEP-2 flags are set by a script, in one environment', () => {
  it.each(['staging', 'production'])('closing asks D1 of %s', (place) => {
    const wrangler = standIn();
    const { status, stdout } = runScript('flags', ['close', 'signup', '--env', place], wrangler);
    expect(status).toBe(0);
    expect(stdout).toContain(`signup is closed in ${place}`);
    const [call = []] = wrangler.calls();
    expect(call.slice(0, 6)).toEqual(['wrangler', 'd1', 'execute', 'DB', '--remote', '--env']);
    expect(call[6]).toBe(place);
    expect(call.at(-1)).toContain("'signup', 'closed'");
  });

  it('what it asks of D1 closes, opens and closes again, and says when', () => {
    const database = new DatabaseSync(':memory:');
    const folder = join(root, 'migrations');
    const migrations = readdirSync(folder).filter((name) => /^\d.*\.sql$/.test(name));
    for (const file of migrations.toSorted())
      database.exec(readFileSync(join(folder, file), 'utf8'));
    const wrangler = standIn();
    for (const [index, verb] of ['close', 'open', 'close'].entries()) {
      const before = Date.now();
      expect(runScript('flags', [verb, 'signup'], wrangler).status).toBe(0);
      database.exec(wrangler.calls()[index]?.at(-1) ?? '');
      const [set] = database.prepare('SELECT * FROM feature_flags').all();
      const state = verb === 'open' ? 'open' : 'closed';
      expect(set).toMatchObject({ name: 'signup', state });
      expect(set?.['changed_at']).toBeGreaterThanOrEqual(before);
    }
  });

  it('lists every flag, with what D1 has and what holds without', () => {
    const wrangler = standIn([
      { when: 'feature_flags', prints: '[{"results":[{"name":"signup","state":"closed"}]}]' },
    ]);
    const { status, stdout } = runScript('flags', ['list'], wrangler);
    expect(status).toBe(0);
    expect(stdout).toMatch(/signup +closed/);
    expect(stdout).toMatch(/invitations +open/);
    expect(wrangler.calls()[0]).toContain('--local');
    runScript('flags', ['list', '--env', 'production'], wrangler);
    expect(wrangler.calls()[1]?.join(' ')).toContain('d1 execute DB --remote --env production');
  });

  it.each([
    [['close', 'nothing']],
    [['close']],
    [['lock', 'signup']],
    [['close', 'signup', '--env', 'development']],
    [['close', "signup'; DROP TABLE users; --"]],
    [[]],
  ])('refuses %j without asking', (words) => {
    const wrangler = standIn();
    expect(runScript('flags', words, wrangler).status).toBe(2);
    expect(wrangler.calls()).toEqual([]);
  });

  it('says when D1 refuses', () => {
    const wrangler = standIn([{ when: 'feature_flags', fails: true }]);
    const { status, stderr } = runScript('flags', ['close', 'signup'], wrangler);
    expect(status).toBe(1);
    expect(stderr).not.toBe('');
  });
});
