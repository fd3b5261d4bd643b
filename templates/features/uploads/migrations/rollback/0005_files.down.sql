-- Undoes 0005. The files can no longer be found: take a backup of the table first. Their bytes stay in R2.
DROP TABLE files;
ALTER TABLE tenants DROP COLUMN file_bytes;
ALTER TABLE tenants DROP COLUMN file_count;
