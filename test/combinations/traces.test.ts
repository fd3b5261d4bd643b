import { describe, expect, test } from 'vitest';
import { defaultApp, findingsEverywhere, type Check } from './rendered.ts';

/** What looks for secrets in what is committed knows the shape of everybody's. */
const knowsAll: ReadonlySet<string> = new Set([
  'scripts/secrets/rules.ts',
  'test/repo/secrets-scan.test.ts',
]);

/** The records of every app name all controls, also those that it does without. */
const control = "Stripe's signature is checked over the raw body";

const tracesOfStripe: Check = (files, { billing }) =>
  billing
    ? []
    : [...files]
        .filter(([path, text]) => !knowsAll.has(path) && speaksOfStripe(path + text))
        .map(([path]) => `${path} speaks of Stripe`);

const speaksOfStripe = (text: string) => /stripe/i.test(text.replaceAll(control, ''));

describe('an application that nobody pays for', () => {
  test('says nothing of Stripe, whatever else it has', () => {
    expect(findingsEverywhere(tracesOfStripe)).toEqual([]);
  });

  test('is found out where it does', () => {
    const files = new Map([
      ['src/stripe.ts', ''],
      ['README.md', 'Stripe'],
      ['src/app.ts', ''],
    ]);
    const { options } = defaultApp;
    expect(tracesOfStripe(files, { ...options, billing: false })).toHaveLength(2);
    expect(tracesOfStripe(files, options)).toEqual([]);
  });
});
