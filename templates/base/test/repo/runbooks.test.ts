import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { app, filesLike, read } from './repository.ts';

const alerts = read('src/ops/alerts.ts');
const names = [
  ...[...alerts.matchAll(/^ {4}name: '([^']+)'/gm)].map(([, name = '']) => name),
  ...[...alerts.matchAll(/runbook\('([^']+)'\)/g)].map(([, name = '']) => name),
];
const runbooks = filesLike('docs/runbooks/*.md');
const documents = filesLike('docs/**/*.md');
const { scripts } = z
  .object({ scripts: z.record(z.string(), z.string()) })
  .parse(JSON.parse(read('package.json')));

/** What an app has to be ready for, and where it is written. */
const required: readonly (readonly [what: string, file: string])[] = [
  ['an outage', 'database-unavailable'],
  ['a rollback', 'rollback'],
  ['a restore', 'restore'],
  ['a secret that leaked', 'leaked-secret'],
  ['webhooks that are forged', 'forged-webhook'],
  ['a tenant that saw another', 'tenant-exposure'],
  ['an account that was taken over', 'account-takeover'],
  ...(existsSync(join(app, 'src/billing'))
    ? [['a drift from Stripe', 'stripe-drift'] as const]
    : []),
];

describe('OBS-4 whoever is alerted knows what to do', () => {
  it.each(required)('there is a runbook for %s: %s.md', (_what, file) => {
    expect(runbooks).toContain(`docs/runbooks/${file}.md`);
  });

  it('every alert names its runbook', () => {
    expect(names.length).toBeGreaterThanOrEqual(9);
    const titles = [...alerts.matchAll(/(?:name|title): '([^']+)'/g)].map(([, name]) => name);
    expect(new Set(names)).toEqual(new Set(titles));
    expect(alerts.match(/\btext = `[^`]*\$\{runbook\(/g)).toHaveLength(4);
  });

  it.each(names)('the runbook for "%s" is there', (name) => {
    expect(runbooks).toContain(`docs/runbooks/${name.replaceAll(' ', '-')}.md`);
  });

  it.each(runbooks)('%s begins with what one sees, and says what to do, with a command', (file) => {
    const text = read(file);
    expect(text).toMatch(/^# .+\n\n\*\*What one sees\.\*\* .+\n\n\*\*What to do\.\*\*/);
    expect(text).toMatch(/^```sh\n.+/m);
    expect(text.length).toBeLessThan(3_000);
  });

  it.each(documents)('%s names commands and files that are there', (file) => {
    const text = read(file);
    const commands = [
      ...text.matchAll(/\b(?:npm run|pnpm run|bun run|yarn)(?: -s)? ([a-z]+(?:[:-][a-z]+)*)/g),
    ];
    const unknown = commands
      .map(([, name = '']) => name)
      .filter((name) => !Object.hasOwn(scripts, name) && name !== 'wrangler');
    expect(unknown).toEqual([]);
    const links = [...text.matchAll(/\]\(([\w./-]+\.md)\)/g)].map(([, link = '']) => link);
    expect(links.filter((link) => !existsSync(join(app, dirname(file), link)))).toEqual([]);
  });
});
