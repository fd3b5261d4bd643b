/** `npm run demo`: makes an application in a scratch folder, fills it, serves it, and says how to get in. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endOnSignals } from './child-process.ts';
import {
  installDependencies,
  renderInto,
  runInApp,
  startDevelopmentServer,
} from './rendered-app.ts';

endOnSignals();

const scratch = mkdtempSync(join(tmpdir(), 'stackbilder-demo-'));
const directory = join(scratch, 'demo');
process.on('exit', () => rmSync(scratch, { recursive: true, force: true, maxRetries: 3 }));

console.log('Making an application, installing what it needs and filling its database …');
await renderInto(directory, { name: 'demo' });
await installDependencies(directory);
await runInApp(directory, 'npm', ['run', '--silent', 'db:migrate']);
await runInApp(directory, 'npm', ['run', '--silent', 'db:seed']);
const server = await startDevelopmentServer(directory);

const login = { email: 'ada@example.com', password: 'local development' };
console.log(`
The application answers at ${server.address}. Log in there, or ask its interface:

  curl -c cookies -H 'Origin: ${server.address}' -H 'Content-Type: application/json' -d '${JSON.stringify(login)}' ${server.address}/api/auth/login
  curl -b cookies ${server.address}/api/me
  curl -b cookies ${server.address}/api/tenants

Login: ${login.email}, password: ${login.password}
Source: ${directory} (goes away when you press Ctrl-C)`);

await server.ended;
console.error('The development server ended by itself.');
process.exitCode = 1;
