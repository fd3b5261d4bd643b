import { describe, expect, it } from 'vitest';
import { filesLike, read } from './repository.ts';

describe('ERR-1 every answer of the tests is checked', () => {
  it('no test of the worker asks the app but by askApp(), which looks at each answer', () => {
    // What development adds to the app carries no headers of ours; the rest is looked at there.
    const past = ['test/worker/development.test.ts'];
    const asking = filesLike('test/worker/**/*.ts').filter((file) =>
      /\b(?:app|worker|pipeline|development)\b[^\n;]*\.(?:fetch|request)\(|createApp\([^;]*\)\.(?:fetch|request)\(|exports\.default\b|\bSELF\b/.test(
        read(file),
      ),
    );
    expect(asking).toEqual(past);
    expect(read('test/worker/browser.ts')).toContain('await askApp(');
  });
});
