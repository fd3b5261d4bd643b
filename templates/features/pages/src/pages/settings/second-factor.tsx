import type { UserActor } from '../../auth/access.ts';
import { Refusal } from '../api.ts';
import { Attempt } from '../form.ts';
import { goOn, page, submit, type Visit } from '../page.tsx';
import { Field, Form } from '../parts/fields.tsx';
import { show } from '../parts/layout.tsx';
import { Notice } from '../parts/notice.tsx';
import { QrCode } from '../parts/qr.tsx';
import { enrollmentShape, recoveryCodesShape } from '../shapes.ts';

const wrongCode = { unauthenticated: 'That code does not work. Try the next one.' };

export const secondFactorPages = [
  page.user('POST', '/settings/mfa/enroll', async (visit) => {
    const answer = await submit(visit, 'POST', '/api/auth/mfa/enroll');
    if (answer instanceof Refusal) return goOn(visit, '/settings/security', answer);
    return showEnrollment(visit, enrollmentShape.parse(await answer.json()));
  }),

  page.user('POST', '/settings/mfa/activate', async (visit) => {
    const answer = await submit(visit, 'POST', '/api/auth/mfa/activate', 'code');
    if (!(answer instanceof Refusal)) return showCodes(visit, answer);
    const pending = enrollmentShape.safeParse(visit.typed).data;
    if (pending === undefined || answer.code === 'conflict') {
      return goOn(visit, '/settings/security', answer);
    }
    return showEnrollment(visit, pending, answer);
  }),

  page.user('GET', '/settings/mfa', async (visit) => showManagement(visit)),

  page.user('POST', '/settings/mfa/recovery-codes', async (visit) => {
    const answer = await submit(visit, 'POST', '/api/auth/mfa/recovery-codes', 'code');
    if (answer instanceof Refusal) return showManagement(visit, { codes: answer });
    return showCodes(visit, answer);
  }),

  page.user('POST', '/settings/mfa/disable', async (visit) => {
    const answer = await submit(visit, 'POST', '/api/auth/mfa/disable', 'code');
    if (answer instanceof Refusal) return showManagement(visit, { disable: answer });
    return goOn(visit, '/settings/security', 'mfa_disabled');
  }),
];

/** Whether there is a second factor, and what to do about it. */
export function SecondFactor({ isOn }: { isOn: boolean }) {
  return (
    <section class="card">
      <div class="side">
        <h2>Second factor</h2>
        {isOn ? <span class="badge good">on</span> : <span class="badge">off</span>}
      </div>
      <p class="muted">
        {isOn
          ? 'Logging in takes a code from your authenticator app.'
          : 'With a code from an app on your phone, a password alone lets nobody in.'}
      </p>
      {isOn ? (
        <div>
          <a class="button quiet" href="/settings/mfa">
            Manage
          </a>
        </div>
      ) : (
        <Form action="/settings/mfa/enroll" button="Switch on" />
      )}
    </section>
  );
}

/** The secret comes back with a wrong code, so that nobody has to scan anew. It works for its owner alone. */
function showEnrollment(
  { c, actor }: Visit<UserActor>,
  { secret, uri }: { secret: string; uri: string },
  refusal: Refusal | null = null,
) {
  const attempt = new Attempt({}, refusal);
  return show(
    c,
    { title: 'Second factor', actor, narrow: true, status: refusal?.status ?? 200 },
    <div class="card">
      <h1>Switch on the second factor</h1>
      <p>1. Scan this with an authenticator app, or type the key into it.</p>
      <QrCode text={uri} label="The key for your authenticator app as a QR code" />
      <p>
        <code>{secret.replace(/.{4}(?=.)/g, '$& ')}</code>
      </p>
      <p>2. Type the code that the app shows.</p>
      <Form
        action="/settings/mfa/activate"
        button="Switch on"
        attempt={attempt}
        sayings={wrongCode}
        also={<a href="/settings/security">Cancel</a>}
      >
        <input type="hidden" name="secret" value={secret} />
        <input type="hidden" name="uri" value={uri} />
        <CodeOfApp attempt={attempt} name="code" />
      </Form>
    </div>,
  );
}

async function showCodes({ c, actor }: Visit<UserActor>, answer: Response) {
  const { recoveryCodes } = recoveryCodesShape.parse(await answer.json());
  return show(
    c,
    { title: 'Recovery codes', actor, narrow: true },
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
        <a class="button" href="/settings/security">
          I have kept them
        </a>
        <button type="button" class="button quiet" data-copy="codes" hidden>
          Copy
        </button>
      </div>
    </div>,
  );
}

function showManagement(
  { c, actor }: Visit<UserActor>,
  refused: { codes?: Refusal; disable?: Refusal } = {},
) {
  if (!actor.user.mfaEnabled) return goOn({ c }, '/settings/security');
  const codes = new Attempt({}, refused.codes);
  const disable = new Attempt({}, refused.disable);
  const status = (refused.codes ?? refused.disable)?.status ?? 200;
  return show(
    c,
    { title: 'Second factor', actor, status },
    <>
      <h1>Second factor</h1>
      <section class="card">
        <h2>New recovery codes</h2>
        <p class="muted">You get ten new ones; those before no longer work.</p>
        <Form
          action="/settings/mfa/recovery-codes"
          button="Make new codes"
          attempt={codes}
          sayings={wrongCode}
        >
          <CodeOfApp attempt={codes} name="code" />
        </Form>
      </section>
      <section class="card danger">
        <h2>Switch off</h2>
        <p class="muted">
          Your password alone will let you in, and every other device is logged out.
        </p>
        <Form
          action="/settings/mfa/disable"
          button="Switch off"
          look="danger"
          attempt={disable}
          sayings={wrongCode}
        >
          <CodeOfApp attempt={disable} name="code" id="disable-code" />
        </Form>
      </section>
    </>,
  );
}

function CodeOfApp(props: { attempt: Attempt; name: string; id?: string }) {
  return (
    <Field
      {...props}
      label="Code from the app"
      class="code"
      autocomplete="one-time-code"
      maxlength={64}
    />
  );
}
