-- The ledger: how far planning has come, who is subscribed, and every delivery. The same statements
-- run on SQLite and on PostgreSQL. Instants are milliseconds since 1970 in UTC.

-- One row.
CREATE TABLE planning (
    id BIGINT PRIMARY KEY CHECK (id = 1),
    -- Goes up with each step of planning: two processes cannot both take the same one.
    version BIGINT NOT NULL,
    -- Everything before it has been planned.
    cursor_ms BIGINT,
    -- The record in force, and its number.
    revision BIGINT NOT NULL,
    record TEXT,
    digest TEXT,
    -- How many lives have begun.
    lives BIGINT NOT NULL
);
INSERT INTO planning (id, version, revision, lives) VALUES (1, 0, 0, 0);

-- Digests of the last records before the one in force.
CREATE TABLE superseded (
    revision BIGINT PRIMARY KEY,
    digest TEXT NOT NULL
);

-- Dues first seen later than they were announced.
CREATE TABLE seen_dues (
    item TEXT NOT NULL,
    due TEXT NOT NULL,
    at_ms BIGINT NOT NULL,
    PRIMARY KEY (item, due)
);

-- Who is subscribed since when, and which life has the subscription to itself until when.
CREATE TABLE subscriptions (
    id TEXT PRIMARY KEY,
    since_ms BIGINT NOT NULL,
    -- Subscriptions of one server take turns.
    server TEXT,
    life BIGINT NOT NULL DEFAULT 0,
    epoch BIGINT NOT NULL DEFAULT 0,
    leased_until_ms BIGINT NOT NULL DEFAULT 0
);

CREATE TABLE deliveries (
    key TEXT PRIMARY KEY,
    subscription TEXT NOT NULL,
    -- When it is to be posted.
    at_ms BIGINT NOT NULL,
    urgency BIGINT NOT NULL,
    -- The order in which things were planned.
    sequence BIGINT NOT NULL,
    stage TEXT NOT NULL CHECK (stage IN ('planned', 'sending', 'sent', 'skipped', 'failed')),
    reason TEXT,
    attempts BIGINT NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    copy BIGINT NOT NULL DEFAULT 1 CHECK (copy >= 1),
    epoch BIGINT NOT NULL DEFAULT 0,
    revision BIGINT NOT NULL,
    not_before_ms BIGINT NOT NULL DEFAULT 0,
    sent_ms BIGINT,
    message TEXT,
    -- What it says, as JSON; without its lines once it is old.
    notice TEXT NOT NULL,
    is_news BIGINT NOT NULL,
    is_trimmed BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX deliveries_waiting ON deliveries (subscription, urgency, at_ms, sequence)
    WHERE stage IN ('planned', 'sending');
CREATE INDEX deliveries_by_time ON deliveries (at_ms, sequence);
