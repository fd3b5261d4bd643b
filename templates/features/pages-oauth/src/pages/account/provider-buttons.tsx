import { requireProvider } from '../../auth/oauth/providers.ts';
import type { OAuthFailureCode } from '../../auth/oauth/failure.ts';
import type { AppContext } from '../../http/context.ts';
import { withQuery } from '../addresses.ts';
import { Go, Notice } from '../parts/pieces.tsx';

/** The providers that are set up here, by name, and what people call them. */
export function configuredProviders(c: AppContext): readonly (readonly [string, string])[] {
  const context = c.get('context');
  return Object.entries(context.configuration.oauthClients).flatMap(([name, client]) =>
    client === null ? [] : [[name, requireProvider(context, name).provider.title] as const],
  );
}

export function ProviderButtons({ c, returnTo }: { c: AppContext; returnTo: string }) {
  const providers = configuredProviders(c);
  if (providers.length === 0) return <></>;
  return (
    <>
      <p class="or">or</p>
      {providers.map(([name, title]) => (
        <Go
          quiet
          to={withQuery(`/api/auth/oauth/${name}/start`, { returnTo })}
          text={`Continue with ${title}`}
        />
      ))}
    </>
  );
}

const failures: Readonly<Record<OAuthFailureCode, string>> = {
  account_disabled: 'This account is disabled.',
  account_exists:
    'Your address has an account here already. Log in with its password, and link the service in your settings.',
  cancelled: 'You did not log in there. Try again, or choose another way.',
  email_unverified: 'The service does not vouch for your address. Confirm it there first.',
  expired: 'That took too long. Try again.',
  link_conflict: 'That login belongs to an account already, or yours has one with this service.',
  link_session: 'You were logged out meanwhile. Log in, and link the service again.',
  not_invited: 'Accounts here are for invited people, and no invitation waits for your address.',
  provider_failed: 'The service did not answer as it should. Try again in a moment.',
  signup_closed: 'No new accounts can be made at the moment. Try again later.',
};

/** Why a visit to a provider came to nothing. Only known codes are said anything of. */
export function WhyProviderFailed({ code = '' }: { code: string | undefined }) {
  const why = new Map(Object.entries(failures)).get(code);
  if (why === undefined) return <></>;
  return (
    <Notice look="bad" focus>
      {why}
    </Notice>
  );
}
