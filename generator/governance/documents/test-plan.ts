import { Sheet, type Unit } from '../draft.ts';
import type { Files } from '../files.ts';
import { layerOf, threatsAgainst, whyNotApplicable, type Subject } from '../subject.ts';

/** Which tests show which control, against which threats, and the harm that they notice. */
export function testPlan(subject: Subject): readonly Unit[] {
  const sheet = new Sheet();
  sheet.add(
    'head',
    `# Test plan of {{title}}

Each control, the tests titled with it, and the sabotages: pieces of harm that \`{{runCommand}} prove\` does to a
copy of the app, one by one, each of which has to turn one of these tests red. This is a plan: it holds no figures of
a run. Those are printed by \`{{runCommand}} prove\`, and \`{{runCommand}} readiness\` says what they prove about the tree
at hand.

- Layers: tests below \`test/worker/\` run in the Workers runtime on this machine, against its local D1, KV and Durable
  Objects, not Cloudflare's; those below \`test/repo/\` run in Node and read the repository.
- Coverage: the target below stands in \`vitest.config.ts\`, and \`{{runCommand}} coverage\` fails below it. It only says
  which lines ran. What the tests would notice is said by the share of sabotages that turn red.

## Notes

What you test beyond this belongs here. It is kept as you write it.

`,
  );
  sheet.part('test plan', 'markdown', () => {
    sheet.add('target', `Coverage of \`src/\`: ${coverageTarget(subject.files)}.\n\n`);
    for (const control of subject.controls) addControl(sheet, control.id, subject);
  });
  return sheet.units;
}

function addControl(sheet: Sheet, id: string, subject: Subject): void {
  const control = subject.controls.find((one) => one.id === id);
  if (control === undefined) return;
  sheet.add(id, `## ${id}: ${control.title}\n\n`);
  const why = whyNotApplicable(control, subject);
  if (why !== undefined) {
    sheet.add(`${id} absent`, `Not applicable: ${why}.\n\n`);
    return;
  }
  const threats = threatsAgainst(id, subject).map((threat) => threat.id);
  sheet.add(`${id} threats`, `Against: ${threats.join(', ')}\n\n`);
  const { suites, sabotages } = subject.evidence(id);
  for (const { file, title } of suites)
    sheet.add(
      `${id} test ${file} ${title}`,
      `- test, ${layerOf(file)}: \`${file}\` › ${title}\n`,
      `tests of ${id}`,
    );
  sheet.add(
    `${id} middle`,
    suites.length === 0 ? 'No test is titled with it yet: open.\n\n' : '\n',
  );
  for (const { name, file, declared } of sabotages)
    sheet.add(`${id} sabotage ${name} ${file}`, `- sabotage of \`${file}\`: ${name}\n`, declared);
  sheet.add(`${id} end`, sabotages.length === 0 ? '' : '\n');
}

/** What the configuration of the tests demands, in words. */
function coverageTarget(files: Files): string {
  const [, thresholds = ''] =
    /\bthresholds: \{([^}]*)\}/.exec(files.get('vitest.config.ts') ?? '') ?? [];
  const measures = [...thresholds.matchAll(/(\w+): (\d+)/g)];
  if (measures.length === 0) return 'no target is set';
  return `at least ${measures.map(([, measure, percent]) => `${measure} ${percent} %`).join(', ')}`;
}
