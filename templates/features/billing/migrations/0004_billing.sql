-- What a tenant is to Stripe, and which of Stripe's events were applied.

-- A row comes with the first visit to the checkout. What it says of the subscription is what Stripe said
-- last; `tenants.tier` follows from it in the same batch.
CREATE TABLE billing_accounts (
  tenant_id TEXT NOT NULL PRIMARY KEY REFERENCES tenants (id),
  -- the customer at Stripe; every event is traced to a tenant by it, and by nothing that the event says
  customer_id TEXT UNIQUE,
  -- the one subscription that counts
  subscription_id TEXT,
  -- Stripe's word for it
  status TEXT NOT NULL DEFAULT 'none',
  -- ours: src/billing/states.ts says what each may do
  state TEXT NOT NULL DEFAULT 'none',
  -- what it pays for, whether or not that is in force
  plan TEXT NOT NULL DEFAULT 'free' CHECK (plan IN ('free', 'pro', 'business')),
  cancels INTEGER NOT NULL DEFAULT 0,
  period_ends_at INTEGER,
  -- since when we know that a payment failed
  past_due_since INTEGER,
  -- one more with each snapshot: who writes must have read the one before
  sync_seq INTEGER NOT NULL DEFAULT 0,
  -- when Stripe is asked again, whether or not an event came
  sync_due_at INTEGER,
  -- the same for the last visit to Stripe's own pages: no snapshot before it may put it off
  visit_due_at INTEGER,
  -- the idempotency key of a checkout whose outcome is not known
  checkout_attempt TEXT,
  -- until when one request alone may start a checkout
  checkout_held_until INTEGER NOT NULL DEFAULT 0,
  created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX billing_accounts_due ON billing_accounts (sync_due_at);

CREATE TRIGGER billing_accounts_stay_in_their_tenant
BEFORE UPDATE OF tenant_id ON billing_accounts
WHEN new.tenant_id <> old.tenant_id
BEGIN
  SELECT RAISE(ABORT, 'tenant_id never changes');
END;

-- Whoever freezes a tenant, or thaws it: its subscription is looked at next.
CREATE TRIGGER billing_accounts_end_with_their_tenant
AFTER UPDATE OF deletes_at ON tenants
BEGIN
  UPDATE billing_accounts SET sync_due_at = 0
  WHERE tenant_id = new.id AND subscription_id IS NOT NULL;
END;

-- The ledger: each event of Stripe's that took effect, or that had none to take. Ids only.
CREATE TABLE stripe_events (
  id TEXT NOT NULL PRIMARY KEY,
  type TEXT NOT NULL,
  customer_id TEXT,
  -- what it came to: 'applied', 'unknown customer' or 'nothing to do'
  outcome TEXT NOT NULL,
  -- by Stripe's clock, and by ours
  created_at INTEGER NOT NULL,
  received_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX stripe_events_by_age ON stripe_events (received_at);
