import { configuredProviders } from '../account/provider-buttons.tsx';
import { forUsers, type Visit } from '../page.ts';
import { Form } from '../parts/form.tsx';
import { showLeaving } from '../parts/leaving.tsx';
import { Card, Moment, Row } from '../parts/pieces.tsx';
import { identitiesShape } from '../shapes.ts';

const back = '/settings/security';

export const identityPages = [
  forUsers.form({
    at: '/settings/identities/:provider/link',
    call: `POST /api/auth/oauth/:provider/link?returnTo=${back}`,
    refused: back,
    next: showLeaving,
    meaning: { conflict: 'address_unproven' },
  }),

  forUsers.form({
    at: '/settings/identities/:identityId/unlink',
    call: 'DELETE /api/auth/identities/:identityId',
    refused: back,
    next: back,
    done: 'identity_unlinked',
    meaning: { conflict: 'last_way_in' },
  }),
];

/** The services somebody can log in with, and those they could link. */
export async function LinkedLogins({ visit }: { visit: Visit }) {
  const { items } = await visit.api.read('/api/auth/identities', identitiesShape);
  const titles = new Map(configuredProviders(visit.c));
  const free = [...titles].filter(([name]) => !items.some(({ provider }) => provider === name));
  if (items.length === 0 && free.length === 0) return <></>;
  return (
    <Card title="Other ways to log in">
      {items.length > 0 && (
        <ul class="rows">
          {items.map(({ id, provider, email, createdAt }) => (
            <Row
              title={<strong>{titles.get(provider ?? '') ?? 'A service that is gone'}</strong>}
              note={<Moment at={createdAt} before={`${email}, since `} />}
            >
              <Form
                action={`/settings/identities/${id}/unlink`}
                button="Remove"
                about={email}
                look="quiet"
              />
            </Row>
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
    </Card>
  );
}
