/** `npm start -- my-app --yes`: builds, then runs the command line under the user's own Node. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { buildPackage } from './build.ts';
import { hostEnvironment, hostNode, root } from './host-node.ts';

await buildPackage({ declarations: false });

const child = spawn(hostNode(), [join(root, 'dist', 'cli.cjs'), ...process.argv.slice(2)], {
  cwd: process.env.INIT_CWD ?? process.cwd(),
  env: { ...hostEnvironment(), STACKBILDER_COMMAND: 'npm start --' },
  stdio: 'inherit',
});
// A terminal sends Ctrl-C to the child as well; whoever signals this process alone means the child, too.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.on(signal, () => {
    if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
  });
child.on('error', (error) => {
  console.error(`node cannot be started: ${error.message}`);
  process.exitCode = 1;
});
child.on('close', (code, signal) => {
  if (signal === null) process.exitCode = code ?? 1;
  else {
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  }
});
