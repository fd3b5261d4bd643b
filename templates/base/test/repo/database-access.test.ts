import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'smol-toml';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';

const root = join(import.meta.dirname, '../..');

const textsIn = (folder: string) =>
  existsSync(join(root, folder))
    ? readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name))
        .map((file) => ({
          file: file.slice(root.length + 1).replaceAll('\\', '/'),
          text: readFileSync(file, 'utf8'),
        }))
    : [];
const filesWith = (texts: ReturnType<typeof textsIn>, pattern: RegExp) =>
  texts.filter(({ text }) => pattern.test(text)).map(({ file }) => file);

const sources = textsIn('src');
const wrangler = parse(readFileSync(join(root, 'wrangler.toml'), 'utf8'));
const { assets } = z
  .object({ assets: z.object({ directory: z.string() }).optional() })
  .parse(wrangler);

describe('DB-5 no client talks to the database', () => {
  it('only src/db is handed D1, and it hands out rows alone', () => {
    expect(
      filesWith(sources, /\bD1(Database|DatabaseSession|PreparedStatement)\b/).toSorted(),
    ).toEqual(['src/db/database.ts', 'src/env.ts']);
    expect(filesWith(sources, /\.DB\b|\[['"`]DB['"`]\]|\{[^{}]*\bDB\b[^{}]*\}\s*=/)).toEqual([
      'src/db/database.ts',
    ]);
  });

  it('nothing else names it, nor takes a binding whose name it does not write', () => {
    expect(filesWith(sources, /(['"`])DB\1/)).toEqual(['src/db/database.ts']);
    const unnamed =
      /\bReflect\b|\bObject\.(?:values|entries|getOwnPropertyDescriptors?)\(\s*(?:\w+\.)*env\b|\benv\[/;
    expect(filesWith(sources, unnamed)).toEqual([]);
  });

  it('nothing asks D1 over the network, and no key for that is known', () => {
    const overTheNetwork = /api\.cloudflare\.com|d1\/database|CLOUDFLARE_API_TOKEN|database_id/;
    expect(filesWith(sources, overTheNetwork)).toEqual([]);
  });

  it('no route takes SQL or the name of a table', () => {
    const taking =
      /\b(sql|statement|table|column|where|orderBy|order_by)\s*:\s*(z\.|line\(|paragraph\()/i;
    expect(filesWith(sources, taking)).toEqual([]);
  });

  it('what browsers are sent as it is holds no name of a binding, no id and no key', () => {
    const served = [...new Set(['public', assets?.directory ?? 'public'])].flatMap(textsIn);
    expect(filesWith(served, /D1_ERROR|SQLITE|database_id|CLOUDFLARE_|src\/db\//)).toEqual([]);
  });
});
