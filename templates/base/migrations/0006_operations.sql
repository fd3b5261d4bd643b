-- Flags that somebody set; src/ops/flags.ts has what holds for all others.
CREATE TABLE feature_flags (
  name TEXT NOT NULL PRIMARY KEY,
  state TEXT NOT NULL CHECK (state IN ('open', 'closed')),
  changed_at INTEGER NOT NULL
) STRICT;

-- Answers by minute and kind of route, of the minutes in which something went wrong; and faults by event.
CREATE TABLE request_counts (
  minute INTEGER NOT NULL,
  routes TEXT NOT NULL,
  requests INTEGER NOT NULL,
  server_errors INTEGER NOT NULL,
  refused_logins INTEGER NOT NULL,
  rate_limited INTEGER NOT NULL,
  webhook_failures INTEGER NOT NULL,
  webhook_refusals INTEGER NOT NULL,
  faults INTEGER NOT NULL,
  PRIMARY KEY (minute, routes)
) STRICT, WITHOUT ROWID;

-- Alerts that hold now. A row goes when its alert is over.
CREATE TABLE alerts (
  name TEXT NOT NULL PRIMARY KEY,
  -- when it was raised, or a run last began to tell
  raised_at INTEGER NOT NULL,
  -- when somebody was told
  told_at INTEGER
) STRICT;

CREATE INDEX alerts_by_age ON alerts (raised_at);
