import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { inspectTarget } from '../../generator/target.ts';
import { writeProject, type Disk } from '../../generator/write.ts';
import { filesBelow } from '../files-below.ts';

const files = [
  '.dev.vars',
  'a.txt',
  'run.sh',
  'src/b.txt',
  'src/deep/c.txt',
  '.stackbilder.json',
].map((path) => ({
  path,
  content: path,
  executable: path === 'run.sh',
}));
const paths = files.map((file) => file.path).sort();

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'stackbilder-write-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const target = (...parts: string[]) => inspectTarget(join(folder, ...parts), files);

/** A disk that fails at one call, with the error a full disk gives. */
function failingDisk(call: keyof Disk, at: number): Disk {
  let calls = 0;
  const fail = (name: keyof Disk) => {
    if (name !== call) return;
    if (calls === at) throw Object.assign(new Error('ENOSPC: no space left'), { code: 'ENOSPC' });
    calls += 1;
  };
  return {
    makeDirectory: (path) => {
      fail('makeDirectory');
      mkdirSync(path);
    },
    writeFile: (path, file) => {
      fail('writeFile');
      writeFileSync(path, file.content);
    },
    rename: (from, to) => {
      fail('rename');
      renameSync(from, to);
    },
    remove: (path) => rmSync(path, { recursive: true, force: true }),
  };
}

describe('writing a project', () => {
  test('leaves exactly its files, with their modes', () => {
    writeProject(target('x/my-app'), files);
    expect(filesBelow(folder)).toEqual(paths.map((path) => `x/my-app/${path}`).sort());
    expect(readFileSync(join(folder, 'x/my-app/src/deep/c.txt'), 'utf8')).toBe('src/deep/c.txt');
    const mode = (path: string) => statSync(join(folder, 'x/my-app', path)).mode & 0o777;
    expect(mode('.dev.vars')).toBe(0o600);
    expect(mode('run.sh') & 0o100).toBe(0o100);
    expect(mode('a.txt') & 0o111).toBe(0);
  });

  const points: [keyof Disk, number][] = [
    ...[0, 1, 2].map((at): [keyof Disk, number] => ['makeDirectory', at]),
    ...files.map((_file, at): [keyof Disk, number] => ['writeFile', at]),
    ['rename', 0],
  ];
  test.each(points)('into a new directory, failing at %s %i, leaves nothing', (call, at) => {
    expect(() => writeProject(target('new/deep/my-app'), files, failingDisk(call, at))).toThrow(
      'the disk is full. Free some space and run this again. Nothing was left behind.',
    );
    expect(readdirSync(folder)).toEqual([]);
  });

  // Five entries are moved, the folder being one of them.
  test.each([...points, ...[1, 2, 3, 4].map((at): [keyof Disk, number] => ['rename', at])])(
    'into an existing directory, failing at %s %i, leaves what was there and nothing else',
    (call, at) => {
      mkdirSync(join(folder, 'my-app/.git'), { recursive: true });
      writeFileSync(join(folder, 'my-app/LICENSE'), 'mine');
      expect(() => writeProject(target('my-app'), files, failingDisk(call, at))).toThrow(
        'Nothing was left behind.',
      );
      expect(readdirSync(join(folder, 'my-app')).sort()).toEqual(['.git', 'LICENSE']);
      expect(readFileSync(join(folder, 'my-app/LICENSE'), 'utf8')).toBe('mine');
    },
  );

  test('until it is done, nothing is at the final path; it appears whole', () => {
    const seen: boolean[] = [];
    const path = join(folder, 'my-app');
    writeProject(target('my-app'), files, {
      makeDirectory: (directory) => mkdirSync(directory),
      writeFile: (written, file) => {
        seen.push(existsSync(path));
        writeFileSync(written, file.content);
      },
      rename: (from, to) => {
        expect([dirname(from), to]).toEqual([folder, path]);
        expect(filesBelow(from)).toEqual(paths);
        renameSync(from, to);
      },
      remove: rmSync,
    });
    expect(seen).toEqual(files.map(() => false));
  });

  test('into an existing directory, the manifest comes last, as the sign that all is there', () => {
    mkdirSync(join(folder, 'my-app'));
    const moved: string[] = [];
    writeProject(target('my-app'), files, {
      ...failingDisk('rename', -1),
      rename: (from, to) => {
        moved.push(basename(to));
        renameSync(from, to);
      },
    });
    expect(moved.at(-1)).toBe('.stackbilder.json');
    expect(filesBelow(join(folder, 'my-app'))).toEqual(paths);
  });

  test('what cannot be taken back is named, and the rest is taken back', () => {
    mkdirSync(join(folder, 'my-app'));
    const disk = failingDisk('rename', 3);
    const stubborn: Disk = {
      ...disk,
      remove: (path) => {
        if (basename(path) === 'a.txt') throw new Error('EBUSY: resource busy');
        disk.remove(path);
      },
    };
    expect(() => writeProject(target('my-app'), files, stubborn)).toThrow(
      `Free some space and run this again. Left behind: ${folder}/my-app/a.txt.`,
    );
    expect(readdirSync(join(folder, 'my-app'))).toEqual(['a.txt']);
  });

  test('what appears at the final path meanwhile is neither replaced nor lost', () => {
    const found = target('my-app');
    const disk = failingDisk('rename', -1);
    const intruding: Disk = {
      ...disk,
      writeFile: (path, file) => {
        if (file.path === 'a.txt') mkdirSync(join(folder, 'my-app'));
        disk.writeFile(path, file);
      },
    };
    expect(() => writeProject(found, files, intruding)).toThrow(
      'appeared while the project was being written',
    );
    expect(readdirSync(folder)).toEqual(['my-app']);
    expect(readdirSync(join(folder, 'my-app'))).toEqual([]);
  });
});

describe('a harmless entry', () => {
  test('is in the way when the project has a file of that name', () => {
    mkdirSync(join(folder, 'my-app'));
    writeFileSync(join(folder, 'my-app/LICENSE'), 'mine');
    expect(() =>
      inspectTarget(join(folder, 'my-app'), [{ path: 'LICENSE' }, { path: 'a.txt' }]),
    ).toThrow('"LICENSE" is in the way');
  });
});
