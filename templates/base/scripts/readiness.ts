import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { givenWords } from './given-words.ts';
import { judgeApp } from './readiness/judgement.ts';
import { asJson, asMarkdown, asTable } from './readiness/report.ts';

const help = `Says where the app stands with each of its 53 controls, and why.

  proven            every sabotage of it turned a test red, on this very tree (npm run prove)
  attested          proven as far as tests can, and a person vouches for the rest
  rehearsed         tried against a stand-in; only a real account could prove it
  not yet attested  the rest is for a person, and nobody has put their name to it
  expired           somebody did, too long ago
  deferred          put off, for a reason that CHANGELOG.md tells (npm run defer)
  not applicable    this app has nothing that it is about
  open              none of these

Usage: npm run readiness -- [options]

  --json       print one JSON object
  --markdown   print a report for a reviewer
  --strict     fail as well where something is only rehearsed, or not yet attested
  --help       print this

Exit code: 0 if nothing is open or expired and the ledger is in order, 1 if not, 2 for wrong usage.
`;

function readArguments() {
  try {
    const { values } = parseArgs({
      args: givenWords(),
      options: {
        json: { type: 'boolean', default: false },
        markdown: { type: 'boolean', default: false },
        strict: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    return values;
  } catch (error) {
    console.error(
      `${error instanceof Error ? error.message : String(error)}\nSee npm run readiness -- --help`,
    );
    process.exit(2);
  }
}

const { json, markdown, strict, help: wantsHelp } = readArguments();
if (wantsHelp) {
  process.stdout.write(help);
  process.exit(0);
}

const now = Date.now();
const { controls, problems } = judgeApp(resolve(import.meta.dirname, '..'), now);
const outcome = asJson(controls, problems);
const colored = process.stdout.isTTY && !process.env['NO_COLOR'];
if (json) console.log(JSON.stringify(outcome));
else if (markdown)
  console.log(asMarkdown(controls, problems, new Date(now).toISOString().slice(0, 10)));
else console.log(asTable(controls, problems, colored));

const { open, expired, rehearsed, 'not yet attested': unattested } = outcome.counts;
const missing = open + expired + problems.length + (strict ? rehearsed + unattested : 0);
process.exitCode = missing === 0 ? 0 : 1;
