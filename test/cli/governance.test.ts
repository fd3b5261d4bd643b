import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { checksum, partsOf } from '../../generator/governance/keeping/parts.ts';
import { hostNode } from '../../scripts/host-node.ts';
import { filesBelow } from '../files-below.ts';
import { cli, runCli } from './command-line.ts';
import { newApp, newRoute, rewriteOutdated, threatModel } from './governed-app.ts';

describe('governance on an application as it was made', () => {
  test.each([
    [[]],
    [['--oauth', 'none', '--email', 'resend']],
    [['--oauth', 'github', '--package-manager', 'yarn', '--title', "O'Neil & Söhne"]],
  ])('with %j finds every document as it should be', async (flags) => {
    const { snapshot, outcome } = await newApp(...flags);
    const before = snapshot();
    const { code, changed, differences, review, unchanged } = await outcome('--check');
    expect({ code, changed, differences, review }).toEqual({
      code: 0,
      changed: [],
      differences: [],
      review: [],
    });
    expect(unchanged).toContain(threatModel);
    await outcome();
    expect(snapshot()).toEqual(before);
  });

  test('writes what is missing as it was', async () => {
    const { app, snapshot, outcome } = await newApp();
    const before = snapshot();
    for (const path of filesBelow(join(app, '.ai'))) rmSync(join(app, '.ai', path));
    rmSync(join(app, 'AGENTS.md'));
    const { code, changed } = await outcome();
    expect(code).toBe(0);
    expect(changed.length).toBeGreaterThan(15);
    expect(snapshot()).toEqual(before);
  });
});

describe('governance on an application whose code has moved on', () => {
  test('names each new route, table and binding for a person to review', async () => {
    const { edit, write, read, outcome } = await newApp();
    edit('src/ops/health.ts', 'export const healthRoutes = [\n', newRoute);
    write('migrations/0900_notes.sql', 'CREATE TABLE notes (id TEXT PRIMARY KEY) STRICT;\n');
    edit(
      'wrangler.toml',
      '[version_metadata]\n',
      '[[kv_namespaces]]\nbinding = "NOTES"\n\n[version_metadata]\n',
    );
    const first = await outcome('--check');
    expect(first.code).toBe(1);
    expect(first.changed).toContain('.ai/inventory.json');
    const { code, review } = await outcome();
    expect(code).toBe(0);
    expect(review.map((line) => line.split(':')[0])).toEqual([
      'route GET /new',
      'table notes',
      'binding NOTES',
    ]);
    expect(read('.ai/inventory.json')).toContain('"GET /new": []');

    // Whoever reviews writes the threats down, and that stays.
    edit('.ai/inventory.json', '"GET /new": []', '"GET /new": ["flood"]');
    edit('.ai/inventory.json', '"notes": []', '"notes": ["lost-data"]');
    edit('.ai/inventory.json', '"NOTES": []', '"NOTES": ["database-dump"]');
    expect(await outcome('--check')).toMatchObject({ code: 0, changed: [], review: [] });
  });

  test('tells what is gone, and asks for another review of a model that was signed', async () => {
    const { app, edit, read, outcome } = await newApp();
    edit(threatModel, "reviewer: ''", "reviewer: 'Ada Lovelace'");
    rmSync(join(app, 'src/auth/oauth'), { recursive: true });
    const { review } = await outcome();
    expect(review).toContain(
      'route GET /api/auth/identities is not found in the app: if it is gone, see whether its threats went with it, and remove its row from .ai/inventory.json',
    );
    // A review is a person's work: it goes when they say so.
    expect(read('.ai/inventory.json')).toContain('"GET /api/auth/identities": [');
    await outcome('--accept', 'generated');
    expect(read('.ai/inventory.json')).not.toContain('GET /api/auth/identities');
    expect(review).toContain(
      'the threat model changed since Ada Lovelace reviewed it: review it again',
    );
    expect(read(threatModel)).not.toContain('### login-mix-up: ');
    expect(read(threatModel)).toContain("reviewer: 'Ada Lovelace'");
  });

  test('adds the row of a claim that is new, and keeps what people attested', async () => {
    const { edit, read, write, outcome } = await newApp();
    const text = read('.ai/attestations.yaml');
    const [, row = ''] = /( {2}# [^\n]*\n {2}- id: DB-6\n(?: {4}.*\n)+)/.exec(text) ?? [];
    write('.ai/attestations.yaml', text.replace(row, ''));
    edit('.ai/attestations.yaml', '# What only a person', '# Ours. What only a person');
    expect((await outcome()).changed).toEqual(['.ai/attestations.yaml']);
    expect(read('.ai/attestations.yaml')).toContain(row);
    expect(read('.ai/attestations.yaml')).toContain('# Ours. What only a person');
  });
});

describe('governance touches nothing else', () => {
  test('--dry-run and --check write nothing, and say what they would', async () => {
    const { app, snapshot, run, outcome } = await newApp();
    rmSync(join(app, threatModel));
    const before = snapshot();
    expect(await outcome('--dry-run')).toMatchObject({
      code: 0,
      dryRun: true,
      changed: [threatModel],
    });
    expect((await outcome('--check')).code).toBe(1);
    expect((await run('--dry-run')).stdout).toContain(`Would be written: ${threatModel}`);
    expect(snapshot()).toEqual(before);
  });

  test('what it writes is a document, whatever lies about', async () => {
    const { app, edit, snapshot, outcome } = await newApp();
    mkdirSync(join(app, 'node_modules/x/src'), { recursive: true });
    writeFileSync(join(app, 'node_modules/x/src/a.ts'), "route({ method: 'GET', path: '/x' })");
    appendFileSync(join(app, '.dev.vars'), 'X=https://secret.example.net\n');
    edit('src/ops/health.ts', 'export const healthRoutes = [\n', newRoute);
    const before = snapshot();
    const { changed } = await outcome();
    const after = snapshot();
    const written = [...after].filter(([path, text]) => before.get(path) !== text);
    expect(written.map(([path]) => path)).toEqual(changed.toSorted());
    expect(changed.every((path) => path.startsWith('.ai/'))).toBe(true);
    expect(readdirSync(join(app, '.ai')).filter((name) => name.includes('partial'))).toEqual([]);
  });

  test.skipIf(process.getuid?.() === 0 || process.platform === 'win32')(
    'a folder that cannot be written is an error in one line, and nothing changed',
    async () => {
      const { app, run } = await newApp();
      rmSync(join(app, threatModel));
      chmodSync(join(app, '.ai'), 0o500);
      const { code, stderr } = await run();
      chmodSync(join(app, '.ai'), 0o700);
      expect(code).toBe(1);
      expect(stderr.trimEnd().split('\n')).toHaveLength(1);
      expect(stderr).toContain('permission denied');
    },
  );

  test('a file keeps its mode', async () => {
    const { app, edit, outcome } = await newApp();
    const inventory = join(app, '.ai/inventory.json');
    // One that the umask would allow, and one that it would not.
    for (const mode of [0o640, 0o666]) {
      chmodSync(inventory, mode);
      edit('src/ops/health.ts', 'export const healthRoutes = [\n', newRoute);
      expect((await outcome()).changed).toEqual(['.ai/inventory.json']);
      expect(statSync(inventory).mode & 0o777).toBe(mode);
      edit('src/ops/health.ts', newRoute, 'export const healthRoutes = [\n');
      await outcome();
    }
  });
});

describe('governance on an application of an older version', () => {
  test('brings every document up to date: what is outdated, what is missing, what is new', async () => {
    const { app, read, write, edit, snapshot, outcome } = await newApp();
    const fresh = snapshot();
    rewriteOutdated(read, write);
    rmSync(join(app, '.ai/adr-011.md'));
    const ledger = read('.ai/attestations.yaml');
    const [, row = ''] = /( {2}# [^\n]*\n {2}- id: DEP-5\n(?: {4}.*\n)+)/.exec(ledger) ?? [];
    edit('.ai/attestations.yaml', row, '');
    const manifest: unknown = JSON.parse(read('.stackbilder.json'));
    write('.stackbilder.json', JSON.stringify({ ...Object(manifest), version: '0.0.1' }));
    const { code, changed, differences } = await outcome();
    expect([code, differences]).toEqual([0, []]);
    expect(changed.toSorted()).toEqual(['.ai/adr-011.md', '.ai/attestations.yaml', threatModel]);
    const after = snapshot();
    for (const path of changed) expect(after.get(path), path).toBe(fresh.get(path));
  });

  test.skipIf(process.platform === 'win32')(
    'killed at any moment, each document is as before or as after',
    async () => {
      const { app, read, write, snapshot, outcome } = await newApp();
      const fresh = snapshot();
      const outdate = () => {
        rewriteOutdated(read, write);
        const agents = read('AGENTS.md').replace('- No `any`.', '- No more `any`.');
        const [part] = partsOf(agents);
        if (part === undefined) throw new Error('AGENTS.md has no generated part');
        write('AGENTS.md', agents.replace(part.seal, checksum(part.content)));
      };
      outdate();
      const old = snapshot();
      const seen = new Set<string>();
      for (let trial = 0; trial < 20; trial += 1) {
        for (const path of [threatModel, 'AGENTS.md']) write(path, old.get(path) ?? '');
        // A later moment with each trial, from before anything was read to after all was written.
        const { signal } = spawnSync(hostNode(), [cli, 'governance', app], {
          timeout: 20 + trial * 6,
          killSignal: 'SIGKILL',
        });
        seen.add(signal === null ? 'ended' : 'killed');
        for (const path of [threatModel, 'AGENTS.md'])
          expect([old.get(path), fresh.get(path)]).toContain(read(path));
      }
      expect(seen).toContain('killed');
      expect((await outcome()).code).toBe(0);
      expect(read(threatModel)).toBe(fresh.get(threatModel));
    },
    60_000,
  );
});

describe('governance where it cannot work', () => {
  test('says in one line what is wrong, and what to do', async () => {
    const { app, cwd, read, write, run } = await newApp();
    const elsewhere = await runCli(['governance'], { cwd });
    expect(elsewhere.code).toBe(1);
    expect(elsewhere.stderr).toContain('holds no readable .stackbilder.json');
    const own = read('.ai/inventory.json');
    write('.ai/inventory.json', '{');
    const broken = await run();
    expect([broken.code, broken.stdout]).toEqual([1, '']);
    expect(broken.stderr).toContain('.ai/inventory.json is not valid JSON');
    for (const [text, complaint] of [
      ['[]', 'is no object of objects'],
      ['{"tables": null}', 'is no object of objects'],
      ['{"tables": {"users": "flood"}}', 'has no list such as ["flood"] for "users"'],
      ['{"tables": {"users": ["flood", 7]}}', 'has no list such as ["flood"] for "users"'],
    ] as const) {
      write('.ai/inventory.json', text);
      expect((await run()).stderr).toContain(`.ai/inventory.json ${complaint}`);
      expect(read('.ai/inventory.json')).toBe(text);
    }
    // What Windows puts before it is no part of what it says.
    write('.ai/inventory.json', `\uFEFF${own}`);
    expect((await run()).code).toBe(0);
    write('.stackbilder.json', '{"options":{"name":"Not A Name"}}');
    expect((await run()).stderr).toContain(`${app} has a damaged .stackbilder.json`);
    const json = await run('--json');
    expect(json.code).toBe(1);
    expect(JSON.parse(json.stdout)).toMatchObject({ error: { code: 'invalid_directory' } });
  });

  test('reads the manifest of another version, with options that this one does not know', async () => {
    const { read, write, outcome } = await newApp();
    const manifest: unknown = JSON.parse(read('.stackbilder.json'));
    const options = { name: 'app', packageManager: 'npm', telepathy: true };
    write('.stackbilder.json', JSON.stringify({ ...Object(manifest), version: '0.0.1', options }));
    expect((await outcome()).code).toBe(0);
  });
});
