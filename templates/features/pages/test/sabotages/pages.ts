import { sabotage, type Sabotage } from './sabotage.ts';

const addresses = 'src/pages/addresses.ts';
const api = 'src/pages/api.ts';
const finish = 'src/pages/finish.ts';
const flash = 'src/pages/flash.ts';
const form = 'src/pages/form.ts';
const formParts = 'src/pages/parts/form.tsx';
const page = 'src/pages/page.ts';
const pieces = 'src/pages/parts/pieces.tsx';
const problems = 'src/pages/problem-pages.tsx';
const stepUp = 'src/pages/step-up.tsx';

export const pagesSabotages: readonly Sabotage[] = [
  sabotage(
    'GOV-1',
    'a page that changes a role is in no review',
    '.ai/inventory.json',
    '    "POST /tenants/:tenantId/members/:userId/role": ["cross-tenant","role-escalation","cross-site-request"],\n',
    '',
  ),
  sabotage(
    'API-2',
    'all that a page asks counts against a flood',
    'src/app.ts',
    'idOfPageRequest(c.req.raw) === undefined) await',
    'idOfPageRequest(c.req.raw) !== null) await',
  ),
  sabotage(
    'API-1',
    'a name is written into the page as markup',
    pieces,
    '<strong>{title}</strong>',
    '<strong dangerouslySetInnerHTML={{ __html: title }} />',
  ),
  sabotage(
    'API-1',
    'what was typed into a field of several lines comes back as markup',
    formParts,
    `<textarea rows={6} {...attributes}>
          {value}
        </textarea>`,
    '<textarea rows={6} {...attributes} dangerouslySetInnerHTML={{ __html: value }} />',
  ),
  {
    control: 'API-1',
    name: 'a refused password comes back in its field',
    edits: [
      {
        file: formParts,
        find: '(secretFields.has(kind.name) ? undefined : typed[kind.name])',
        replace: 'typed[kind.name]',
      },
      {
        file: formParts,
        find: '<input type={type} {...attributes} />\n          <button',
        replace: '<input type={type} value={value} {...attributes} />\n          <button',
      },
    ],
  },
  sabotage(
    'API-1',
    'the cookie for messages says what the page shows',
    flash,
    'return messages.has(text) ? text : null;',
    'return text;',
  ),
  sabotage(
    'API-1',
    'a message is shown again on every page',
    flash,
    "  takeCookie(c, 'flash');\n",
    '',
  ),
  sabotage(
    'API-1',
    'an address leads the API elsewhere',
    addresses,
    "/^[\\w-]{1,64}$/.test(value) ? value : '-'",
    'value',
  ),
  sabotage(
    'API-4',
    'the word that lets scripts in is the same for every page',
    finish,
    "pageHeaders(c.get('requestId'))",
    "pageHeaders('0'.repeat(32))",
  ),
  sabotage(
    'API-4',
    'pages run scripts that stand in them',
    finish,
    "`script-src 'nonce-${nonce}'`",
    '"script-src \'unsafe-inline\'"',
  ),
  sabotage(
    'API-4',
    'pages send forms anywhere',
    finish,
    '"form-action \'self\'",',
    '"form-action *",',
  ),
  sabotage(
    'API-5',
    'a form of any size is read',
    form,
    'await readText(request, defaultBodyLimit)',
    'await request.text()',
  ),
  sabotage(
    'AUTH-1',
    'visitors are shown pages that are for users',
    page,
    "if (thrown.code === 'unauthenticated') return askToLogIn(c);",
    "if (thrown.code === 'unauthenticated') return c.text('not for you');",
  ),
  sabotage(
    'AUTH-1',
    'a page of a workspace shows what the API refused',
    api,
    'if (!answer.ok) throw await refusalOf(answer);',
    'if (answer.status >= 500) throw await refusalOf(answer);',
  ),
  sabotage(
    'AUTH-4',
    'a wrong proof is taken for a good one',
    stepUp,
    'if (!isMail && refusal === null)',
    'if (!isMail)',
  ),
  sabotage(
    'AUTH-4',
    'what was typed is lost when a proof is asked for',
    stepUp,
    'isForm ? Object.fromEntries(kept) :',
    'isForm ? {} :',
  ),
  sabotage(
    'AUTH-7',
    'after logging in a page follows any address',
    'src/pages/account/entry.tsx',
    "safeReturnTo(typed['returnTo'] ?? queryOf(c, 'returnTo')['returnTo'])",
    "typed['returnTo'] ?? queryOf(c, 'returnTo')['returnTo'] ?? '/'",
  ),
  sabotage(
    'AUTH-7',
    'after a proof a page follows any address',
    'src/pages/index.ts',
    "goOn(visit, safeReturnTo(visit.typed['returnTo']), steppedUp)",
    "goOn(visit, visit.typed['returnTo'] ?? '/', steppedUp)",
  ),
  {
    control: 'AUTH-7',
    name: 'pages take forms from other sites, and ask the API in their own name',
    edits: [
      { file: page, find: '    requireOwnOrigin(c);\n', replace: '' },
      { file: page, find: "import { requireOwnOrigin } from '../http/origin.ts';\n", replace: '' },
      {
        file: api,
        find: "const headers = new Headers({ Accept: 'application/json' });",
        replace:
          "const headers = new Headers({ Accept: 'application/json', Origin: new URL(raw.url).origin });",
      },
      {
        file: api,
        find: "'Origin', 'Sec-Fetch-Site', 'User-Agent'",
        replace: "'User-Agent'",
      },
    ],
  },
  sabotage(
    'ERR-1',
    'the API answers with pages to whoever accepts them',
    finish,
    "return accepts && (!req.path.startsWith('/api/') || req.header('Sec-Fetch-Dest') === 'document');",
    'return accepts;',
  ),
  sabotage(
    'ERR-1',
    'the page of an error keeps the number to quote to itself',
    problems,
    "<code>{c.get('requestId')}</code>",
    '<code>unknown</code>',
  ),
  sabotage(
    'ERR-1',
    'what a page asks goes by ids of its own',
    api,
    "    ids.set(request, c.get('requestId'));\n",
    '',
  ),
];
