import fc from 'fast-check';
import { expect, test } from 'vitest';
import { floodNamespaces } from '../../generator/flood-namespaces.ts';

const idsOf = (name: string) => Object.values(floodNamespaces(name)).map(Number);

test('an application gets the same ids each time, and another application others', () => {
  expect(floodNamespaces('my-app')).toEqual(floodNamespaces('my-app'));
  const names = ['my-app', 'my-app2', 'my-apq', 'a', 'b', 'x'.repeat(50)];
  const ids = names.flatMap(idsOf);
  expect(new Set(ids).size).toBe(3 * names.length);
});

test('whatever the name, each environment has its own, a positive integer of 31 bits', () => {
  fc.assert(
    fc.property(fc.string(), (name) => {
      const ids = idsOf(name);
      expect(new Set(ids).size).toBe(3);
      for (const id of ids) expect(Number.isInteger(id) && id > 0 && id < 2 ** 31).toBe(true);
    }),
  );
});
