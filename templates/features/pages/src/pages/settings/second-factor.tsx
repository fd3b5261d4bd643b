import type { UserActor } from '../../auth/access.ts';
import type { Refusal } from '../api.ts';
import { showForm } from '../form-page.tsx';
import { Attempt } from '../form.ts';
import { forUsers, goOn, type Visit } from '../page.ts';
import { Form } from '../parts/form.tsx';
import { show } from '../parts/layout.tsx';
import { Notice } from '../parts/notice.tsx';
import { Card, Go } from '../parts/pieces.tsx';
import { QrCode } from '../parts/qr.tsx';
import { enrollmentShape, recoveryCodesShape } from '../shapes.ts';

const back = '/settings/security';
const sayings = { unauthenticated: 'That code does not work. Try the next one.' };

export const secondFactorPages = [
  forUsers.get('/settings/mfa', (visit) => showManagement(visit)),

  forUsers.form({
    at: '/settings/mfa/enroll',
    call: 'POST /api/auth/mfa/enroll',
    refused: back,
    next: async (visit, answer) =>
      showEnrollment(visit, enrollmentShape.parse(await answer.json())),
  }),

  forUsers.form({
    at: '/settings/mfa/activate',
    call: 'POST /api/auth/mfa/activate',
    fields: ['code'],
    refused(visit, refusal) {
      const pending = enrollmentShape.safeParse(visit.typed).data;
      const isOver = pending === undefined || refusal.code === 'conflict';
      return isOver ? goOn(visit, back, refusal.code) : showEnrollment(visit, pending, refusal);
    },
    next: showCodes,
  }),

  forUsers.form({
    at: '/settings/mfa/recovery-codes',
    call: 'POST /api/auth/mfa/recovery-codes',
    fields: ['code'],
    refused: (visit, codes) => showManagement(visit, { codes }),
    next: showCodes,
  }),

  forUsers.form({
    at: '/settings/mfa/disable',
    call: 'POST /api/auth/mfa/disable',
    fields: ['code'],
    refused: (visit, disable) => showManagement(visit, { disable }),
    next: back,
    done: 'mfa_disabled',
  }),
];

/** The secret comes back with a wrong code, so that nobody has to scan anew. Only its owner sees it. */
function showEnrollment(
  visit: Visit<UserActor>,
  { secret, uri }: { secret: string; uri: string },
  refusal?: Refusal,
) {
  const form = {
    title: 'Switch on the second factor',
    action: '/settings/mfa/activate',
    button: 'Switch on',
    fields: ['code'],
    hidden: { secret, uri },
    sayings,
    above: (
      <>
        <p>Scan this with an authenticator app, or type the key into it.</p>
        <QrCode text={uri} label="The key for your authenticator app as a QR code" />
        <code id="key">{secret.replace(/.{4}(?=.)/g, '$& ')}</code>
        <p>Then type the code that the app shows.</p>
      </>
    ),
    below: <a href={back}>Cancel</a>,
  } as const;
  return showForm(visit, form, refusal);
}

async function showCodes({ c, actor }: Visit<UserActor>, answer: Response) {
  const { recoveryCodes } = recoveryCodesShape.parse(await answer.json());
  return show(
    c,
    { title: 'Your recovery codes', actor, narrow: true },
    <div class="card">
      <h1>Your recovery codes</h1>
      <Notice look="bad">They are shown this once. Print them, or keep them in a safe.</Notice>
      <p>Each lets you in once, should you lose your phone.</p>
      <ul class="codes" id="codes">
        {recoveryCodes.map((code) => (
          <li>{code}</li>
        ))}
      </ul>
      <div class="side">
        <Go to={back}>I have kept them</Go>
        <button type="button" class="button quiet" data-copy="codes" hidden>
          Copy
        </button>
      </div>
    </div>,
  );
}

function showManagement(
  visit: Visit<UserActor>,
  refused: { codes?: Refusal; disable?: Refusal } = {},
) {
  const { c, actor } = visit;
  if (!actor.user.mfaEnabled) return goOn(visit, back);
  return show(
    c,
    { title: 'Second factor', actor, status: (refused.codes ?? refused.disable)?.status ?? 200 },
    <>
      <h1>Second factor</h1>
      <Card title="New recovery codes" text="You get ten new ones; those before no longer work.">
        <Form
          action="/settings/mfa/recovery-codes"
          button="Make new codes"
          fields={['code']}
          attempt={new Attempt({}, refused.codes)}
          sayings={sayings}
        />
      </Card>
      <Card title="Switch off" text="Your password alone will let you in." danger>
        <Form
          action="/settings/mfa/disable"
          button="Switch off"
          look="danger"
          fields={['code']}
          id="code-to-switch-off"
          attempt={new Attempt({}, refused.disable)}
          sayings={sayings}
        />
      </Card>
    </>,
  );
}
