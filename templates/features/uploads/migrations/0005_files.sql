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

ALTER TABLE tenants ADD COLUMN file_count INTEGER NOT NULL DEFAULT 0;
ALTER TABLE tenants ADD COLUMN file_bytes INTEGER NOT NULL DEFAULT 0;

CREATE TRIGGER files_are_counted
AFTER INSERT ON files
BEGIN
  UPDATE tenants SET file_count = file_count + 1, file_bytes = file_bytes + new.size
  WHERE id = new.tenant_id;
END;

CREATE TRIGGER files_are_no_longer_counted
AFTER DELETE ON files
BEGIN
  UPDATE tenants SET file_count = file_count - 1, file_bytes = file_bytes - old.size
  WHERE id = old.tenant_id;
END;
