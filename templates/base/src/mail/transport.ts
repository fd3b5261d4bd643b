import type { Env } from '../env.ts';
import type { MailTransport } from './mail.ts';

/** Sends mail through Cloudflare's Email Service, or through what stands in for it in development. */
export function mailTransport(env: Env): MailTransport {
  return async ({ from, to, subject, text, html, requestId }) => {
    await env.EMAIL.send({ from, to, subject, text, html, headers: { 'X-Request-Id': requestId } });
  };
}
