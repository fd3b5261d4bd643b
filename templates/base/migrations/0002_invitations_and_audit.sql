-- Invitations into a tenant, what was done in it, and its end; and the end of a user.

-- When the rows of the tenant go: from the request until then it is frozen.
ALTER TABLE tenants ADD COLUMN deletes_at INTEGER;
-- When they were gone. What stays of the tenant is this row, without its name.
ALTER TABLE tenants ADD COLUMN purged_at INTEGER;

CREATE INDEX tenants_to_purge ON tenants (deletes_at) WHERE purged_at IS NULL;

CREATE INDEX memberships_by_age ON memberships (tenant_id, created_at, user_id);

-- An invitation that is accepted, revoked or replaced is deleted. The last reference makes it go with
-- the membership of whoever sent it.
CREATE TABLE invitations (
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  id TEXT NOT NULL,
  email TEXT NOT NULL,
  role TEXT NOT NULL CHECK (role IN ('owner', 'admin', 'member')),
  -- SHA-256 of the mailed token; the token itself is stored nowhere
  token_hash TEXT NOT NULL UNIQUE,
  invited_by TEXT NOT NULL,
  expires_at INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, email),
  FOREIGN KEY (tenant_id, invited_by) REFERENCES memberships (tenant_id, user_id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE INDEX invitations_by_age ON invitations (tenant_id, created_at, id);
CREATE INDEX invitations_by_inviter ON invitations (tenant_id, invited_by);
CREATE INDEX invitations_by_expiry ON invitations (expires_at);
CREATE INDEX invitations_by_email ON invitations (email);

CREATE TRIGGER invitations_stay_in_their_tenant
BEFORE UPDATE OF tenant_id ON invitations
WHEN new.tenant_id <> old.tenant_id
BEGIN
  SELECT RAISE(ABORT, 'tenant_id never changes');
END;

-- Who did what. Ids only, so that nothing of a person stays when the person goes: an actor or a target
-- is therefore no reference.
CREATE TABLE audit_log (
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  id TEXT NOT NULL,
  actor_id TEXT NOT NULL,
  action TEXT NOT NULL,
  target TEXT NOT NULL,
  -- what it came to: a role, or 'done'
  result TEXT NOT NULL,
  request_id TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX audit_log_by_age ON audit_log (tenant_id, created_at, id);

-- How much somebody has changed on which day, in days since 1970 (UTC), in all their tenants.
ALTER TABLE users ADD COLUMN changed_on INTEGER NOT NULL DEFAULT 0;
ALTER TABLE users ADD COLUMN changes INTEGER NOT NULL DEFAULT 0;

-- Nobody fills the one database of all tenants with rows that cannot go. What takes away is not counted,
-- for it needs something that was: it goes on when the day is used up.
CREATE TRIGGER changes_of_a_day_are_limited
AFTER INSERT ON audit_log
WHEN new.action NOT LIKE '%.deleted'
  AND new.action NOT IN ('invitation.revoked', 'member.removed', 'tenant.deletion_requested')
BEGIN
  UPDATE users SET
    changes = CASE WHEN changed_on = new.created_at / 86400000 THEN changes + 1 ELSE 1 END,
    changed_on = new.created_at / 86400000
  WHERE id = new.actor_id;
  SELECT RAISE(ABORT, 'the changes of the day are used up')
  FROM users WHERE id = new.actor_id AND changes > 5000;
END;

CREATE TRIGGER audit_log_is_never_changed
BEFORE UPDATE ON audit_log
BEGIN
  SELECT RAISE(ABORT, 'tenant_id never changes, nor does anything else of an audit row');
END;

-- REPLACE deletes without asking the trigger below.
CREATE TRIGGER audit_log_is_never_replaced
BEFORE INSERT ON audit_log
WHEN EXISTS (SELECT 1 FROM audit_log WHERE tenant_id = new.tenant_id AND id = new.id)
BEGIN
  SELECT RAISE(ABORT, 'tenant_id never changes, nor does anything else of an audit row');
END;

CREATE TRIGGER audit_log_goes_with_its_tenant
BEFORE DELETE ON audit_log
WHEN NOT EXISTS (
  SELECT 1 FROM tenants WHERE id = old.tenant_id AND deletes_at <= unixepoch() * 1000
)
BEGIN
  SELECT RAISE(ABORT, 'an audit row goes only when its tenant does');
END;

-- Who has deleted their account: the id and nothing else, so that a restored backup can be told.
CREATE TABLE deleted_users (
  id TEXT NOT NULL PRIMARY KEY,
  deleted_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX deleted_users_by_age ON deleted_users (deleted_at);
