import { html } from 'hono/html';
import type { Child, PropsWithChildren } from 'hono/jsx';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { UserActor } from '../../auth/access.ts';
import type { AppContext } from '../../http/context.ts';
import { icon, script, stylesheet } from '../assets.ts';
import { takeFlash } from '../flash.ts';
import { settingsLinks, tenantLinks } from '../navigation.ts';
import type { Tenant } from '../shapes.ts';
import title from '../title.txt';
import { Icon } from './icons.tsx';
import { Notice } from './notice.tsx';

/** What the app is called. */
export const appTitle = title.trim();

/** What stands around the content of a page. */
export interface Frame {
  readonly title: string;
  /** Null for a visitor; undefined where it is not known, and no way to log in or out is shown. */
  readonly actor?: UserActor | null;
  /** The workspace the page belongs to. */
  readonly tenant?: Tenant | undefined;
  readonly status?: ContentfulStatusCode;
  /** For a form alone on its page. */
  readonly narrow?: boolean;
  /** Another site, to which the browser goes on at once. */
  readonly goTo?: string;
}

/** Answers with a page. */
export function show(c: AppContext, frame: Frame, content: Child): Response | Promise<Response> {
  const isRefused = (frame.status ?? 200) >= 400;
  const isInSettings = c.req.path.startsWith('/settings/') && frame.actor !== undefined;
  const flash = c.get('context') === undefined ? null : takeFlash(c);
  const body = (
    <Document
      nonce={c.get('requestId')}
      title={isRefused ? `Not done: ${frame.title}` : frame.title}
      goTo={frame.goTo}
    >
      <Top actor={frame.actor} />
      {(frame.tenant !== undefined || isInSettings) && (
        <Tabs tenant={frame.tenant} at={c.req.path} />
      )}
      <main id="main" tabindex={-1} class={frame.narrow ? 'narrow' : 'wide'}>
        {flash && <Notice look={flash.isRefusal ? 'bad' : 'good'}>{flash.text}</Notice>}
        {content}
      </main>
    </Document>
  );
  return c.html(html`<!doctype html>${body}`, frame.status ?? 200);
}

/** The document itself. The nonce lets exactly these two files in (finish.tsx says so to the browser). */
export function Document(
  props: PropsWithChildren<{ nonce: string; title: string; goTo?: string | undefined }>,
) {
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>{`${props.title} · ${appTitle}`}</title>
        {props.goTo && <meta http-equiv="refresh" content={`0; url=${props.goTo}`} />}
        <link rel="icon" href={icon.path} type="image/svg+xml" />
        <link rel="stylesheet" href={stylesheet.path} nonce={props.nonce} />
        <script src={script.path} nonce={props.nonce} defer></script>
      </head>
      <body>
        <a class="skip" href="#main">
          Skip to the content
        </a>
        {props.children}
        <footer class="foot">
          <div class="wide">{appTitle}</div>
        </footer>
      </body>
    </html>
  );
}

function Top({ actor }: { actor: UserActor | null | undefined }) {
  return (
    <header class="top">
      <div class="wide">
        <a class="brand" href="/">
          <Icon name="layers" />
          {appTitle}
        </a>
        {actor !== undefined && <nav aria-label="Account">{linksFor(actor)}</nav>}
      </div>
    </header>
  );
}

function linksFor(actor: UserActor | null) {
  const links =
    actor === null
      ? [['/login', 'Log in'] as const, ['/signup', 'Sign up'] as const]
      : [['/dashboard', 'Workspaces'] as const, ['/settings', 'Settings'] as const];
  return (
    <ul class="links">
      {links.map(([href, text]) => (
        <li>
          <a href={href}>{text}</a>
        </li>
      ))}
      {actor !== null && (
        <li>
          <form method="post" action="/logout">
            <button>Log out</button>
          </form>
        </li>
      )}
    </ul>
  );
}

/** Where one can go from here: within the workspace, or within one's own settings. */
function Tabs({ tenant, at }: { tenant: Tenant | undefined; at: string }) {
  const [title, base, links] =
    tenant === undefined
      ? (['Settings', '/settings', settingsLinks] as const)
      : ([tenant.name, `/tenants/${tenant.id}`, tenantLinks(tenant.role)] as const);
  return (
    <div class="tabs">
      <nav class="wide" aria-label={title}>
        <strong>{title}</strong>
        <ul class="links">
          {links.map(({ path, text, icon: name }) => (
            <li>
              <a
                href={`${base}/${path}`}
                aria-current={at.startsWith(`${base}/${path}`) ? 'page' : undefined}
              >
                <Icon name={name} />
                {text}
              </a>
            </li>
          ))}
        </ul>
      </nav>
    </div>
  );
}
