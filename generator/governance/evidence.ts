import type { Files } from './files.ts';
import { constantsOf, readText, skipBlanks } from './literals.ts';

/** Tests titled with a control. */
export interface Suite {
  readonly file: string;
  readonly title: string;
}

/** One harm that `prove` does, and the first place where it strikes. */
export interface FoundSabotage {
  /** The file that declares it. */
  readonly declared: string;
  readonly control: string;
  readonly name: string;
  readonly file: string;
  readonly find: string;
}

/** What an application holds about one control. */
export interface Evidence {
  readonly suites: readonly Suite[];
  readonly sabotages: readonly FoundSabotage[];
  /** What the sabotages strike: `file#symbol` where one declaration holds all of it, else the file. */
  readonly code: readonly string[];
}

const controlId = /(?<![\w-])[A-Z]+-\d+(?![\w-])/g;

/** Controls that a title names. */
export function controlsIn(title: string): readonly string[] {
  return [...new Set(title.match(controlId))];
}

/** Reads files, each once: between two combinations of options most texts are the same. */
function remembering<Found>(read: (text: string) => Found): (file: string, text: string) => Found {
  const seen = new Map<string, { readonly text: string; readonly found: Found }>();
  return (file, text) => {
    const earlier = seen.get(file);
    if (earlier?.text === text) return earlier.found;
    const found = read(text);
    seen.set(file, { text, found });
    return found;
  };
}

const titlesIn = remembering((source): readonly string[] => {
  const titled = /\(\s*(?=(['"`])[A-Z]+-\d+ )/g;
  return [...source.matchAll(titled)].flatMap((match) => {
    const found = readText(source, match.index + match[0].length, new Map());
    return found === undefined ? [] : [found.value];
  });
});

/** Titles that carry the id of a control, in every test file. */
export function suitesOf(files: Files): readonly Suite[] {
  return [...files]
    .filter(([path]) => path.startsWith('test/') && path.endsWith('.test.ts'))
    .flatMap(([file, text]) => titlesIn(file, text).map((title) => ({ file, title })));
}

/** Where the edits are declared that `edits: name` means; undefined where they stand right here. */
function sharedEdits(source: string, at: number): number | undefined {
  const [, name] = /^\s*edits: (\w+),/.exec(source.slice(at, at + 100)) ?? [];
  const declared = name === undefined ? -1 : source.search(new RegExp(`\\bconst ${name}\\b`));
  return declared === -1 ? undefined : declared;
}

const sabotagesIn = remembering((source): readonly Omit<FoundSabotage, 'declared'>[] => {
  const constants = constantsOf(source);
  const found: Omit<FoundSabotage, 'declared'>[] = [];
  for (const match of source.matchAll(/\bsabotage\((?=\s)|\bsabotage\((?=['"])|\bcontrol: /g)) {
    const isCall = match[0].startsWith('sabotage');
    const values: string[] = [];
    let at = match.index + match[0].length;
    const names = isCall ? ['', '', '', ''] : ['', 'name:', 'file:', 'find:'];
    for (const name of names) {
      // Edits that several share stand elsewhere, under a name.
      const shared = name === 'file:' ? sharedEdits(source, at) : undefined;
      if (shared !== undefined) at = shared;
      // Between a name and what it stands for are only words of the notation.
      if (name !== '') at = source.indexOf(name, at) + name.length;
      const text = readText(source, at, constants);
      if (text === undefined) break;
      values.push(text.value);
      at = skipBlanks(source, text.end) + 1;
    }
    const [control, name, file, find] = values;
    if (control === undefined || name === undefined || file === undefined || find === undefined)
      continue;
    found.push({ control, name, file, find });
  }
  return found;
});

/** Every sabotage that is declared in `test/sabotages/`. */
export function sabotagesOf(files: Files): readonly FoundSabotage[] {
  return [...files]
    .filter(([path]) => /^test\/sabotages\/.*\.ts$/.test(path) && !path.endsWith('/sabotage.ts'))
    .flatMap(([declared, text]) =>
      sabotagesIn(declared, text).map((sabotage) => ({ declared, ...sabotage })),
    );
}

const declaration =
  /^(?:export )?(?:default )?(?:async )?(?:function\*?|const|let|class|interface|type|enum) (\w+)|^CREATE (?:UNIQUE )?(?:TABLE|TRIGGER|INDEX) (?:IF NOT EXISTS )?(\w+)/gm;

/** A declaration at the margin, from its first character to the last of its last line. */
interface Declared {
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

/** A line that does not go on with the declaration above it: it is neither indented nor closes anything. */
const nextAtMargin = /\n(?![\s)}\]]|(?:BEFORE|AFTER|WHEN|BEGIN|END)\b)(?=.)/g;

const declaredIn = remembering((text): readonly Declared[] =>
  [...text.matchAll(declaration)].map((match) => {
    nextAtMargin.lastIndex = match.index;
    return {
      name: match[1] ?? match[2] ?? '',
      start: match.index,
      end: nextAtMargin.exec(text)?.index ?? text.length,
    };
  }),
);

function placeOf({ file, find }: FoundSabotage, files: Files): string | undefined {
  const text = files.get(file);
  const index = text?.indexOf(find) ?? -1;
  if (text === undefined || index === -1) return undefined;
  if (!/\.(?:ts|tsx|sql)$/.test(file)) return file;
  const first = index + Math.max(0, find.search(/\S/));
  const last = index + find.trimEnd().length;
  const symbol = declaredIn(file, text).find(
    ({ start, end }) => start <= first && last <= end,
  )?.name;
  return symbol === undefined ? file : `${file}#${symbol}`;
}

/** Whether `file#symbol` is there. */
export function isThere(reference: string, files: Files): boolean {
  const [file = '', symbol] = reference.split('#');
  const text = files.get(file);
  if (text === undefined) return false;
  if (symbol === undefined) return true;
  return declaredIn(file, text).some(({ name }) => name === symbol);
}

/** Rows by each control that they are about. */
function byControl<Row>(
  rows: readonly Row[],
  controlsOf: (row: Row) => readonly string[],
): ReadonlyMap<string, readonly Row[]> {
  const its = new Map<string, Row[]>();
  for (const row of rows)
    for (const control of controlsOf(row)) {
      const others = its.get(control);
      if (others === undefined) its.set(control, [row]);
      else others.push(row);
    }
  return its;
}

/** What an application holds about each control, by reading its tests and its sabotages. */
export function evidenceOf(files: Files): (control: string) => Evidence {
  const suites = byControl(suitesOf(files), ({ title }) => controlsIn(title));
  const sabotages = byControl(sabotagesOf(files), ({ control }) => [control]);
  const known = new Map<string, Evidence>();
  return (control) => {
    const earlier = known.get(control);
    if (earlier !== undefined) return earlier;
    const its = sabotages.get(control) ?? [];
    const places = its.flatMap((sabotage) => placeOf(sabotage, files) ?? []);
    const evidence = {
      suites: (suites.get(control) ?? []).toSorted((one, other) =>
        compare(one.file + one.title, other.file + other.title),
      ),
      // Each file's in the order in which it declares them.
      sabotages: its.toSorted((one, other) => compare(one.declared, other.declared)),
      code: [...new Set(places)].toSorted(compare),
    };
    known.set(control, evidence);
    return evidence;
  };
}

/** By code unit: the order must be the same on every machine. */
export function compare(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
