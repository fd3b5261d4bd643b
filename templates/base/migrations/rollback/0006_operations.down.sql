-- Undoes 0006. Flags that were closed are open again, before the code that asks for them is gone:
-- deploy the version before first.
DROP TABLE alerts;
DROP TABLE request_counts;
DROP TABLE feature_flags;
