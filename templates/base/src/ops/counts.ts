/** What is counted, in the order in which `addCounts` takes it. */
export const kinds = [
  'requests',
  'serverErrors',
  'refusedLogins',
  'rateLimited',
  'webhookFailures',
  'webhookRefusals',
  'faults',
] as const;

/** Counts of one minute: of one kind of route, or of one event that is a fault. */
export type Counts = Record<(typeof kinds)[number], number> & {
  readonly minute: number;
  readonly routes: string;
};

const minuteMs = 60_000;
const keptMinutes = 15;

const counted = new Map<string, Counts>();
let isDue = false;

/** Counts in the memory of this isolate, where it costs nothing. */
export function count(kind: (typeof kinds)[number], routes: string, now = Date.now()): void {
  countsOf(now - (now % minuteMs), routes)[kind] += 1;
  if (kind !== 'requests') isDue = true;
}

/** Whether something went wrong that was not taken yet. */
export function hasFailures(): boolean {
  return isDue;
}

/** Takes all that was counted, for whoever writes it down. */
export function takeCounts(): Counts[] {
  const taken = [...counted.values()];
  counted.clear();
  isDue = false;
  return taken;
}

/** Counts once more what could not be written. */
export function putBack(lost: Counts): void {
  const counts = countsOf(lost.minute, lost.routes);
  for (const kind of kinds) counts[kind] += lost[kind];
  isDue = true;
}

function countsOf(minute: number, routes: string): Counts {
  const key = `${minute} ${routes}`;
  const known = counted.get(key);
  if (known !== undefined) return known;
  for (const [old, { minute: its }] of counted) {
    if (Math.abs(minute - its) > keptMinutes * minuteMs) counted.delete(old);
  }
  const none = {
    requests: 0,
    serverErrors: 0,
    refusedLogins: 0,
    rateLimited: 0,
    webhookFailures: 0,
    webhookRefusals: 0,
    faults: 0,
  };
  const counts = { minute, routes, ...none };
  counted.set(key, counts);
  return counts;
}
