-- Undoes 0001. Every row is lost: take a backup first.
DROP TABLE projects;
DROP TABLE memberships;
DROP TABLE tenants;
DROP TABLE outbox;
DROP TABLE security_events;
DROP TABLE email_changes;
DROP TABLE recovery_codes;
DROP TABLE mfa;
DROP TABLE one_time_tokens;
DROP TABLE sessions;
DROP TABLE users;
