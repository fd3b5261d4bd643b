import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { emptyDirectory, runCli } from '../cli/command-line.ts';

test('every hash that the command line writes is the SHA-256 of the file beside it', async () => {
  const cwd = emptyDirectory();
  // Titles of many lengths move the end of the rendered files across the borders of SHA-256's blocks.
  for (const length of [1, 20, 40, 60]) {
    const name = `app-${length}`;
    const words = [name, '--title', 'é'.repeat(length), '--yes', '--no-install', '--no-git'];
    expect((await runCli(words, { cwd })).code).toBe(0);
    const folder = join(cwd, name);
    const manifest: { files: Record<string, string> } = JSON.parse(
      readFileSync(join(folder, '.stackbilder.json'), 'utf8'),
    );
    const paths = Object.keys(manifest.files);
    expect(paths.length).toBeGreaterThan(10);
    for (const path of paths) {
      expect(existsSync(join(folder, path))).toBe(true);
      const hash = createHash('sha256')
        .update(readFileSync(join(folder, path)))
        .digest('hex');
      expect(manifest.files[path], path).toBe(hash);
    }
  }
});
