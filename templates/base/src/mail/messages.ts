import type { Mail } from './mail.ts';

/** A link that proves something, and the bare token for who types it in. */
export interface Proof {
  /** The page that takes the token, below the configured base, such as `verify-email`. */
  readonly page: 'verify-email' | 'reset-password' | 'confirm-email' | 'accept-invitation';
  readonly token: string;
}

interface Message {
  readonly to: string;
  readonly subject: string;
  readonly paragraphs: readonly string[];
  readonly proof?: Proof;
}

/** The mails the app writes. Each says what happened and what to do if it was not you. */
export const messages = {
  verifyEmail: (to: string, token: string): Message => ({
    to,
    subject: 'Confirm your address',
    paragraphs: [
      'Somebody, hopefully you, signed up with this address. Confirm it within 24 hours:',
      'If it was not you, ignore this mail: the account does not count as yours, and stays unconfirmed.',
    ],
    proof: { page: 'verify-email', token },
  }),

  alreadySignedUp: (to: string): Message => ({
    to,
    subject: 'You already have an account',
    paragraphs: [
      'Somebody, hopefully you, tried to sign up with this address, which has an account already.',
      'If you forgot your password, ask for a new one on the login page. If it was not you, nothing has changed.',
    ],
  }),

  resetPassword: (to: string, token: string): Message => ({
    to,
    subject: 'Choose a new password',
    paragraphs: [
      'Somebody, hopefully you, asked for a new password. This link works once, for 30 minutes:',
      'If it was not you, ignore this mail: your password stays as it is.',
    ],
    proof: { page: 'reset-password', token },
  }),

  passwordChanged: (to: string): Message => ({
    to,
    subject: 'Your password was changed',
    paragraphs: [
      'Your password was changed, and every device was logged out.',
      'If it was not you, ask for a new password on the login page at once.',
    ],
  }),

  confirmOldEmail: (to: string, email: string, token: string): Message => ({
    to,
    subject: 'Confirm the change of your address',
    paragraphs: [
      `Your account asks to move to ${email}. Confirm it here, logged in or with your password, and in the mail sent there, within an hour:`,
      'If it was not you, do not confirm, and change your password.',
    ],
    proof: { page: 'confirm-email', token },
  }),

  confirmNewEmail: (to: string, token: string): Message => ({
    to,
    subject: 'Confirm your new address',
    paragraphs: [
      'An account asks to use this address. Confirm it here, logged in or with your password, and in the mail sent to the old address, within an hour:',
      'If it was not you, ignore this mail.',
    ],
    proof: { page: 'confirm-email', token },
  }),

  emailChanged: (to: string): Message => ({
    to,
    subject: 'The address of your account was changed',
    paragraphs: [
      'The address of your account was changed, and every device was logged out.',
      'If it was not you, write to our support at once.',
    ],
  }),

  accountDeleted: (to: string): Message => ({
    to,
    subject: 'Your account was deleted',
    paragraphs: [
      'Your account was deleted, with all that was yours alone.',
      'If it was not you, write to our support at once.',
    ],
  }),

  mfaActivated: (to: string): Message => ({
    to,
    subject: 'Your second factor was switched on',
    paragraphs: [
      'Logging in now takes a code from your authenticator app, and every other device was logged out.',
      'If it was not you, write to our support at once.',
    ],
  }),

  mfaDisabled: (to: string): Message => ({
    to,
    subject: 'Your second factor was switched off',
    paragraphs: [
      'Logging in takes only your password again, and every other device was logged out.',
      'If it was not you, change your password at once and switch the second factor on again.',
    ],
  }),

  recoveryCodeUsed: (to: string): Message => ({
    to,
    subject: 'A recovery code was used',
    paragraphs: [
      'One of your recovery codes was used in place of a code from your authenticator app. It does not work again; have new ones made before you run out of them.',
      'If it was not you, change your password at once and replace the codes.',
    ],
  }),

  recoveryCodesReplaced: (to: string): Message => ({
    to,
    subject: 'Your recovery codes were replaced',
    paragraphs: [
      'You have ten new recovery codes; the ones before no longer work.',
      'If it was not you, change your password at once and replace the codes again.',
    ],
  }),

  newDevice: (to: string, device: string): Message => ({
    to,
    subject: 'A new device logged in',
    paragraphs: [
      `Your account was used from a device it does not know: ${device}.`,
      'If it was not you, change your password and log out everywhere.',
    ],
  }),

  invitation: (to: string, tenant: string, token: string): Message => ({
    to,
    subject: 'You are invited',
    paragraphs: [
      `You are invited to join “${withoutLinks(tenant)}”. Accept within seven days, logged in with this address:`,
      'If you do not know who invites you, ignore this mail.',
    ],
    proof: { page: 'accept-invitation', token },
  }),

  stepUpCode: (to: string, code: string): Message => ({
    to,
    subject: 'Your code',
    paragraphs: [
      `Your code is ${code}. It works once, for ten minutes.`,
      'If you did not ask for it, somebody else is in your account: log out everywhere.',
    ],
  }),
};

/** Lays a message out as text and as HTML, with its link on `linkBaseUrl`. */
export function renderMail(message: Message, linkBaseUrl: string): Mail {
  const { to, subject, proof } = message;
  const [first = '', ...rest] = message.paragraphs;
  // The token stands behind #, so that it reaches no server log and no Referer (ASVS 5.0, 14.2.1).
  const link = proof && `${linkBaseUrl}/${proof.page}#token=${proof.token}`;
  const code = proof && `Or enter this code: ${proof.token}`;
  const text = [first, link, code, ...rest].filter((part) => part !== undefined).join('\n\n');
  const html = [
    `<p>${escapeHtml(first)}</p>`,
    link && `<p><a href="${escapeHtml(link)}">${escapeHtml(subject)}</a></p>`,
    code && `<p>${escapeHtml(code)}</p>`,
    ...rest.map((paragraph) => `<p>${escapeHtml(paragraph)}</p>`),
  ].filter((part) => part !== undefined);
  return { to, subject, text: `${text}\n`, html: html.join('\n') };
}

/**
 * A name that somebody else chose, fit for a mail we send: without the words that a mail program
 * would make a link of, and without control and other invisible characters.
 */
export function withoutLinks(name: string): string {
  const words = name.normalize('NFKC').replace(/\p{Z}/gu, ' ').replace(/\p{C}/gu, '').split(' ');
  return words
    .filter((word) => !/:\/|@|[.\u3002]\p{L}/u.test(word))
    .join(' ')
    .trim();
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? '');
}
