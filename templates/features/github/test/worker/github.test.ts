import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { freshEmail, newUser, rowsOf } from './arrange.ts';
import { Browser } from './browser.ts';
import { github, usualAddresses } from './github.ts';
import { connect, logInWith, newPerson } from './stand-in.ts';

const failed = (code: string) => `/login?error=${code}`;
const api = 'https://api.github.com/';

beforeEach(() => connect([github]));
afterEach(() => {
  github.addressesOf = usualAddresses;
  github.instead = undefined;
});

describe('AUTH-6 GitHub says who it was by its numeric id', () => {
  it('which is what is kept, and not the login, which others may take over', async () => {
    const person = newPerson();
    await logInWith(github, person);
    const rows = (await rowsOf('identities')).filter((row) => row['email'] === person.email);
    expect(rows).toMatchObject([
      { issuer: 'https://github.com/login/oauth', subject: person.subject },
    ]);
  });

  it('somebody who took a login over reaches no account of who had it', async () => {
    const before = newPerson();
    const had = await logInWith(github, before);
    const took = await logInWith(github, newPerson());
    const idOf = async ({ browser }: typeof had) => (await browser.get('/api/me')).json.user.id;
    expect(await idOf(took)).not.toBe(await idOf(had));
  });

  it.each(['"1"', '1.5', '-1', '0', 'null', '{}'])('%s is no id', async (id) => {
    github.instead = ({ url }) =>
      url === `${api}user`
        ? Promise.resolve(new Response(`{"id":${id},"login":"grace","name":null}`))
        : undefined;
    const { location } = await logInWith(github, newPerson());
    expect(location).toBe(failed('provider_failed'));
  });

  it('a name is read as it is, however its letters come in', async () => {
    const bytes = new TextEncoder().encode('{"id":8,"login":"grace","name":"Zoë"}');
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        for (const byte of bytes) controller.enqueue(Uint8Array.of(byte));
        controller.close();
      },
    });
    github.instead = ({ url }) =>
      url === `${api}user` ? Promise.resolve(new Response(body)) : undefined;
    const { browser } = await logInWith(github, newPerson());
    expect((await browser.get('/api/me')).json.user.name).toBe('Zoë');
  });

  it('who gave no name is called by the login', async () => {
    github.instead = ({ url }) =>
      url === `${api}user`
        ? Promise.resolve(new Response('{"id":7,"login":"grace","name":null}'))
        : undefined;
    const { browser } = await logInWith(github, newPerson());
    expect((await browser.get('/api/me')).json.user.name).toBe('grace');
  });
});

describe('AUTH-6 GitHub must vouch for the primary address', () => {
  it('any other one is not taken, verified or not', async () => {
    const { email } = await newUser();
    github.addressesOf = ({ email: own }) => [
      { email, primary: false, verified: true },
      { email: own, primary: true, verified: false },
    ];
    const { location } = await logInWith(github, newPerson());
    expect(location).toBe(failed('email_unverified'));
  });

  it('an unverified one is not taken though it stands first', async () => {
    const victim = freshEmail();
    github.addressesOf = ({ email }) => [
      { email: victim, primary: false, verified: false },
      { email, primary: true, verified: true },
    ];
    const person = newPerson();
    const { browser } = await logInWith(github, person);
    expect((await browser.get('/api/me')).json.user.email).toBe(person.email);
  });

  it('who has none makes no account', async () => {
    github.addressesOf = () => [];
    expect((await logInWith(github, newPerson())).location).toBe(failed('email_unverified'));
  });
});

describe('AUTH-6 what GitHub is asked', () => {
  it('is who somebody is, and nothing of what is theirs there', async () => {
    const { headers } = await new Browser().get('/api/auth/oauth/github/start');
    const { searchParams } = new URL(headers.get('Location') ?? '');
    expect(searchParams.get('scope')).toBe('read:user user:email');
  });

  it('names the version of its API and who asks, and carries the token in a header alone', async () => {
    await logInWith(github, newPerson());
    expect(Object.fromEntries(github.apiHeaders)).toMatchObject({
      accept: 'application/vnd.github+json',
      authorization: expect.stringMatching(/^Bearer gho_/),
      'user-agent': 'github-client',
      'x-github-api-version': '2022-11-28',
    });
    expect(github.asked.slice(-2).toSorted()).toEqual([`GET ${api}user`, `GET ${api}user/emails`]);
  });

  it.each(['user', 'user/emails'])('a hanging %s is given up on', async (last) => {
    const timeout = AbortSignal.timeout.bind(AbortSignal);
    vi.spyOn(AbortSignal, 'timeout').mockImplementation((ms) => timeout(ms === 5_000 ? 50 : ms));
    github.instead = (request) =>
      request.url === `${api}${last}`
        ? new Promise((resolve, reject) => {
            request.signal.addEventListener('abort', () => reject(new Error('given up')));
            void scheduler.wait(12_000).then(() => resolve(Response.json([])));
          })
        : undefined;
    const late = scheduler.wait(10_000).then(() => ({ location: 'still waiting' }));
    const visit = logInWith(github, newPerson());
    const { location } = await Promise.race([visit, late]);
    await visit;
    expect(location).toBe(failed('provider_failed'));
  });

  it.each(['user', 'user/emails'])('%s answering badly logs nobody in', async (last) => {
    const evil = `https://evil.example/${last}`;
    for (const answer of [
      (body: string) => new Response(body, { status: 500 }),
      () => Response.redirect(evil),
      () => new Response('<html>'),
      (body: string) => new Response(`${body}${' '.repeat(70_000)}`),
    ]) {
      const person = newPerson();
      const bodies = new Map([
        ['user', JSON.stringify({ id: Number(person.subject), login: 'grace' })],
        ['user/emails', JSON.stringify(usualAddresses(person))],
      ]);
      const body = bodies.get(last) ?? '';
      github.instead = ({ url }) => {
        if (url === evil) return Promise.resolve(new Response(body));
        return url === `${api}${last}` ? Promise.resolve(answer(body)) : undefined;
      };
      expect((await logInWith(github, person)).location).toBe(failed('provider_failed'));
    }
  });
});
