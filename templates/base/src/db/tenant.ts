/** What a member may do, from most to least. */
export type Role = 'owner' | 'admin' | 'member';

/** What a tenant pays for, from least to most. */
export type Tier = 'free' | 'pro' | 'business';

/**
 * A tenant that somebody was found to belong to. The private field makes the type nominal: no
 * object literal passes for one, so no handler can make up a tenant from what a client sent.
 */
export class Tenant {
  readonly #id: string;
  readonly role: Role;
  readonly tier: Tier;

  constructor(membership: { tenantId: string; role: Role; tier: Tier }) {
    this.#id = membership.tenantId;
    this.role = membership.role;
    this.tier = membership.tier;
  }

  get id(): string {
    return this.#id;
  }
}
