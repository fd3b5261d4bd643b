import { availableParallelism } from 'node:os';
import type { Sabotage } from '../../test/sabotages/sabotage.ts';
import type { NoticingTests } from './noticing-tests.ts';
import type { Verdict } from './verdict.ts';
import { Workbench } from './workbench.ts';
import { Workshop } from './workshop.ts';

/** Each copy takes a core and, with its runtime and the compiler, up to a gigabyte of memory. */
function mostCopies(): number {
  const gigabytes = Math.floor(process.availableMemory() / 2 ** 30);
  return Math.max(1, Math.min(availableParallelism(), gigabytes));
}

export interface ProofOptions {
  /** The app's own directory. */
  readonly app: string;
  readonly sabotages: readonly Sabotage[];
  /** Run everything in fresh processes, to show that nothing stale decides. */
  readonly cold?: boolean;
  /** Which tests to ask first; it learns from what they say. */
  readonly noticingTests?: NoticingTests;
  readonly onVerdict?: (sabotage: Sabotage, verdict: Verdict) => void;
  /** Called when all sabotages of a control that were asked for are judged. */
  readonly onControl?: (
    sabotages: readonly Sabotage[],
    verdicts: ReadonlyMap<Sabotage, Verdict>,
  ) => void;
}

/**
 * Applies each sabotage to a scratch copy of the app and judges what the tests of its control make
 * of it. The app itself is only read; the copies are gone when this returns or the process exits.
 */
export async function prove(options: ProofOptions): Promise<ReadonlyMap<Sabotage, Verdict>> {
  const { app, sabotages, cold = false, onVerdict, onControl } = options;
  const verdicts = new Map<Sabotage, Verdict>();
  const queue = [...Map.groupBy(sabotages, ({ control }) => control)]
    // Taken from the end: the longest first, so that no core ends up working alone.
    .toSorted(([, some], [, others]) => some.length - others.length);

  async function workThroughQueue(): Promise<void> {
    const workbench = new Workbench(workshop, cold);
    for (let next = queue.pop(); next; next = queue.pop()) {
      for await (const [sabotage, verdict] of workbench.judgeAll(...next)) {
        verdicts.set(sabotage, verdict);
        onVerdict?.(sabotage, verdict);
      }
      onControl?.(next[1], verdicts);
    }
  }

  const workshop = new Workshop(app, cold ? undefined : options.noticingTests);
  const close = () => workshop.close();
  process.once('exit', close);
  try {
    const copies = Math.min(mostCopies(), queue.length);
    await Promise.all(Array.from({ length: copies }, workThroughQueue));
  } finally {
    close();
    process.off('exit', close);
  }
  return verdicts;
}
