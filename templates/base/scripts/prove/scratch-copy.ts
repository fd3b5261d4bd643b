import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { isAbsolute, join, relative } from 'node:path';
import type { Sabotage } from '../../test/sabotages/sabotage.ts';
import { notRed, type Verdict } from './verdict.ts';

/** What a copy does without: dependencies resolve by walking up, the rest is not source. */
const left = new Set(['node_modules', '.git', '.wrangler', '.prove', 'coverage']);

/** Copies an app to a directory inside it. */
export function copyApp(app: string, directory: string): void {
  mkdirSync(directory, { recursive: true });
  for (const entry of readdirSync(app)) {
    if (left.has(entry)) continue;
    // A link is copied as what it points at, so that a sabotage never writes through it.
    cpSync(join(app, entry), join(directory, entry), { recursive: true, dereference: true });
  }
}

/** A sabotage in place: the files it changed, and how to undo it byte for byte. */
export interface Damage {
  readonly files: readonly string[];
  undo(): void;
}

/** Applies all edits of a sabotage to a copy, or none of them and says why. */
export function damage(directory: string, { edits }: Sabotage): Damage | Verdict {
  const texts = new Map<string, string>();
  for (const edit of edits) {
    const file = join(directory, edit.file);
    if (isOutside(directory, file) || !existsSync(file)) {
      return notRed('does not apply', `there is no ${edit.file}`);
    }
    const text = texts.get(file) ?? readFileSync(file, 'utf8');
    const at = text.indexOf(edit.find);
    if (at === -1) return notRed('does not apply', `${edit.file} has no ${quote(edit.find)}`);
    if (at !== text.lastIndexOf(edit.find)) {
      return notRed('does not apply', `${edit.file} has more than one ${quote(edit.find)}`);
    }
    texts.set(file, text.slice(0, at) + edit.replace + text.slice(at + edit.find.length));
  }

  const originals = new Map([...texts.keys()].map((file) => [file, readFileSync(file)]));
  const changes = [...texts].some(
    ([file, text]) => !originals.get(file)?.equals(Buffer.from(text)),
  );
  if (!changes) return notRed('invalid', 'its edits change nothing');
  for (const [file, text] of texts) writeFileSync(file, text);
  return {
    files: [...originals.keys()],
    undo: () => originals.forEach((bytes, file) => writeFileSync(file, bytes)),
  };
}

function isOutside(directory: string, file: string): boolean {
  const path = relative(directory, file);
  return path.startsWith('..') || isAbsolute(path);
}

function quote(text: string): string {
  const [line = ''] = text.trim().split('\n');
  return `"${line.length > 60 ? `${line.slice(0, 59)}…` : line}"`;
}
