import { html } from 'hono/html';
import type { Child, PropsWithChildren } from 'hono/jsx';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { icon, script, stylesheet } from '../assets.ts';
import { takeFlash } from '../flash.ts';
import { settingsLinks, tenantLinks } from '../navigation.ts';
import type { Visit } from '../page.ts';
import { saidOf } from '../sayings.ts';
import type { Tenant } from '../shapes.ts';
import title from '../title.txt';
import { Icon, Notice } from './pieces.tsx';

export const appTitle = title.trim();

export interface Frame {
  readonly title: string;
  /** Of a page on which nothing was refused: 200 unless this says otherwise. */
  readonly status?: ContentfulStatusCode | undefined;
  /** Below its title, or in a card with it; left out, the content brings its own headings. */
  readonly layout?: 'titled' | 'card' | 'card danger';
  /** Another site, to which the browser goes on at once. */
  readonly goTo?: string;
}

/** Whom a page is shown to. Where only that is known, it leads nowhere. */
type Audience = Pick<Visit, 'c' | 'refusal'> & Partial<Visit>;

/** Answers with a page. What was refused of a form without fields is said on top, and in a header when to come back. */
export async function showPage(visit: Audience, frame: Frame, content: Child): Promise<Response> {
  const { c, refusal, sent, at = '' } = visit;
  const { title, layout = '' } = frame;
  const status = refusal?.status ?? frame.status ?? 200;
  const { retryAfterSeconds = 0 } = refusal ?? {};
  if (retryAfterSeconds > 0) c.header('Retry-After', String(retryAfterSeconds));
  const tab = status >= 400 ? `Not done: ${title}` : title;
  const flash = c.get('context') === undefined ? null : takeFlash(c);
  const main = (
    <>
      {layout && <h1>{title}</h1>}
      {content}
    </>
  );
  const body = (
    <Document nonce={c.get('requestId')} title={tab} goTo={frame.goTo}>
      <Top actor={visit.actor} />
      {at.startsWith('/tenants/') && <Tabs tenant={await visit.tenant?.()} at={at} />}
      {at.startsWith('/settings/') && <Tabs at={at} />}
      <main id="main" tabindex={-1} class={layout.startsWith('card') ? 'narrow' : 'wide'}>
        {flash && <Notice look="good">{flash}</Notice>}
        {refusal && sent && !sent.fields && (
          <Notice look="bad" focus>
            {saidOf(refusal, sent.sayings)}
          </Notice>
        )}
        {layout.startsWith('card') ? <div class={layout}>{main}</div> : main}
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

function Top({ actor }: { actor: Visit['actor'] | undefined }) {
  const links = actor
    ? { '/dashboard': 'Workspaces', '/settings': 'Settings' }
    : { '/login': 'Log in', '/signup': 'Sign up' };
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
              {Object.entries(links).map(([path, text]) => (
                <li>
                  <a href={path}>{text}</a>
                </li>
              ))}
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

/** Where one can go from here: within the workspace, or within one's own settings. */
function Tabs({ tenant, at }: { tenant?: Tenant | undefined; at: string }) {
  const [title, base, links] =
    tenant === undefined
      ? (['Settings', '/settings', settingsLinks] as const)
      : ([tenant.name, `/tenants/${tenant.id}`, tenantLinks(tenant.role)] as const);
  const isAt = (path: string) => at.startsWith(`${base}/${path}`);
  return (
    <nav class="tabs" aria-label={title}>
      <div class="wide">
        <strong>{title}</strong>
        <ul class="links">
          {links.map(({ path, text, icon: name }) => (
            <li>
              <a href={`${base}/${path}`} aria-current={isAt(path) ? 'page' : undefined}>
                <Icon name={name} />
                {text}
              </a>
            </li>
          ))}
        </ul>
      </div>
    </nav>
  );
}
