import { confirm, intro, isCancel, multiselect, select, text } from '@clack/prompts';
import type { AnyDefinition, Value } from './options.ts';

/** One thing to ask. */
export interface Question {
  readonly definition: AnyDefinition;
  /** Offered as the answer; Enter takes it. */
  readonly initial: Value | undefined;
}

const usualColumns = 80;
const usualRows = 24;

/** Opens the conversation. */
export function greet(line: string): void {
  // A terminal that does not know its size (some containers and recorders) would get one letter a line.
  if (!(process.stdout.columns > 0)) process.stdout.columns = usualColumns;
  if (!(process.stdout.rows > 0)) process.stdout.rows = usualRows;
  intro(line);
}

/** Asks one question on the terminal; undefined when the user cancels. */
export async function ask({ definition, initial }: Question): Promise<Value | undefined> {
  const { question: message } = definition;
  if (definition.kind === 'switch') {
    const answer = await confirm({ message, initialValue: initial !== false });
    return isCancel(answer) ? undefined : answer;
  }
  if (definition.kind === 'choice') {
    const answer = await select<string>({
      message,
      options: definition.choices.map((value) => ({ value, label: value })),
      initialValue: String(initial),
    });
    return isCancel(answer) ? undefined : answer;
  }
  if (definition.kind === 'several') {
    const answer = await multiselect<string>({
      message,
      options: definition.choices.map((value) => ({ value, label: value })),
      initialValues: Array.isArray(initial) ? [...initial] : [],
      required: false,
    });
    return isCancel(answer) ? undefined : answer;
  }
  const offered = typeof initial === 'string' ? initial : '';
  const answer = await text({
    message,
    placeholder: offered,
    defaultValue: offered,
    validate(typed) {
      const value = typed === undefined || typed === '' ? offered : typed;
      const checked = definition.check(value);
      if (!('problem' in checked)) return undefined;
      const better = checked.suggestion === undefined ? '' : `; try ${checked.suggestion}`;
      return `${value === '' ? 'An answer is needed' : checked.problem}${better}`;
    },
  });
  return isCancel(answer) ? undefined : answer;
}
