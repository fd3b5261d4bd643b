import { encode } from 'uqr';
import { saying } from '../flash.ts';
import { forUsers, goOn, type Forms, type Visit } from '../page.ts';
import { Form, showForm } from '../parts/form.tsx';
import { showPage } from '../parts/layout.tsx';
import { Card, Go, Notice } from '../parts/pieces.tsx';
import { enrollmentShape, recoveryCodesShape } from '../shapes.ts';

const tooLate = saying('That took too long. Switch the second factor on anew.');
const back = '/settings/security';
const withCode = {
  fields: ['code'],
  sayings: { unauthenticated: 'That code does not work. Try the next one.' },
} as const;

export const enrollment = {
  enroll: {
    at: '/settings/mfa/enroll',
    call: 'POST /api/auth/mfa/enroll',
    button: 'Switch on',
    look: 'main',
    next: async (visit, answer) =>
      showEnrollment(visit, enrollmentShape.parse(await answer.json())),
  },
} satisfies Forms;

const forms = {
  renew: {
    ...withCode,
    at: '/settings/mfa/recovery-codes',
    call: 'POST /api/auth/mfa/recovery-codes',
    button: 'Make new codes',
    next: showCodes,
  },
  disable: {
    ...withCode,
    at: '/settings/mfa/disable',
    call: 'POST /api/auth/mfa/disable',
    button: 'Switch off',
    look: 'danger',
    next: back,
    done: 'Your second factor is switched off.',
  },
  activate: {
    ...withCode,
    at: '/settings/mfa/activate',
    call: 'POST /api/auth/mfa/activate',
    button: 'Switch on',
    refused(visit) {
      const isOver =
        !enrollmentShape.safeParse(visit.typed).success || visit.refusal?.code === 'conflict';
      return isOver ? goOn(visit, back, tooLate) : showEnrollment(visit, visit.typed);
    },
    next: showCodes,
  },
} satisfies Forms;

export const secondFactorPages = forUsers.screen('/settings/mfa', 'Second factor', forms, manage);

function manage(visit: Visit) {
  if (!visit.me().mfaEnabled) return goOn(visit, back);
  return (
    <>
      <Card title="New recovery codes" text="You get ten new ones; those before no longer work.">
        <Form of={forms.renew} visit={visit} />
      </Card>
      <Card title="Switch off" text="Your password alone will let you in." danger>
        <Form of={forms.disable} visit={visit} id="code-to-switch-off" />
      </Card>
    </>
  );
}

/** The secret comes back with a wrong code, so that nobody has to scan anew. Only its owner sees it. */
function showEnrollment(visit: Visit, key: unknown): Promise<Response> {
  const { secret, uri } = enrollmentShape.parse(key);
  return showForm(visit, {
    ...forms.activate,
    title: 'Switch on the second factor',
    hidden: { secret, uri },
    above: (
      <>
        <p>Scan this with an authenticator app, or type the key into it.</p>
        <QrCode text={uri} label="The key for your authenticator app as a QR code" />
        <code id="key">{secret.replace(/.{4}(?=.)/g, '$& ')}</code>
        <p>Then type the code that the app shows.</p>
      </>
    ),
    others: { Cancel: back },
  });
}

async function showCodes(visit: Visit, answer: Response): Promise<Response> {
  const { recoveryCodes } = recoveryCodesShape.parse(await answer.json());
  return showPage(
    visit,
    { title: 'Your recovery codes', layout: 'card' },
    <>
      <Notice look="bad">They are shown this once. Print them, or keep them in a safe.</Notice>
      <p>Each lets you in once, should you lose your phone.</p>
      <ul class="codes" id="codes">
        {recoveryCodes.map((code) => (
          <li>{code}</li>
        ))}
      </ul>
      <div class="side">
        <Go to={back} text="I have kept them" />
        <button type="button" class="button quiet" data-copy="codes" hidden>
          Copy
        </button>
      </div>
    </>,
  );
}

/** A QR code as a drawing within the page, with the margin that readers need. */
function QrCode({ text, label }: { text: string; label: string }) {
  const { data, size } = encode(text, { border: 4 });
  const dark = data.flatMap((row, y) =>
    row.flatMap((isDark, x) => (isDark ? [`M${x} ${y}h1v1h-1z`] : [])),
  );
  return (
    <svg class="qr" viewBox={`0 0 ${size} ${size}`} role="img" aria-label={label}>
      <path d={dark.join('')} shape-rendering="crispEdges" />
    </svg>
  );
}
