-- Undoes 0001. Every row is lost: take a backup first.
DROP TABLE projects;
DROP TABLE memberships;
DROP TABLE tenants;
DROP TABLE sessions;
DROP TABLE users;
