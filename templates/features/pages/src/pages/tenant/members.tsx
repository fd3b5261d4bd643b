import type { UserActor } from '../../auth/access.ts';
import type { Role } from '../../db/tenant.ts';
import { mayGovern } from '../../tenancy/roles.ts';
import { path, queryOf, withQuery } from '../addresses.ts';
import { Refusal } from '../api.ts';
import { Attempt } from '../form.ts';
import { goOn, page, param, readTenant, submit, type Visit } from '../page.tsx';
import { Confirmation } from '../parts/confirmation.tsx';
import { Choice, Field, Form } from '../parts/fields.tsx';
import { show } from '../parts/layout.tsx';
import { Moment, Pager } from '../parts/lists.tsx';
import { invitationsShape, membersShape, type Tenant } from '../shapes.ts';

const at = '/tenants/:tenantId';
const inTenant = ({ c }: Visit) => path`/tenants/${param(c, 'tenantId')}`;
const memberAt = ({ c }: Visit) =>
  path`/tenants/${param(c, 'tenantId')}/members/${param(c, 'userId')}`;

const roleNames = [
  ['member', 'Member'],
  ['admin', 'Admin'],
  ['owner', 'Owner'],
] as const;

export const memberPages = [
  page.user('GET', `${at}/members`, async (visit) => showMembers(visit)),

  page.user('POST', `${at}/members/:userId/role`, async (visit) => {
    const answer = await submit(visit, 'PATCH', `/api${memberAt(visit)}`, 'role');
    const outcome = answer instanceof Refusal ? nameIt(answer) : 'role_changed';
    return goOn(visit, `${inTenant(visit)}/members`, outcome);
  }),

  page.user('GET', `${at}/members/:userId/remove`, async (visit) => {
    const { c, actor } = visit;
    const tenant = await readTenant(visit);
    const isLeaving = param(c, 'userId') === actor.user.id;
    return show(
      c,
      { title: 'Remove a member', actor, tenant, narrow: true },
      <Confirmation
        question={isLeaving ? `Leave “${tenant.name}”?` : 'Remove this member?'}
        action={`${memberAt(visit)}/remove`}
        button={isLeaving ? 'Leave' : 'Remove'}
        back={`${inTenant(visit)}/members`}
      >
        {isLeaving
          ? 'You will need a new invitation to come back.'
          : 'They lose access at once. Invitations that they sent are revoked.'}
      </Confirmation>,
    );
  }),

  page.user('POST', `${at}/members/:userId/remove`, async (visit) => {
    const answer = await submit(visit, 'DELETE', `/api${memberAt(visit)}`);
    const members = `${inTenant(visit)}/members`;
    if (answer instanceof Refusal) return goOn(visit, members, nameIt(answer));
    const isLeaving = param(visit.c, 'userId') === visit.actor.user.id;
    return isLeaving ? goOn(visit, '/dashboard', 'left') : goOn(visit, members, 'member_removed');
  }),

  page.user('POST', `${at}/invitations`, async (visit) => {
    const to = `/api${inTenant(visit)}/invitations`;
    const answer = await submit(visit, 'POST', to, 'email', 'role');
    if (answer instanceof Refusal) return showMembers(visit, answer);
    return goOn(visit, `${inTenant(visit)}/members`, 'invited');
  }),

  page.user('POST', `${at}/invitations/:invitationId/revoke`, async (visit) => {
    const { c } = visit;
    const invitation = path`/invitations/${param(c, 'invitationId')}`;
    const answer = await submit(visit, 'DELETE', `/api${inTenant(visit)}${invitation}`);
    const outcome = answer instanceof Refusal ? answer : 'invitation_revoked';
    return goOn(visit, `${inTenant(visit)}/members`, outcome);
  }),
];

/** The one conflict there is with members, but for somebody who was faster. */
const nameIt = ({ code }: Refusal) => (code === 'conflict' ? 'last_owner' : code);

async function showMembers(visit: Visit<UserActor>, refusal: Refusal | null = null) {
  const { c, api, actor, typed } = visit;
  const tenant = await readTenant(visit);
  const members = `${inTenant(visit)}/members`;
  const query = queryOf(c, 'cursor');
  const { items, nextCursor } = await api.read(withQuery(`/api${members}`, query), membersShape);
  return show(
    c,
    { title: 'Members', actor, tenant, status: refusal?.status ?? 200 },
    <>
      <h1>Members</h1>
      <ul class="rows">
        {items.map(({ id, name, email, role }) => (
          <li>
            <div>
              <strong>{name}</strong> {id === actor.user.id && <span class="badge good">you</span>}
              <p class="muted small">{email}</p>
            </div>
            {mayGovern(tenant.role, role) && id !== actor.user.id ? (
              <RoleForm tenant={tenant} member={{ id, name, role }} />
            ) : (
              <span class="badge">{role}</span>
            )}
            {(id === actor.user.id || mayGovern(tenant.role, role)) && (
              <a href={`${members}/${id}/remove`}>
                {id === actor.user.id ? 'Leave' : 'Remove'}
                <span class="unseen"> {name}</span>
              </a>
            )}
          </li>
        ))}
      </ul>
      <Pager at={members} query={query} nextCursor={nextCursor} />
      {mayGovern(tenant.role, 'member') && (
        <Invitations visit={visit} tenant={tenant} attempt={new Attempt(typed, refusal)} />
      )}
    </>,
  );
}

function RoleForm(props: { tenant: Tenant; member: { id: string; name: string; role: Role } }) {
  const { tenant, member } = props;
  return (
    <form class="line" method="post" action={`/tenants/${tenant.id}/members/${member.id}/role`}>
      <label class="unseen" for={`role-${member.id}`}>
        Role of {member.name}
      </label>
      <select class="input" id={`role-${member.id}`} name="role">
        {rolesFor(tenant.role).map(([value, text]) => (
          <option value={value} selected={value === member.role}>
            {text}
          </option>
        ))}
      </select>
      <button class="button quiet">
        Change<span class="unseen"> the role of {member.name}</span>
      </button>
    </form>
  );
}

async function Invitations(props: { visit: Visit; tenant: Tenant; attempt: Attempt }) {
  const { visit, tenant, attempt } = props;
  const to = `/tenants/${tenant.id}/invitations`;
  const { items } = await visit.api.read(`/api${to}?limit=100`, invitationsShape);
  return (
    <>
      {items.length > 0 && (
        <section class="stack">
          <h2>Invited</h2>
          <ul class="rows full">
            {items.map(({ id, email, role, expiresAt }) => (
              <li>
                <div>
                  <strong>{email}</strong>
                  <p class="muted small">
                    until <Moment at={expiresAt} />
                  </p>
                </div>
                <span class="badge">{role}</span>
                <Form action={`${to}/${id}/revoke`} button="Revoke" about={email} look="quiet" />
              </li>
            ))}
          </ul>
        </section>
      )}
      <section class="card">
        <h2>Invite somebody</h2>
        <p class="muted">They get a mail with a link that works for seven days.</p>
        <Form
          action={to}
          button="Invite"
          attempt={attempt}
          line
          sayings={{
            conflict: attempt.refusal?.errors.has('session')
              ? 'Confirm your own address first: open the link that we mailed to you.'
              : 'They are a member already, or only an owner may invite them anew.',
          }}
        >
          <Field
            attempt={attempt}
            name="email"
            label="Email"
            type="email"
            autocomplete="off"
            maxlength={254}
          />
          <Choice
            attempt={attempt}
            name="role"
            label="Role"
            value="member"
            options={rolesFor(tenant.role)}
          />
        </Form>
      </section>
    </>
  );
}

/** The roles that somebody may give. */
function rolesFor(held: Role) {
  return roleNames.filter(([role]) => mayGovern(held, role));
}
