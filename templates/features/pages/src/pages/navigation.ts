import type { Role } from '../db/tenant.ts';
import { isAtLeast } from '../tenancy/roles.ts';
import type { IconName } from './parts/icons.tsx';

interface TenantLink {
  /** Below `/tenants/:tenantId/`. */
  readonly path: string;
  readonly text: string;
  readonly icon: IconName;
  /** Who has use for it. Whether they may see it, the API decides. */
  readonly role: Role;
}

const links: readonly TenantLink[] = [
  { path: 'projects', text: 'Projects', icon: 'folder', role: 'member' },
  { path: 'members', text: 'Members', icon: 'people', role: 'member' },
  { path: 'audit', text: 'Audit log', icon: 'list', role: 'admin' },
  { path: 'settings', text: 'Settings', icon: 'settings', role: 'admin' },
];

/** The parts of somebody's own settings. */
export const settingsLinks = [
  { path: 'profile', text: 'Profile', icon: 'people' },
  { path: 'security', text: 'Security', icon: 'lock' },
  { path: 'activity', text: 'Activity', icon: 'list' },
] as const;

/** Where somebody with a role can go in a workspace. */
export function tenantLinks(role: Role): readonly TenantLink[] {
  return links.filter((link) => isAtLeast(role, link.role));
}
