import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const read = (file: string) => readFileSync(join(import.meta.dirname, '../..', file), 'utf8');

describe('API-3 the guide shows how to put a budget on a call of your own', () => {
  it('with the code that test/worker/budgets.test.ts tries', () => {
    const [, code = 'no code'] = /```ts\n([\s\S]*?)```/.exec(read('docs/budgets.md')) ?? [];
    const tested = read('test/worker/costly-example.ts');
    expect(code.trim()).toBe(tested.slice(tested.indexOf('/** Each costs')).trim());
  });
});
