-- The first layout. Frozen: later changes are later files.
-- Nothing here is about a person: schools, machines and counts.

CREATE TABLE school (
    id   TEXT PRIMARY KEY,
    name TEXT NOT NULL
) STRICT;

CREATE TABLE booth (
    id          TEXT PRIMARY KEY,
    school      TEXT NOT NULL REFERENCES school (id),
    public_key  BLOB NOT NULL CHECK (length(public_key) = 32),
    enrolled_at INTEGER NOT NULL, -- seconds since 1970
    revoked_at  INTEGER
) STRICT;

-- A key is one booth at a time. A booth that was revoked may come back with
-- the same key, as a new booth: what the old one sent stays with its school.
CREATE UNIQUE INDEX booth_by_key ON booth (public_key) WHERE revoked_at IS NULL;

-- A code is kept as SHA-256 only. `booth` is set when it has been used.
CREATE TABLE enrol_code (
    hash       BLOB PRIMARY KEY CHECK (length(hash) = 32),
    school     TEXT NOT NULL REFERENCES school (id),
    expires_at INTEGER NOT NULL, -- seconds since 1970
    booth      TEXT REFERENCES booth (id)
) STRICT;

CREATE TABLE read_token (
    hash       BLOB PRIMARY KEY CHECK (length(hash) = 32),
    created_at INTEGER NOT NULL -- seconds since 1970
) STRICT;

-- One row for each booth, epoch and sequence, for ever. The body is kept as it
-- was signed; the cells are the same numbers again, for adding up.
CREATE TABLE report (
    booth       TEXT NOT NULL REFERENCES booth (id),
    epoch       INTEGER NOT NULL,
    sequence    INTEGER NOT NULL,
    day         TEXT NOT NULL, -- YYYY-MM-DD, local to the booth
    noise       TEXT NOT NULL,
    received_at INTEGER NOT NULL, -- seconds since 1970
    body_hash   BLOB NOT NULL CHECK (length(body_hash) = 32),
    body        BLOB NOT NULL,
    signature   BLOB NOT NULL CHECK (length(signature) = 64),
    visits INTEGER NOT NULL,
    visits_primary INTEGER NOT NULL,
    visits_junior INTEGER NOT NULL,
    visits_senior INTEGER NOT NULL,
    visits_parent INTEGER NOT NULL,
    door_self_check INTEGER NOT NULL,
    door_learn INTEGER NOT NULL,
    door_relax INTEGER NOT NULL,
    door_talk INTEGER NOT NULL,
    door_immersive INTEGER NOT NULL,
    door_counsellor INTEGER NOT NULL,
    check_phq_a INTEGER NOT NULL,
    check_gad_7 INTEGER NOT NULL,
    check_who_5 INTEGER NOT NULL,
    check_check_in INTEGER NOT NULL,
    check_other INTEGER NOT NULL,
    articles_read INTEGER NOT NULL,
    practice_breathing_started INTEGER NOT NULL,
    practice_breathing_finished INTEGER NOT NULL,
    practice_muscle_started INTEGER NOT NULL,
    practice_muscle_finished INTEGER NOT NULL,
    practice_soundscape_started INTEGER NOT NULL,
    practice_soundscape_finished INTEGER NOT NULL,
    practice_other_started INTEGER NOT NULL,
    practice_other_finished INTEGER NOT NULL,
    call_line_open INTEGER NOT NULL,
    call_busy INTEGER NOT NULL,
    call_no_answer INTEGER NOT NULL,
    call_no_line INTEGER NOT NULL,
    call_cancelled INTEGER NOT NULL,
    call_failed INTEGER NOT NULL,
    PRIMARY KEY (booth, epoch, sequence)
) STRICT;

CREATE INDEX report_by_day ON report (day, booth);
