import { fill, queryOf } from '../addresses.ts';
import { readList } from '../list.tsx';
import { forUsers, type Visit } from '../page.ts';
import { Field, Form } from '../parts/form.tsx';
import { showPage } from '../parts/layout.tsx';
import { Empty, Go, GoQuietly, Moment, Row } from '../parts/pieces.tsx';
import { projectShape, projectsShape } from '../shapes.ts';

const list = '/tenants/:tenantId/projects';
const one = '/tenants/:tenantId/projects/:projectId';
const fields = ['name', 'description'];

const searchField = {
  name: 'q',
  label: 'Search by name',
  type: 'search',
  maxlength: 100,
  optional: true,
} as const;

const newProject = forUsers.screen(`${list}/new`, 'New project', (visit) => (
  <Form
    visit={visit}
    action={fill(list, visit.c)}
    button="Create project"
    fields={['project', 'description']}
    also={<a href={fill(list, visit.c)}>Cancel</a>}
  />
));

export const projectPages = [
  forUsers.get(list, showProjects),
  newProject,
  forUsers.get(one, showProject),

  newProject.form({
    at: list,
    call: `POST /api${list}`,
    fields,
    next: list,
    done: 'project_created',
  }),

  forUsers.form({
    at: one,
    call: `PATCH /api${one}`,
    fields,
    refused: showProject,
    next: list,
    done: 'project_saved',
  }),

  ...forUsers.formPage({
    at: `${one}/delete`,
    call: `DELETE /api${one}`,
    form: async (visit) => ({
      title: 'Delete project',
      question: `Delete “${(await readProject(visit)).name}”?`,
      text: 'It cannot be brought back.',
      button: 'Delete',
      back: fill(one, visit.c),
    }),
    refused: list,
    next: list,
    done: 'project_deleted',
  }),
];

const readProject = ({ c, api }: Visit) => api.read(fill(`/api${one}`, c), projectShape);

async function showProjects(visit: Visit) {
  const { c, at } = visit;
  const [tenant, { items, pager }] = await Promise.all([
    visit.tenant(),
    readList(visit, `/api${list}?sort=-createdAt`, projectsShape, 'q'),
  ]);
  const { q = '' } = queryOf(c, 'q');
  const add = <Go to={`${at}/new`}>New project</Go>;
  if (items.length === 0 && q === '') {
    return showPage(
      visit,
      { title: 'Projects', tenant, layout: 'titled' },
      <Empty icon="folder" title="No projects yet">
        <p class="muted">A project is what your team works on. Begin with one.</p>
        {add}
      </Empty>,
    );
  }
  return showPage(
    visit,
    { title: 'Projects', tenant },
    <>
      <div class="side apart">
        <h1>Projects</h1>
        {add}
      </div>
      <form class="line" role="search" action={at}>
        <Field kind={searchField} value={q} />
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
      {pager}
    </>,
  );
}

async function showProject(visit: Visit) {
  const [tenant, project] = await Promise.all([visit.tenant(), readProject(visit)]);
  const { name, description, createdAt } = project;
  return showPage(
    visit,
    { title: name, tenant },
    <>
      <div class="side apart">
        <h1>{name}</h1>
        <GoQuietly to={`${visit.at}/delete`}>Delete…</GoQuietly>
      </div>
      <p class="muted">
        Created <Moment at={createdAt} />
      </p>
      <Form
        visit={visit}
        action={visit.at}
        button="Save"
        fields={['project', 'description']}
        values={{ project: name, description }}
        also={<a href={fill(list, visit.c)}>Back to the list</a>}
      />
    </>,
  );
}

function firstLine(text: string): string {
  const [line = ''] = text.split('\n');
  return line.length > 120 ? `${line.slice(0, 120)}…` : line;
}
