import { env } from 'cloudflare:workers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { rowsOf } from './arrange.ts';
import { Browser } from './browser.ts';
import { comeBack, connect, newPerson, setOut } from './stand-in.ts';
import { oneStandIn, standIns } from './stand-ins.ts';

const close = (name: string) =>
  env.DB.prepare(`INSERT INTO feature_flags (name, state, changed_at) VALUES (?1, 'closed', 0)`)
    .bind(name)
    .run();

beforeEach(() => connect(standIns));
afterEach(() => env.DB.prepare('DELETE FROM feature_flags').run());

describe.each(oneStandIn.map((standIn) => [standIn.registration.name, standIn] as const))(
  'DEP-2 while no new accounts are taken, %s makes none',
  (_name, standIn) => {
    it('who has one logs in, who has none is told', async () => {
      const known = newPerson();
      const first = new Browser();
      await comeBack(standIn, await setOut(standIn, known, first), first);
      await close('signup');
      const again = new Browser();
      const { location } = await comeBack(standIn, await setOut(standIn, known, again), again);
      expect(location).toBe('/projects');
      const before = await rowsOf('users');
      const fresh = new Browser();
      const refused = await comeBack(standIn, await setOut(standIn, newPerson(), fresh), fresh);
      expect(refused.location).toBe('/login?error=signup_closed');
      expect(await rowsOf('users')).toEqual(before);
    });
  },
);
