/** A mail as a person gets it, in both forms. */
export interface Mail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/** A mail on its way out. */
export interface OutgoingMail extends Mail {
  /** The same at each attempt, for a service that drops what it was given before. */
  readonly id: string;
  readonly from: string;
  /** The id of the request that caused it, for the header `X-Request-Id`. */
  readonly requestId: string;
}

/** Hands a mail to whoever delivers it; it throws when they do not take it. */
export type MailTransport = (mail: OutgoingMail) => Promise<void>;
