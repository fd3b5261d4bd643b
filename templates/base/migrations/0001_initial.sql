-- Times are milliseconds since 1970 (UTC). Every table is STRICT, so that a column holds its type.
-- A table that holds tenants' data has tenant_id first in its primary key, and refers to other such
-- tables by (tenant_id, id): the database itself then refuses a reference into another tenant.

CREATE TABLE users (
  id TEXT NOT NULL PRIMARY KEY,
  email TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  -- absent for somebody who only logs in with an identity provider
  password_hash TEXT,
  -- raised to end every session of the user at once
  session_epoch INTEGER NOT NULL DEFAULT 0,
  email_verified_at INTEGER,
  disabled_at INTEGER,
  created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE sessions (
  -- SHA-256 of the cookie's token; the token itself is stored nowhere
  token_hash TEXT NOT NULL PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  epoch INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  idle_expires_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  mfa_at INTEGER,
  revoked_at INTEGER
) STRICT, WITHOUT ROWID;

CREATE INDEX sessions_by_user ON sessions (user_id);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

-- Who is disabled and enabled again has no session from before, whoever did it and however.
CREATE TRIGGER disabling_ends_sessions
AFTER UPDATE OF disabled_at ON users
WHEN new.disabled_at IS NOT old.disabled_at
BEGIN
  UPDATE users SET session_epoch = session_epoch + 1 WHERE id = new.id;
END;

-- What is good once: to prove an address, to choose a new password, to step up, or for the second step
-- of a login. Only the SHA-256 of the token is here.
CREATE TABLE one_time_tokens (
  token_hash TEXT NOT NULL PRIMARY KEY,
  purpose TEXT NOT NULL,
  user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  -- SHA-256 of the cookie of the browser that asked
  browser_hash TEXT,
  -- tries of the second step
  failures INTEGER NOT NULL DEFAULT 0,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  used_at INTEGER,
  -- the request that used it, which alone may do what it was for
  used_by TEXT,
  -- of the user when the first step of a login was taken: who ends all sessions ends the login as well
  session_epoch INTEGER
) STRICT, WITHOUT ROWID;

CREATE INDEX one_time_tokens_by_user ON one_time_tokens (user_id, purpose);
CREATE INDEX one_time_tokens_by_expiry ON one_time_tokens (expires_at);

-- The second factor of a user: first pending, then active.
CREATE TABLE mfa (
  user_id TEXT NOT NULL PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
  -- encrypted, with the version of its key in front
  seed_ciphertext TEXT NOT NULL,
  -- the time step of the newest code that was accepted: neither it nor an older one is accepted again
  last_step INTEGER NOT NULL DEFAULT 0,
  activated_at INTEGER,
  created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE recovery_codes (
  -- SHA-256 of the code; the code itself is stored nowhere
  code_hash TEXT NOT NULL PRIMARY KEY,
  user_id TEXT NOT NULL REFERENCES mfa (user_id) ON DELETE CASCADE,
  used_at INTEGER
) STRICT, WITHOUT ROWID;

CREATE INDEX recovery_codes_by_user ON recovery_codes (user_id);

-- A new address waits here until it was confirmed at the old one and at the new one.
CREATE TABLE email_changes (
  user_id TEXT NOT NULL PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
  email TEXT NOT NULL,
  old_token_hash TEXT NOT NULL UNIQUE,
  new_token_hash TEXT NOT NULL UNIQUE,
  old_confirmed_at INTEGER,
  new_confirmed_at INTEGER,
  expires_at INTEGER NOT NULL
) STRICT;

CREATE INDEX email_changes_by_expiry ON email_changes (expires_at);

-- What happened to an account, for its owner to read.
CREATE TABLE security_events (
  id TEXT NOT NULL PRIMARY KEY,
  user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  kind TEXT NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;

CREATE INDEX security_events_by_user ON security_events (user_id, created_at, id);
CREATE INDEX security_events_by_age ON security_events (created_at);

-- Mail to be sent, encrypted, since it holds addresses and tokens. A row goes when its mail is out.
CREATE TABLE outbox (
  id TEXT NOT NULL PRIMARY KEY,
  payload TEXT NOT NULL,
  request_id TEXT NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0,
  next_attempt_at INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  -- given up after the last attempt, kept to be looked at
  dead_at INTEGER
) STRICT;

CREATE INDEX outbox_due ON outbox (dead_at, next_attempt_at);

CREATE TABLE tenants (
  id TEXT NOT NULL PRIMARY KEY,
  name TEXT NOT NULL,
  tier TEXT NOT NULL DEFAULT 'free' CHECK (tier IN ('free', 'pro', 'business')),
  created_at INTEGER NOT NULL,
  -- what there is of it, kept by triggers: a limit costs one row to check, however much there is
  member_count INTEGER NOT NULL DEFAULT 0,
  project_count INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE memberships (
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  user_id TEXT NOT NULL REFERENCES users (id),
  role TEXT NOT NULL CHECK (role IN ('owner', 'admin', 'member')),
  created_at INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, user_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX memberships_by_user ON memberships (user_id);
-- whether there is another owner, in a tenant of any size
CREATE INDEX memberships_of_owners ON memberships (tenant_id, user_id) WHERE role = 'owner';

CREATE TRIGGER memberships_stay_in_their_tenant
BEFORE UPDATE OF tenant_id ON memberships
WHEN new.tenant_id <> old.tenant_id
BEGIN
  SELECT RAISE(ABORT, 'tenant_id never changes');
END;

-- A copy of a member's cookie does not become that of an owner: with another role one logs in again. Who joins, or
-- comes back by an invitation, keeps the session.
CREATE TRIGGER another_role_ends_sessions
AFTER UPDATE OF role ON memberships
WHEN new.role <> old.role
BEGIN
  UPDATE sessions SET revoked_at = unixepoch() * 1000
  WHERE user_id = new.user_id AND revoked_at IS NULL;
END;

CREATE TRIGGER memberships_are_counted
AFTER INSERT ON memberships
BEGIN
  UPDATE tenants SET member_count = member_count + 1 WHERE id = new.tenant_id;
END;

CREATE TRIGGER memberships_are_no_longer_counted
AFTER DELETE ON memberships
BEGIN
  UPDATE tenants SET member_count = member_count - 1 WHERE id = old.tenant_id;
END;

CREATE TABLE projects (
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  id TEXT NOT NULL,
  name TEXT NOT NULL,
  description TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX projects_by_age ON projects (tenant_id, created_at, id);
CREATE INDEX projects_by_name ON projects (tenant_id, name COLLATE NOCASE, id);

CREATE TRIGGER projects_stay_in_their_tenant
BEFORE UPDATE OF tenant_id ON projects
WHEN new.tenant_id <> old.tenant_id
BEGIN
  SELECT RAISE(ABORT, 'tenant_id never changes');
END;

CREATE TRIGGER projects_are_counted
AFTER INSERT ON projects
BEGIN
  UPDATE tenants SET project_count = project_count + 1 WHERE id = new.tenant_id;
END;

CREATE TRIGGER projects_are_no_longer_counted
AFTER DELETE ON projects
BEGIN
  UPDATE tenants SET project_count = project_count - 1 WHERE id = old.tenant_id;
END;
