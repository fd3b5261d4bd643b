import { giveCookie, readCookie, takeCookie } from '../auth/cookie.ts';
import type { AppContext } from '../http/context.ts';

/** What a page says once, after something was done. The cookie holds the word on the left and nothing else. */
const messages = {
  account_deleted: 'Your account is deleted.',
  address_changed: 'Your address is changed. Log in with the new one.',
  address_half_changed: 'Confirmed. Now confirm in the mail that went to the other address.',
  address_verified: 'Your address is confirmed.',
  code_mailed: 'A new mail is on its way.',
  email_change_asked: 'Confirm the change in both mails: at the old address and at the new one.',
  identity_unlinked: 'That way to log in is removed.',
  invitation_revoked: 'The invitation is revoked.',
  invited: 'The invitation is on its way.',
  joined: 'Welcome. You are a member now.',
  left: 'You left the workspace.',
  logged_out: 'You are logged out.',
  member_removed: 'The member is removed.',
  mfa_disabled: 'Your second factor is switched off.',
  password_changed: 'Your password is changed, and every other device is logged out.',
  password_reset: 'Your new password is set. Log in with it.',
  profile_saved: 'Your profile is saved.',
  project_created: 'The project is created.',
  project_deleted: 'The project is deleted.',
  project_saved: 'The project is saved.',
  role_changed: 'The role is changed.',
  session_ended: 'That device is logged out.',
  stepped_up: 'Thank you. For five minutes you will not be asked again.',
  workspace_created: 'The workspace is created.',
  workspace_deleting: 'The workspace is frozen, and will be deleted in seven days.',
  workspace_restored: 'The workspace is back.',
  workspace_saved: 'The workspace is saved.',
  // what the API refused
  address_unproven: 'Confirm your own address first.',
  conflict: 'That is not possible: it conflicts with what is there.',
  internal: 'Something went wrong on our side. Try again.',
  last_owner: 'That is not possible: a workspace needs an owner.',
  last_way_in: 'That is not possible: it is your last way to log in.',
  not_found: 'It was not there any more.',
  quota_exceeded: 'Your plan allows no more.',
  rate_limited: 'Too many requests. Wait a little.',
  role_required: 'Your role does not allow this.',
  unavailable: 'Temporarily unavailable. Try again in a moment.',
} as const;

export type FlashCode = keyof typeof messages;

const refusals: ReadonlySet<string> = new Set([
  'address_unproven',
  'conflict',
  'internal',
  'last_owner',
  'last_way_in',
  'not_found',
  'quota_exceeded',
  'rate_limited',
  'role_required',
  'unavailable',
]);

export interface Flash {
  readonly text: string;
  readonly isRefusal: boolean;
}

/** Leaves a message for the next page. A code that is not known leaves none. */
export function leaveFlash(c: AppContext, code: string): void {
  if (isFlashCode(code)) giveCookie(c, 'flash', code);
}

/** Takes the message that the page before left. It is one of ours whatever the cookie holds. */
export function takeFlash(c: AppContext): Flash | null {
  const code = readCookie(c, 'flash');
  if (code === undefined) return null;
  takeCookie(c, 'flash');
  return isFlashCode(code) ? { text: messages[code], isRefusal: refusals.has(code) } : null;
}

function isFlashCode(code: string): code is FlashCode {
  return Object.hasOwn(messages, code);
}
