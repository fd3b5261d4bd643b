/** A row of the table in docs/rotation.md. */
export interface Rotation {
  readonly name: string;
  readonly owner: string;
  /** `YYYY-MM-DD`, or `never`: it is as it was set up. */
  readonly last: string;
  readonly next: string;
}

const row = /^\| `([A-Z0-9_]+)` +\| ([^|]*) \| ([^|]*) \| ([^|]*) \|/gm;

/** The rows of the table. */
export function rotationsIn(text: string): Rotation[] {
  return [...text.matchAll(row)].map(([, name = '', owner = '', last = '', next = '']) => ({
    name,
    owner: owner.trim(),
    last: last.trim(),
    next: next.trim(),
  }));
}

/** The day that lies some days after another, as YYYY-MM-DD. */
export function dayAfter(day: string, days: number): string {
  return new Date(Date.parse(day) + days * 86_400_000).toISOString().slice(0, 10);
}

/** The table after a secret was rotated: its last day is `day`, its next one `days` later. */
export function noteRotation(text: string, name: string, day: string, days: number): string {
  return text.replace(row, (whole, its: string, owner: string, last: string, next: string) => {
    if (its !== name) return whole;
    const [head] = whole.split(`| ${owner} | ${last} | ${next} |`);
    return `${head}| ${owner} | ${day.padEnd(last.length)} | ${dayAfter(day, days).padEnd(next.length)} |`;
  });
}
