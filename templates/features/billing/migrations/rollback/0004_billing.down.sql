-- Undoes 0004. Which tenant is which customer of Stripe's is lost: take a backup first. Tiers stay as they are.
DROP TABLE stripe_events;
DROP TRIGGER billing_accounts_end_with_their_tenant;
DROP TABLE billing_accounts;
