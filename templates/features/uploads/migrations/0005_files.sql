-- Files of a tenant. Their bytes are in R2, under tenants/<tenant_id>/<id>.

CREATE TABLE files (
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  id TEXT NOT NULL,
  name TEXT NOT NULL,
  content_type TEXT NOT NULL,
  size INTEGER NOT NULL CHECK (size > 0),
  created_at INTEGER NOT NULL,
  -- When R2 had all of it. A row without it counts for the quota and is seen by nobody: its bytes
  -- are on their way in, or out.
  stored_at INTEGER,
  PRIMARY KEY (tenant_id, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX files_by_age ON files (tenant_id, created_at, id);
CREATE INDEX files_unfinished ON files (created_at) WHERE stored_at IS NULL;

CREATE TRIGGER files_stay_in_their_tenant
BEFORE UPDATE OF tenant_id ON files
WHEN new.tenant_id <> old.tenant_id
BEGIN
  SELECT RAISE(ABORT, 'tenant_id never changes');
END;
