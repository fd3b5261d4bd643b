import { DurableObject } from 'cloudflare:workers';
import { Database } from '../db/database.ts';
import type { Env } from '../env.ts';
import { mintRequestId } from '../http/context.ts';
import { createLogger, describeFault } from '../ops/logger.ts';
import { writeCounts } from '../ops/request-counts.ts';

interface Window {
  readonly count: number;
  readonly endsAt: number;
}

/** Whether one more was allowed and, where not, in how many seconds it will be. */
export interface Taken {
  readonly allowed: boolean;
  readonly retryAfterSeconds: number;
}

const storageKey = 'window';

/**
 * Counts one key exactly. There is one object per key in the whole world and it handles one call
 * at a time, so 25 parallel requests at a limit of 5 let 5 through; a counter in KV would lose
 * updates. The window starts at the first take and is fixed; when it ends, the object empties itself.
 */
export class RateLimiter extends DurableObject<Env> {
  /** Takes one of `max` per `windowSeconds`. */
  take(max: number, windowSeconds: number): Promise<Taken> {
    const now = Date.now();
    const window = this.#current(now) ?? { count: 0, endsAt: now + windowSeconds * 1_000 };
    const retryAfterSeconds = Math.ceil((window.endsAt - now) / 1_000);
    if (window.count >= max) return Promise.resolve({ allowed: false, retryAfterSeconds });
    return this.#save({ ...window, count: window.count + 1 }, retryAfterSeconds);
  }

  /** Gives one take back, for limits that count failures only. */
  async giveBack(): Promise<void> {
    const window = this.#current(Date.now());
    if (window !== undefined && window.count > 0) {
      this.ctx.storage.kv.put(storageKey, { ...window, count: window.count - 1 });
    }
  }

  /** How many were taken in the open window, and when it ends, in milliseconds since 1970. */
  used(): Promise<{ used: number; endsAt: number | null }> {
    const { count = 0, endsAt = null } = this.#current(Date.now()) ?? {};
    return Promise.resolve({ used: count, endsAt });
  }

  /** Nobody waits for an alarm: what it throws is kept here, and thrown on, so that it is tried again. */
  override async alarm(): Promise<void> {
    try {
      const window = this.#current(Date.now());
      if (window === undefined) await this.ctx.storage.deleteAll();
      else await this.ctx.storage.setAlarm(window.endsAt);
    } catch (thrown) {
      const fault = describeFault(thrown);
      const logger = createLogger(mintRequestId());
      logger.log('error', 'alarm failed', { task: 'rate limiter', fault });
      await writeCounts({ database: Database.open(this.env), logger });
      throw thrown;
    }
  }

  #current(now: number): Window | undefined {
    const window = this.ctx.storage.kv.get<Window>(storageKey);
    return window !== undefined && window.endsAt > now ? window : undefined;
  }

  async #save(window: Window, retryAfterSeconds: number): Promise<Taken> {
    this.ctx.storage.kv.put(storageKey, window);
    await this.ctx.storage.setAlarm(window.endsAt);
    return { allowed: true, retryAfterSeconds };
  }
}
