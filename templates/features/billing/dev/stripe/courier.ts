import type { StripeEvent } from './objects.ts';

/** The header that Stripe puts on a webhook: a time, and an HMAC over it and the body. */
export async function signatureOf(body: string, secret: string, seconds: number): Promise<string> {
  const bytes = (text: string) => new TextEncoder().encode(text);
  const algorithm = { name: 'HMAC', hash: 'SHA-256' };
  const key = await crypto.subtle.importKey('raw', bytes(secret), algorithm, false, ['sign']);
  const signed = await crypto.subtle.sign('HMAC', key, bytes(`${seconds}.${body}`));
  const hex = [...new Uint8Array(signed)].map((byte) => byte.toString(16).padStart(2, '0'));
  return `t=${seconds},v1=${hex.join('')}`;
}

/** A webhook as Stripe sends it. */
export async function webhookOf(
  event: StripeEvent,
  secret: string,
  address: string,
  now = Date.now(),
): Promise<Request> {
  const body = JSON.stringify(event, null, 2);
  const signature = await signatureOf(body, secret, Math.floor(now / 1_000));
  const headers = {
    'Content-Type': 'application/json; charset=utf-8',
    'Stripe-Signature': signature,
  };
  return new Request(address, { method: 'POST', headers, body });
}

/** What is made to go wrong on the way. */
export interface Mischief {
  /** How often each event is sent. */
  copies: number;
  /** Whether events overtake each other. */
  isShuffled: boolean;
  delayMs: number;
}

/** Brings events to the app, and again until it takes them. */
export class Courier {
  readonly mischief: Mischief = { copies: 1, isShuffled: false, delayMs: 0 };
  /** Where the app is; null until it has asked for something. */
  address: string | null = null;
  /** How many are on their way, or to be brought again. */
  underway = 0;
  readonly #secret: string;

  constructor(secret: string) {
    this.#secret = secret;
  }

  send(event: StripeEvent): void {
    const { copies, isShuffled, delayMs } = this.mischief;
    this.underway += copies;
    for (let copy = 0; copy < copies; copy += 1) {
      const delay = delayMs + (isShuffled ? Math.random() * 500 : 0);
      setTimeout(() => void this.#deliver(event, 0), delay);
    }
  }

  async #deliver(event: StripeEvent, attempt: number): Promise<void> {
    const isTaken = await this.#isTaken(event);
    if (!isTaken && attempt > 10) console.error(`Given up: ${event.type} ${event.id}`);
    if (isTaken || attempt > 10) this.underway -= 1;
    else setTimeout(() => void this.#deliver(event, attempt + 1), 500 * 2 ** attempt);
  }

  async #isTaken(event: StripeEvent): Promise<boolean> {
    if (this.address === null) return false;
    try {
      return (await fetch(await webhookOf(event, this.#secret, this.address))).ok;
    } catch {
      return false;
    }
  }
}
