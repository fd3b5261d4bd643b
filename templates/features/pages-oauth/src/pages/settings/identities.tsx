import type { UserActor } from '../../auth/access.ts';
import { configuredProviders } from '../account/provider-buttons.tsx';
import { path } from '../addresses.ts';
import { Refusal } from '../api.ts';
import { goOn, page, param, submit, type Visit } from '../page.tsx';
import { Form } from '../parts/fields.tsx';
import { showLeaving } from '../parts/leaving.tsx';
import { Moment } from '../parts/lists.tsx';
import { identitiesShape } from '../shapes.ts';

const back = '/settings/security';

export const identityPages = [
  page.user('POST', '/settings/identities/:provider/link', async (visit) => {
    const provider = path`/api/auth/oauth/${param(visit.c, 'provider')}/link`;
    const answer = await submit(visit, 'POST', `${provider}?returnTo=${back}`);
    if (!(answer instanceof Refusal)) return showLeaving(visit, answer);
    return goOn(visit, back, answer.code === 'conflict' ? 'address_unproven' : answer);
  }),

  page.user('POST', '/settings/identities/:identityId/unlink', async (visit) => {
    const identity = path`/api/auth/identities/${param(visit.c, 'identityId')}`;
    const answer = await submit(visit, 'DELETE', identity);
    if (!(answer instanceof Refusal)) return goOn(visit, back, 'identity_unlinked');
    return goOn(visit, back, answer.code === 'conflict' ? 'last_way_in' : answer);
  }),
];

/** The services somebody can log in with, and those they could link. */
export async function LinkedLogins({ visit }: { visit: Visit<UserActor> }) {
  const { items } = await visit.api.read('/api/auth/identities', identitiesShape);
  const free = configuredProviders(visit.c).filter(
    ([name]) => !items.some(({ provider }) => provider === name),
  );
  if (items.length === 0 && free.length === 0) return <></>;
  return (
    <section class="card">
      <h2>Other ways to log in</h2>
      {items.length > 0 && (
        <ul class="rows">
          {items.map(({ id, provider, email, createdAt }) => (
            <li>
              <div>
                <strong>{provider ?? 'A service that is gone'}</strong>
                <p class="muted small">
                  {email}, since <Moment at={createdAt} />
                </p>
              </div>
              <Form
                action={`/settings/identities/${id}/unlink`}
                button="Remove"
                about={provider ?? email}
                look="quiet"
              />
            </li>
          ))}
        </ul>
      )}
      <div class="side">
        {free.map(([name, title]) => (
          <Form
            action={`/settings/identities/${name}/link`}
            button={`Link ${title}`}
            look="quiet"
          />
        ))}
      </div>
    </section>
  );
}
