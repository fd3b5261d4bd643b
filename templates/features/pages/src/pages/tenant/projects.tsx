import type { UserActor } from '../../auth/access.ts';
import { path, queryOf, withQuery } from '../addresses.ts';
import { Refusal } from '../api.ts';
import { Attempt } from '../form.ts';
import { goOn, page, param, readTenant, submit, type Visit } from '../page.tsx';
import { Confirmation } from '../parts/confirmation.tsx';
import { Field, Form } from '../parts/fields.tsx';
import { show } from '../parts/layout.tsx';
import { Empty, Moment, Pager } from '../parts/lists.tsx';
import { projectShape, projectsShape, type Project } from '../shapes.ts';

const listPath = '/tenants/:tenantId/projects';
const projectPath = `${listPath}/:projectId`;

const projectsAt = ({ c }: Visit) => path`/tenants/${param(c, 'tenantId')}/projects`;
const projectAt = ({ c }: Visit) =>
  path`/tenants/${param(c, 'tenantId')}/projects/${param(c, 'projectId')}`;

export const projectPages = [
  page.user('GET', listPath, async (visit) => showProjects(visit)),

  page.user('GET', `${listPath}/new`, async (visit) => showNew(visit)),

  page.user('POST', listPath, async (visit) => {
    const to = `/api${projectsAt(visit)}`;
    const answer = await submit(visit, 'POST', to, 'name', 'description');
    if (answer instanceof Refusal) return showNew(visit, answer);
    return goOn(visit, projectsAt(visit), 'project_created');
  }),

  page.user('GET', projectPath, async (visit) => showProject(visit)),

  page.user('POST', projectPath, async (visit) => {
    const to = `/api${projectAt(visit)}`;
    const answer = await submit(visit, 'PATCH', to, 'name', 'description');
    if (answer instanceof Refusal) return showProject(visit, answer);
    return goOn(visit, projectsAt(visit), 'project_saved');
  }),

  page.user('GET', `${projectPath}/delete`, async (visit) => {
    const [tenant, project] = await Promise.all([readTenant(visit), readProject(visit)]);
    return show(
      visit.c,
      { title: 'Delete project', actor: visit.actor, tenant, narrow: true },
      <Confirmation
        question={`Delete “${project.name}”?`}
        action={`${projectAt(visit)}/delete`}
        button="Delete"
        back={projectAt(visit)}
      >
        It cannot be brought back.
      </Confirmation>,
    );
  }),

  page.user('POST', `${projectPath}/delete`, async (visit) => {
    const answer = await submit(visit, 'DELETE', `/api${projectAt(visit)}`);
    const outcome = answer instanceof Refusal ? answer : 'project_deleted';
    return goOn(visit, projectsAt(visit), outcome);
  }),
];

function readProject(visit: Visit): Promise<Project> {
  return visit.api.read(`/api${projectAt(visit)}`, projectShape);
}

async function showProjects(visit: Visit<UserActor>) {
  const { c, api, actor } = visit;
  const at = projectsAt(visit);
  const query = queryOf(c, 'q', 'cursor');
  const q = query['q'] ?? '';
  const [tenant, { items, nextCursor }] = await Promise.all([
    readTenant(visit),
    api.read(withQuery(`/api${at}`, { ...query, sort: '-createdAt' }), projectsShape),
  ]);
  const isSearch = q !== '';
  const isEmpty = items.length === 0 && !isSearch;
  const add = (
    <a class="button" href={`${at}/new`}>
      New project
    </a>
  );
  return show(
    c,
    { title: 'Projects', actor, tenant },
    <>
      <div class="side apart">
        <h1>Projects</h1>
        {!isEmpty && add}
      </div>
      {!isEmpty && (
        <form class="line" role="search" action={at}>
          <Field
            attempt={new Attempt()}
            name="q"
            label="Search by name"
            type="search"
            value={q}
            maxlength={100}
            optional="silently"
          />
          <button class="button quiet">Search</button>
        </form>
      )}
      {isEmpty && (
        <Empty icon="folder" title="No projects yet">
          <p class="muted">A project is what your team works on. Begin with one.</p>
          {add}
        </Empty>
      )}
      {items.length === 0 && isSearch && (
        <Empty icon="folder" title="No project has that in its name">
          <a href={at}>Show all</a>
        </Empty>
      )}
      {items.length > 0 && (
        <ul class="rows">
          {items.map(({ id, name, description, createdAt }) => (
            <li>
              <div>
                <a href={`${at}/${id}`}>{name}</a>
                {description !== '' && <p class="muted small">{firstLine(description)}</p>}
              </div>
              <span class="muted small">
                <Moment at={createdAt} />
              </span>
            </li>
          ))}
        </ul>
      )}
      <Pager at={at} query={query} nextCursor={nextCursor} />
    </>,
  );
}

async function showNew(visit: Visit<UserActor>, refusal: Refusal | null = null) {
  const tenant = await readTenant(visit);
  const attempt = new Attempt(visit.typed, refusal);
  return show(
    visit.c,
    { title: 'New project', actor: visit.actor, tenant, status: refusal?.status ?? 200 },
    <>
      <h1>New project</h1>
      <Form
        action={projectsAt(visit)}
        button="Create project"
        attempt={attempt}
        also={<a href={projectsAt(visit)}>Cancel</a>}
      >
        <ProjectFields attempt={attempt} />
      </Form>
    </>,
  );
}

async function showProject(visit: Visit<UserActor>, refusal: Refusal | null = null) {
  const [tenant, project] = await Promise.all([readTenant(visit), readProject(visit)]);
  const attempt = new Attempt(visit.typed, refusal);
  const at = projectAt(visit);
  return show(
    visit.c,
    { title: project.name, actor: visit.actor, tenant, status: refusal?.status ?? 200 },
    <>
      <div class="side apart">
        <h1>{project.name}</h1>
        <a class="button quiet" href={`${at}/delete`}>
          Delete…
        </a>
      </div>
      <p class="muted">
        Created <Moment at={project.createdAt} />
      </p>
      <Form
        action={at}
        button="Save"
        attempt={attempt}
        also={<a href={projectsAt(visit)}>Back to the list</a>}
      >
        <ProjectFields attempt={attempt} project={project} />
      </Form>
    </>,
  );
}

function ProjectFields({ attempt, project }: { attempt: Attempt; project?: Project }) {
  return (
    <>
      <Field
        attempt={attempt}
        name="name"
        label="Name"
        value={project?.name ?? ''}
        maxlength={100}
      />
      <Field
        attempt={attempt}
        name="description"
        label="Description"
        value={project?.description ?? ''}
        maxlength={2_000}
        rows={6}
        optional
      />
    </>
  );
}

function firstLine(text: string): string {
  const [line = ''] = text.split('\n');
  return line.length > 120 ? `${line.slice(0, 120)}…` : line;
}
