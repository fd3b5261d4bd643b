import type { UserActor } from '../../auth/access.ts';
import type { Role } from '../../db/tenant.ts';
import { mayGovern } from '../../tenancy/roles.ts';
import { fill } from '../addresses.ts';
import { readList } from '../list.tsx';
import { forUsers, goOn, type Visit } from '../page.ts';
import { Form } from '../parts/form.tsx';
import { Card, Moment, Row } from '../parts/pieces.tsx';
import { invitationsShape, membersShape, type Member } from '../shapes.ts';

const list = '/tenants/:tenantId/members';
const one = '/tenants/:tenantId/members/:userId';
const invitations = '/tenants/:tenantId/invitations';

/** But for somebody who was faster, there is one conflict with members. */
const sayings = { conflict: 'That is not possible: a workspace needs an owner.' };

const changeRole = forUsers.form({
  at: `${one}/role`,
  call: `PATCH /api${one}`,
  button: 'Change',
  extra: ['role'],
  look: 'quiet',
  shape: 'line',
  sayings,
  done: 'role_changed',
});

const invite = forUsers.form({
  at: invitations,
  call: `POST /api${invitations}`,
  button: 'Invite',
  fields: ['invitee'],
  extra: ['role'],
  shape: 'line',
  sayings: { conflict: 'They are a member already, or only an owner may invite them anew.' },
  done: 'invited',
});

const revoke = forUsers.form({
  at: `${invitations}/:invitationId/revoke`,
  call: `DELETE /api${invitations}/:invitationId`,
  button: 'Revoke',
  look: 'quiet',
  done: 'invitation_revoked',
});

const forms = [changeRole, invite, revoke];

export const memberPages = [
  ...forUsers.screen(list, 'Members', forms, async (visit) => {
    const { rows } = await readList(visit, `/api${list}`, membersShape);
    const { role } = await visit.tenant();
    return (
      <>
        {rows((member) => (
          <MemberRow visit={visit} member={member} held={role} />
        ))}
        {mayGovern(role, 'member') && <Invitations visit={visit} held={role} />}
      </>
    );
  }),

  ...forUsers.formPage({
    at: `${one}/remove`,
    call: `DELETE /api${one}`,
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
    next: (visit) =>
      isOwn(visit) ? goOn(visit, '/dashboard', 'left') : goOn(visit, list, 'member_removed'),
  }),
];

/** Whether the address is that of whoever asks. */
const isOwn = ({ c, actor }: Visit<UserActor>) => fill(':userId', c) === actor.user.id;

/** Buttons stand where they would be of use; whether one may, the API decides. */
function MemberRow(props: { visit: Visit<UserActor>; member: Member; held: Role }) {
  const { visit, held } = props;
  const { id, name, email, role } = props.member;
  const isMe = id === visit.actor.user.id;
  const title = (
    <>
      <strong>{name}</strong> {isMe && <span class="badge good">you</span>}
    </>
  );
  return (
    <Row title={title} note={email}>
      {mayGovern(held, role) && !isMe ? (
        <Form of={changeRole} visit={visit} ids={{ userId: id }} about={name}>
          <RoleChoice id={`role-${id}`} of={name} held={held} value={role} />
        </Form>
      ) : (
        <span class="badge">{role}</span>
      )}
      {(isMe || mayGovern(held, role)) && (
        <a href={`${visit.at}/${id}/remove`}>
          {isMe ? 'Leave' : 'Remove'} <span class="unseen">{name}</span>
        </a>
      )}
    </Row>
  );
}

function RoleChoice(props: { id: string; of?: string; held: Role; value: string }) {
  const { id, of, held, value } = props;
  const roles = (['member', 'admin', 'owner'] as const).filter((role) => mayGovern(held, role));
  return (
    <div class="field">
      <label for={id}>Role{of && <span class="unseen"> of {of}</span>}</label>
      <select id={id} name="role" class="input">
        {roles.map((role) => (
          <option selected={role === value}>{role}</option>
        ))}
      </select>
    </div>
  );
}

async function Invitations({ visit, held }: { visit: Visit; held: Role }) {
  const at = fill(`/api${invitations}?limit=100`, visit.c);
  const { items } = await visit.api.read(at, invitationsShape);
  return (
    <>
      {items.length > 0 && <h2>Invited</h2>}
      {items.length > 0 && (
        <ul class="rows">
          {items.map(({ id, email, role, expiresAt }) => (
            <Row title={email} note={<Moment at={expiresAt} before="until " />}>
              <span class="badge">{role}</span>
              <Form of={revoke} visit={visit} ids={{ invitationId: id }} about={email} />
            </Row>
          ))}
        </ul>
      )}
      <Card title="Invite somebody" text="They get a mail with a link that works for seven days.">
        <Form of={invite} visit={visit}>
          <RoleChoice id="role" held={held} value={visit.typed['role'] ?? 'member'} />
        </Form>
      </Card>
    </>
  );
}
