import { styleText } from 'node:util';
import { states, type Judgement, type State } from './judgement.ts';

/** How many controls are in each state. */
export function countsOf(controls: readonly Judgement[]): Readonly<Record<State, number>> {
  const count = (state: State) => controls.filter((control) => control.state === state).length;
  return {
    proven: count('proven'),
    attested: count('attested'),
    rehearsed: count('rehearsed'),
    'not yet attested': count('not yet attested'),
    expired: count('expired'),
    deferred: count('deferred'),
    'not applicable': count('not applicable'),
    open: count('open'),
  };
}

/** The outcome for programs. */
export function asJson(controls: readonly Judgement[], problems: readonly string[]) {
  return {
    controls: controls.map(({ id, title, state, evidence }) => ({ id, title, state, evidence })),
    counts: countsOf(controls),
    problems,
  };
}

const colors = {
  proven: 'green',
  attested: 'green',
  rehearsed: 'yellow',
  'not yet attested': 'yellow',
  expired: 'red',
  deferred: 'yellow',
  'not applicable': 'dim',
  open: 'red',
} as const;

const stateWidth = Math.max(...states.map((state) => state.length));

/** The outcome for people: a row for each control, why below it, then the counts. */
export function asTable(
  controls: readonly Judgement[],
  problems: readonly string[],
  colored: boolean,
): string {
  const width = Math.max(...controls.map(({ id }) => id.length));
  const indent = ' '.repeat(width + 2 + stateWidth + 2);
  const rows = controls.flatMap(({ id, title, state, evidence }) => {
    const padded = state.padEnd(stateWidth);
    const shown = colored ? styleText(colors[state], padded) : padded;
    return [`${id.padEnd(width)}  ${shown}  ${title}`, ...evidence.map((line) => indent + line)];
  });
  return [...rows, '', summaryOf(controls), ...problems].join('\n');
}

function summaryOf(controls: readonly Judgement[]): string {
  const counts = Object.entries(countsOf(controls)).filter(([, count]) => count > 0);
  return `${controls.length} controls: ${counts.map(([state, count]) => `${count} ${state}`).join(', ')}`;
}

/** A report that a reviewer can be given. */
export function asMarkdown(
  controls: readonly Judgement[],
  problems: readonly string[],
  today: string,
): string {
  const sections = states.flatMap((state) => {
    const its = controls.filter((control) => control.state === state);
    if (its.length === 0) return [];
    const rows = its.map(
      ({ id, title, evidence }) =>
        `- **${id}**, ${title}\n${evidence.map((line) => `  - ${line}\n`).join('')}`,
    );
    return [`## ${state} (${its.length})\n\n${rows.join('')}`];
  });
  const wrong = problems.length === 0 ? [] : [`## Problems\n\n- ${problems.join('\n- ')}\n`];
  return `# Readiness on ${today}\n\n${summaryOf(controls)}.\n\n${[...sections, ...wrong].join('\n')}`;
}
