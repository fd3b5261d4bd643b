import type { Role } from '../../db/tenant.ts';
import { mayGovern } from '../../tenancy/roles.ts';
import { fill } from '../addresses.ts';
import { saying } from '../flash.ts';
import { readList } from '../list.tsx';
import { forUsers, goOn, type Forms, type Visit } from '../page.ts';
import { Form } from '../parts/form.tsx';
import { Card, Moment, Row, rowsOf } from '../parts/pieces.tsx';
import { invitationsShape, membersShape, type Member } from '../shapes.ts';

const list = '/tenants/:tenantId/members';
const one = '/tenants/:tenantId/members/:userId';
const invitations = '/tenants/:tenantId/invitations';

const left = saying('You left the workspace.');
/** But for somebody who was faster, there is one conflict with members. */
const sayings = { conflict: 'That is not possible: a workspace needs an owner.' };

const forms = {
  changeRole: {
    at: `${one}/role`,
    call: `PATCH /api${one}`,
    button: 'Change',
    fields: ['role'],
    look: 'quiet',
    sayings,
    done: 'The role is changed. They log in again.',
  },
  invite: {
    at: invitations,
    call: `POST /api${invitations}`,
    button: 'Invite',
    fields: ['invitee', 'role'],
    shape: 'line',
    sayings: { conflict: 'They are a member already, or only an owner may invite them anew.' },
    done: 'The invitation is on its way.',
  },
  revoke: {
    at: `${invitations}/:invitationId/revoke`,
    call: `DELETE /api${invitations}/:invitationId`,
    button: 'Revoke',
    done: 'The invitation is revoked.',
  },
} satisfies Forms;

export const memberPages = [
  ...forUsers.screen(list, 'Members', forms, async (visit) => {
    const { rows } = await readList(visit, `/api${list}`, membersShape);
    const { role } = await visit.tenant();
    return (
      <>
        {rows((member) => (
          <MemberRow visit={visit} held={role} {...member} />
        ))}
        {mayGovern(role, 'member') && <Invitations visit={visit} held={role} />}
      </>
    );
  }),

  ...forUsers.formPage(`${one}/remove`, `DELETE /api${one}`, {
    title: 'Remove this member?',
    text: 'They lose access at once. Invitations that they sent are revoked.',
    button: 'Remove',
    back: list,
    sayings,
    async more(visit) {
      if (!isOwn(visit)) return {};
      const { name } = await visit.tenant();
      const text = 'You will need a new invitation to come back.';
      return { title: `Leave “${name}”?`, text, button: 'Leave' };
    },
    next: (visit) => (isOwn(visit) ? goOn(visit, '/dashboard', left) : list),
    done: 'The member is removed.',
  }),
];

const isOwn = ({ c, me }: Visit) => fill(':userId', c) === me().id;

/** Buttons stand where they would be of use; whether one may, the API decides. */
function MemberRow({ visit, held, id, name, email, role }: Member & { visit: Visit; held: Role }) {
  const isMe = id === visit.me().id;
  const mayChange = mayGovern(held, role) && !isMe;
  return (
    <Row title={name} badge={isMe && 'you'} note={email} tag={!mayChange && role}>
      {mayChange && (
        <Form
          of={forms.changeRole}
          visit={visit}
          ids={{ userId: id }}
          about={name}
          id={`role-${id}`}
          values={{ role }}
          choices={rolesUnder(held)}
        />
      )}
      {(isMe || mayChange) && (
        <a href={`${visit.at}/${id}/remove`}>
          {isMe ? 'Leave' : 'Remove'} <span class="unseen">{name}</span>
        </a>
      )}
    </Row>
  );
}

const rolesUnder = (held: Role) =>
  (['member', 'admin', 'owner'] as const).filter((role) => mayGovern(held, role));

async function Invitations({ visit, held }: { visit: Visit; held: Role }) {
  const at = fill(`/api${invitations}?limit=100`, visit.c);
  const { items } = await visit.api.read(at, invitationsShape);
  return (
    <>
      {items.length > 0 && <h2>Invited</h2>}
      {rowsOf(items, ({ id, email, role, expiresAt }) => (
        <Row title={email} tag={role} note={<Moment at={expiresAt} before="until " />}>
          <Form of={forms.revoke} visit={visit} ids={{ invitationId: id }} about={email} />
        </Row>
      ))}
      <Card title="Invite somebody" text="They get a mail with a link that works for seven days.">
        <Form of={forms.invite} visit={visit} choices={rolesUnder(held)} />
      </Card>
    </>
  );
}
