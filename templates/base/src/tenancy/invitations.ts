import type { BoundStatement } from '../db/database.ts';
import {
  insertInvitation,
  listInvitations,
  readInvitation,
  removeInvitation,
  type InvitationRow,
} from '../db/statements/invitations.ts';
import type { Role } from '../db/tenant.ts';
import type { TenantDatabase } from '../db/with-tenant.ts';
import type { Page } from '../http/pagination.ts';
import type { Author } from './audit.ts';

/** How long an invitation works. Longer is kinder to holidays, and to whoever finds an old mail. */
const lifetimeMs = 7 * 24 * 60 * 60 * 1_000;

/** Whom to invite, as what, and what the token in the mail is known by. */
export interface NewInvitation {
  readonly email: string;
  readonly role: Role;
  readonly tokenHash: string;
}

/** Who may join one tenant: for each address at most one invitation. */
export interface InvitationRepository {
  /** Those after `position` that still work, oldest first; one more than `limit`. */
  list(page: Page, now: number): Promise<InvitationRow[]>;
  read(id: string): Promise<InvitationRow | null>;
  /**
   * Invites, together with the mail that says so; an earlier invitation of the address is replaced.
   * Answers null for an address that a member has, or that only an owner may invite anew.
   */
  create(
    invitation: NewInvitation,
    mail: readonly BoundStatement<never>[],
    by: Author,
  ): Promise<InvitationRow | null>;
  /** Whether there was one to revoke. */
  revoke(id: string, by: Author): Promise<boolean>;
}

export function invitationRepository(database: TenantDatabase): InvitationRepository {
  return {
    list: ({ position, limit }, now) =>
      database.all(listInvitations, position.createdAt, position.id, limit + 1, now),
    read: (id) => database.first(readInvitation, id),
    async create({ email, role, tokenHash }, mail, by) {
      const id = crypto.randomUUID();
      const expiresAt = by.now + lifetimeMs;
      const isCreated = await database.write(
        { by, action: 'invitation.created', target: id, result: role },
        database.bind(
          insertInvitation,
          id,
          email,
          role,
          tokenHash,
          expiresAt,
          by.now,
          by.userId,
          database.tenant.role,
        ),
        ...mail,
      );
      return isCreated ? { id, email, role, expiresAt, createdAt: by.now } : null;
    },
    revoke: (id, by) =>
      database.write(
        { by, action: 'invitation.revoked', target: id },
        database.bind(removeInvitation, id),
      ),
  };
}
