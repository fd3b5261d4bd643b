/** What a dependency does when it is asked, in place of what it should. */
export type Behaviour = (method: string) => unknown;

/** Methods that ask nothing yet: what they answer is asked later. */
const preparing: ReadonlySet<string | symbol> = new Set([
  'withSession',
  'prepare',
  'bind',
  'getByName',
]);

/**
 * A binding that behaves as it is told from the question after the first `fair` ones on: those go to the
 * real one, so that a request gets to where it asks the next.
 */
export function failing<Binding extends object>(
  binding: Binding,
  behave: Behaviour,
  fair = 0,
): Binding {
  let asked = 0;
  const wrap = <Target extends object>(target: Target): Target =>
    new Proxy(target, {
      get(real, key) {
        const value: unknown = Reflect.get(real, key);
        if (typeof value !== 'function') return value;
        return (...parameters: unknown[]) => {
          if (!preparing.has(key)) asked += 1;
          if (!preparing.has(key) && asked > fair) return behave(String(key));
          const answer: unknown = Reflect.apply(value, real, parameters);
          return preparing.has(key) && typeof answer === 'object' && answer !== null
            ? wrap(answer)
            : answer;
        };
      },
    });
  return wrap(binding);
}
