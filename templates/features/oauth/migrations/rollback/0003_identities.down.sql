-- Undoes 0003. Whoever logs in with an identity provider only must then ask for a password.
DROP TABLE oauth_flows;
DROP TABLE identities;
