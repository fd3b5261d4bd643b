import { giveCookie, readCookie, takeCookie } from '../auth/cookie.ts';
import type { AppContext } from '../http/context.ts';

/** What a page says once, after something was done. The cookie holds the word on the left, and grants nothing. */
const messages: Readonly<Record<string, string>> = {
  account_deleted: 'Your account is deleted.',
  address_changed: 'Your address is changed. Log in with the new one.',
  address_half_changed: 'Confirmed. Now confirm in the mail that went to the other address.',
  address_verified: 'Your address is confirmed.',
  mailed: 'A new mail is on its way.',
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
};

/** The same, of what the API refused. */
const refusals: Readonly<Record<string, string>> = {
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
};

export interface Flash {
  readonly text: string;
  readonly isRefusal: boolean;
}

/** Leaves a message for the next page. A word that is not known leaves none. */
export function leaveFlash(c: AppContext, word: string): void {
  if (flashOf(word) !== null) giveCookie(c, 'flash', word);
}

/** Takes the message that the page before left. It is one of ours, whatever the cookie holds. */
export function takeFlash(c: AppContext): Flash | null {
  const word = readCookie(c, 'flash');
  if (word === undefined) return null;
  takeCookie(c, 'flash');
  return flashOf(word);
}

function flashOf(word: string): Flash | null {
  const isRefusal = Object.hasOwn(refusals, word);
  const text = isRefusal ? refusals[word] : Object.hasOwn(messages, word) && messages[word];
  return text ? { text, isRefusal } : null;
}
