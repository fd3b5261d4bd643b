import { beforeEach, describe, expect, it } from 'vitest';
import { Browser } from './browser.ts';
import { comeBack, connect, newPerson, setOut } from './stand-in.ts';
import { oneStandIn, standIns } from './stand-ins.ts';

beforeEach(() => connect(standIns));

describe('AUTH-6 a provider does not decide where a browser goes on to', () => {
  it.each(oneStandIn.map((standIn) => [standIn.registration.name, standIn] as const))(
    'what %s sends back is not asked: the path was kept when the browser set out',
    async (_name, standIn) => {
      const browser = new Browser();
      const answer = await setOut(standIn, newPerson(), browser, '//evil.example');
      const { location } = await comeBack(
        standIn,
        { ...answer, returnTo: 'https://evil.example' },
        browser,
      );
      expect(location).toBe('/');
    },
  );
});
