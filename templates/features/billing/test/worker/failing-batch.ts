import { env } from 'cloudflare:workers';

/** D1 as it is, but that it refuses each batch at one place: all of it is rolled back. */
export function failBatchAt(place: number): D1Database {
  const failing = (session: D1DatabaseSession) =>
    new Proxy(session, {
      get(target, key) {
        const value: unknown = Reflect.get(target, key);
        if (key !== 'batch') return typeof value === 'function' ? value.bind(target) : value;
        return (statements: D1PreparedStatement[]) => {
          // The number has no absolute value that fits.
          const refused = target.prepare('SELECT abs(-9223372036854775807 - 1)');
          return target.batch(statements.toSpliced(place, 0, refused));
        };
      },
    });
  return new Proxy(env.DB, {
    get(target, key) {
      if (key !== 'withSession') return Reflect.get(target, key);
      return (constraint: string) => failing(target.withSession(constraint));
    },
  });
}
