import { spawnSync } from 'node:child_process';
import {
  lstatSync,
  readFileSync,
  readdirSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { hostNode } from '../../scripts/host-node.ts';
import { cli } from './command-line.ts';
import { newApp, notes, rewriteOutdated, threatModel } from './governed-app.ts';

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
