import { Sheet, type Unit } from '../draft.ts';
import type { Files } from '../files.ts';
import type { Check, Constraint } from '../model.ts';
import type { Subject } from '../subject.ts';

const json = (value: unknown) => JSON.stringify(value);

function checkLines(check: Check, files: Files): string {
  if (check.kind === 'advice') return `      kind: advice\n`;
  if (check.kind === 'lint') return `      kind: lint\n      rule: ${json(check.rule)}\n`;
  if (check.kind === 'test') return `      kind: test\n      control: ${check.control}\n`;
  const except = (check.except ?? []).filter((file) => files.has(file));
  return [
    `      kind: forbid\n      pattern: ${json(check.pattern)}\n      files: ${json(check.files)}\n`,
    except.length === 0 ? '' : `      except: ${json(except).replaceAll(',', ', ')}\n`,
  ].join('');
}

function ruleText({ id, rule, why, good, bad, check }: Constraint, files: Files): string {
  const example = (name: string, text: string | undefined) =>
    text === undefined ? '' : `    ${name}: ${json(text)}\n`;
  return `  - id: ${id}
    rule: ${json(rule)}
    why: ${why}
    enforced_by:
${checkLines(check, files)}${example('good', good)}${example('bad', bad)}`;
}

/** The rules that a test executes. */
export function constraintsFile({ constraints, files }: Subject): readonly Unit[] {
  const sheet = new Sheet();
  sheet.add(
    'head',
    `# yaml-language-server: $schema=./constraints.schema.json
#
# Rules for whoever changes {{title}}, people and agents. test/repo/constraint-rules.test.ts executes them: what forbids
# or lints has to hold in the app and to notice its own bad example, and of what a test enforces, the control has to have
# sabotages. What is only advice is checked by whoever reads it. AGENTS.md lists the same rules in words.
version: 1

# An exception for one file, with a reason and an end: { rule, file, reason, expires: YYYY-MM-DD }, at most 180 days ahead.
waivers: []

# Your own rules go here, in the shape of those below.
own_rules: []

`,
  );
  sheet.part('rules', 'yaml', () => {
    sheet.add('rules', 'rules:\n');
    for (const constraint of constraints) sheet.add(constraint.id, ruleText(constraint, files));
  });
  return sheet.units;
}

/** The same rules as a text that agents read. */
export function agents({ constraints }: Subject): readonly Unit[] {
  const sheet = new Sheet();
  sheet.add(
    'head',
    `# Working on {{title}}

Run \`{{runCommand}} typecheck\`, \`{{runCommand}} lint\`, \`{{runCommand}} format:check\` and \`{{runCommand}} test\` before you call a change done; run \`{{runCommand}} prove\` when you touched a control. Why things are as they are stands in \`.ai/\`: decisions, threats, and what shows each control.

`,
  );
  sheet.part('rules', 'markdown', () => {
    sheet.add('rules', '\n');
    for (const { id, rule, check } of constraints)
      sheet.add(id, `- ${rule}${check.kind === 'advice' ? ' (Nothing checks this.)' : ''}\n`);
    sheet.add('rules end', '\n');
  });
  return sheet.units;
}
