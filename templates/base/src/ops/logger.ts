import { keepFault } from './faults.ts';
import { redact } from './redact.ts';

/**
 * What a log line may carry: ids, codes and numbers. A field that is not listed does not compile where it is
 * written out, and is left out where an object brings it along: no address, name or token gets into the logs
 * by way of a careless object.
 */
export interface LogFields {
  readonly route?: string;
  readonly method?: string;
  readonly status?: number;
  readonly durationMs?: number;
  readonly count?: number;
  readonly userId?: string;
  readonly tenantId?: string;
  readonly code?: string;
  readonly statement?: string;
  readonly task?: string;
  readonly dependency?: string;
  /** The configuration key that is missing or wrong, and what to do. */
  readonly configuration?: string;
  /** Where a fault was thrown: its class and its stack, without its message. */
  readonly fault?: string;
}

const listed: Readonly<Record<keyof LogFields, true>> = {
  route: true,
  method: true,
  status: true,
  durationMs: true,
  count: true,
  userId: true,
  tenantId: true,
  code: true,
  statement: true,
  task: true,
  dependency: true,
  configuration: true,
  fault: true,
};

/** `error` is for faults only: what somebody must look into. They go to the sink of src/ops/faults.ts. */
export type LogLevel = 'info' | 'warn' | 'error';

/** A line as it is kept. */
export interface LogLine extends LogFields {
  readonly level: LogLevel;
  readonly event: string;
  readonly requestId: string;
}

/** Writes structured lines that all carry the id of the request they belong to. */
export interface Logger {
  log(level: LogLevel, event: string, fields?: LogFields): void;
}

/** A logger for one request. Workers Logs keeps each line as JSON and indexes its fields. */
export function createLogger(requestId: string): Logger {
  return {
    log(level, event, fields = {}) {
      const line: LogLine = { level, event, requestId, ...withoutPersonalData(fields) };
      if (level === 'error') keepFault(line);
      // oxlint-disable-next-line no-console -- where all other lines are written
      else console[level](JSON.stringify(line));
    },
  };
}

function withoutPersonalData(fields: LogFields): LogFields {
  return Object.fromEntries(
    Object.entries(fields)
      .filter(([name]) => Object.hasOwn(listed, name))
      .map(([name, value]) => [name, typeof value === 'string' ? redact(value) : value]),
  );
}

/** A thrown value as a log line may hold it: class and stack frames. Messages may quote data, so they stay out. */
export function describeFault(thrown: unknown): string {
  if (!(thrown instanceof Error)) return `a thrown ${typeof thrown}`;
  const { message, stack = '' } = thrown;
  const afterMessage = stack.slice(stack.indexOf(message) + message.length);
  const frames = afterMessage.split('\n').filter((line) => /^\s+at /.test(line));
  return [thrown.name, ...frames.slice(0, 8).map((frame) => frame.trim())].join(' ');
}
