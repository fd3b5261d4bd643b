/** Why a visit to an identity provider came to nothing. The codes are stable: pages explain them. */
export type OAuthFailureCode =
  | 'account_disabled'
  /** an account has this address: its owner logs in and links the identity */
  | 'account_exists'
  | 'cancelled'
  /** the provider vouches for no address */
  | 'email_unverified'
  /** the answer belongs to no visit of this browser, or to one that is over */
  | 'expired'
  /** somebody has the identity, or the account has one with this provider */
  | 'link_conflict'
  /** who began to link is not logged in any more */
  | 'link_session'
  /** accounts are for invited people, and no invitation waits for the address */
  | 'not_invited'
  | 'provider_failed'
  /** the app takes no new accounts at the moment */
  | 'signup_closed';

/** Ends a visit. The browser learns the code; the cause is for the log. */
export class OAuthFailure extends Error {
  override readonly name = 'OAuthFailure';
  readonly code: OAuthFailureCode;

  constructor(code: OAuthFailureCode, cause?: unknown) {
    super(code, { cause });
    this.code = code;
  }
}
