import type { Page } from 'playwright-core';
import { mailTo } from './mailbox.ts';

export const password = 'correct horse battery staple';

/** One page as somebody sees it, and how to get there. */
export interface Scene {
  readonly name: string;
  readonly open: (page: Page) => Promise<void>;
}

const at = (name: string, path: string): Scene => ({
  name,
  open: async (page) => void (await page.goto(path)),
});

/** What a visitor sees. */
export const visitorScenes: readonly Scene[] = [
  at('landing', '/'),
  at('signup', '/signup'),
  {
    name: 'signup-refused',
    async open(page) {
      await page.goto('/signup');
      await page.getByLabel('Your name').fill('Ada');
      await page.getByLabel('Email').fill('ada@example.com');
      await page.getByRole('textbox', { name: 'Password' }).fill('password');
      await page.getByRole('button', { name: 'Sign up' }).click();
      await page.getByText('Too many people use this password').waitFor();
    },
  },
  at('signup-check-mail', '/signup/check-mail'),
  at('verify-email', '/verify-email'),
  at('login', '/login'),
  {
    name: 'login-refused',
    async open(page) {
      await page.goto('/login');
      await page.getByLabel('Email').fill('nobody@example.com');
      await page.getByRole('textbox', { name: 'Password' }).fill('wrong');
      await page.getByRole('button', { name: 'Log in' }).click();
      await page.getByText('Address or password is wrong').waitFor();
    },
  },
  at('second-step', '/login/second-step'),
  at('forgot-password', '/forgot-password'),
  at('forgot-password-check-mail', '/forgot-password/check-mail'),
  at('reset-password', '/reset-password'),
  at('confirm-email', '/confirm-email'),
  at('invitation-visitor', '/accept-invitation'),
  at('not-found', '/nothing-here'),
  at('mailbox', '/dev/mailbox'),
];

/** What the owner of a workspace sees. */
export function ownerScenes(tenantId: string, projectId: string): readonly Scene[] {
  const tenant = `/tenants/${tenantId}`;
  return [
    at('dashboard', '/dashboard'),
    at('projects', `${tenant}/projects`),
    at('projects-search', `${tenant}/projects?q=nothing+like+it`),
    at('project-new', `${tenant}/projects/new`),
    at('project', `${tenant}/projects/${projectId}`),
    at('project-delete', `${tenant}/projects/${projectId}/delete`),
    at('members', `${tenant}/members`),
    at('audit', `${tenant}/audit`),
    at('tenant-settings', `${tenant}/settings`),
    at('tenant-delete', `${tenant}/delete`),
    at('profile', '/settings/profile'),
    at('security', '/settings/security'),
    at('activity', '/settings/activity'),
    at('account-delete', '/settings/delete'),
    at('step-up', '/step-up?returnTo=/settings/security'),
    at('invitation', '/accept-invitation'),
    {
      name: 'second-factor-enroll',
      async open(page) {
        await page.goto('/settings/security');
        await page.getByRole('button', { name: 'Switch on' }).click();
        await page.getByText('Scan this').waitFor();
      },
    },
  ];
}

/** What somebody sees who has just come. */
export const newcomerScenes: readonly Scene[] = [at('dashboard-empty', '/dashboard')];

/** Signs somebody up through the interface, confirms their address and logs them in. */
export async function join(page: Page, email: string, name: string): Promise<void> {
  const { origin } = new URL(page.url());
  await post(page, '/api/auth/signup', { email, name, password });
  const { token } = await mailTo(origin, email, 'Confirm your address');
  await post(page, '/api/auth/verify-email', { token });
  await post(page, '/api/auth/login', { email, password });
}

/** Posts to the interface with the cookies of a window. The window must be on a page of the app. */
export async function post(page: Page, path: string, data: object): Promise<unknown> {
  const { origin } = new URL(page.url());
  const answer = await page.request.post(path, { data, headers: { Origin: origin } });
  if (!answer.ok()) throw new Error(`${path} answered ${answer.status()}`);
  const text = await answer.text();
  return text === '' ? null : JSON.parse(text);
}
