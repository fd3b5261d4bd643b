/**
 * A small piece of harm to the app that its tests must notice. `npm run prove` applies each one to
 * a copy of the app and expects a test titled with the control to fail by an assertion.
 */
export interface Sabotage {
  /** The control whose tests must turn red, such as `AUTH-2`. */
  readonly control: string;
  /** What the harm is, as a reviewer would say it. */
  readonly name: string;
  readonly edits: readonly Edit[];
}

/** Replaces the one place in a file where `find` stands. */
export interface Edit {
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

/** A sabotage of a single place, which most are. */
export function sabotage(
  control: string,
  name: string,
  file: string,
  find: string,
  replace: string,
): Sabotage {
  return { control, name, edits: [{ file, find, replace }] };
}
