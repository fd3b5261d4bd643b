-- Who a user is to an identity provider: an account there is known by issuer and subject and by nothing
-- else, since addresses and names change hands. A user has at most one with each provider.
CREATE TABLE identities (
  id TEXT NOT NULL PRIMARY KEY,
  user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  issuer TEXT NOT NULL,
  subject TEXT NOT NULL,
  -- as the provider gave it when the identity was linked; for people to recognise it, never to find it by
  email TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  UNIQUE (issuer, subject),
  UNIQUE (user_id, issuer)
) STRICT;

-- A browser on its way to a provider and back. Its row goes with the first answer, whatever that says.
CREATE TABLE oauth_flows (
  -- SHA-256 of the token in the browser's cookie
  browser_hash TEXT NOT NULL PRIMARY KEY,
  provider TEXT NOT NULL,
  state TEXT NOT NULL,
  nonce TEXT NOT NULL,
  code_verifier TEXT NOT NULL,
  return_to TEXT NOT NULL,
  -- who links an identity; absent for a login
  user_id TEXT REFERENCES users (id) ON DELETE CASCADE,
  expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX oauth_flows_by_expiry ON oauth_flows (expires_at);
CREATE INDEX oauth_flows_by_user ON oauth_flows (user_id);
