import { parse } from 'yaml';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { filesLike, read } from './repository.ts';

const Step = z.looseObject({
  uses: z.string().optional(),
  run: z.string().optional(),
  env: z.record(z.string(), z.string()).default({}),
  with: z.looseObject({}).default({}),
});
const Job = z.looseObject({
  needs: z.string().optional(),
  uses: z.string().optional(),
  environment: z.string().optional(),
  permissions: z.unknown().optional(),
  if: z.string().optional(),
  'continue-on-error': z.unknown().optional(),
  steps: z.array(Step).default([]),
});
const Workflow = z.looseObject({
  on: z.record(z.string(), z.unknown()),
  permissions: z.unknown(),
  concurrency: z.looseObject({ group: z.string(), 'cancel-in-progress': z.boolean() }),
  jobs: z.record(z.string(), Job),
});

const workflowOf = (file: string) => ({
  file,
  text: read(file),
  ...Workflow.parse(parse(read(file))),
});
const workflows = filesLike('.github/workflows/*.{yml,yaml}').map(workflowOf);
const actions = filesLike('.github/actions/**/action.{yml,yaml}').map((file) => ({
  file,
  text: read(file),
}));
const one = (name: string) => workflowOf(`.github/workflows/${name}.yml`);
const runs = (job: z.output<typeof Job> | undefined) =>
  job?.steps.flatMap(({ run }) => (run === undefined ? [] : [run])) ?? [];

describe('SEC-5 what runs in the pipeline may do little', () => {
  it('there are workflows, and both are looked at', () => {
    expect(workflows.map(({ file }) => file)).toEqual(
      expect.arrayContaining(['.github/workflows/ci.yml', '.github/workflows/deploy.yml']),
    );
    expect(actions.length).toBeGreaterThan(0);
  });

  it.each([...workflows, ...actions])('$file runs foreign code by its commit only', ({ text }) => {
    const used = [...text.matchAll(/\buses: (\S+)/g)].map(([, name = '']) => name);
    expect(used.length).toBeGreaterThan(0);
    const foreign = used.filter((name) => !name.startsWith('./'));
    expect(foreign.filter((name) => !/^[\w./-]+@[0-9a-f]{40}$/.test(name))).toEqual([]);
  });

  it('what is installed is what the lock file has, and runs no other command', () => {
    for (const { text } of actions) {
      const commands = [...text.matchAll(/^ {4}- run: (.*)$/gm)].map(([, command]) => command);
      expect(commands.at(-1)).toMatch(
        /^(?:npm ci|pnpm install --frozen-lockfile|yarn install --immutable|bun install --frozen-lockfile)$/,
      );
      expect(
        commands
          .slice(0, -1)
          .filter(
            (command) => !/^npm install --global [\w@/-]+@\d+\.\d+\.\d+$/.test(command ?? ''),
          ),
      ).toEqual([]);
      expect(text).not.toMatch(/\bif:|continue-on-error/);
    }
  });

  it.each(workflows)('$file may read the repository and nothing else', ({ permissions, jobs }) => {
    expect(permissions).toEqual({ contents: 'read' });
    for (const job of Object.values(jobs)) expect(job.permissions).toBeUndefined();
  });

  it.each(workflows)('$file leaves no token behind, and lets no text become a command', (its) => {
    expect(Object.keys(its.on)).not.toContain('pull_request_target');
    const steps = Object.values(its.jobs).flatMap((job) => job.steps);
    for (const { uses = '', run = '', with: given } of steps) {
      const isCheckout = uses.startsWith('actions/checkout@');
      expect(given['persist-credentials']).toBe(isCheckout ? false : undefined);
      expect(run).not.toContain('${{');
    }
  });

  it('a secret is given to the one step that needs it, in an environment', () => {
    const secretsOf = (env: Readonly<Record<string, string>>) =>
      Object.values(env).flatMap((value) => value.match(/(?<=secrets\.)\w+/g) ?? []);
    const given = workflows.flatMap(({ file, jobs }) =>
      Object.values(jobs).flatMap(({ environment, steps }) =>
        steps
          .filter(({ env }) => secretsOf(env).length > 0)
          .map(({ run, env }) => [file, environment, run, secretsOf(env)]),
      ),
    );
    const deploy = '.github/workflows/deploy.yml';
    expect(given).toEqual([
      [deploy, 'staging', 'npm run deploy -- staging', ['CLOUDFLARE_API_TOKEN']],
      [
        deploy,
        'staging',
        'npm run smoke -- "$APP_ORIGIN" --login --limit',
        ['SMOKE_EMAIL', 'SMOKE_PASSWORD'],
      ],
      [deploy, 'production', 'npm run deploy -- production', ['CLOUDFLARE_API_TOKEN']],
    ]);
    // And none stands where no step of these is looked at: a whole job, a workflow, an input, a command.
    const namedIn = (text: string) => text.match(/\$\{\{[^}]*\bsecrets\b|^ *secrets:/gm) ?? [];
    expect(workflows.flatMap(({ text }) => namedIn(text))).toHaveLength(4);
    expect(actions.flatMap(({ text }) => namedIn(text))).toEqual([]);
  });
});

/** By the clock, or by hand. */
const aloneOrAsked = "github.event_name == 'schedule' || github.event_name == 'workflow_dispatch'";

describe('DEP-3 no part of the pipeline is left out, or passes when it failed', () => {
  const shape = ({ jobs }: (typeof workflows)[number]) =>
    Object.fromEntries(
      Object.entries(jobs).map(([name, { steps, ...job }]) => [
        name,
        { ...job, steps: steps.length },
      ]),
    );

  it('the jobs are these, under these conditions', () => {
    const runsOn = { 'runs-on': 'ubuntu-24.04' };
    expect(shape(one('ci'))).toEqual({
      check: { ...runsOn, 'timeout-minutes': 30, steps: 9 },
      sample: { ...runsOn, if: "github.event_name == 'push'", 'timeout-minutes': 60, steps: 3 },
      prove: { ...runsOn, if: aloneOrAsked, 'timeout-minutes': 360, steps: 5 },
    });
    const deploys = { ...runsOn, 'timeout-minutes': 15 };
    expect(shape(one('deploy'))).toEqual({
      check: { uses: './.github/workflows/ci.yml', steps: 0 },
      staging: { ...deploys, needs: 'check', environment: 'staging', steps: 4 },
      production: { ...deploys, needs: 'staging', environment: 'production', steps: 3 },
    });
    expect(runs(one('ci').jobs['sample'])).toEqual(['npm run prove -- --some 2']);
    expect(runs(one('ci').jobs['prove'])).toEqual([
      'npm run prove',
      'npm run readiness',
      'npm run fuzz',
    ]);
  });

  it.each(workflows)('a step of $file has no condition, and may not fail', ({ jobs }) => {
    const known = ['uses', 'run', 'with', 'env'];
    const steps = Object.values(jobs).flatMap((job) => job.steps);
    const unknown = steps.flatMap((step) =>
      Object.keys(step).filter((key) => !known.includes(key)),
    );
    expect(unknown).toEqual([]);
  });

  it.each(workflows)('$file says nothing for all of its steps but what they may do', ({ text }) => {
    const said = Object.keys(z.looseObject({}).parse(parse(text)));
    expect(said.toSorted()).toEqual(['concurrency', 'jobs', 'name', 'on', 'permissions']);
  });

  it.each(workflows)('$file looks at what was proposed or merged, and at nothing else', (its) => {
    const given = Object.values(its.jobs).flatMap(({ steps }) => steps.map((step) => step.with));
    const words = given.flatMap((one) => Object.keys(one));
    expect(new Set(words)).toEqual(new Set(['fetch-depth', 'persist-credentials']));
  });

  it('what its steps are told is this, and nothing else', () => {
    const account = {
      CLOUDFLARE_API_TOKEN: '${{ secrets.CLOUDFLARE_API_TOKEN }}',
      CLOUDFLARE_ACCOUNT_ID: '${{ vars.CLOUDFLARE_ACCOUNT_ID }}',
    };
    const login = {
      APP_ORIGIN: '${{ vars.APP_ORIGIN }}',
      SMOKE_EMAIL: '${{ secrets.SMOKE_EMAIL }}',
      SMOKE_PASSWORD: '${{ secrets.SMOKE_PASSWORD }}',
    };
    const told = workflows.flatMap(({ jobs }) =>
      Object.values(jobs).flatMap(({ steps }) => steps.map(({ env }) => env)),
    );
    const all = told.filter((env) => Object.keys(env).length > 0);
    expect(all).toEqual([account, login, account]);
  });

  it('a check cuts off the one before of the same proposal, and no deployment', () => {
    expect(one('ci').concurrency).toEqual({
      group: 'ci-${{ github.workflow }}-${{ github.ref }}',
      'cancel-in-progress': true,
    });
  });

  it('every proposal is checked, to whichever branch', () => {
    expect(one('ci').on).toEqual({
      pull_request: null,
      workflow_call: null,
      workflow_dispatch: null,
      schedule: [{ cron: '23 4 * * 1' }],
    });
  });

  it('what is deployed to production is compared with all of the history', () => {
    const [checkout] = one('deploy').jobs['production']?.steps ?? [];
    expect(checkout?.with).toEqual({ 'fetch-depth': 0, 'persist-credentials': false });
  });
});

describe('DEP-3 production comes after staging, and after a person', () => {
  const { on, jobs, concurrency } = one('deploy');

  it('checks, then staging, then production: each waits for the one before', () => {
    expect(jobs['check']?.uses).toBe('./.github/workflows/ci.yml');
    expect(jobs['staging']).toMatchObject({ needs: 'check', environment: 'staging' });
    expect(jobs['production']).toMatchObject({ needs: 'staging', environment: 'production' });
    for (const job of Object.values(jobs)) {
      expect([job.if, job['continue-on-error']]).toEqual([undefined, undefined]);
    }
  });

  it('who has somebody approve is told so, since nothing here can look at it', () => {
    expect(read('docs/deployment.md')).toMatch(
      /for `production`, required reviewers and the branch/,
    );
  });

  it('each deploys its own environment, staging also with a login and a limit', () => {
    expect(runs(jobs['staging'])).toEqual([
      'npm run deploy -- staging',
      'npm run smoke -- "$APP_ORIGIN" --login --limit',
    ]);
    expect(runs(jobs['production'])).toEqual(['npm run deploy -- production']);
  });

  it('only what was merged is deployed, one at a time, and none is cut off', () => {
    expect(on).toEqual({ push: { branches: ['main'] } });
    expect(concurrency).toEqual({ group: 'deploy', 'cancel-in-progress': false });
  });
});

describe('SEC-1 the pipeline looks for secrets, and for known holes', () => {
  const { jobs, on } = one('ci');

  it('in the whole history, before anything is merged', () => {
    expect(Object.keys(on)).toContain('pull_request');
    const check = jobs['check'];
    expect(check?.if).toBeUndefined();
    expect(check?.steps[0]?.with['fetch-depth']).toBe(0);
    expect(runs(check)).toEqual([
      'npm run typecheck',
      'npm run lint',
      'npm run format:check',
      'npm run secrets:scan',
      'npm run changelog:check',
      'npm run coverage',
      'npm run audit:dependencies',
    ]);
  });

  it('what these names run looks, and passes nothing', () => {
    const { scripts } = z
      .object({ scripts: z.record(z.string(), z.string()) })
      .parse(JSON.parse(read('package.json')));
    const own = (file: string) =>
      `node --experimental-strip-types --disable-warning=ExperimentalWarning scripts/${file}.ts`;
    expect(scripts).toMatchObject({
      typecheck: 'tsc',
      lint: 'oxlint --type-aware --deny-warnings',
      'format:check': 'prettier --check .',
      'secrets:scan': own('secrets-scan'),
      'changelog:check': own('changelog-check'),
      coverage: 'vitest run --coverage',
      prove: own('prove'),
      deploy: own('deploy'),
      smoke: own('smoke'),
    });
    expect([
      'npm audit --omit=dev --audit-level=high',
      'pnpm audit --prod --audit-level=high',
      'yarn npm audit --environment production --severity high',
      'bun audit --audit-level=high',
    ]).toContain(scripts['audit:dependencies']);
  });

  it('dependencies and actions are renewed by proposals, a week after their release', () => {
    const { updates } = z
      .object({
        updates: z.array(
          z.looseObject({
            cooldown: z.object({ 'default-days': z.number() }),
            groups: z.unknown().optional(),
          }),
        ),
      })
      .parse(parse(read('.github/dependabot.yml')));
    const schedule = { interval: expect.stringMatching(/^(?:weekly|daily)$/) };
    const folders = actions.map(({ file }) => `/${file.slice(0, file.lastIndexOf('/'))}`);
    const isBeside = ([key]: readonly [string, unknown]) => !['cooldown', 'groups'].includes(key);
    const all = updates.map((its) => Object.fromEntries(Object.entries(its).filter(isBeside)));
    expect(all).toEqual([
      { 'package-ecosystem': expect.stringMatching(/^(npm|bun)$/), directory: '/', schedule },
      { 'package-ecosystem': 'github-actions', directories: ['/', ...folders], schedule },
    ]);
    for (const { cooldown } of updates) expect(cooldown['default-days']).toBeGreaterThanOrEqual(7);
  });
});

describe('API-1 the app is tried with what nobody thought of, each week', () => {
  it('beside the sabotages, and not for each pull request', () => {
    const { on, jobs } = one('ci');
    expect(on).toHaveProperty('schedule');
    expect(runs(jobs['prove'])).toEqual(expect.arrayContaining(['npm run prove', 'npm run fuzz']));
    expect(jobs['prove']?.if).toBe(aloneOrAsked);
    expect(read('package.json')).toMatch(/"fuzz": "vitest run .*--mode fuzz/);
  });
});
