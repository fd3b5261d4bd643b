import { describe, expect, it } from 'vitest';
import { filesLike, read } from './repository.ts';

describe('ERR-1 every answer of the tests is checked', () => {
  it('no test of the worker asks the app but by askApp(), which looks at each answer', () => {
    const asking = filesLike('test/worker/**/*.ts').filter((file) =>
      /\b(?:app|worker|pipeline)\b[^\n;]*\.(?:fetch|request)\(|createApp\([^;]*\)\.(?:fetch|request)\(|exports\.default\b|\bSELF\b/.test(
        read(file),
      ),
    );
    expect(asking).toEqual([]);
    expect(read('test/worker/browser.ts')).toContain('await askApp(');
  });
});
