import { givenWords } from './given-words.ts';
import { ask, readOperator } from './operator.ts';

const usage = `Usage: npm run alerts:test -- [ADDRESS]

Sends an alert that says it is a test, by every channel that is configured there, and tells which took it.
ADDRESS is such as https://app.example.com; without it the app on this machine. OPERATIONS_TOKEN is read from
the environment, or from .dev.vars for this machine. Look whether it arrived: that is the proof.`;

process.exitCode = await run(givenWords());

/** Answers the exit code: 0 some channel took it, 1 none did, 2 wrong usage. */
async function run(words: string[]): Promise<number> {
  if (words.includes('--help')) {
    console.log(usage);
    return 0;
  }
  const operator = words.length > 1 ? usage : readOperator(words[0]);
  if (typeof operator === 'string') {
    console.error(operator);
    return 2;
  }
  try {
    const response = await ask(operator, 'POST', '/ops/alerts/test');
    const answer = await response.text();
    console.log(`${response.status} ${answer}`);
    return response.ok && answer.includes('"sent"') && !answer.includes('"failed"') ? 0 : 1;
  } catch (error) {
    console.error(`${operator.origin} does not answer: ${String(error)}`);
    return 1;
  }
}
