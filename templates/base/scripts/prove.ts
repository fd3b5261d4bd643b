import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { sabotages as all } from '../test/sabotages/index.ts';
import { givenWords } from './given-words.ts';
import { NoticingTests } from './prove/noticing-tests.ts';
import { prove } from './prove/proof.ts';
import { proofOf, recordProof, treeHash } from './prove/record.ts';
import { asJson, asTable } from './prove/report.ts';

const help = `Shows that the tests notice when a control is broken.

Each sabotage in test/sabotages/ is a small piece of harm to the app. This applies them one by one
to a copy of the app and runs the tests titled with the control. A result is

  red             an assertion failed: the tests notice
  survived        no test failed: the tests do not notice
  invalid         it shows nothing: the copy does not compile, or an import, a suite, a hook,
                  a time-out or another error got in the way, or the tests were red before
  does not apply  the text it replaces is missing, or stands there more than once

The test that noticed a sabotage the last time is asked first, so a second run is the faster one.
All sabotages take hours on two cores; --some 2 takes minutes.

Usage: npm run prove -- [options]

  --only AUTH-2,DB-1   prove these controls only
  --some 3             prove so many sabotages of each control, the first ones
  --resume             leave out the controls that were all red on this very tree already, as
                       after a run that was cut off: each control is kept once it is judged
  --cold               run everything in fresh processes (slower; shows that nothing stale decides)
  --json               print one JSON object
  --help               print this

Exit code: 0 if every sabotage is red, 1 if not, 2 for wrong usage.
`;

function readArguments() {
  try {
    const { values } = parseArgs({
      args: givenWords(),
      options: {
        only: { type: 'string', multiple: true, default: [] },
        some: { type: 'string', default: '' },
        resume: { type: 'boolean', default: false },
        cold: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    return { ...values, only: values.only.flatMap((ids) => ids.split(',')).map((id) => id.trim()) };
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error));
  }
}

function refuse(message: string): never {
  console.error(`${message}\nSee npm run prove -- --help`);
  process.exit(2);
}

const { only, some, resume, cold, json, help: wantsHelp } = readArguments();
if (wantsHelp) {
  process.stdout.write(help);
  process.exit(0);
}

const known = [...new Set(all.map(({ control }) => control))];
const unknown = only.find((id) => !known.includes(id));
if (unknown !== undefined) {
  refuse(`No sabotage is declared for "${unknown}". Known controls: ${known.join(', ')}`);
}
if (!/^(?:[1-9]\d{0,3})?$/.test(some))
  refuse(`--some takes a number, such as 3, and not "${some}".`);
const app = resolve(import.meta.dirname, '..');
const tree = treeHash(app);
const proven = Object.entries((resume ? proofOf(app) : undefined)?.controls ?? {})
  .filter(([, { red, total }]) => red === total)
  .map(([id]) => id);
const wanted = all
  .filter(({ control }) => only.length === 0 || only.includes(control))
  .filter(({ control }) => !proven.includes(control));
const most = some === '' ? Number.POSITIVE_INFINITY : Number(some);
const sabotages = [...Map.groupBy(wanted, ({ control }) => control).values()].flatMap((its) =>
  its.slice(0, most),
);

const noticingTests = new NoticingTests(app);
process.once('exit', () => noticingTests.save());

// Leaving through exit removes the copies and ends what runs on them.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => process.exit(130));
}

let judged = 0;
const showProgress = () => {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${judged} of ${sabotages.length} judged`);
};
showProgress();
const verdicts = await prove({
  app,
  sabotages,
  cold,
  noticingTests,
  onVerdict: () => {
    judged += 1;
    showProgress();
  },
  onControl: (its, verdicts) => {
    // A part of a control's sabotages proves nothing of the rest.
    if (some === '') recordProof(app, tree, its, verdicts);
  },
});
if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');

const colored = process.stdout.isTTY && !process.env['NO_COLOR'];
const outcome = asJson(sabotages, verdicts);
console.log(json ? JSON.stringify(outcome) : asTable(sabotages, verdicts, colored));
process.exitCode = outcome.red === outcome.total ? 0 : 1;
