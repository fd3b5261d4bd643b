import { Sheet, type Unit } from '../draft.ts';
import { kindsMeeting } from '../coverage.ts';
import { strideLetters, strideWords, type Flow, type Threat } from '../model.ts';
import { isShown, namedPlaces, type Subject } from '../subject.ts';

/** What could happen to the app, what stands against it and where, and what is left. */
export function threatModel(subject: Subject): readonly Unit[] {
  const sheet = new Sheet();
  sheet.add('front matter', "---\nreviewer: ''\nreviewed: ''\nseal: ''\n---\n\n");
  sheet.add(
    'head',
    `# Threat model of {{title}}

What could go wrong, what stands against it, and what is left. The generated part follows the app:
\`{{generatorCommand}} governance\` writes it anew, and tests hold it against the code. It becomes
a review when somebody who knows the app has read it, and put their name and the date at the top and
into the row GOV-1 of \`.ai/attestations.yaml\`, and at the top as \`seal\` the checksum from the last line of the
generated part, which says what they had before them: when that changes, the review is over.

## Notes

What is special about this app belongs here. It is kept as you write it.

`,
  );
  sheet.part('threat model', 'markdown', () => {
    addDiagram(sheet, subject);
    addAssets(sheet, subject);
    addBoundaries(sheet, subject);
    sheet.add('threats', '## Threats\n\n');
    for (const threat of subject.threats) addThreat(sheet, threat, subject);
    addRest(sheet, subject);
  });
  return sheet.units;
}

function addDiagram(sheet: Sheet, { zones, nodes, flows }: Subject): void {
  sheet.add('diagram', '## Data flows\n\n```mermaid\nflowchart LR\n');
  zones.forEach(({ id, title }, index) => {
    sheet.add(`zone ${id}`, `${index === 0 ? '' : '  end\n'}  subgraph ${id}["${title}"]\n`);
    for (const node of nodes.filter(({ zone }) => zone === id))
      sheet.add(`node ${node.id}`, `    ${node.id}_["${node.title}"]\n`);
  });
  sheet.add('zones end', '  end\n');
  for (const { id, from, to, title } of flows)
    sheet.add(`edge ${id}`, `  ${from}_ -->|"${id}: ${title}"| ${to}_\n`);
  sheet.add(
    'diagram end',
    '```\n\nEach box is a zone with one degree of trust; an arrow from one to another crosses a boundary.\n\n',
  );
  for (const { id, title, trusted } of zones)
    sheet.add(`trust ${id}`, `- **${title}**: ${trusted}.\n`);
}

function addAssets(sheet: Sheet, { assets }: Subject): void {
  sheet.add(
    'assets',
    '\n## Assets\n\n| asset | where | confidentiality | integrity | availability |\n| --- | --- | --- | --- | --- |\n',
  );
  for (const { id, title, store, confidentiality, integrity, availability } of assets)
    sheet.add(
      `asset ${id}`,
      `| **${id}**: ${title} | ${store} | ${confidentiality} | ${integrity} | ${availability} |\n`,
    );
}

/** Each of the six questions, for each flow that crosses a boundary. */
function addBoundaries(sheet: Sheet, { flows, threats }: Subject): void {
  sheet.add('boundaries', '\n## What was asked of each flow\n\n');
  for (const flow of flows) {
    sheet.add(`flow ${flow.id}`, `### Flow ${flow.id}: ${flow.title}\n\n`);
    for (const letter of strideLetters) {
      const its = threats.filter(
        ({ flows: crossed, stride }) => crossed.includes(flow.id) && stride.includes(letter),
      );
      const answer = its.length > 0 ? its.map(linkTo).join(', ') : dismissal(flow, letter);
      sheet.add(`flow ${flow.id} ${letter}`, `- ${strideWords[letter]}: ${answer}\n`);
    }
    sheet.add(`flow ${flow.id} end`, '\n');
  }
}

function linkTo({ id, title }: Threat): string {
  const anchor = `${id}-${title
    .toLowerCase()
    .replace(/[^\w\s-]/g, '')
    .replace(/\s/g, '-')}`;
  return `[${id}](#${anchor})`;
}

function dismissal({ dismissed }: Flow, letter: (typeof strideLetters)[number]): string {
  return dismissed[letter] ?? 'not considered yet';
}

function addThreat(sheet: Sheet, threat: Threat, subject: Subject): void {
  const { id, title, stride, flows, assets, story, severity, because, mitigations } = threat;
  const there = <E extends { readonly id: string }>(
    ids: readonly string[],
    entries: readonly E[],
  ) => ids.filter((one) => entries.some((entry) => entry.id === one)).join(', ');
  const key = `threat ${id}`;
  sheet.add(key, `### ${id}: ${title}\n\n`);
  sheet.add(
    `${key} facts`,
    `- STRIDE: ${stride.map((letter) => strideWords[letter]).join(', ')}; flow: ${there(flows, subject.flows)}; asset: ${there(assets, subject.assets)}\n${metBy(threat)}`,
  );
  sheet.add(
    `${key} severity`,
    `- severity: ${severity}, since ${because}\n\n${story}\n\nAgainst it:\n\n`,
  );
  for (const mitigation of mitigations) {
    const { control } = mitigation;
    const { title: title53 = '', attestation } =
      subject.controls.find((one) => one.id === control) ?? {};
    if (isShown(control, subject)) {
      sheet.add(`${key} ${control}`, `- **${control}**, ${title53}\n`);
      const named = namedPlaces(mitigation, subject);
      for (const place of named)
        sheet.add(`${key} ${control} ${place}`, `  - code: \`${place}\`\n`);
      // Where nobody named the code, what its sabotages strike is the nearest to it, and no more than that.
      for (const place of named.length > 0 ? [] : subject.evidence(control).code)
        sheet.add(
          `${key} ${control} ${place}`,
          `  - its sabotages strike: \`${place}\`\n`,
          `code of ${control}`,
        );
      for (const suite of subject.evidence(control).suites)
        sheet.add(
          `${key} ${control} ${suite.file} ${suite.title}`,
          `  - test: \`${suite.file}\` › ${suite.title}\n`,
          `tests of ${control}`,
        );
      if (attestation !== undefined)
        sheet.add(
          `${key} ${control} word`,
          `  - what only a person can say: row ${control} of \`.ai/attestations.yaml\`\n`,
        );
    } else if (isAbout(control, subject))
      sheet.add(
        `${key} ${control}`,
        `- **${control}**, ${title53}: open, nothing in the app shows it yet\n`,
      );
  }
  sheet.add(
    `${key} rest`,
    `\nWhat is left: ${threat.residual}\n\nHow one would notice: ${threat.notice}\n\n`,
  );
}

/** Of which kinds the parts are that `.ai/inventory.json` may name it for. */
function metBy(threat: Threat): string {
  const kinds = kindsMeeting(threat);
  return kinds.length === 0 ? '' : `- met by: ${kinds.join(', ')}\n`;
}

function isAbout(control: string, { controls, has }: Subject): boolean {
  return controls.some(({ id, where }) => id === control && has(where));
}

const unsaid = { required: 'not shown', rehearsed: 'rehearsed with stand-ins, and no more,' };

function addRest(sheet: Sheet, subject: Subject): void {
  sheet.add('rest', '## What is not mitigated\n\n');
  for (const { id, residual } of subject.threats)
    sheet.add(`rest ${id}`, `- **${id}**: ${residual}\n`);
  for (const { id, title, where, attestation } of subject.controls)
    if (subject.has(where) && attestation !== undefined && attestation.weight !== 'further')
      sheet.add(
        `rest ${id} word`,
        `- **${id}**, ${title}: ${unsaid[attestation.weight]} until row ${id} of \`.ai/attestations.yaml\` is filled in.\n`,
      );
  const open = subject.controls.filter(
    ({ id, where }) => subject.has(where) && !isShown(id, subject),
  );
  for (const { id, title } of open)
    sheet.add(`rest ${id}`, `- **${id}**, ${title}: nothing in the app shows it yet.\n`);
}
