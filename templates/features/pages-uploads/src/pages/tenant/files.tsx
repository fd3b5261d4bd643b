import type { UserActor } from '../../auth/access.ts';
import { fill, queryOf, withQuery } from '../addresses.ts';
import { Refusal } from '../api.ts';
import { forUsers, goOn, type Visit } from '../page.ts';
import { Form } from '../parts/form.tsx';
import { show } from '../parts/layout.tsx';
import { Empty, Moment, Pager } from '../parts/lists.tsx';
import { Notice } from '../parts/notice.tsx';
import { Row } from '../parts/pieces.tsx';
import { saidOf } from '../sayings.ts';
import { filesShape } from '../shapes.ts';
import { readTenant } from './tenant.ts';

const list = '/tenants/:tenantId/files';
const one = `${list}/:fileId`;

const sayings = {
  unsupported_media_type: 'Only pictures (PNG, JPEG, WebP) and PDF files can be kept here.',
  payload_too_large: 'That file is bigger than 5 MB.',
};

export const filePages = [
  forUsers.get(list, (visit) => showFiles(visit)),

  /** The file goes to the API as it came. */
  forUsers.post(list, async (visit) => {
    const answer = await visit.api.send('POST', fill(`/api${list}`, visit.c), visit.c.req.raw);
    if (answer instanceof Refusal) return showFiles(visit, answer);
    return goOn(visit, list, 'file_uploaded');
  }),

  forUsers.form({
    at: `${one}/delete`,
    call: `DELETE /api${one}`,
    refused: list,
    next: list,
    done: 'file_deleted',
  }),
];

async function showFiles(visit: Visit<UserActor>, refusal?: Refusal) {
  const { c, api, actor } = visit;
  const at = fill(list, c);
  const query = queryOf(c, 'cursor');
  const [tenant, { items, nextCursor }] = await Promise.all([
    readTenant(visit),
    api.read(withQuery(`/api${at}`, query), filesShape),
  ]);
  return show(
    c,
    { title: 'Files', actor, tenant, status: refusal?.status ?? 200 },
    <>
      <h1>Files</h1>
      <Upload at={at} refusal={refusal} />
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
      <Pager at={at} query={query} nextCursor={nextCursor} />
    </>,
  );
}

function Upload({ at, refusal }: { at: string; refusal: Refusal | undefined }) {
  const error = refusal && (refusal.errors.get('file') ?? saidOf(refusal, sayings));
  return (
    <form method="post" action={at} enctype="multipart/form-data" class="line">
      {error && (
        <Notice look="bad" focus>
          {error}
        </Notice>
      )}
      <div class="field">
        <label for="file">Add a file</label>
        <p id="file-hint">PNG, JPEG, WebP or PDF, at most 5 MB.</p>
        <input
          id="file"
          name="file"
          type="file"
          class="input"
          accept="image/png,image/jpeg,image/webp,application/pdf"
          aria-describedby="file-hint"
          required
        />
      </div>
      <div class="side">
        <button class="button">Upload</button>
      </div>
    </form>
  );
}

function inKilobytes(bytes: number): string {
  const kilobytes = Math.ceil(bytes / 1_000);
  return `${new Intl.NumberFormat('en-GB').format(kilobytes)} kB`;
}
