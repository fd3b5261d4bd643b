import { env } from 'cloudflare:workers';
import { freshEmail, newUser, password, rowsOf } from './arrange.ts';
import { betweenSteps, newUserWithMfa } from './authenticator.ts';
import { Browser } from './browser.ts';
import { newTeam } from './team.ts';

/**
 * People who have all that an account can have, and do nothing. Their ids are random and they are some, so
 * that a statement which takes a range of ids for one hits somebody.
 */
export async function newBystanders(): Promise<void> {
  const { enter } = await newTeam();
  await enter('member');
  const { userId, email } = await newUserWithMfa();
  await betweenSteps(userId);
  await new Browser().post('/api/auth/login', { email, password });
  for (let people = 0; people < 10; people += 1) {
    const { browser, email: address } = await newUser();
    if (people > 1) continue;
    await browser.post('/api/auth/verify-email/send');
    await browser.post('/api/me/email', { email: freshEmail() });
    await new Browser().post('/api/auth/password/forgot', { email: address });
  }
}

/** Every row of every table that does not tell of the user. */
export async function allButThoseOf(userId: string): Promise<Record<string, unknown>> {
  const { results } = await env.DB.prepare(
    `SELECT name FROM sqlite_master
     WHERE type = 'table' AND name NOT LIKE '_cf_%' AND name <> 'request_counts'`,
  ).all<{ name: string }>();
  const tables = results.map(async ({ name }) => {
    const rows = await rowsOf(name);
    return [name, rows.filter((row) => !Object.values(row).includes(userId))];
  });
  return Object.fromEntries(await Promise.all(tables));
}
