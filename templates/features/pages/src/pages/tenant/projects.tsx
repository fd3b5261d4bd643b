import type { UserActor } from '../../auth/access.ts';
import { fill, queryOf, withQuery } from '../addresses.ts';
import type { Refusal } from '../api.ts';
import { Attempt } from '../form.ts';
import { forUsers, type Visit } from '../page.ts';
import { Field, Form } from '../parts/form.tsx';
import { show } from '../parts/layout.tsx';
import { Empty, Moment, Pager } from '../parts/lists.tsx';
import { Confirmation, Go, GoQuietly, Row } from '../parts/pieces.tsx';
import { projectShape, projectsShape } from '../shapes.ts';
import { readTenant } from './tenant.ts';

const list = '/tenants/:tenantId/projects';
const one = '/tenants/:tenantId/projects/:projectId';
const searchField = { name: 'q', label: 'Search by name', type: 'search', maxlength: 100 } as const;

export const projectPages = [
  forUsers.get(list, showProjects),
  forUsers.get(`${list}/new`, (visit) => showNew(visit)),
  forUsers.get(one, (visit) => showProject(visit)),

  forUsers.form({
    at: list,
    call: `POST /api${list}`,
    fields: ['name', 'description'],
    refused: showNew,
    next: list,
    done: 'project_created',
  }),

  forUsers.form({
    at: one,
    call: `PATCH /api${one}`,
    fields: ['name', 'description'],
    refused: showProject,
    next: list,
    done: 'project_saved',
  }),

  forUsers.get(`${one}/delete`, async (visit) => {
    const { tenant, project } = await readProject(visit);
    const at = fill(one, visit.c);
    return show(
      visit.c,
      { title: 'Delete project', actor: visit.actor, tenant, narrow: true },
      <Confirmation
        question={`Delete “${project.name}”?`}
        text="It cannot be brought back."
        action={`${at}/delete`}
        button="Delete"
        back={at}
      />,
    );
  }),

  forUsers.form({
    at: `${one}/delete`,
    call: `DELETE /api${one}`,
    refused: list,
    next: list,
    done: 'project_deleted',
  }),
];

async function readProject(visit: Visit) {
  const to = fill(`/api${one}`, visit.c);
  const [tenant, project] = await Promise.all([
    readTenant(visit),
    visit.api.read(to, projectShape),
  ]);
  return { tenant, project };
}

async function showProjects(visit: Visit<UserActor>) {
  const { c, api, actor } = visit;
  const at = fill(list, c);
  const query = queryOf(c, 'q', 'cursor');
  const [tenant, { items, nextCursor }] = await Promise.all([
    readTenant(visit),
    api.read(withQuery(`/api${at}`, { ...query, sort: '-createdAt' }), projectsShape),
  ]);
  const isSearch = query['q'] !== '';
  const add = <Go to={`${at}/new`}>New project</Go>;
  if (items.length === 0 && !isSearch) {
    return show(
      c,
      { title: 'Projects', actor, tenant },
      <>
        <h1>Projects</h1>
        <Empty icon="folder" title="No projects yet">
          <p class="muted">A project is what your team works on. Begin with one.</p>
          {add}
        </Empty>
      </>,
    );
  }
  return show(
    c,
    { title: 'Projects', actor, tenant },
    <>
      <div class="side apart">
        <h1>Projects</h1>
        {add}
      </div>
      <form class="line" role="search" action={at}>
        <Field
          attempt={new Attempt()}
          kind={{ ...searchField, optional: true }}
          value={query['q']}
        />
        <button class="button quiet">Search</button>
      </form>
      {items.length === 0 ? (
        <Empty icon="folder" title="No project has that in its name">
          <a href={at}>Show all</a>
        </Empty>
      ) : (
        <ul class="rows">
          {items.map(({ id, name, description, createdAt }) => (
            <Row title={<a href={`${at}/${id}`}>{name}</a>} note={firstLine(description)}>
              <Moment at={createdAt} />
            </Row>
          ))}
        </ul>
      )}
      <Pager at={at} query={query} nextCursor={nextCursor} />
    </>,
  );
}

async function showNew(visit: Visit<UserActor>, refusal?: Refusal) {
  const { c, actor, typed } = visit;
  const tenant = await readTenant(visit);
  const at = fill(list, c);
  return show(
    c,
    { title: 'New project', actor, tenant, status: refusal?.status ?? 200 },
    <>
      <h1>New project</h1>
      <Form
        action={at}
        button="Create project"
        fields={['project', 'description']}
        attempt={new Attempt(typed, refusal)}
        also={<a href={at}>Cancel</a>}
      />
    </>,
  );
}

async function showProject(visit: Visit<UserActor>, refusal?: Refusal) {
  const { c, actor, typed } = visit;
  const { tenant, project } = await readProject(visit);
  const at = fill(one, c);
  return show(
    c,
    { title: project.name, actor, tenant, status: refusal?.status ?? 200 },
    <>
      <div class="side apart">
        <h1>{project.name}</h1>
        <GoQuietly to={`${at}/delete`}>Delete…</GoQuietly>
      </div>
      <p class="muted">
        Created <Moment at={project.createdAt} />
      </p>
      <Form
        action={at}
        button="Save"
        fields={['project', 'description']}
        values={{ project: project.name, description: project.description }}
        attempt={new Attempt(typed, refusal)}
        also={<a href={fill(list, c)}>Back to the list</a>}
      />
    </>,
  );
}

function firstLine(text: string): string {
  const [line = ''] = text.split('\n');
  return line.length > 120 ? `${line.slice(0, 120)}…` : line;
}
