import { styleText } from 'node:util';
import type { Sabotage } from '../../test/sabotages/sabotage.ts';
import type { Result, Verdict } from './verdict.ts';

type Verdicts = ReadonlyMap<Sabotage, Verdict>;

/** The outcome for programs: every control with its sabotages, in the order they are declared. */
export function asJson(sabotages: readonly Sabotage[], verdicts: Verdicts) {
  const controls = [...Map.groupBy(sabotages, ({ control }) => control)].map(([id, its]) => ({
    id,
    sabotages: its.flatMap((sabotage) => {
      const verdict = verdicts.get(sabotage);
      return verdict ? [{ name: sabotage.name, file: filesOf(sabotage), ...stated(verdict) }] : [];
    }),
  }));
  return { controls, red: countOf('red', verdicts), total: sabotages.length };
}

function stated({ result, reason, failedTests }: Verdict) {
  return { result, failedTests, ...(result !== 'red' && { reason }) };
}

function filesOf({ edits }: Sabotage): string {
  return [...new Set(edits.map(({ file }) => file))].join(', ');
}

/** The outcome for people: a row for each sabotage, then the score. */
export function asTable(
  sabotages: readonly Sabotage[],
  verdicts: Verdicts,
  colored: boolean,
): string {
  const width = Math.max(0, ...sabotages.map(({ control }) => control.length));
  const indent = ' '.repeat(width + 2 + resultWidth + 2);
  const rows = sabotages.flatMap((sabotage) => {
    const verdict = verdicts.get(sabotage);
    if (!verdict) return [];
    const result = colorOf(verdict.result, colored);
    const why = verdict.reason || (verdict.failedTests[0] ?? '');
    return [`${sabotage.control.padEnd(width)}  ${result}  ${sabotage.name}`, `${indent}${why}`];
  });
  return [...rows, '', scoreOf(sabotages.length, verdicts)].join('\n');
}

const resultWidth = 'does not apply'.length;

function colorOf(result: Result, colored: boolean): string {
  const text = result.padEnd(resultWidth);
  // Red is what is wanted here, so it is green.
  return colored ? styleText(result === 'red' ? 'green' : 'red', text) : text;
}

function scoreOf(total: number, verdicts: Verdicts): string {
  const others: Result[] = ['survived', 'invalid', 'does not apply'];
  const counts = others
    .map((result) => ({ result, count: countOf(result, verdicts) }))
    .filter(({ count }) => count > 0)
    .map(({ result, count }) => `, ${count} ${result}`);
  return `${countOf('red', verdicts)} of ${total} sabotages turn their tests red${counts.join('')}`;
}

function countOf(result: Result, verdicts: Verdicts): number {
  return [...verdicts.values()].filter((verdict) => verdict.result === result).length;
}
