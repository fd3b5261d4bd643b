import { env } from 'cloudflare:workers';
import { vi } from 'vitest';
import type { Answer } from './browser.ts';

export type Failure = 'throws' | 'hangs';

/** What a call to something broken does. */
export const broken: Readonly<Record<Failure, () => Promise<never>>> = {
  throws: () => Promise.reject(new Error('down')),
  hangs: () => new Promise<never>(() => {}),
};

/** D1, in which each statement that names `word` is broken. */
export function brokenD1(failure: Failure, word = ''): D1Database {
  const fail = broken[failure];
  const breakStatement = (statement: D1PreparedStatement): D1PreparedStatement =>
    new Proxy(statement, {
      get: (target, key) =>
        key === 'bind' ? (...values: unknown[]) => breakStatement(target.bind(...values)) : fail,
    });
  const breakSession = (session: D1DatabaseSession): D1DatabaseSession => {
    let isNamed = false;
    return new Proxy(session, {
      get(target, key) {
        if (key === 'prepare') {
          return (sql: string) => {
            const statement = target.prepare(sql);
            if (!sql.includes(word)) return statement;
            isNamed = true;
            return breakStatement(statement);
          };
        }
        if (key !== 'batch') return Reflect.get(target, key);
        return isNamed ? fail : target.batch.bind(target);
      },
    });
  };
  return new Proxy(env.DB, {
    get(target, key) {
      if (key !== 'withSession') return Reflect.get(target, key);
      return (constraint: string) => breakSession(target.withSession(constraint));
    },
  });
}

/** Any other binding, whatever is asked of it; the stub of a Durable Object fails when it is called. */
export function breakBinding<Binding extends object>(binding: Binding, failure: Failure): Binding {
  return new Proxy(binding, {
    get: (_target, key) =>
      key === 'getByName' ? () => breakBinding({}, failure) : broken[failure],
  });
}

const wait = scheduler.wait.bind(scheduler);
const timeout = AbortSignal.timeout.bind(AbortSignal);
const later = setTimeout;

/** Lets every deadline of the app end within a second, and notes how long it would have waited. */
export function hurry(): number[] {
  const waits: number[] = [];
  vi.spyOn(scheduler, 'wait').mockImplementation((ms, options) => {
    waits.push(ms);
    return wait(Math.min(ms, 1_000), options);
  });
  vi.spyOn(AbortSignal, 'timeout').mockImplementation((ms) => {
    waits.push(ms);
    return timeout(Math.min(ms, 1_000));
  });
  // A library of the app may count by this one.
  vi.spyOn(globalThis, 'setTimeout').mockImplementation((call, ms = 0, ...words) => {
    waits.push(ms);
    return later(call, Math.min(ms, 1_000), ...words);
  });
  return waits;
}

/** The status of an answer, or that there was none in time: a test must not hang with the app. */
export async function statusInTime(asking: Promise<Answer>): Promise<number | 'no answer'> {
  return Promise.race([
    asking.then(({ status }) => status),
    wait(8_000).then(() => 'no answer' as const),
  ]);
}
