import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { givenOutAs } from './secret-values.ts';
import { runScript, standIn } from './stand-in.ts';

describe('SEC-1 a secret that is typed is shown to nobody', () => {
  it('setting up asks for it, and writes nothing of it to the terminal', () => {
    const work = mkdtempSync(join(tmpdir(), 'typed-'));
    onTestFinished(() => rmSync(work, { recursive: true, force: true }));
    const environments = ['staging', 'production'].map(
      (name) => `[env.${name}]\nname = "${name}"\n[env.${name}.vars]\n`,
    );
    writeFileSync(join(work, 'wrangler.toml'), environments.join(''));
    const programs = standIn([{ when: 'secret list', prints: '[]' }]);
    const NODE_OPTIONS = '--import=data:text/javascript,process.stdin.isTTY=true';
    const typed = givenOutAs('STRIPE_SECRET_KEY', 'staging');
    const { stdout, stderr } = runScript('setup', ['--env', 'staging'], programs, {
      cwd: work,
      input: `${typed}\n`,
      env: { NODE_OPTIONS },
    });
    expect(stderr).toMatch(/STRIPE_SECRET_KEY \(not shown.*STRIPE_WEBHOOK_SECRET \(not shown/s);
    expect(`${stdout}${stderr}`).not.toContain(typed);
  });
});
