-- Times are milliseconds since 1970 (UTC). Every table is STRICT, so that a column holds its type.
-- A table that holds tenants' data has tenant_id first in its primary key, and refers to other such
-- tables by (tenant_id, id): the database itself then refuses a reference into another tenant.

CREATE TABLE users (
  id TEXT NOT NULL PRIMARY KEY,
  email TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  password_hash TEXT NOT NULL,
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

CREATE TABLE tenants (
  id TEXT NOT NULL PRIMARY KEY,
  name TEXT NOT NULL,
  tier TEXT NOT NULL DEFAULT 'free' CHECK (tier IN ('free', 'pro', 'business')),
  created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE memberships (
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  user_id TEXT NOT NULL REFERENCES users (id),
  role TEXT NOT NULL CHECK (role IN ('owner', 'admin', 'member')),
  created_at INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, user_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX memberships_by_user ON memberships (user_id);

CREATE TRIGGER memberships_stay_in_their_tenant
BEFORE UPDATE OF tenant_id ON memberships
WHEN new.tenant_id <> old.tenant_id
BEGIN
  SELECT RAISE(ABORT, 'tenant_id never changes');
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

CREATE TRIGGER projects_stay_in_their_tenant
BEFORE UPDATE OF tenant_id ON projects
WHEN new.tenant_id <> old.tenant_id
BEGIN
  SELECT RAISE(ABORT, 'tenant_id never changes');
END;
