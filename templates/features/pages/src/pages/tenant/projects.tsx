import { fill, queryOf } from '../addresses.ts';
import { fieldOf } from '../form-fields.ts';
import { readList } from '../list.tsx';
import { forUsers, type Forms, type Visit } from '../page.ts';
import { Field, Form } from '../parts/form.tsx';
import { showPage } from '../parts/layout.tsx';
import { Empty, Go, Moment, Row } from '../parts/pieces.tsx';
import { projectShape, projectsShape } from '../shapes.ts';

const list = '/tenants/:tenantId/projects';
const one = '/tenants/:tenantId/projects/:projectId';
const newestFirst = `/api${list}?sort=-createdAt`;

const { create, save } = {
  create: {
    at: list,
    call: `POST /api${list}`,
    button: 'Create project',
    fields: ['project', 'description'],
    next: list,
    done: 'The project is created.',
  },
  save: {
    call: `PATCH /api${one}`,
    button: 'Save',
    fields: ['project', 'description'],
    next: list,
    done: 'The project is saved.',
  },
} satisfies Forms;

export const projectPages = [
  ...forUsers.screen(list, 'Projects', {}, async (visit) => {
    const { items, rows } = await readList(visit, newestFirst, projectsShape, 'q');
    const { q = '' } = queryOf(visit.c, 'q');
    const add = <Go to={`${visit.at}/new`} text="New project" />;
    if (items.length === 0 && q === '') {
      return (
        <Empty icon="folder" title="No projects yet">
          <p class="muted">A project is what your team works on. Begin with one.</p>
          {add}
        </Empty>
      );
    }
    return (
      <>
        <div class="side apart">
          <form class="line" role="search" action={visit.at}>
            <Field kind={fieldOf('q')} value={q} />
            <button class="button quiet">Search</button>
          </form>
          {add}
        </div>
        {items.length === 0 ? (
          <Empty icon="folder" title="No project has that in its name">
            <a href={visit.at}>Show all</a>
          </Empty>
        ) : (
          rows(({ id, name, description, createdAt }) => (
            <Row title={name} to={`${visit.at}/${id}`} note={firstLine(description)}>
              <Moment at={createdAt} />
            </Row>
          ))
        )}
      </>
    );
  }),

  ...forUsers.screen(`${list}/new`, 'New project', { create }, (visit) => (
    <Form of={create} visit={visit} also={<a href={fill(list, visit.c)}>Cancel</a>} />
  )),

  ...forUsers.screen(one, 'Project', { save }, async (visit) => {
    const { name, description, createdAt } = await readProject(visit);
    return showPage(
      visit,
      { title: name, layout: 'titled' },
      <>
        <Moment at={createdAt} before="Created " />
        <Form
          of={save}
          visit={visit}
          values={{ name, description }}
          also={<a href={fill(list, visit.c)}>Back to the list</a>}
        />
        <Go quiet to={`${visit.at}/delete`} text="Delete…" />
      </>,
    );
  }),

  ...forUsers.formPage(`${one}/delete`, `DELETE /api${one}`, {
    title: 'Delete project',
    text: 'It cannot be brought back.',
    button: 'Delete',
    back: one,
    more: async (visit) => ({ title: `Delete “${(await readProject(visit)).name}”?` }),
    next: list,
    done: 'The project is deleted.',
  }),
];

const readProject = ({ c, api }: Visit) => api.read(fill(`/api${one}`, c), projectShape);

function firstLine(text: string): string {
  const [line = ''] = text.split('\n');
  return line.length > 120 ? `${line.slice(0, 120)}…` : line;
}
