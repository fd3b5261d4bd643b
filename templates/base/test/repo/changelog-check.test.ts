import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { app, filesLike, read } from './repository.ts';
import { standIn } from './stand-in.ts';

/** A repository with one commit, of what the command reads; git is the real one. */
function newScene() {
  const scene = mkdtempSync(join(tmpdir(), 'changelog-'));
  onTestFinished(() => rmSync(scene, { recursive: true, force: true }));
  for (const part of [
    'scripts',
    'migrations',
    '.ai',
    'CHANGELOG.md',
    'package.json',
    'wrangler.toml',
  ])
    cpSync(join(app, part), join(scene, part), { recursive: true });
  symlinkSync(join(app, 'node_modules'), join(scene, 'node_modules'), 'junction');
  mkdirSync(join(scene, 'src'));
  writeFileSync(join(scene, 'src/app.ts'), '');
  writeFileSync(join(scene, '.gitignore'), 'node_modules\n');
  const git = (...words: string[]) => {
    const who = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com'];
    const { status } = spawnSync('git', ['-C', scene, ...who, ...words]);
    expect([words, status]).toEqual([words, 0]);
  };
  const commit = (...files: readonly string[]) => {
    for (const file of files) appendFileSync(join(scene, file), '\n');
    git('add', '.');
    git('commit', '--quiet', '--message', `changes ${files.join()}`);
  };
  git('init', '--quiet', '--initial-branch=main');
  commit();
  const run = (script: string, ...words: readonly string[]) => {
    const flags = ['--experimental-strip-types', '--disable-warning=ExperimentalWarning'];
    const programs = standIn();
    rmSync(join(programs.directory, 'git'));
    return spawnSync(process.execPath, [...flags, join(scene, `scripts/${script}.ts`), ...words], {
      cwd: scene,
      encoding: 'utf8',
      env: { ...process.env, PATH: `${programs.directory}:${process.env['PATH'] ?? ''}` },
    });
  };
  const edit = (file: string, find: string, replacement: string) => {
    const text = readFileSync(join(scene, file), 'utf8');
    expect(text).toContain(find);
    writeFileSync(join(scene, file), text.replace(find, replacement));
  };
  return { scene, git, commit, run, edit };
}

describe('GOV-4 what is released stands in the CHANGELOG', () => {
  it.each(['src/app.ts', 'migrations/0001_initial.sql', 'wrangler.toml'])(
    'a change of %s without an entry is named',
    (file) => {
      const { commit, run } = newScene();
      commit(file);
      const { status, stderr } = run('changelog-check');
      expect(status).toBe(1);
      expect(stderr).toContain('CHANGELOG.md does not tell what changed');
      expect(stderr.trim().split('\n').at(-1)).toBe(file);
      commit('CHANGELOG.md');
      expect(run('changelog-check')).toMatchObject({ status: 0, stderr: '' });
    },
  );

  it('and is not deployed before it has one', () => {
    const { commit, run } = newScene();
    commit('src/app.ts');
    const { status, stderr } = run('deploy', 'staging', '--dry-run');
    expect([status, stderr]).toEqual([1, expect.stringContaining('src/app.ts')]);
    commit('CHANGELOG.md');
    expect(run('deploy', 'staging', '--dry-run').status).toBe(0);
  });

  it('what does not serve needs no entry, and within a branch any order will do', () => {
    const { commit, git, run } = newScene();
    commit('scripts/smoke.ts');
    expect(run('changelog-check').status).toBe(0);
    git('switch', '--quiet', '--create', 'branch');
    commit('CHANGELOG.md');
    commit('src/app.ts');
    git('switch', '--quiet', 'main');
    commit('scripts/smoke.ts');
    git('merge', '--quiet', '--no-ff', '--no-edit', 'branch');
    expect(run('changelog-check')).toMatchObject({ status: 0, stderr: '' });
  });

  it('a version without a heading, and a deferral that is told nowhere, go nowhere', () => {
    const { commit, edit, run } = newScene();
    edit('package.json', '"version": "', '"version": "9');
    writeLedger(edit);
    commit('CHANGELOG.md');
    for (const words of [['changelog-check'], ['deploy', 'staging', '--dry-run']] as const) {
      const [script, ...rest] = words;
      const { status, stderr } = run(script, ...rest);
      expect(status).toBe(1);
      expect(stderr).toMatch(/has no heading "## \[9\d+\.\d+\.\d+\]"/);
      expect(stderr).toContain('defers DB-6, and CHANGELOG.md does not say so');
    }
  });

  it('where git does not tell, nothing is said to be told', () => {
    const { git, run } = newScene();
    git('rm', '--quiet', '--cached', 'CHANGELOG.md');
    git('commit', '--quiet', '--amend', '--message', 'without it');
    expect(run('changelog-check')).toMatchObject({ status: 1 });
    expect(run('changelog-check', '--everything').status).toBe(2);
    expect(run('changelog-check', '--help').status).toBe(0);
  });

  it('nor where there is no repository', () => {
    const { run, scene } = newScene();
    vi.stubEnv('GIT_CEILING_DIRECTORIES', dirname(scene));
    onTestFinished(() => void vi.unstubAllEnvs());
    rmSync(join(scene, '.git'), { recursive: true });
    const { status, stderr } = run('changelog-check');
    expect([status, stderr]).toEqual([1, expect.stringMatching(/^"git .*" failed: /)]);
  });

  it('continuous integration asks, where there is one, and before anything is merged', () => {
    const checking = filesLike('.github/workflows/*.{yml,yaml}')
      .map(read)
      .filter((text) => /\bpull_request\b/.test(text));
    const asking = checking.filter((text) => /^ +- run: \w+ run changelog:check$/m.test(text));
    expect(asking.length).toBe(checking.length);
  });
});

/** Defers a control in the ledger alone. */
function writeLedger(edit: (file: string, find: string, replacement: string) => void): void {
  const row = "  - id: DB-6\n    reason: the backups wait\n    date: '2027-03-01'";
  edit('.ai/attestations.yaml', 'deferrals:', `deferrals:\n${row}\n#`);
}

describe('DEP-5 what is deployed is in a commit', () => {
  it('a file that git does not know yet is refused, whatever git is configured to hide', () => {
    const { git, run, scene } = newScene();
    git('config', 'status.showUntrackedFiles', 'no');
    writeFileSync(join(scene, 'src/new.ts'), '');
    const { status, stderr } = run('deploy', 'staging', '--dry-run');
    expect([status, stderr]).toEqual([1, expect.stringContaining('src/new.ts')]);
  });
});
