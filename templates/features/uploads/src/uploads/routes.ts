import * as z from 'zod';
import { access } from '../auth/access.ts';
import type { FileRow } from '../db/statements/files.ts';
import { withTenant } from '../db/with-tenant.ts';
import { identifier, line } from '../http/fields.ts';
import { pageOf, pageQuery } from '../http/pagination.ts';
import { Problem } from '../http/problem.ts';
import { route } from '../http/route.ts';
import { budgets } from '../limits/policies.ts';
import { authorOf } from '../tenancy/audit.ts';
import { formatOf, type Format } from './content.ts';
import { bytesOf, keepFile, removeFile } from './storage.ts';

/**
 * The biggest upload, with what surrounds the file. It is held in memory, more than once, and all
 * requests that a Worker serves at a time share 128 MB: whoever needs more lets browsers send to R2.
 */
const maxBytes = 5 * 1024 * 1024;

/** No path, and no marks that turn the direction of reading and so hide how a name ends. */
const fileName = line(200).regex(/^[^/\\\u202a-\u202e\u2066-\u2069]*$/);

const upload = z.strictObject({
  file: z
    .instanceof(File)
    .meta({ type: 'string', format: 'binary', maxLength: maxBytes })
    .refine(({ size }) => size > 0, 'The file is empty')
    .refine(({ name }) => fileName.safeParse(name).success, 'Give it a plain name, without a path'),
});
const inTenant = z.strictObject({ tenantId: identifier });
const ofFile = z.strictObject({ tenantId: identifier, fileId: identifier });

export const fileRoutes = [
  route({
    method: 'POST',
    path: '/api/tenants/:tenantId/files',
    access: access.tenant({ role: 'member' }),
    flag: 'uploads',
    budget: budgets.uploads,
    reads: 'form',
    maxBytes,
    input: z.strictObject({ params: inTenant, body: upload }),
    success: 201,
    async handler({ c, context, actor, input }) {
      const bytes = new Uint8Array(await input.body.file.arrayBuffer());
      const format = formatOf(bytes);
      if (format === null) throw new Problem('unsupported_media_type');
      const by = authorOf(context, actor);
      const file = {
        id: crypto.randomUUID(),
        name: nameFor(fileName.parse(input.body.file.name), format),
        contentType: format.contentType,
        size: bytes.length,
        createdAt: by.now,
      };
      await keepFile(c, { tenant: actor.tenant, by }, file, bytes);
      return c.json(present(file), 201);
    },
  }),

  route({
    method: 'GET',
    path: '/api/tenants/:tenantId/files',
    access: access.tenant({ role: 'member' }),
    input: z.strictObject({ params: inTenant, query: pageQuery }),
    async handler({ c, context, actor, input }) {
      const rows = await withTenant(context.database, actor.tenant).files.list(input.query);
      return c.json(pageOf(rows, input.query.limit, present));
    },
  }),

  /** Always as a download that no browser runs, whatever is in it: a picture can be a script too. */
  route({
    method: 'GET',
    path: '/api/tenants/:tenantId/files/:fileId',
    access: access.tenant({ role: 'member' }),
    input: z.strictObject({ params: ofFile }),
    sends: 'file',
    async handler({ c, context, actor, input }) {
      const file = await withTenant(context.database, actor.tenant).files.read(input.params.fileId);
      if (file === null) throw new Problem('not_found');
      return c.body(await bytesOf(c, actor.tenant, file.id), 200, {
        'Content-Type': file.contentType,
        'Content-Length': String(file.size),
        'Content-Disposition': `attachment; filename*=UTF-8''${escape(file.name)}`,
        'Content-Security-Policy': "sandbox; default-src 'none'; frame-ancestors 'none'",
      });
    },
  }),

  /** Gone for everybody at once; its bytes follow. */
  route({
    method: 'DELETE',
    path: '/api/tenants/:tenantId/files/:fileId',
    access: access.tenant({ role: 'member' }),
    input: z.strictObject({ params: ofFile }),
    success: 204,
    async handler({ c, context, actor, input }) {
      const { files } = withTenant(context.database, actor.tenant);
      const file = { tenantId: actor.tenant.id, id: input.params.fileId };
      if (!(await files.hide(file.id, authorOf(context, actor)))) throw new Problem('not_found');
      context.background('remove a file', () => removeFile(context.database, c.env.FILES, file));
      return c.body(null, 204);
    },
  }),
];

/** The name somebody gave, with the ending of what it is: no picture is called `bill.exe` here. */
function nameFor(given: string, { extension }: Format): string {
  const stem = given.replace(/\.[a-z0-9]{1,5}$/i, '').replace(/^\.+/, '');
  return `${stem === '' ? 'file' : stem}.${extension}`;
}

/** As a header takes it (RFC 8187). */
function escape(name: string): string {
  return encodeURIComponent(name).replace(
    /['()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16)}`,
  );
}

function present({ id, name, contentType, size, createdAt }: FileRow) {
  return { id, name, contentType, size, createdAt: new Date(createdAt).toISOString() };
}
