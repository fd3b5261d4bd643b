/** At most `max` in `windowSeconds`, counted for each key on its own. */
export interface Limit {
  readonly name: string;
  readonly max: number;
  readonly windowSeconds: number;
}

/**
 * Raising a number lets an attacker guess faster; lowering it shuts out people who share an
 * address (an office, a school) or forget their password.
 */
export const limits = {
  /** Every attempt counts, so that a known password does not buy an attacker new guesses. */
  loginByClient: { name: 'login by client', max: 30, windowSeconds: 15 * 60 },
  /** Only failures count: this one stops guessing at one account from many addresses. */
  loginByAccount: { name: 'login by account', max: 10, windowSeconds: 15 * 60 },
  /** Mail goes out for each, to an address the client chose. */
  forgotByClient: { name: 'forgotten password by client', max: 10, windowSeconds: 60 * 60 },
  /** What somebody logged in has sent to themselves. */
  mailByUser: { name: 'mail by user', max: 5, windowSeconds: 60 * 60 },
  /** What anybody can have sent to an address; beyond it mail is dropped and nobody is told. */
  mailByAddress: { name: 'mail by address', max: 5, windowSeconds: 60 * 60 },
  /** Each sends a mail in the app's name, to an address a tenant chose; how many is for its plan to say. */
  invitationsByTenant: { name: 'invitations by tenant', max: 50, windowSeconds: 24 * 60 * 60 },
  /** Tokens have 256 bits; this only keeps the noise down. */
  tokenByClient: { name: 'token by client', max: 30, windowSeconds: 15 * 60 },
  /** Only failures count: passwords and codes of somebody who holds a session. */
  stepUpByAccount: { name: 'step-up by account', max: 5, windowSeconds: 15 * 60 },
  /** Every attempt counts, whichever login it belongs to. */
  secondStepByClient: { name: 'second step by client', max: 30, windowSeconds: 15 * 60 },
  /**
   * Only failures count, of somebody who knows the password: 240 guesses a day, three codes of a
   * million good at a time, make 0.07 % a day. The price: that somebody can keep browsers the
   * account has never seen out, an hour at a time. A browser it knows is counted on its own, so the
   * owner gets in there, reads of the failures, and ends them with a new password.
   */
  secondStepByAccount: { name: 'second step by account', max: 10, windowSeconds: 60 * 60 },
  signupByClient: { name: 'signup by client', max: 20, windowSeconds: 60 * 60 },
} as const satisfies Record<string, Limit>;
