import type { AuthorizationServer } from 'oauth4webapi';
import type { OAuthClient } from '../../env.ts';
import { emailAddress, line } from '../../http/fields.ts';
import { OAuthFailure } from './failure.ts';

/** Whom a provider vouches for. */
export interface ProvenIdentity {
  /** The provider's own id of the account: the one thing that never changes hands. */
  readonly subject: string;
  /** Verified by the provider. */
  readonly email: string;
  readonly name: string;
}

/** An identity provider. Its addresses are constants of the code, so nobody can lead us elsewhere. */
export interface Provider {
  /** What people call it. */
  readonly title: string;
  readonly server: AuthorizationServer & { readonly authorization_endpoint: string };
  readonly scope: string;
  /** Learns who it was from what the token endpoint answered, and `ask`s further. @throws when that proves nobody */
  identify(
    tokens: unknown,
    client: OAuthClient,
    nonce: string,
    ask: typeof fetch,
  ): Promise<ProvenIdentity>;
}

/**
 * An identity in our forms. An address that NFKC makes another of is refused: that other one is what an
 * account would get, and the provider vouched for neither its mailbox nor its owner.
 * @throws {OAuthFailure} without a verified address that we could mail to
 */
export function identityOf(
  subject: string,
  verifiedEmail: string | undefined,
  name: string | null | undefined,
): ProvenIdentity {
  const email = emailAddress.safeParse(verifiedEmail);
  if (!email.success || verifiedEmail !== verifiedEmail?.normalize('NFKC')) {
    throw new OAuthFailure('email_unverified');
  }
  const [localPart = ''] = email.data.split('@');
  return { subject, email: email.data, name: line(100).safeParse(name).data ?? localPart };
}
