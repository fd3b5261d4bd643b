/**
 * Turns the governance documents into templates. They follow from the files of an application, so they are written for
 * every choice of its parts, and each piece of text is put under the condition with which it is there. Creating
 * an application then costs no more than filling a template.
 */
import { contextOf } from '../generator/context.ts';
import { documentsOf } from '../generator/governance/documents.ts';
import type { Draft, Unit } from '../generator/governance/draft.ts';
import { subjectOf } from '../generator/governance/subject.ts';
import {
  definitionOf,
  optionKeys,
  resolveOptions,
  type Options,
  type Value,
} from '../generator/options.ts';
import { planFiles } from '../generator/plan.ts';
import type { Program, Step } from '../generator/program.ts';
import { renderFiles } from '../generator/render.ts';
import { constants } from '../generator/context.ts';
import { compileTemplate } from './compile-template.ts';
import { byPath, catalogOf, type FixedText, type TemplateSource } from './templates.ts';

const subsetsOf = (choices: readonly string[]) =>
  choices.reduce<string[][]>(
    (subsets, one) => subsets.flatMap((set) => [set, [...set, one]]),
    [[]],
  );

/** Values of an option that decide about parts of an application; what it is called decides about none. */
function valuesOf(key: (typeof optionKeys)[number]): readonly Value[] {
  const definition = definitionOf(key);
  if (!definition.shapesFiles || key === 'packageManager') return [];
  if (definition.kind === 'switch') return [true, false];
  if (definition.kind === 'choice') return definition.choices;
  return definition.kind === 'several' ? subsetsOf(definition.choices) : [];
}

/** Every choice of parts. */
function variants(): readonly Options[] {
  const given = optionKeys.reduce<Record<string, Value>[]>(
    (partial, key) => {
      const values = valuesOf(key);
      if (values.length === 0) return partial;
      return partial.flatMap((chosen) => values.map((value) => ({ ...chosen, [key]: value })));
    },
    [{}],
  );
  return given.map((chosen) => resolveOptions({ name: 'app', ...chosen }));
}

const noChance = (length: number) => new Uint8Array(length);

/** Conditions that a template can name, each with the variants in which it holds. */
function conditionsOf(chosen: readonly Options[]): ReadonlyMap<string, readonly boolean[]> {
  const contexts = chosen.map((options) => new Map(Object.entries(contextOf(options, noChance))));
  const names = [...(contexts[0]?.keys() ?? [])];
  return new Map(
    names
      .map((name) => [name, contexts.map((context) => context.get(name) === true)] as const)
      .filter(([, holds]) => new Set(holds).size > 1),
  );
}

interface Presence {
  readonly unit: Unit;
  /** For each variant, whether the piece is there. */
  readonly there: boolean[];
}

/** All pieces in an order that is that of every variant. */
function merge(drafts: readonly Draft[]): readonly Presence[] {
  const pieces = new Map<string, Presence & { readonly next: Set<string> }>();
  drafts.forEach(({ units }, variant) => {
    let before: Set<string> | undefined;
    for (const unit of units) {
      const id = `${unit.key}\0${unit.text}`;
      const piece = pieces.get(id) ?? { unit, there: drafts.map(() => false), next: new Set() };
      pieces.set(id, piece);
      piece.there[variant] = true;
      before?.add(id);
      before = piece.next;
    }
  });
  // Backwards: a piece stands before everything that follows it in some variant.
  const merged: Presence[] = [];
  const state = new Map<string, 'open' | 'done'>();
  const visit = (id: string): void => {
    const piece = pieces.get(id);
    if (state.get(id) === 'open')
      throw new Error(`${drafts[0]?.path} has "${piece?.unit.key}" twice, or in another order`);
    if (state.has(id) || piece === undefined) return;
    state.set(id, 'open');
    for (const next of piece.next) visit(next);
    state.set(id, 'done');
    merged.unshift(piece);
  };
  for (const id of pieces.keys()) visit(id);
  return merged;
}

/** Puts a piece under the conditions with which it is there. */
function conditioned(
  program: Program,
  there: readonly boolean[],
  conditions: ReadonlyMap<string, readonly boolean[]>,
  among: readonly number[],
): Program {
  const present = among.filter((variant) => there[variant]);
  if (present.length === 0) return [];
  if (present.length === among.length) return program;
  const splits = [...conditions].map(([name, holds]) => {
    const yes = among.filter((variant) => holds[variant]);
    const no = among.filter((variant) => !holds[variant]);
    const mixed = [yes, no].filter((side) => new Set(side.map((at) => there[at])).size > 1);
    // A condition that leaves only one side open is the best; one that does not divide is none.
    return { name, yes, no, cost: yes.length === 0 || no.length === 0 ? 9 : mixed.length };
  });
  const [best] = splits.toSorted((one, other) => one.cost - other.cost);
  if (best === undefined || best.cost === 9)
    throw new Error(
      `Nothing that a template can name tells when ${JSON.stringify(program)} is there`,
    );
  const holds = conditioned(program, there, conditions, best.yes);
  const fails = conditioned(program, there, conditions, best.no);
  return [{ test: [0, best.name], holds, fails }];
}

function programOf(drafts: readonly Draft[], conditions: ReadonlyMap<string, readonly boolean[]>) {
  const merged = merge(drafts);
  const all = drafts.map((_draft, variant) => variant);
  const source = `${drafts[0]?.path}, which scripts/documents.ts makes`;
  return (fixed: FixedText): Program => {
    const outside: Step[] = [];
    let steps = outside;
    let run: Presence[] = [];
    // Neighbours with one condition, from one source, are one piece.
    const flush = () => {
      const [first] = run;
      if (first === undefined) return;
      const text = run.map(({ unit }) => unit.text).join('');
      const program = compileTemplate(text, source, { constants, fixed });
      steps.push(...conditioned(program, first.there, conditions, all));
      run = [];
    };
    for (const presence of merged) {
      const { seal, from } = presence.unit;
      const [first] = run;
      const isAnother =
        first?.unit.from !== from || String(first?.there) !== String(presence.there);
      if (seal !== undefined || isAnother) flush();
      if (seal === 'open') steps = [];
      else if (seal === 'close') {
        outside.push({ seal: steps });
        steps = outside;
      } else run.push(presence);
    }
    flush();
    return outside;
  };
}

/** Templates with the documents added, in the order of a catalog. */
export function withDocuments(sources: readonly TemplateSource[]): readonly TemplateSource[] {
  const catalog = catalogOf(sources);
  const chosen = variants();
  const decoder = new TextDecoder();
  const written = chosen.map((options) => {
    const rendered = renderFiles(planFiles(catalog, options), options, { randomBytes: noChance });
    const files = rendered.map(({ path, content }) => {
      return [path, typeof content === 'string' ? content : decoder.decode(content)] as const;
    });
    return documentsOf(subjectOf(new Map(files)));
  });
  const conditions = conditionsOf(chosen);
  const [first = []] = written;
  const documents = first.map(({ path }): TemplateSource => {
    const drafts = written.flatMap((its) => its.filter((draft) => draft.path === path));
    const program = programOf(drafts, conditions);
    const bytes = Buffer.alloc(0);
    return {
      layer: 'base',
      path,
      source: path,
      bytes,
      isTemplate: true,
      executable: false,
      program,
    };
  });
  return [...sources, ...documents].sort(byPath);
}
