/** A mail as the app gave it to the mail service. */
export interface SentMail {
  readonly from: unknown;
  readonly to: unknown;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** The mail service of the tests: it keeps what it is given, and fails when a test says so. */
class Post {
  readonly sent: SentMail[] = [];
  isDown = false;

  send(mail: EmailMessage | EmailMessageBuilder): Promise<EmailSendResult> {
    if (this.isDown) return Promise.reject(new Error('the mail service is down'));
    if (!('subject' in mail)) return Promise.reject(new Error('only composed mail is expected'));
    const { from, to, subject, text = '', html = '', headers = {} } = mail;
    this.sent.push({ from, to, subject, text, html, headers });
    return Promise.resolve({ messageId: String(this.sent.length) });
  }

  /** The mails to an address, oldest first. */
  to(address: string): SentMail[] {
    return this.sent.filter(({ to }) => to === address);
  }

  /** The token in the newest mail to an address that carries one. */
  tokenFor(address: string): string {
    const mail = this.to(address).findLast(({ text }) => text.includes('#token='));
    return /#token=([\w-]{43})/.exec(mail?.text ?? '')?.[1] ?? 'there is no mail with a token';
  }
}

export const post = new Post();
