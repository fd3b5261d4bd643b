/**
 * What D1 reads for each statement asked often, among 10 and among 1,000 tenants with 100,000 projects, and in
 * a large one. It is the application's own test/worker/scale.test.ts with more tenants, and fails as that does.
 *
 * `npm run bench:scale` runs it.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endOnSignals } from '../../scripts/child-process.ts';
import { installDependencies, renderInto, runInApp } from '../../scripts/rendered-app.ts';

endOnSignals();

const app = join(tmpdir(), 'create-stackbilder-app', 'scale');
await renderInto(app, { name: 'scale' });
await installDependencies(app);

const test = join(app, 'test', 'worker', 'scale.test.ts');
const text = readFileSync(test, 'utf8');
const enlarged = text.replace('const many = 100;', 'const many = 1_000;');
if (enlarged === text) throw new Error('scale.test.ts no longer says how many tenants there are');
writeFileSync(test, enlarged);
await runInApp(app, 'npx', ['vitest', 'run', 'scale', '--silent=false', '--testTimeout=300000']);
