import type { Piece } from './catalog.ts';
import { crc32, hex } from './crc32.ts';
import { assemble } from './pieces.ts';

/**
 * A compiled template: what to put down, one after the other. It is data, so that no template adds code which
 * every run has to compile.
 */
export type Program = readonly Step[];

export type Step =
  /** Text. */
  | string
  /** A fixed piece, by its number. */
  | number
  /** The text found at a path. */
  | { readonly value: Path }
  /** What the program puts down, then its CRC-32: by that one can tell later whether somebody edited it. */
  | { readonly seal: Program }
  /** One program or the other, once or for each item. */
  | {
      readonly test: Path;
      readonly each?: true;
      readonly holds: Program;
      readonly fails: Program;
    };

/** How many scopes to go out, then which names to follow. */
export type Path = readonly [up: number, ...names: string[]];

/** Carries out a program. A name that the context lacks is an error. */
export function fill(
  program: Program,
  context: unknown,
  pieces: readonly Uint8Array[],
): readonly Piece[] {
  const filled: Piece[] = [];
  const run = (steps: Program, scopes: readonly unknown[]): void => {
    for (const step of steps) {
      if (typeof step === 'string') filled.push(step);
      else if (typeof step === 'number') {
        const piece = pieces[step];
        if (piece === undefined) throw new Error(`A template lacks its piece ${step}`);
        filled.push(piece);
      } else if ('value' in step) filled.push(textAt(step.value, scopes));
      else if ('seal' in step) {
        const start = filled.length;
        run(step.seal, scopes);
        filled.push(hex(crc32(assemble(filled.slice(start)))));
      } else {
        const value = lookUp(step.test, scopes);
        const holds = Array.isArray(value) ? value.length > 0 : Boolean(value);
        if (holds && step.each && typeof value === 'object' && value !== null)
          for (const item of Object.values(value)) run(step.holds, [...scopes, item]);
        else run(holds ? step.holds : step.fails, scopes);
      }
    }
  };
  run(program, [context]);
  return filled;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function lookUp([up, ...names]: Path, scopes: readonly unknown[]): unknown {
  let value = scopes[scopes.length - 1 - up];
  for (const name of names) {
    if (!isRecord(value) || !Object.hasOwn(value, name))
      throw new Error(`A template names "${names.join('.')}", which is not there`);
    value = value[name];
  }
  return value;
}

function textAt(path: Path, scopes: readonly unknown[]): string {
  const value = lookUp(path, scopes);
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return String(value);
  throw new Error(`A template names "${path.slice(1).join('.')}", which is not text`);
}
