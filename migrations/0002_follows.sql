-- What people ask for in Discord, and what the bot keeps of its own doings there.

-- The subscription as somebody asked for it, as JSON. Null: it is in the file, or nobody follows
-- any more.
ALTER TABLE subscriptions ADD COLUMN follow TEXT;

-- Small things by name: where the overview of a channel is, what is wrong with it, which commands
-- are registered.
CREATE TABLE notes (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
);

-- What one process at a time does, such as answering commands.
CREATE TABLE roles (
    name TEXT PRIMARY KEY,
    holder TEXT NOT NULL,
    until_ms BIGINT NOT NULL
);
