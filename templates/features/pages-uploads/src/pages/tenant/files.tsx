import { fill } from '../addresses.ts';
import { Refusal } from '../api.ts';
import { readList } from '../list.tsx';
import { forUsers, goOn } from '../page.ts';
import { Form } from '../parts/form.tsx';
import { Empty, Moment, Row } from '../parts/pieces.tsx';
import { filesShape } from '../shapes.ts';

const list = '/tenants/:tenantId/files';
const one = `${list}/:fileId`;

const sayings = {
  unsupported_media_type: 'Only pictures (PNG, JPEG, WebP) and PDF files can be kept here.',
  payload_too_large: 'That file is bigger than 5 MB.',
};

const files = forUsers.screen(list, 'Files', async (visit) => {
  const { at } = visit;
  const { items, pager } = await readList(visit, `/api${list}`, filesShape);
  return (
    <>
      <Form
        visit={visit}
        action={at}
        button="Upload"
        fields={['file']}
        enctype="multipart/form-data"
        sayings={sayings}
        shape="line"
      />
      {items.length === 0 && (
        <Empty icon="folder" title="No files yet">
          <p class="muted">What you upload is there for everybody in this workspace.</p>
        </Empty>
      )}
      <ul class="rows">
        {items.map(({ id, name, size, createdAt }) => (
          <Row
            title={
              <a href={`/api${at}/${id}`} download>
                {name}
              </a>
            }
            note={<Moment at={createdAt} before={`${inKilobytes(size)}, `} />}
          >
            <details>
              <summary>
                Delete…<span class="unseen"> {name}</span>
              </summary>
              <Form
                action={`${at}/${id}/delete`}
                button="Delete for good"
                about={name}
                look="danger"
              />
            </details>
          </Row>
        ))}
      </ul>
      {pager}
    </>
  );
});

export const filePages = [
  files,

  /** The file goes to the API as it came. */
  forUsers.post(list, async (visit) => {
    const answer = await visit.api.send('POST', fill(`/api${list}`, visit.c), visit.c.req.raw);
    if (answer instanceof Refusal) return files.show({ ...visit, refusal: answer });
    return goOn(visit, list, 'file_uploaded');
  }),

  files.action({ at: `${one}/delete`, call: `DELETE /api${one}`, done: 'file_deleted' }),
];

function inKilobytes(bytes: number): string {
  const kilobytes = Math.ceil(bytes / 1_000);
  return `${new Intl.NumberFormat('en-GB').format(kilobytes)} kB`;
}
