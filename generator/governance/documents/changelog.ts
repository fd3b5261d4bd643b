import { Sheet, type Unit } from '../draft.ts';
import { whyNotApplicable, type Subject } from '../subject.ts';

/** A CHANGELOG to go on with. It says from the start what the chosen parts leave out. */
export function changelog(subject: Subject): readonly Unit[] {
  const sheet = new Sheet();
  const absent = subject.controls.flatMap((control) => {
    const why = whyNotApplicable(control, subject);
    return why === undefined ? [] : { ...control, why };
  });
  sheet.add(
    'head',
    `# Changelog

What shipped, and what was put off, in the form of [Keep a Changelog](https://keepachangelog.com/en/1.1.0/). A release gets a
heading with the version of \`package.json\` and its date; what is not released stands below the first heading.

## [Unreleased]

## [0.1.0]

### Added

- {{title}}, as create-stackbilder-app {{generatorVersion}} made it.
`,
  );
  sheet.add('absent', absent.length === 0 ? '' : '\n### Not applicable\n\n');
  for (const { id, title, why } of absent) sheet.add(id, `- ${id}, ${title}: ${why}.\n`);
  return sheet.units;
}
