import { describe, expect, test } from 'vitest';
import { documentPaths, inventoryPath } from '../../generator/governance/documents.ts';
import { isAsGenerated } from '../../generator/governance/keeping/as-generated.ts';
import { refresh } from '../../generator/governance/keeping/refresh.ts';
import { isAside, type Tree } from '../../generator/governance/keeping/tree.ts';
import { contextOf } from '../../generator/context.ts';
import type { Options } from '../../generator/options.ts';
import { manifestPath, planFiles } from '../../generator/plan.ts';
import { contentOf } from '../../generator/render.ts';
import { catalog, defaultApp, oneOfEachChoice, withFile, type Files } from './rendered.ts';

/** An application as it is read from its directory. */
const treeOf = (files: Files): Tree =>
  new Map(
    [...files]
      .filter(([path]) => !isAside(path))
      .map(([path, text]) => [path, new TextEncoder().encode(text)]),
  );

const planOf = (options: Options) =>
  planFiles(catalog, options).filter((file) => file.kind !== 'manifest');

/** Whether an application is taken as it was generated. */
function isTaken(tree: Tree, options: Options): boolean {
  const context = contextOf(options, (length) => new Uint8Array(length));
  return isAsGenerated(tree, planOf(options), (file) => contentOf(file, context));
}

describe('documents that are worked out anew', () => {
  test('are those that were generated, with every choice of parts', () => {
    for (const { files, options } of oneOfEachChoice()) {
      // With one more file nothing is taken as it was generated.
      const tree = treeOf(withFile(files, 'notes.txt', 'Ours.'));
      expect(isTaken(tree, options)).toBe(false);
      const { changed, unchanged, ...rest } = refresh(
        tree,
        planOf(options),
        options,
        undefined,
        JSON.parse,
      );
      expect([...changed.keys()], JSON.stringify(options)).toEqual([]);
      expect(unchanged).toEqual(expect.arrayContaining([...documentPaths]));
      expect(rest).toEqual({ differences: [], review: [] });
    }
  });
});

describe('an application is taken as it was generated', () => {
  const { files, options } = defaultApp;
  const tree = treeOf(files);
  const isTakenWith = (changes: Iterable<readonly [string, Uint8Array | undefined]>) => {
    const changed = new Map<string, Uint8Array | undefined>([...tree, ...changes]);
    const left = [...changed].flatMap(([path, content]) =>
      content ? [[path, content] as const] : [],
    );
    return isTaken(new Map(left), options);
  };
  const derived = [manifestPath, ...documentPaths.filter((path) => path !== inventoryPath)];
  const others = [...tree.keys()].filter((path) => !derived.includes(path));
  const edited = (path: string) => {
    const content = Uint8Array.from(tree.get(path) ?? []);
    content[content.length - 1] = 32;
    return content;
  };

  test('where only its documents, or the record of how it was made, were edited or are gone', () => {
    expect(isTakenWith([])).toBe(true);
    expect(isTakenWith(derived.map((path) => [path, edited(path)]))).toBe(true);
    expect(isTakenWith(derived.map((path) => [path, undefined]))).toBe(true);
  });

  test('but not where one byte of any other file is another one', () => {
    expect(others.length).toBeGreaterThan(500);
    expect(others.filter((path) => isTakenWith([[path, edited(path)]]))).toEqual([]);
  });

  test('and not where any other file is gone, or has been added, or both', () => {
    expect(others.filter((path) => isTakenWith([[path, undefined]]))).toEqual([]);
    const added = new TextEncoder().encode('');
    expect(isTakenWith([['src/new.ts', added]])).toBe(false);
    const [one = ''] = others;
    expect(
      isTakenWith([
        [one, undefined],
        ['src/new.ts', added],
      ]),
    ).toBe(false);
  });
});
