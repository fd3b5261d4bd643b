import { Sheet, type Unit } from '../draft.ts';
import { threatsOfPart } from '../coverage.ts';
import { inventoryKinds } from '../inventory.ts';
import { threatsAgainst, whyNotApplicable, type Subject } from '../subject.ts';

const json = (value: unknown) => JSON.stringify(value);

/** All 53 controls with the evidence that the app holds; `readiness` judges by it. */
export function checklist(subject: Subject): readonly Unit[] {
  const sheet = new Sheet();
  sheet.units.push({ key: 'seal', text: '', seal: 'open' });
  sheet.add('head', '{\n  "controls": [\n');
  subject.controls.forEach((control, index) => {
    const { id, title, shown, attestation } = control;
    const why = whyNotApplicable(control, subject);
    const threats = threatsAgainst(id, subject).map((threat) => threat.id);
    sheet.add(
      id,
      `    {\n      "id": ${json(id)},\n      "title": ${json(title)},\n      "shown": ${json(shown)},\n`,
    );
    if (why !== undefined) sheet.add(`${id} absent`, `      "notApplicable": ${json(why)},\n`);
    else if (attestation !== undefined)
      sheet.add(`${id} attestation`, `      "attestation": ${json(attestation)},\n`);
    sheet.add(`${id} threats`, `      "threats": ${json(why === undefined ? threats : [])},\n`);
    const { code, suites } = why === undefined ? subject.evidence(id) : { code: [], suites: [] };
    sheet.add(`${id} code`, code.length === 0 ? '      "code": [' : '      "code": [\n');
    sheet.rows(
      `${id} code`,
      code.map((place) => ({ key: place, text: `        ${json(place)}` })),
      ',\n',
    );
    sheet.add(
      `${id} tests`,
      `${code.length === 0 ? '' : '      '}],\n      "tests": [${suites.length === 0 ? '' : '\n'}`,
    );
    sheet.rows(
      `${id} tests`,
      suites.map(({ file, title: suite }) => ({
        key: `${file} ${suite}`,
        text: `        ${json({ file, title: suite })}`,
      })),
      ',\n',
    );
    const last = index === subject.controls.length - 1;
    sheet.add(`${id} end`, `${suites.length === 0 ? '' : '      '}]\n    }${last ? '' : ','}\n`);
  });
  sheet.add('end', '  ],\n  "seal": "');
  sheet.units.push({ key: 'sealed', text: '', seal: 'close' });
  sheet.add('closed', '"\n}\n');
  return sheet.units;
}

/**
 * What the app is reached by, keeps, is bound to, talks to and does by the clock, each with the threats it meets.
 *
 * @param known the threats that somebody has written down for a part; undefined leaves it to the model
 */
export function inventory(
  subject: Subject,
  known: (kind: string, part: string) => readonly string[] | undefined = () => undefined,
): readonly Unit[] {
  const sheet = new Sheet();
  const present = new Set(subject.threats.map(({ id }) => id));
  sheet.add('head', '{\n');
  inventoryKinds.forEach((kind, index) => {
    const isEmpty = subject.inventory[kind].length === 0;
    sheet.add(kind, `${index === 0 ? '' : ',\n'}  "${kind}": {${isEmpty ? '' : '\n'}`);
    const rows = subject.inventory[kind].map((part) => {
      const threats =
        known(kind, part) ?? threatsOfPart(kind, part).filter((threat) => present.has(threat));
      return { key: part, text: `    ${json(part)}: ${json(threats)}` };
    });
    sheet.rows(kind, rows, ',\n');
    sheet.add(`${kind} end`, isEmpty ? '}' : '  }');
  });
  sheet.add('end', '\n}\n');
  return sheet.units;
}

/** A row for each thing that only a person can do. Nothing in it is filled in by us. */
export function attestations(subject: Subject): readonly Unit[] {
  const sheet = new Sheet();
  sheet.add(
    'head',
    `# What only a person can do, and who did it. A row counts when owner, evidence, date and expires are filled in;
# until then \`{{runCommand}} readiness\` says so below its control, and counts it as not yet attested where a test cannot
# show it. Dates are YYYY-MM-DD. \`expires\` is at most as many days after \`date\` as its row says, and 180; after that
# it has to be done again. Evidence is what a reviewer can look at: a link, a file, an entry.
attestations:
`,
  );
  for (const row of attestationRows(subject)) sheet.add(row.id, row.text);
  sheet.add(
    'deferrals',
    `
# Controls that were put off. \`{{runCommand}} defer -- ID "reason"\` adds the row here and the line in CHANGELOG.md.
deferrals: []
`,
  );
  return sheet.units;
}

/** One row of `attestations` for each claim that applies. */
export function attestationRows(
  subject: Subject,
): readonly { readonly id: string; readonly text: string }[] {
  return subject.controls
    .filter((control) => whyNotApplicable(control, subject) === undefined)
    .flatMap(({ id, attestation }) =>
      attestation === undefined
        ? []
        : {
            id,
            text: `  # ${attestation.how}; again after ${attestation.days} days
  - id: ${id}
    claim: ${json(attestation.claim)}
    owner: ''
    evidence: ''
    date: ''
    expires: ''
`,
          },
    );
}
