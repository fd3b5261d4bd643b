import { sabotage, type Sabotage } from './sabotage.ts';

const body = 'src/http/body.ts';
const fields = 'src/http/fields.ts';
const pagination = 'src/http/pagination.ts';
const projects = 'src/projects/routes.ts';
const account = 'src/auth/account-routes.ts';
const sessions = 'src/auth/session-routes.ts';

export const bodiesAndTexts: readonly Sabotage[] = [
  sabotage(
    'API-5',
    'objects nest without end',
    body,
    "typeof item === 'object' && item !== null ? Object.values(item) : []",
    'Array.isArray(item) ? item : []',
  ),
  sabotage(
    'API-5',
    'what a form announces is not looked at',
    body,
    "requireBody(request, 'multipart/form-data', limit);",
    "requireBody(request, 'multipart/form-data', Number.MAX_SAFE_INTEGER);",
  ),
  sabotage(
    'API-5',
    'each part of a form is looked for among all of them',
    body,
    'const values = parts.map(([, value]) => value);',
    'const values = form.getAll(name).slice(0, parts.length);',
  ),
  sabotage(
    'API-5',
    'a body that never ends is waited for without end',
    body,
    'await within(patienceMs, readAll(reader, limit));',
    'await (await within(patienceMs, Promise.resolve(readAll)))(reader, limit);',
  ),
  sabotage(
    'API-5',
    'what a client goes on sending is kept after it was refused',
    body,
    'reader.cancel().catch(() => {});',
    'reader.closed.catch(() => {});',
  ),
  sabotage(
    'API-5',
    'anybody may send a hundred megabytes to ask for a new password',
    account,
    "    path: '/api/auth/password/forgot',\n",
    "    path: '/api/auth/password/forgot',\n    maxBytes: 100 * 1024 * 1024,\n",
  ),
  sabotage(
    'API-1',
    'JSON that says in which letters it is written is refused',
    body,
    'if (mediaType !== expected) throw',
    "if (mediaType !== expected || /charset/i.test(request.headers.get('Content-Type') ?? '')) throw",
  ),
  sabotage(
    'API-1',
    'a media type counts in small letters alone',
    body,
    ".split(';')[0]?.trim().toLowerCase();",
    ".split(';')[0]?.trim();",
  ),
  sabotage(
    'API-1',
    'what the parser says of a body, and quotes of it, is told',
    body,
    "  } catch {\n    throw invalid('This is not JSON');",
    "  } catch (thrown) {\n    throw invalid(thrown instanceof SyntaxError ? thrown.message : 'This is not JSON');",
  ),
  sabotage(
    'API-1',
    'an address has lost its capitals before others come of its form',
    fields,
    "text.normalize('NFKC').trim().toLowerCase()",
    "text.toLowerCase().normalize('NFKC').trim()",
  ),
  sabotage(
    'API-1',
    'a line grows beyond its length in the form it is kept in',
    fields,
    "    .normalize('NFC')\n    .trim()\n    .min(1)\n    .max(maximumLength)",
    "    .max(maximumLength)\n    .normalize('NFC')\n    .trim()\n    .min(1)",
  ),
  sabotage(
    'API-1',
    'text of several lines grows beyond its length in the form it is kept in',
    fields,
    "    .normalize('NFC')\n    .max(maximumLength)",
    "    .max(maximumLength)\n    .normalize('NFC')",
  ),
  {
    control: 'API-1',
    name: 'who logs in is looked for by the address as it was typed',
    edits: [
      {
        file: sessions,
        find: 'email: emailAddress, password: knownPassword',
        replace: 'email: z.string().max(254), password: knownPassword',
      },
      {
        file: sessions,
        find: 'import { emailAddress, identifier }',
        replace: 'import { identifier }',
      },
    ],
  },
  sabotage(
    'API-1',
    'who forgot a password is looked for by the address as it was typed',
    account,
    'body: z.strictObject({ email: emailAddress }) }),',
    'body: z.strictObject({ email: z.string().max(254) }) }),',
  ),
  sabotage(
    'API-1',
    'the name of a tenant keeps the Unicode form it came in',
    'src/tenancy/routes.ts',
    'name: line(100) });',
    "name: z\n    .string()\n    .max(100)\n    .min(1)\n    .regex(/^[^\\p{Cc}\\p{Cs}\\u2028\\u2029]*$/u, 'Control characters are not allowed')\n    .refine((name) => line(100).safeParse(name).success),\n});",
  ),
  sabotage(
    'API-1',
    'a last page that is full leads to an empty one',
    pagination,
    'rows.length > limit && last',
    'rows.length >= limit && last',
  ),
  sabotage(
    'API-1',
    'a list by long names ends after its first page',
    pagination,
    'z.string().max(100)]',
    'z.string().max(20)]',
  ),
  sabotage(
    'API-1',
    'a cursor of one order is taken in another',
    projects,
    "({ sort, cursor }) => !cursor || (typeof cursor.after === 'string') === (sort === 'name'),",
    '({ cursor }) => !cursor || cursor.id.length <= 64,',
  ),
  sabotage(
    'API-1',
    'a cursor of a list by name begins every other list anew',
    pagination,
    'const { after, id } = query.cursor ?? {',
    "const { after, id } = typeof query.cursor?.after === 'number' ? query.cursor : {",
  ),
  sabotage(
    'API-1',
    'a search finds the Unicode form it was typed in, and not the one that is kept',
    projects,
    ".max(100).normalize('NFC').default('')",
    ".max(100).default('')",
  ),
];
