/** A mail as it waits. */
export interface StoredMail {
  readonly id: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly createdAt: string;
}

/** Keeps the mail of development in KV, instead of sending it. */
export class Mailbox {
  readonly #storage: KVNamespace;

  constructor(storage: KVNamespace) {
    this.#storage = storage;
  }

  /** Takes what the app gives to the mail service. */
  async send(mail: EmailMessage | EmailMessageBuilder): Promise<EmailSendResult> {
    if (!('subject' in mail) || typeof mail.to !== 'string') {
      throw new Error('the mailbox takes composed mail to one address');
    }
    const now = Date.now();
    // Keys are listed in order, so the newest must come first.
    const id = `${String(Number.MAX_SAFE_INTEGER - now).padStart(16, '0')}-${crypto.randomUUID()}`;
    const stored: StoredMail = {
      id,
      to: mail.to,
      subject: mail.subject,
      text: mail.text ?? '',
      html: mail.html ?? '',
      createdAt: new Date(now).toISOString(),
    };
    await this.#storage.put(id, JSON.stringify(stored), { expirationTtl: 24 * 60 * 60 });
    return { messageId: id };
  }

  /** `{items}`, newest first; those to one address, if one is given. */
  async list(to: string | null): Promise<Response> {
    const items = (await this.read()).filter((mail) => to === null || mail.to === to);
    return Response.json({ items }, { headers: { 'Cache-Control': 'no-store' } });
  }

  /** All that waits, newest first. */
  async read(): Promise<StoredMail[]> {
    const { keys } = await this.#storage.list({ limit: 100 });
    const mails = await Promise.all(
      keys.map(({ name }) => this.#storage.get<StoredMail>(name, 'json')),
    );
    return mails.filter((mail) => mail !== null);
  }
}
