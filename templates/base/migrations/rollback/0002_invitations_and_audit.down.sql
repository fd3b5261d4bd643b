-- Undoes 0002. Every invitation and the audit log are lost: take a backup first. A tenant that waits
-- for its deletion is no longer frozen, and is not deleted.
DROP TABLE deleted_users;
DROP TABLE audit_log;
ALTER TABLE users DROP COLUMN changes;
ALTER TABLE users DROP COLUMN changed_on;
DROP TABLE invitations;
DROP INDEX memberships_by_age;
DROP INDEX tenants_to_purge;
ALTER TABLE tenants DROP COLUMN purged_at;
ALTER TABLE tenants DROP COLUMN deletes_at;
