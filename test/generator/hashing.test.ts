import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { expect, test } from 'vitest';
import { emptyDirectory, runCli } from '../cli/command-line.ts';

test('every hash that the command line writes is the CRC-32 of the file beside it', async () => {
  const cwd = emptyDirectory();
  for (const length of [1, 20, 40, 60]) {
    const name = `app-${length}`;
    const words = [name, '--title', 'é'.repeat(length), '--yes', '--no-install', '--no-git'];
    expect((await runCli(words, { cwd })).code).toBe(0);
    const folder = join(cwd, name);
    const manifest: { hash: string; files: Record<string, string> } = JSON.parse(
      readFileSync(join(folder, '.stackbilder.json'), 'utf8'),
    );
    expect(manifest.hash).toBe('crc32');
    const paths = Object.keys(manifest.files);
    expect(paths.length).toBeGreaterThan(10);
    for (const path of paths) {
      expect(existsSync(join(folder, path))).toBe(true);
      const hash = crc32(readFileSync(join(folder, path)));
      expect(manifest.files[path], path).toBe(hash.toString(16).padStart(8, '0'));
    }
  }
});
