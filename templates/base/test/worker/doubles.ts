import { env } from 'cloudflare:workers';

/**
 * D1 as it is, but for `prepare`: `intercept` sees each statement first and may throw. Everything
 * below the statement is the real database.
 */
export function interceptD1(intercept: (sql: string) => void): D1Database {
  const interceptPrepare = (session: D1DatabaseSession) =>
    new Proxy(session, {
      get(target, key) {
        const value: unknown = Reflect.get(target, key);
        if (typeof value !== 'function') return value;
        return (...parameters: unknown[]) => {
          if (key === 'prepare') intercept(String(parameters[0]));
          return Reflect.apply(value, target, parameters);
        };
      },
    });
  return new Proxy(env.DB, {
    get(target, key) {
      if (key !== 'withSession') return Reflect.get(target, key);
      return (constraint: string) => interceptPrepare(target.withSession(constraint));
    },
  });
}

/**
 * D1 as it is, but that something else happens just before the first batch that names `word`: what a
 * request has read until then is out of date.
 */
export function beforeBatchWith(word: string, happen: () => Promise<unknown>): D1Database {
  let isNamed = false;
  let hasHappened = false;
  const interceptBatch = (session: D1DatabaseSession) =>
    new Proxy(session, {
      get(target, key) {
        if (key === 'prepare') {
          return (sql: string) => {
            isNamed ||= !sql.startsWith('SELECT') && sql.includes(word);
            return target.prepare(sql);
          };
        }
        if (key !== 'batch') return Reflect.get(target, key);
        return async (statements: D1PreparedStatement[]) => {
          if (isNamed && !hasHappened) {
            hasHappened = true;
            await happen();
          }
          return target.batch(statements);
        };
      },
    });
  return new Proxy(env.DB, {
    get(target, key) {
      if (key !== 'withSession') return Reflect.get(target, key);
      return (constraint: string) => interceptBatch(target.withSession(constraint));
    },
  });
}
