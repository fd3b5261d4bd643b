/** The mails about identities; src/mail/messages.ts has the others. */
export const identityMessages = {
  linked: (to: string, provider: string) => ({
    to,
    subject: `You can now log in with ${provider}`,
    paragraphs: [
      `Your account was linked with an account at ${provider}, which can log in from now on.`,
      'If it was not you, remove it from your account, change your password and log out everywhere.',
    ],
  }),

  unlinked: (to: string) => ({
    to,
    subject: 'A way to log in was removed',
    paragraphs: [
      'An account at an identity provider was taken off your account and can no longer log in.',
      'If it was not you, ask for a new password on the login page at once.',
    ],
  }),
};
