import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { serveStandIn } from './server.ts';

// `npm run dev`: serves the app on this machine, with Stripe's test mode where .dev.vars holds a key,
// and else with a stand-in beside it. Words behind `--` go to wrangler.

const vars = ['--var', 'APP_ENV:development'];
const own = existsSync('.dev.vars') ? readFileSync('.dev.vars', 'utf8') : '';
const valueOf = (name: string) => own.match(new RegExp(`^${name}="?([^"\\n]*)"?$`, 'm'))?.[1] ?? '';

if (valueOf('STRIPE_SECRET_KEY') === '') {
  const { address } = await serveStandIn(join('.wrangler', 'stripe-stand-in.json'));
  console.log(`No STRIPE_SECRET_KEY in .dev.vars: a stand-in for Stripe answers at ${address}`);
  vars.push('--var', `STRIPE_STAND_IN:${address}`);
} else {
  for (const name of ['STRIPE_PRICE_PRO', 'STRIPE_PRICE_BUSINESS']) {
    vars.push('--var', `${name}:${valueOf(name)}`);
  }
}

const wrangler = join('node_modules', 'wrangler', 'bin', 'wrangler.js');
const words = [wrangler, 'dev', 'dev/index.ts', ...vars, ...process.argv.slice(2)];
const child = spawn(process.execPath, words, { stdio: 'inherit' });
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal));
child.on('exit', (code) => process.exit(code ?? 1));
