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
const meaning = { conflict: 'last_owner' };

const members = forUsers.screen(list, 'Members', async (visit) => {
  const { items, pager } = await readList(visit, `/api${list}`, membersShape);
  const { role } = await visit.tenant();
  return (
    <>
      <ul class="rows">
        {items.map((member) => (
          <MemberRow at={visit.at} member={member} me={visit.actor.user.id} held={role} />
        ))}
      </ul>
      {pager}
      {mayGovern(role, 'member') && <Invitations visit={visit} held={role} />}
    </>
  );
});

export const memberPages = [
  members,

  members.action({
    at: `${one}/role`,
    call: `PATCH /api${one}`,
    fields: ['role'],
    done: 'role_changed',
    meaning,
  }),

  ...forUsers.formPage({
    at: `${one}/remove`,
    call: `DELETE /api${one}`,
    async form(visit) {
      const form = { title: 'Remove a member', back: fill(list, visit.c) };
      if (isOwn(visit)) {
        const { name } = await visit.tenant();
        const text = 'You will need a new invitation to come back.';
        return { ...form, question: `Leave “${name}”?`, text, button: 'Leave' };
      }
      const text = 'They lose access at once. Invitations that they sent are revoked.';
      return { ...form, question: 'Remove this member?', text, button: 'Remove' };
    },
    refused: list,
    next: (visit) =>
      isOwn(visit) ? goOn(visit, '/dashboard', 'left') : goOn(visit, list, 'member_removed'),
    meaning,
  }),

  members.form({
    at: invitations,
    call: `POST /api${invitations}`,
    fields: ['email', 'role'],
    done: 'invited',
  }),

  members.action({
    at: `${invitations}/:invitationId/revoke`,
    call: `DELETE /api${invitations}/:invitationId`,
    done: 'invitation_revoked',
  }),
];

/** Whether the address is that of whoever asks. */
const isOwn = ({ c, actor }: Visit<UserActor>) => fill(':userId', c) === actor.user.id;

/** Buttons stand where they would be of use; whether one may, the API decides. */
function MemberRow(props: { at: string; member: Member; me: string; held: Role }) {
  const { at, me, held } = props;
  const { id, name, email, role } = props.member;
  const isMe = id === me;
  const title = (
    <>
      <strong>{name}</strong> {isMe && <span class="badge good">you</span>}
    </>
  );
  return (
    <Row title={title} note={email}>
      {mayGovern(held, role) && !isMe ? (
        <Form action={`${at}/${id}/role`} button="Change" about={name} look="quiet" shape="line">
          <RoleChoice id={`role-${id}`} of={name} held={held} value={role} />
        </Form>
      ) : (
        <span class="badge">{role}</span>
      )}
      {(isMe || mayGovern(held, role)) && (
        <a href={`${at}/${id}/remove`}>
          {isMe ? 'Leave' : 'Remove'} <span class="unseen">{name}</span>
        </a>
      )}
    </Row>
  );
}

function RoleChoice(props: { id: string; of?: string; held: Role; value: string }) {
  const roles = (['member', 'admin', 'owner'] as const).filter((role) =>
    mayGovern(props.held, role),
  );
  return (
    <div class="field">
      <label for={props.id}>Role{props.of && <span class="unseen"> of {props.of}</span>}</label>
      <select id={props.id} name="role" class="input">
        {roles.map((role) => (
          <option selected={role === props.value}>{role}</option>
        ))}
      </select>
    </div>
  );
}

async function Invitations({ visit, held }: { visit: Visit; held: Role }) {
  const at = fill(invitations, visit.c);
  const { items } = await visit.api.read(`/api${at}?limit=100`, invitationsShape);
  const conflict = visit.refusal?.errors.has('session')
    ? 'Confirm your own address first: open the link that we mailed to you.'
    : 'They are a member already, or only an owner may invite them anew.';
  return (
    <>
      {items.length > 0 && <h2>Invited</h2>}
      {items.length > 0 && (
        <ul class="rows">
          {items.map(({ id, email, role, expiresAt }) => (
            <Row title={<strong>{email}</strong>} note={<Moment at={expiresAt} before="until " />}>
              <span class="badge">{role}</span>
              <Form action={`${at}/${id}/revoke`} button="Revoke" about={email} look="quiet" />
            </Row>
          ))}
        </ul>
      )}
      <Card title="Invite somebody" text="They get a mail with a link that works for seven days.">
        <Form
          visit={visit}
          action={at}
          button="Invite"
          fields={['invitee']}
          sayings={{ conflict }}
          shape="line"
        >
          <RoleChoice id="role" held={held} value={visit.typed['role'] ?? 'member'} />
        </Form>
      </Card>
    </>
  );
}
