/** `npm run demo`: makes an application in a scratch folder, fills it, serves it, and says how to get in. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  installDependencies,
  renderInto,
  runInApp,
  startDevelopmentServer,
} from './rendered-app.ts';

const scratch = mkdtempSync(join(tmpdir(), 'stackbilder-demo-'));
const directory = join(scratch, 'demo');
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }));
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => process.exit(0));
}

console.log('Making an application, installing what it needs and filling its database …');
await renderInto(directory, { name: 'demo' });
installDependencies(directory);
runInApp(directory, 'npm', ['run', '--silent', 'db:migrate']);
runInApp(directory, 'npm', ['run', '--silent', 'db:seed']);
const server = await startDevelopmentServer(directory);
process.on('exit', () => void server.stop());

const login = { email: 'ada@example.com', password: 'local development' };
console.log(`
The application answers at ${server.address}. It has no pages yet: try its interface.

  curl -c cookies -H 'Origin: ${server.address}' -H 'Content-Type: application/json' -d '${JSON.stringify(login)}' ${server.address}/api/auth/login
  curl -b cookies ${server.address}/api/me
  curl -b cookies ${server.address}/api/tenants

Login: ${login.email}, password: ${login.password}
Source: ${directory} (goes away when you press Ctrl-C)`);
