-- Version 1. Frozen: a change is a new file.
CREATE TABLE settings (
    name  TEXT PRIMARY KEY NOT NULL,
    value TEXT NOT NULL
) STRICT;

-- One row of fixed size, rewritten whole at a coarse interval: every column a blob of one length, whatever was
-- counted. See store/running.rs.
CREATE TABLE tally (
    id     INTEGER PRIMARY KEY CHECK (id = 1),
    period BLOB NOT NULL,
    cells  BLOB NOT NULL
) STRICT;

-- status: NULL while the report waits, otherwise the HTTP status with which it was refused for good. An id is never
-- used twice: whoever sends knows a row by it.
CREATE TABLE outbox (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    key       TEXT NOT NULL UNIQUE,
    date      TEXT NOT NULL,
    signature TEXT NOT NULL,
    body      BLOB NOT NULL,
    status    INTEGER,
    message   TEXT NOT NULL DEFAULT ''
) STRICT;

CREATE TABLE admin_log (
    id    INTEGER PRIMARY KEY,
    at    TEXT NOT NULL,
    event TEXT NOT NULL
) STRICT;
