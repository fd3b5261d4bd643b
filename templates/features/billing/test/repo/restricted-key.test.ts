import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { registry } from '../../scripts/secrets/registry.ts';
import { app, read } from './repository.ts';
import { givenOutAs } from './secret-values.ts';
import { runScript, standIn } from './stand-in.ts';

describe("SEC-5 Stripe's key may do the least that works", () => {
  it('whoever makes it is told which rights these are', () => {
    const rights =
      'Customers, Checkout Sessions, Subscriptions and Customer portal, and nothing else';
    const key = registry.find(({ name }) => name === 'STRIPE_SECRET_KEY');
    expect(key?.mayDo).toBe(`a restricted key (rk_…): write ${rights}`);
    expect(read('README.md')).toContain(`a restricted one, with write access to ${rights}.`);
  });

  it('one that may do everything is not set in production', () => {
    const cwd = mkdtempSync(join(tmpdir(), 'restricted-'));
    onTestFinished(() => rmSync(cwd, { recursive: true, force: true }));
    mkdirSync(join(cwd, 'docs'));
    cpSync(join(app, 'docs/rotation.md'), join(cwd, 'docs/rotation.md'));
    const wrangler = standIn();
    const words = ['STRIPE_SECRET_KEY', '--env', 'production'];
    const input = givenOutAs('STRIPE_SECRET_KEY', 'production').replace(/^rk/, 'sk');
    const { status } = runScript('secrets-rotate', words, wrangler, { cwd, input });
    expect([status, wrangler.calls()]).toEqual([1, []]);
  });
});
