import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { appEnvironment, installDependencies, renderInto } from '../../scripts/rendered-app.ts';

const browsers = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const browser = browsers.find(existsSync);
// Where nobody reads what is printed, a browser that is missing must not look like pages that work.
const isSkipped = browser === undefined && process.env['CI'] === undefined;
if (isSkipped) {
  console.warn(
    `The pages are not tested: none of ${browsers.join(', ')} is there. On Debian, apt-get install chromium brings one.`,
  );
}

describe.skipIf(isSkipped)('the pages of the default application, in Chromium', () => {
  const parent = realpathSync(mkdtempSync(join(tmpdir(), 'stackbilder-pages-')));
  const app = join(parent, 'my-app');

  const run = (script: string, environment: NodeJS.ProcessEnv = {}) => {
    const { status, stdout, stderr } = spawnSync('npm', ['run', '--silent', script], {
      cwd: app,
      env: { ...appEnvironment(), ...environment },
      encoding: 'utf8',
      maxBuffer: 1e8,
    });
    return [status, status === 0 ? '' : stdout + stderr];
  };

  beforeAll(async () => {
    await renderInto(app, { name: 'my-app' });
    await installDependencies(app);
  });

  afterAll(() => rmSync(parent, { recursive: true, force: true }));

  it('test:browser passes', () => {
    expect(run('test:browser')).toEqual([0, '']);
  });

  it('screenshots draws every page, light and dark, narrow and wide', () => {
    expect(run('screenshots')).toEqual([0, '']);
    const drawn = readdirSync(join(app, 'screenshots'));
    expect(drawn.length).toBeGreaterThan(100);
    expect(drawn).toContain('landing-360-dark.png');
  });
});
