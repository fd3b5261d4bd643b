import { configuredProviders } from '../account/provider-buttons.tsx';
import type { Forms, Visit } from '../page.ts';
import { Form } from '../parts/form.tsx';
import { showLeaving } from '../parts/leaving.tsx';
import { Card, Moment, Row, rowsOf } from '../parts/pieces.tsx';
import { identitiesShape } from '../shapes.ts';

export const identityForms = {
  link: {
    at: '/settings/identities/:provider/link',
    call: 'POST /api/auth/oauth/:provider/link?returnTo=/settings/security',
    button: 'Link',
    sayings: { conflict: 'Confirm your own address first.' },
    next: showLeaving,
  },
  unlink: {
    at: '/settings/identities/:identityId/unlink',
    call: 'DELETE /api/auth/identities/:identityId',
    button: 'Remove',
    sayings: { conflict: 'That is not possible: it is your last way to log in.' },
    done: 'That way to log in is removed.',
  },
} satisfies Forms;

/** The services somebody can log in with, and those they could link. */
export async function LinkedLogins({ visit }: { visit: Visit }) {
  const { items } = await visit.api.read('/api/auth/identities', identitiesShape);
  const titles = new Map(configuredProviders(visit.c));
  const free = [...titles].filter(([name]) => !items.some(({ provider }) => provider === name));
  if (items.length === 0 && free.length === 0) return <></>;
  return (
    <Card title="Other ways to log in">
      {rowsOf(items, ({ id, provider, email, createdAt }) => (
        <Row
          title={titles.get(provider ?? '') ?? 'A service that is gone'}
          note={<Moment at={createdAt} before={`${email}, since `} />}
        >
          <Form of={identityForms.unlink} visit={visit} ids={{ identityId: id }} about={email} />
        </Row>
      ))}
      <div class="side">
        {free.map(([name, title]) => (
          <Form
            of={{ ...identityForms.link, button: `Link ${title}` }}
            visit={visit}
            ids={{ provider: name }}
          />
        ))}
      </div>
    </Card>
  );
}
