import { html } from 'hono/html';
import type { Child, PropsWithChildren } from 'hono/jsx';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { UserActor } from '../../auth/access.ts';
import type { AppContext } from '../../http/context.ts';
import type { Refusal } from '../api.ts';
import { icon, script, stylesheet } from '../assets.ts';
import { takeFlash } from '../flash.ts';
import { settingsLinks, tenantLinks } from '../navigation.ts';
import { saidOf } from '../sayings.ts';
import type { Tenant } from '../shapes.ts';
import title from '../title.txt';
import type { DrawnForm } from './form.tsx';
import { Icon } from './icons.tsx';
import { Notice } from './pieces.tsx';

/** What the app is called. */
export const appTitle = title.trim();

/** What stands around the content of a page. */
export interface Frame {
  readonly title: string;
  /** The workspace the page belongs to. */
  readonly tenant?: Tenant | undefined;
  /** Of a page on which nothing was refused: 200 unless this says otherwise. */
  readonly status?: ContentfulStatusCode | undefined;
  /** Below its title, or in a card with it; left out, the content brings its own headings. */
  readonly layout?: 'titled' | 'card' | 'card danger';
  /** Another site, to which the browser goes on at once. */
  readonly goTo?: string;
}

/** Whom a page is shown to, and in what state. */
interface Audience {
  readonly c: AppContext;
  /** Null for a visitor; undefined where it is not known, and no way to log in or out is shown. */
  readonly actor?: UserActor | null;
  readonly refusal: Refusal | null;
  /** The form that was refused. */
  readonly sent?: DrawnForm | null;
}

/** Answers with a page. What was refused of a form without fields is said on top. */
export function showPage({ c, actor, refusal, sent }: Audience, frame: Frame, content: Child) {
  const { title, tenant, layout = 'bare', goTo } = frame;
  const status = refusal?.problem.status ?? frame.status ?? 200;
  const isInSettings = c.req.path.startsWith('/settings/') && actor !== undefined;
  const flash = c.get('context') === undefined ? null : takeFlash(c);
  const isCard = layout.startsWith('card');
  const main = (
    <>
      {layout !== 'bare' && <h1>{title}</h1>}
      {content}
    </>
  );
  const body = (
    <Document
      nonce={c.get('requestId')}
      title={status >= 400 ? `Not done: ${title}` : title}
      goTo={goTo}
    >
      <Top actor={actor} />
      {(tenant !== undefined || isInSettings) && <Tabs tenant={tenant} at={c.req.path} />}
      <main id="main" tabindex={-1} class={isCard ? 'narrow' : 'wide'}>
        {flash && <Notice look="good">{flash}</Notice>}
        {refusal && sent && !sent.fields && (
          <Notice look="bad" focus>
            {saidOf(refusal, sent.sayings)}
          </Notice>
        )}
        {isCard ? <div class={layout}>{main}</div> : main}
      </main>
    </Document>
  );
  return c.html(html`<!doctype html>${body}`, status);
}

/** The document itself. The nonce lets exactly these two files in (finish.ts says so to the browser). */
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
        {actor !== undefined && (
          <nav aria-label="Account">
            <ul class="links">
              <Link to={actor ? '/dashboard' : '/login'}>{actor ? 'Workspaces' : 'Log in'}</Link>
              <Link to={actor ? '/settings' : '/signup'}>{actor ? 'Settings' : 'Sign up'}</Link>
              {actor && (
                <li>
                  <form method="post" action="/logout">
                    <button>Log out</button>
                  </form>
                </li>
              )}
            </ul>
          </nav>
        )}
      </div>
    </header>
  );
}

function Link({ to, isHere, children }: PropsWithChildren<{ to: string; isHere?: boolean }>) {
  return (
    <li>
      <a href={to} aria-current={isHere ? 'page' : undefined}>
        {children}
      </a>
    </li>
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
            <Link to={`${base}/${path}`} isHere={at.startsWith(`${base}/${path}`)}>
              <Icon name={name} />
              {text}
            </Link>
          ))}
        </ul>
      </nav>
    </div>
  );
}
