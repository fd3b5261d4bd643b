/**
 * A small app of plain functions, for the tests of `npm run prove`. It is written to a scratch
 * directory, so that no tool takes it for a part of the app.
 */
export const smallApp: Readonly<Record<string, string>> = {
  'package.json': '{ "type": "module" }',

  'tsconfig.json': `{
    "compilerOptions": {
      "module": "esnext", "moduleResolution": "bundler", "target": "esnext", "types": ["node"],
      "strict": true, "skipLibCheck": true, "noEmit": true, "allowImportingTsExtensions": true
    },
    "include": ["src", "test"]
  }`,

  'vitest.config.ts': `
    export default { test: { include: ['test/**/*.test.ts'], env: { PLACE: 'here' } } };`,

  'src/greeting.ts': `
    export const languages: unknown = JSON.parse('["en"]');
    export const greet = (name: string) => 'Hello ' + name;
    export const part = (name: string) => 'Bye ' + name;
    export const nobodyLooks = 1;`,

  'src/database.ts': `
    export const open = () => true;
    export const migrate = () => true;
    export const answer = () => Promise.resolve(42);
    export const background = () => Promise.resolve();
    export const find = () => ({ name: 'Ada' });
    export const count = () => 2;`,

  'test/greeting.test.ts': `
    import { expect, it } from 'vitest';
    import { greet, part } from '../src/greeting.ts';
    it('EX-1 greets', () => expect(greet('Ada')).toBe('Hello Ada'));
    it('EX-10 greets', () => expect(greet('Ada')).toBe('Hello Ada'));
    it('EX-12 parts', () => expect(part('Ada')).toBe('Bye Ada'));
    it('EX-5 is red from the start', () => expect(greet('Ada')).toBe('Good morning'));
    it.skip('EX-6 is skipped', () => expect(greet('Ada')).toBe('Hello Ada'));
    it('EX-8 runs where it should', () => expect(process.env['PLACE']).toBe('here'));`,

  'test/database.test.ts': `
    import assert from 'node:assert/strict';
    import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
    import { answer, background, count, find, migrate, open } from '../src/database.ts';
    describe('EX-2 a database', () => {
      beforeEach(() => expect(open()).toBe(true));
      it('answers', async () => expect(await answer()).toBe(42), 1_000);
    });
    describe('EX-3 a migrated database', () => {
      beforeAll(() => expect(migrate()).toBe(true));
      it('answers', async () => expect(await answer()).toBe(42));
    });
    it('EX-10 is red from the start', () => expect(count()).toBe(1));
    describe('EX-4 a query', () => {
      it('finds', () => expect(find().name).toBe('Ada'));
      it('counts', () => assert.equal(count(), 2));
      it('works on in the background', async () => {
        void background();
        await new Promise((resolve) => setTimeout(resolve, 10));
        expect(count()).toBe(2);
      });
    });`,
};
