import { env } from 'cloudflare:workers';
import { vi } from 'vitest';
import { hashToken, mintToken } from '../../src/auth/token.ts';
import { codeAt, stepAt } from '../../src/auth/totp.ts';
import { password } from './arrange.ts';
import { Browser } from './browser.ts';
import { newPerson } from './team.ts';

/** The person's authenticator app. */
export class Authenticator {
  readonly secret: string;

  constructor(secret: string) {
    this.secret = secret;
  }

  get seed(): Uint8Array {
    const bits = Array.from(this.secret, (letter) =>
      'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0'),
    ).join('');
    const bytes = bits.match(/.{8}/g) ?? [];
    return Uint8Array.from(bytes, (byte) => Number.parseInt(byte, 2));
  }

  /** What it shows now, or showed or will show some steps away. */
  code(stepsAway = 0): Promise<string> {
    return codeAt(this.seed, stepAt(Date.now()) + stepsAway);
  }

  /** Waits half a minute for a code that was not used yet. */
  nextCode(): Promise<string> {
    pass(30_000);
    return this.code();
  }

  /** Six digits that it shows neither now nor one step away. */
  async wrongCode(): Promise<string> {
    const shown = await Promise.all([-1, 0, 1].map((step) => this.code(step)));
    return ['000000', '000001', '000002', '000003'].find((code) => !shown.includes(code)) ?? '';
  }
}

/** Lets time pass, and then stand still until the end of the test. */
export function pass(milliseconds: number): void {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + milliseconds });
}

/** Enrolls until no two codes of the next quarter of an hour are alike: of two that are, the app takes the later step. */
async function enrollApart(browser: Browser): Promise<Authenticator> {
  for (;;) {
    const { secret } = (await browser.post('/api/auth/mfa/enroll')).json;
    const authenticator = new Authenticator(secret);
    const steps = Array.from({ length: 32 }, (_, step) => authenticator.code(step - 1));
    if (new Set(await Promise.all(steps)).size === steps.length) return authenticator;
  }
}

/** Somebody logged in, with a proven address, password and second factor, who has just switched it on. */
export async function newUserWithMfa() {
  const user = await newPerson();
  const authenticator = await enrollApart(user.browser);
  const code = await authenticator.code();
  const activated = await user.browser.post('/api/auth/mfa/activate', { code });
  const recoveryCodes: string[] = activated.json.recoveryCodes;
  return { ...user, authenticator, activationCode: code, recoveryCodes };
}

/** A browser that took the first step of a login, without the cost of a hash. */
export async function betweenSteps(userId: string) {
  const browser = new Browser();
  const text = mintToken();
  const now = Date.now();
  await env.DB.prepare(
    `INSERT INTO one_time_tokens (token_hash, purpose, user_id, created_at, expires_at, session_epoch)
     SELECT ?1, 'second step', id, ?3, ?4, session_epoch FROM users WHERE id = ?2`,
  )
    .bind(await hashToken(text), userId, now, now + 300_000)
    .run();
  browser.cookies.set('__Host-mfa', text);
  return { browser, verify: (code: string) => verify(browser, code) };
}

/** Takes the first step of a login. */
export async function takeFirstStep(email: string, browser = new Browser(), secret = password) {
  const answer = await browser.post('/api/auth/login', { email, password: secret });
  return { browser, answer, verify: (code: string) => verify(browser, code) };
}

export function verify(browser: Browser, code: string) {
  return browser.post('/api/auth/mfa/verify', { code });
}
