import { Problem } from '../http/problem.ts';
import { safeReturnTo } from '../http/return-to.ts';
import { pathOf, queryOf } from './addresses.ts';
import { secretFields } from './form.ts';
import type { Visit } from './page.ts';
import { Form, showForm } from './parts/form.tsx';
import { Notice } from './parts/pieces.tsx';

/** The fields of the step-up form, and what each proves. */
const proofs = [
  ['step_up_password', 'password'],
  ['step_up_code', 'code'],
  ['step_up_email_code', 'emailCode'],
] as const;
const mailButton = 'step_up_mail';
const ours: ReadonlySet<string> = new Set([mailButton, ...proofs.map(([field]) => field)]);

/**
 * Where the API wants to know once more who somebody is, the page asks in place, with all they had
 * typed in hidden fields (but secrets). Sent again, the form first steps up and then does what it was
 * for. Answers what was typed besides, or the page that asks again.
 */
export async function stepUpIfAsked(
  visit: Visit,
): Promise<Pick<Visit, 'typed' | 'isProven'> | Response> {
  const { api, typed: sent } = visit;
  const mine = Object.keys(sent).filter((name) => ours.has(name));
  if (mine.length === 0) return { typed: sent, isProven: false };
  const typed = Object.fromEntries(Object.entries(sent).filter(([name]) => !ours.has(name)));
  const isMail = mine.includes(mailButton);
  const proof = proofs.flatMap(([field, name]) => (field in sent ? [[name, sent[field]]] : []));
  const outcome = isMail
    ? await api.send('POST', '/api/auth/step-up/email')
    : await api.send('POST', '/api/auth/step-up', Object.fromEntries(proof));
  const refusal = outcome instanceof Problem ? outcome : null;
  if (!isMail && refusal === null) return { typed, isProven: true };
  const hasMail = isMail ? refusal === null : 'step_up_email_code' in sent;
  return showStepUp({ ...visit, typed, refusal }, hasMail);
}

/** Asks for a proof, to go on with what the form was for, or to go back to where a link stood. */
export function showStepUp(visit: Visit, hasMail = false) {
  const { c, actor, typed } = visit;
  const isForm = c.req.method === 'POST';
  const returnTo = queryOf(c, 'returnTo')['returnTo'] || pathOf(c.req.header('Referer'));
  const kept = Object.entries(typed).filter(([name]) => !secretFields.has(name));
  const hidden = isForm ? Object.fromEntries(kept) : { returnTo: safeReturnTo(returnTo) };
  const action = isForm ? c.req.path : '/step-up';
  const mayMail = !hasMail && actor?.user.mfaEnabled === false;
  const known = mayMail ? 'step_up_password' : 'step_up_code';
  const byMail = {
    at: action,
    button: 'I have no password: mail me a code',
    shape: 'full',
  } as const;
  // What was typed stands in hidden fields.
  const again = { ...visit, at: action, typed: {} };
  return showForm(again, {
    title: 'Is it you?',
    text: 'This needs a fresh proof. Afterwards you will not be asked for five minutes.',
    at: action,
    button: 'Go on',
    fields: [hasMail ? 'step_up_email_code' : known],
    hidden,
    // In place of what was asked for, which is refused until then.
    ...(action !== '/step-up' && { status: 403 }),
    sayings: {
      unauthenticated: 'That is not right. Try again.',
      invalid_input: 'That is not right, or no longer good.',
    },
    above: hasMail && <Notice>A code is on its way to {actor?.user.email}.</Notice>,
    below: mayMail && (
      <Form of={byMail} visit={again} hidden={{ ...hidden, [mailButton]: 'yes' }} />
    ),
  });
}
