import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { filesBelow } from '../files-below.ts';
import { checksum, partsOf } from '../../generator/governance/keeping/parts.ts';
import { hostNode } from '../../scripts/host-node.ts';
import { cli, emptyDirectory, runCli } from './command-line.ts';

const Outcome = z.strictObject({
  directory: z.string(),
  dryRun: z.literal(true).optional(),
  changed: z.array(z.string()),
  unchanged: z.array(z.string()),
  differences: z.array(
    z.strictObject({
      file: z.string(),
      part: z.string(),
      yours: z.array(z.string()),
      generated: z.array(z.string()),
    }),
  ),
  review: z.array(z.string()),
});

/** An application, with functions to change it by hand. */
async function newApp(...flags: readonly string[]) {
  const cwd = emptyDirectory();
  const app = join(cwd, 'app');
  await runCli(['app', '--yes', '--no-install', '--no-git', ...flags], { cwd });
  const read = (path: string) => readFileSync(join(app, path), 'utf8');
  const write = (path: string, text: string) => writeFileSync(join(app, path), text);
  const edit = (path: string, find: string, replacement: string) => {
    expect(read(path).split(find)).toHaveLength(2);
    write(
      path,
      read(path).replace(find, () => replacement),
    );
  };
  const snapshot = () => new Map(filesBelow(app).map((path) => [path, read(path)]));
  const run = (...words: readonly string[]) => runCli(['governance', 'app', ...words], { cwd });
  const outcome = async (...words: readonly string[]) => {
    const { code, stdout } = await run('--json', ...words);
    return { code, ...Outcome.parse(JSON.parse(stdout)) };
  };
  return { cwd, app, read, write, edit, snapshot, run, outcome };
}

const threatModel = '.ai/threat-model.md';
const notes = 'What is special about this app belongs here. It is kept as you write it.';
const newRoute = `export const healthRoutes = [
  route({
    method: 'GET',
    path: '/new',
    access: access.public,
    input: z.strictObject({}),
    handler: async ({ c }) => c.body(null, 204),
  }),
`;

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

describe('what people wrote stays', () => {
  test('outside of generated parts byte for byte, while a row inside is reported', async () => {
    const { edit, read, outcome, run } = await newApp();
    const ours = 'Two  blanks,\ttabs; and <!-- a comment --> of ours.  ';
    edit(threatModel, notes, ours);
    const row = '- severity: critical, since the cookie is the user, in every tenant of theirs';
    edit(threatModel, row, '- severity: low, since we say so');
    const { code, differences, changed } = await outcome();
    expect(code).toBe(1);
    expect(changed).toEqual([]);
    expect(differences).toEqual([
      {
        file: threatModel,
        part: 'threat model',
        yours: ['- severity: low, since we say so'],
        generated: [row],
      },
    ]);
    expect(read(threatModel)).toContain(ours);
    const { stdout } = await run();
    expect(stdout).toContain('yours      - severity: low, since we say so');
    expect(stdout).toContain('--accept yours');
  });

  test('a side can be accepted, and that holds', async () => {
    const { edit, read, outcome } = await newApp();
    edit('AGENTS.md', '- No `any`.\n', '- No `any`, please.\n');
    expect((await outcome()).differences).toHaveLength(1);
    expect((await outcome('--accept', 'yours')).code).toBe(0);
    expect(await outcome()).toMatchObject({ code: 0, changed: [], differences: [] });
    expect(read('AGENTS.md')).toContain('- No `any`, please.\n');
    edit('AGENTS.md', '# Working on App\n', '# Working on App\n\nOurs.\n');
    expect((await outcome('--accept', 'generated')).code).toBe(0);
    expect(read('AGENTS.md')).toContain('- No `any`.\n');
    expect(read('AGENTS.md')).toContain('# Working on App\n\nOurs.\n');
    expect(await outcome('--check')).toMatchObject({ code: 0, changed: [] });
  });

  test('an edited checklist, a part without its marks, and records', async () => {
    const { edit, read, write, outcome } = await newApp();
    edit('.ai/checklist.json', '"id": "AUTH-1",', '"id": "AUTH-0",');
    write('AGENTS.md', '# All our own\n');
    write('.ai/adr-001.md', '# Ours\n');
    write('CHANGELOG.md', '# Ours, too\n');
    const { code, changed, differences } = await outcome();
    expect([code, changed]).toEqual([1, []]);
    expect(differences.map(({ file }) => file)).toEqual(['.ai/checklist.json', 'AGENTS.md']);
    expect(read('AGENTS.md')).toBe('# All our own\n');
    // There is nothing of ours to take; the application's tests want the part.
    const taken = await outcome('--accept', 'yours');
    expect([taken.code, taken.changed]).toEqual([1, ['.ai/checklist.json']]);
    expect(taken.differences).toEqual([
      { file: 'AGENTS.md', part: 'rules', yours: [], generated: ['the whole part is missing'] },
    ]);
  });

  test('a part that stands there twice is reported, and can be had once', async () => {
    const { read, write, run, outcome } = await newApp();
    const once = read('AGENTS.md');
    const again = once.slice(once.indexOf('<!-- generated')).replace('- No `any`.\n', '- Any.\n');
    write('AGENTS.md', `${once}\nOurs.\n\n${again}\nOurs, too.\n`);
    for (const words of [[], ['--accept', 'yours']])
      expect(await outcome(...words)).toMatchObject({
        code: 1,
        changed: [],
        differences: [{ file: 'AGENTS.md', yours: ['the part stands there 2 times'] }],
      });
    expect((await run()).stdout).toContain('19 documents in');
    expect((await outcome('--accept', 'generated')).code).toBe(0);
    expect(read('AGENTS.md')).toBe(`${once}\nOurs.\n\n\n\nOurs, too.\n`);
    expect(await outcome()).toMatchObject({ code: 0, changed: [], differences: [] });
  });

  test('a document of any size, and one that is not UTF-8', async () => {
    const { app, read, write, run, outcome } = await newApp();
    const long = `${read('CHANGELOG.md')}${'- A change of ours.\n'.repeat(60_000)}`;
    write('CHANGELOG.md', long);
    const signed = `${read(threatModel)}${'Ours.\n'.repeat(200_000)}`;
    write(threatModel, signed);
    expect(await outcome()).toMatchObject({ code: 0, changed: [], differences: [] });
    expect(read('CHANGELOG.md')).toBe(long);
    expect(read(threatModel)).toBe(signed);

    rewriteOutdated(read, write);
    const latin1 = Buffer.concat([readFileSync(join(app, threatModel)), Buffer.from([0xe9])]);
    writeFileSync(join(app, threatModel), latin1);
    const refused = await run();
    expect([refused.code, refused.stdout]).toEqual([1, '']);
    expect(refused.stderr).toContain(`${threatModel} is out of date, but it is not UTF-8`);
    expect(readFileSync(join(app, threatModel)).equals(latin1)).toBe(true);
  });

  test('with the line ends of Windows', async () => {
    const { read, write, outcome } = await newApp();
    const text = read(threatModel).replaceAll('\n', '\r\n');
    write(threatModel, text);
    expect(await outcome()).toMatchObject({ code: 0, changed: [], differences: [] });
    expect(read(threatModel)).toBe(text);
  });
});

describe('what people wrote stays, however it is kept', () => {
  test('one line with the end of Windows stays the only one', async () => {
    const { edit, read, write, outcome } = await newApp();
    edit(threatModel, `${notes}\n`, `${notes}\r\n`);
    rewriteOutdated(read, write);
    expect(await outcome()).toMatchObject({ code: 0, changed: [threatModel] });
    expect(read(threatModel).split('\r\n')).toHaveLength(2);
    expect(read(threatModel)).toContain('cookie is the user, in every tenant');
  });

  test('a checklist that was formatted is compared by what it says, and replaced as a whole', async () => {
    const { read, write, outcome } = await newApp();
    const path = '.ai/checklist.json';
    const before = read(path);
    const formatted = (text: string) => `${JSON.stringify(JSON.parse(text), null, 4)}\n`;
    write(path, formatted(before));
    expect(await outcome('--check')).toMatchObject({ code: 0, changed: [] });
    write(path, formatted(before.replace('"id": "AUTH-1"', '"id": "AUTH-0"')));
    const { code, changed, differences } = await outcome();
    expect([code, changed, differences.map(({ file }) => file)]).toEqual([1, [], [path]]);
    expect((await outcome('--accept', 'generated')).code).toBe(0);
    expect(read(path)).toBe(before);
    write(path, formatted(before.replace('"id": "AUTH-1"', '"id": "AUTH-0"')));
    expect((await outcome('--accept', 'yours')).code).toBe(0);
    expect(JSON.parse(read(path))).toMatchObject({ seal: 'kept', controls: { length: 53 } });
    expect(await outcome('--check')).toMatchObject({ code: 0, changed: [] });
    write(path, '{');
    expect((await outcome()).differences.map(({ file }) => file)).toEqual([path]);
  });

  test.skipIf(process.platform === 'win32')(
    'a link stays a link, and what it leads to is written',
    async () => {
      const { app, cwd, edit, read, outcome } = await newApp();
      renameSync(join(app, '.ai'), join(cwd, 'documents'));
      symlinkSync('../documents', join(app, '.ai'));
      renameSync(join(app, 'AGENTS.md'), join(cwd, 'rules.md'));
      symlinkSync('../rules.md', join(app, 'AGENTS.md'));
      edit(threatModel, notes, 'Ours.');
      expect(await outcome()).toMatchObject({ code: 0, changed: [] });
      edit('AGENTS.md', '- No `any`.\n', '- No `any`, please.\n');
      expect((await outcome('--accept', 'generated')).changed).toEqual(['AGENTS.md']);
      expect(lstatSync(join(app, 'AGENTS.md')).isSymbolicLink()).toBe(true);
      expect(readFileSync(join(cwd, 'rules.md'), 'utf8')).toContain('- No `any`.\n');
      expect(read(threatModel)).toContain('Ours.');
    },
  );

  test.skipIf(process.platform === 'win32')(
    'a disk that is full leaves each document old or new',
    async () => {
      const { app, cwd, read, write } = await newApp();
      rewriteOutdated(read, write);
      const before = read(threatModel);
      const words = ['-c', `ulimit -f 16; exec "$0" "$@"`, hostNode(), cli, 'governance', app];
      const { status, stderr } = spawnSync('sh', words, { cwd, encoding: 'utf8' });
      expect(status).not.toBe(0);
      expect(stderr).toContain('It is as it was');
      expect(read(threatModel)).toBe(before);
      expect(readdirSync(join(app, '.ai')).filter((name) => name.includes('partial'))).toEqual([]);
    },
  );
});

/** Makes the threat model one that an earlier state of the app led to: sealed, and no longer right. */
function rewriteOutdated(
  read: (path: string) => string,
  write: (path: string, text: string) => void,
): void {
  const text = read(threatModel).replace(
    'the cookie is the user, in every tenant of theirs',
    'outdated',
  );
  const plain = text.replaceAll('\r\n', '\n');
  const [part] = partsOf(plain);
  if (part === undefined) throw new Error('the threat model has no generated part');
  write(threatModel, text.replace(part.seal, checksum(part.content)));
}

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
