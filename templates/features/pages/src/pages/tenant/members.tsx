import type { UserActor } from '../../auth/access.ts';
import type { Role } from '../../db/tenant.ts';
import { mayGovern } from '../../tenancy/roles.ts';
import { fill, queryOf, withQuery } from '../addresses.ts';
import type { Refusal } from '../api.ts';
import { Attempt } from '../form.ts';
import { forUsers, goOn, type Visit } from '../page.ts';
import { Form } from '../parts/form.tsx';
import { show } from '../parts/layout.tsx';
import { Moment, Pager } from '../parts/lists.tsx';
import { Card, Confirmation, Row } from '../parts/pieces.tsx';
import { invitationsShape, membersShape } from '../shapes.ts';
import { readTenant } from './tenant.ts';

const list = '/tenants/:tenantId/members';
const one = '/tenants/:tenantId/members/:userId';
const invitations = '/tenants/:tenantId/invitations';

/** But for somebody who was faster, there is one conflict with members. */
const meaning = { conflict: 'last_owner' };

export const memberPages = [
  forUsers.get(list, (visit) => showMembers(visit)),

  forUsers.form({
    at: `${one}/role`,
    call: `PATCH /api${one}`,
    fields: ['role'],
    refused: list,
    next: list,
    done: 'role_changed',
    meaning,
  }),

  forUsers.get(`${one}/remove`, async (visit) => {
    const { c, actor } = visit;
    const tenant = await readTenant(visit);
    const isLeaving = fill(':userId', c) === actor.user.id;
    return show(
      c,
      { title: 'Remove a member', actor, tenant, narrow: true },
      <Confirmation
        question={isLeaving ? `Leave “${tenant.name}”?` : 'Remove this member?'}
        text={
          isLeaving
            ? 'You will need a new invitation to come back.'
            : 'They lose access at once. Invitations that they sent are revoked.'
        }
        action={fill(`${one}/remove`, c)}
        button={isLeaving ? 'Leave' : 'Remove'}
        back={fill(list, c)}
      />,
    );
  }),

  forUsers.form({
    at: `${one}/remove`,
    call: `DELETE /api${one}`,
    refused: list,
    next(visit) {
      const isLeaving = fill(':userId', visit.c) === visit.actor.user.id;
      return isLeaving ? goOn(visit, '/dashboard', 'left') : goOn(visit, list, 'member_removed');
    },
    meaning,
  }),

  forUsers.form({
    at: invitations,
    call: `POST /api${invitations}`,
    fields: ['email', 'role'],
    refused: showMembers,
    next: list,
    done: 'invited',
  }),

  forUsers.form({
    at: `${invitations}/:invitationId/revoke`,
    call: `DELETE /api${invitations}/:invitationId`,
    refused: list,
    next: list,
    done: 'invitation_revoked',
  }),
];

async function showMembers(visit: Visit<UserActor>, refusal?: Refusal) {
  const { c, api, actor, typed } = visit;
  const at = fill(list, c);
  const query = queryOf(c, 'cursor');
  const [tenant, { items, nextCursor }] = await Promise.all([
    readTenant(visit),
    api.read(withQuery(`/api${at}`, query), membersShape),
  ]);
  return show(
    c,
    { title: 'Members', actor, tenant, status: refusal?.status ?? 200 },
    <>
      <h1>Members</h1>
      <ul class="rows">
        {items.map((member) => (
          <MemberRow at={at} member={member} me={actor.user.id} held={tenant.role} />
        ))}
      </ul>
      <Pager at={at} query={query} nextCursor={nextCursor} />
      {mayGovern(tenant.role, 'member') && (
        <Invitations visit={visit} held={tenant.role} attempt={new Attempt(typed, refusal)} />
      )}
    </>,
  );
}

interface Member {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly role: Role;
}

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

async function Invitations(props: { visit: Visit; held: Role; attempt: Attempt }) {
  const { visit, held, attempt } = props;
  const at = fill(invitations, visit.c);
  const { items } = await visit.api.read(`/api${at}?limit=100`, invitationsShape);
  const needsProof = attempt.refusal?.errors.has('session') ?? false;
  const conflict = needsProof
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
          action={at}
          button="Invite"
          fields={['invitee']}
          attempt={attempt}
          sayings={{ conflict }}
          shape="line"
        >
          <RoleChoice id="role" held={held} value={attempt.valueOf('role') ?? 'member'} />
        </Form>
      </Card>
    </>
  );
}
