import { parseArgs } from 'node:util';
import { smokeTest, smokeTestLimit, smokeTestSession, type Target } from './deployment/smoke.ts';
import { givenWords } from './given-words.ts';

const usage = `Usage: npm run smoke -- ADDRESS [--build TAG] [--login] [--limit]

Looks whether a deployed app is well. ADDRESS is such as https://app.example.com.
With SMOKE_EMAIL and SMOKE_PASSWORD in the environment it also logs in and out, which shows that hashing a
password fits into the CPU time of the plan, and that a session that was ended is refused; with --login it
fails without them. --limit shows a limit firing; this machine is then refused for a while where it asked.`;

process.exitCode = await run(givenWords());

/** Answers the exit code: 0 well, 1 not, 2 wrong usage. */
async function run(words: string[]): Promise<number> {
  if (words.includes('--help')) {
    console.log(usage);
    return 0;
  }
  const asked = readArguments(words);
  if (asked === null) {
    console.error(usage);
    return 2;
  }
  const { target, isLoginMeant, isLimitMeant } = asked;
  const wrong = await smokeTest(target);
  const { SMOKE_EMAIL: email, SMOKE_PASSWORD: password } = process.env;
  if (!email || !password) {
    const missing = 'Not looked at, without SMOKE_EMAIL and SMOKE_PASSWORD: logging in and out.';
    if (isLoginMeant)
      wrong.push(
        `${missing} Set both, of an account without a second factor (docs/deployment.md).`,
      );
    else console.log(missing);
  } else if (wrong.length === 0)
    wrong.push(...(await smokeTestSession(target, { email, password })));
  if (isLimitMeant && wrong.length === 0) wrong.push(...(await smokeTestLimit(target)));
  console.log(wrong.length === 0 ? `${target.address} is well.` : wrong.join('\n'));
  return wrong.length === 0 ? 0 : 1;
}

function readArguments(args: string[]) {
  try {
    const options = {
      build: { type: 'string' },
      login: { type: 'boolean', default: false },
      limit: { type: 'boolean', default: false },
    } as const;
    const { values, positionals } = parseArgs({ args, allowPositionals: true, options });
    const [address = '', ...others] = positionals;
    if (others.length > 0 || !URL.canParse(address)) return null;
    const target: Target = { address: new URL(address).origin, build: values.build };
    return { target, isLoginMeant: values.login, isLimitMeant: values.limit };
  } catch {
    return null;
  }
}
