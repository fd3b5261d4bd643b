import { setTimeout as pause } from 'node:timers/promises';
import * as z from 'zod';

const mailbox = z.object({
  items: z.array(z.object({ to: z.string(), subject: z.string(), text: z.string() })),
});

/** The newest mail to an address with this subject, once it is there. */
export async function mailTo(
  origin: string,
  address: string,
  subject: string,
): Promise<{ link: string; token: string; text: string }> {
  for (let waited = 0; waited < 30_000; waited += 200) {
    const answer = await fetch(`${origin}/dev/mailbox.json?to=${encodeURIComponent(address)}`);
    const { items } = mailbox.parse(await answer.json());
    const mail = items.find((item) => item.subject === subject);
    if (mail !== undefined) {
      const [link = '', token = ''] = /https?:\/\/\S+#token=(\S+)/.exec(mail.text) ?? [];
      return { link, token, text: mail.text };
    }
    await pause(200);
  }
  throw new Error(`no mail "${subject}" came to ${address}`);
}
