/** Why a visit to an identity provider came to nothing. The codes are stable: pages explain them. */
export type OAuthFailureCode =
  /** an account has this address: log in to it, and link the identity there */
  | 'account_exists'
  | 'account_disabled'
  /** the person, or the provider, said no */
  | 'cancelled'
  /** the provider vouches for no address */
  | 'email_unverified'
  /** the answer belongs to no visit of this browser, or to one that is over: begin again */
  | 'expired'
  /** the identity belongs to an account already, or this account has one with the provider */
  | 'link_conflict'
  /** who began to link is no longer logged in here */
  | 'link_session'
  /** the provider was not there, too slow, or did not answer as it must */
  | 'provider_failed';

/** Ends a visit. The browser learns the code; the cause is for the log. */
export class OAuthFailure extends Error {
  override readonly name = 'OAuthFailure';
  readonly code: OAuthFailureCode;

  constructor(code: OAuthFailureCode, cause?: unknown) {
    super(code, { cause });
    this.code = code;
  }
}
