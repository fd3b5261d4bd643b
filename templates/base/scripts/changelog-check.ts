import { untoldByChangelog } from './deployment/changelog.ts';
import { givenWords } from './given-words.ts';

const usage = `Usage: npm run changelog:check

Fails where CHANGELOG.md does not tell what would be released: a change of src/, migrations/ or wrangler.toml that
was committed after CHANGELOG.md was, the version of package.json, or a control that was put off.
Exit code: 0 it tells, 1 it does not, 2 wrong usage.`;

process.exitCode = run(givenWords());

function run(words: readonly string[]): number {
  if (words.includes('--help')) {
    console.log(usage);
    return 0;
  }
  if (words.length > 0) {
    console.error(usage);
    return 2;
  }
  try {
    const untold = untoldByChangelog();
    if (untold.length > 0) console.error(untold.join('\n'));
    return untold.length > 0 ? 1 : 0;
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    return 1;
  }
}
