import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

let repository: string;

// A repository of its own, since the app may not be in one yet.
beforeAll(() => {
  repository = mkdtempSync(join(tmpdir(), 'ignored-'));
  execFileSync('git', ['init', '--quiet', repository]);
  mkdirSync(join(repository, 'backups'));
  for (const file of ['.gitignore', 'backups/.gitignore'])
    copyFileSync(join(import.meta.dirname, '../..', file), join(repository, file));
});

afterAll(() => {
  rmSync(repository, { recursive: true, force: true });
});

const isIgnored = (path: string): boolean => {
  try {
    execFileSync('git', ['-C', repository, 'check-ignore', '--quiet', path]);
    return true;
  } catch {
    return false;
  }
};

describe('SEC-3 local secret files are ignored', () => {
  it.each(['.dev.vars', '.dev.vars.staging', '.env', '.env.local', '.env.production', 'dev/.env'])(
    'git ignores %s',
    (path) => {
      expect(isIgnored(path)).toBe(true);
    },
  );

  it.each(['.wrangler/state/v3/d1/db.sqlite', 'node_modules/hono/package.json'])(
    'git ignores %s, which may hold data or is not ours',
    (path) => {
      expect(isIgnored(path)).toBe(true);
    },
  );

  it.each(['wrangler.toml', 'src/env.ts', 'migrations/0001_initial.sql'])(
    'git keeps %s',
    (path) => {
      expect(isIgnored(path)).toBe(false);
    },
  );
});

describe('DEP-1 GOV-1 what deploying and proving leave behind is nothing to commit', () => {
  // A file that git does not know is refused by the next deployment; a proof is for whoever ran it.
  it.each(['releases/production-2026-11-29T030000000Z-abc1234.json', '.prove/outcome.json'])(
    'git ignores %s',
    (path) => {
      expect(isIgnored(path)).toBe(true);
    },
  );
});

describe('DB-6 a dump is nothing to commit, and the record of a drill is', () => {
  it.each([
    ['backups/production-2026-11-29T03-00-00.000Z.sql', true],
    ['backups/production-2026-11-29T03-00-00.000Z.json', true],
    ['backups/drills/2026-11-29T03-00-00.000Z-production.json', false],
  ])('%s is ignored: %s', (path, ignored) => {
    expect(isIgnored(path)).toBe(ignored);
  });
});
