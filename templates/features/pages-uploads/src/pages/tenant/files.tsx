import { readList } from '../list.tsx';
import { forUsers, type Forms } from '../page.ts';
import { Form } from '../parts/form.tsx';
import { Empty, Moment, Row } from '../parts/pieces.tsx';
import { filesShape } from '../shapes.ts';

const list = '/tenants/:tenantId/files';

const forms = {
  upload: {
    call: `POST /api${list}`,
    button: 'Upload',
    fields: ['file'],
    sayings: {
      unsupported_media_type: 'Only pictures (PNG, JPEG, WebP) and PDF files can be kept here.',
      payload_too_large: 'That file is bigger than 5 MB.',
    },
    done: 'The file is there.',
  },
  remove: {
    at: `${list}/:fileId/delete`,
    call: `DELETE /api${list}/:fileId`,
    button: 'Delete for good',
    look: 'danger',
    done: 'The file is deleted.',
  },
} satisfies Forms;

export const filePages = forUsers.screen(list, 'Files', forms, async (visit) => {
  const { items, rows } = await readList(visit, `/api${list}`, filesShape);
  return (
    <>
      <Form of={forms.upload} visit={visit} />
      {items.length === 0 && (
        <Empty icon="folder" title="No files yet">
          <p class="muted">What you upload is there for everybody in this workspace.</p>
        </Empty>
      )}
      {rows(({ id, name, size, createdAt }) => {
        const about = <Moment at={createdAt} before={`${inKilobytes(size)}, `} />;
        return (
          <Row title={name} to={`/api${visit.at}/${id}`} note={about}>
            <details>
              <summary>
                Delete…<span class="unseen"> {name}</span>
              </summary>
              <Form of={forms.remove} visit={visit} ids={{ fileId: id }} about={name} />
            </details>
          </Row>
        );
      })}
    </>
  );
});

function inKilobytes(bytes: number): string {
  const kilobytes = Math.ceil(bytes / 1_000);
  return `${new Intl.NumberFormat('en-GB').format(kilobytes)} kB`;
}
