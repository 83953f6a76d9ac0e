//! The tables of a ledger, and how an older one becomes a current one.
//!
//! The file is a public format: the schema repeats what the types say, so that
//! no other program and no mistake of ours can write a state that makes no sense.

use rusqlite::{Connection, TransactionBehavior};

/// Marks a SQLite file as a wavepair ledger: the letters `wvpr`.
pub(super) const APPLICATION_ID: i32 = 0x7776_7072;

/// Every step from an empty file to the current schema. The list only grows;
/// `user_version` counts the steps that a file has behind it.
const MIGRATIONS: &[&str] = &[
    "
CREATE TABLE binding (
    one         INTEGER PRIMARY KEY CHECK (one = 1),
    api_host    TEXT NOT NULL,
    environment BLOB NOT NULL CHECK (length(environment) = 16)
) STRICT;

CREATE TABLE runs (
    id          BLOB PRIMARY KEY CHECK (length(id) = 16),
    wave        TEXT NOT NULL,
    settings    TEXT NOT NULL,
    started_at  INTEGER NOT NULL,
    finished_at INTEGER,
    exit_code   INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE devices (
    id                INTEGER PRIMARY KEY,
    user              BLOB NOT NULL CHECK (length(user) = 16),
    type              TEXT NOT NULL CHECK (type IN ('WHATSAPP', 'SMS', 'VOICE', 'EMAIL')),
    address           TEXT NOT NULL CHECK (address <> ''),
    state             TEXT NOT NULL CHECK (state IN
        ('in_flight', 'created', 'found', 'several', 'rejected', 'failed', 'unresolved')),
    device            BLOB CHECK (length(device) = 16),
    created_at        TEXT,
    run               BLOB NOT NULL REFERENCES runs (id),
    attempts          INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    resends           INTEGER NOT NULL DEFAULT 0 CHECK (resends BETWEEN 0 AND 3),
    was_absent        INTEGER NOT NULL DEFAULT 0 CHECK (was_absent IN (0, 1)),
    doubt_since       INTEGER,
    last_send_wall    INTEGER,
    last_send_boot    INTEGER,
    last_send_boot_id TEXT,
    http_status       INTEGER,
    code              TEXT,
    message           TEXT,
    correlation_id    TEXT,
    UNIQUE (user, type, address),
    CHECK (device IS NULL OR state IN ('created', 'found', 'several')),
    CHECK ((doubt_since IS NOT NULL) = (state IN ('in_flight', 'unresolved'))),
    CHECK ((doubt_since IS NULL) = (last_send_wall IS NULL)),
    CHECK (state <> 'in_flight' OR attempts > 0)
) STRICT;

CREATE TABLE events (
    id             INTEGER PRIMARY KEY,
    device         INTEGER NOT NULL REFERENCES devices (id),
    run            BLOB NOT NULL REFERENCES runs (id),
    at             INTEGER NOT NULL,
    event          TEXT NOT NULL,
    attempt        INTEGER NOT NULL,
    http_status    INTEGER,
    code           TEXT,
    correlation_id TEXT,
    transaction_id TEXT
) STRICT;

CREATE TRIGGER events_stay BEFORE UPDATE ON events
BEGIN SELECT RAISE(ABORT, 'the history of a ledger is never changed'); END;

CREATE TRIGGER devices_stay BEFORE UPDATE OF state ON devices
WHEN OLD.state IN ('created', 'found') AND NEW.state <> OLD.state
BEGIN SELECT RAISE(ABORT, 'a settled device never changes its state'); END;
",
    "
ALTER TABLE devices ADD COLUMN audit_owed INTEGER NOT NULL DEFAULT 0
    CHECK (audit_owed = 0 OR audit_owed = 1 AND state = 'created');
",
    "
ALTER TABLE devices ADD COLUMN asked_at INTEGER;
",
    "
-- Runs are counted: an ID and a start are told by a clock, which may be set back between two runs.
ALTER TABLE runs ADD COLUMN number INTEGER NOT NULL DEFAULT 0;
UPDATE runs SET number = counted.number FROM
    (SELECT id, row_number() OVER (ORDER BY started_at, id) AS number FROM runs) AS counted
    WHERE counted.id = runs.id;
CREATE UNIQUE INDEX runs_in_order ON runs (number);
ALTER TABLE runs ADD COLUMN looked_first INTEGER NOT NULL DEFAULT 0 CHECK (looked_first IN (0, 1));
-- Why the run ended before its wave did: the rows that it did not come to say so in the results.
ALTER TABLE runs ADD COLUMN stop_code TEXT;
ALTER TABLE runs ADD COLUMN stop_message TEXT CHECK ((stop_message IS NULL) = (stop_code IS NULL));

-- `unproven`: the refusal may be the answer to another request. `lost_...`: when a request for a
-- created device that was not answered could have been sent last. `refused_request`: a digest of
-- what the refused request carried beside its device; NULL where that was before this step.
-- `doubt_since` and `asked_at` are by PingOne's clock from here on, where it was heard.
ALTER TABLE devices ADD COLUMN unproven INTEGER NOT NULL DEFAULT 0
    CHECK (unproven = 0 OR unproven = 1 AND state IN ('failed', 'rejected'));
ALTER TABLE devices ADD COLUMN lost_wall INTEGER CHECK (lost_wall IS NULL OR audit_owed = 1);
ALTER TABLE devices ADD COLUMN lost_boot INTEGER;
ALTER TABLE devices ADD COLUMN lost_boot_id TEXT;
ALTER TABLE devices ADD COLUMN refused_request BLOB
    CHECK (refused_request IS NULL
        OR length(refused_request) = 16 AND state IN ('failed', 'rejected'));

CREATE INDEX devices_by_id ON devices (device) WHERE device IS NOT NULL;

CREATE TRIGGER device_ids_are_unique BEFORE INSERT ON devices
WHEN NEW.device IS NOT NULL AND EXISTS (SELECT 1 FROM devices WHERE device = NEW.device)
BEGIN SELECT RAISE(ABORT, 'one device ID for two devices'); END;

CREATE TRIGGER device_ids_stay_unique BEFORE UPDATE OF device ON devices
WHEN NEW.device IS NOT NULL
    AND EXISTS (SELECT 1 FROM devices WHERE device = NEW.device AND id <> NEW.id)
BEGIN SELECT RAISE(ABORT, 'one device ID for two devices'); END;
",
    "
-- Who can use MFA: what was found of a user's `mfaEnabled`, or done about it, and when.
CREATE TABLE users (
    id       BLOB PRIMARY KEY CHECK (length(id) = 16),
    mfa      TEXT NOT NULL CHECK (mfa IN ('already', 'enabled', 'off', 'switching')),
    run      BLOB NOT NULL REFERENCES runs (id),
    noted_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
",
    "
-- Names that were looked up, and whose they are: the last answer to each. `matches`: how many have
-- the name; NULL where the look-up failed, and `code` and `message` say why. `found`: whose it is.
-- `other_case`: whether one has it with other capitals. `disabled`, `mfa`, `bypassed`: what was told of
-- the user.
CREATE TABLE lookups (
    kind       TEXT NOT NULL CHECK (kind IN ('username', 'email', 'external_id', 'policy')),
    value      TEXT NOT NULL CHECK (value <> ''),
    found      BLOB CHECK (length(found) = 16),
    matches    INTEGER CHECK (matches >= 0),
    other_case INTEGER NOT NULL DEFAULT 0 CHECK (other_case = 0 OR other_case = 1 AND matches = 0),
    disabled   INTEGER NOT NULL DEFAULT 0 CHECK (disabled IN (0, 1)),
    mfa        INTEGER CHECK (mfa IN (0, 1)),
    bypassed   INTEGER NOT NULL DEFAULT 0 CHECK (bypassed IN (0, 1)),
    code       TEXT,
    message    TEXT,
    asked_at   INTEGER NOT NULL,
    PRIMARY KEY (kind, value),
    CHECK ((found IS NOT NULL) = (matches IS 1)),
    CHECK ((matches IS NULL) = (code IS NOT NULL)),
    CHECK ((code IS NULL) = (message IS NULL))
) STRICT, WITHOUT ROWID;
",
    include_str!("narrow_rows.sql"),
    "
-- How a run was called, in a form of the caller's; how many rows its wave had; how many events there
-- were before it; and what it came to, in a form of the caller's: NULL of runs from before this step,
-- and the last one where a run did not live to say so.
ALTER TABLE runs ADD COLUMN called TEXT;
ALTER TABLE runs ADD COLUMN wave_rows INTEGER CHECK (wave_rows >= 0);
ALTER TABLE runs ADD COLUMN events_before INTEGER CHECK (events_before >= 0);
ALTER TABLE runs ADD COLUMN account TEXT;
",
    "
-- The number of the last device that was known when a run began: those of earlier waves are told by
-- it, and found by their phones. Devices are numbered as they come, and each has an event.
ALTER TABLE runs ADD COLUMN devices_before INTEGER NOT NULL DEFAULT 0 CHECK (devices_before >= 0);
UPDATE runs SET devices_before = told.last FROM
    (SELECT number, coalesce(max(own.last) OVER
            (ORDER BY number ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS last
        FROM runs LEFT JOIN (SELECT run, max(device) AS last FROM events GROUP BY run) AS own
            ON own.run = number) AS told
    WHERE told.number = runs.number;
CREATE INDEX devices_by_phone ON devices (address) WHERE typeof(address) = 'integer';
",
    "
-- The rates that PingOne was found to refuse, in thousandths of a request a second: of each group of
-- requests the last one.
CREATE TABLE paces (
    host        TEXT NOT NULL,
    environment BLOB NOT NULL CHECK (length(environment) = 16),
    rate_group  TEXT NOT NULL,
    rate        INTEGER NOT NULL CHECK (rate > 0),
    found_at    INTEGER NOT NULL,
    PRIMARY KEY (host, environment, rate_group)
) STRICT, WITHOUT ROWID;
",
    include_str!("undo.sql"),
    "
-- Which shard of its waves a ledger is for, and of how many: 1 of 1 is all of each wave.
ALTER TABLE binding ADD COLUMN shard INTEGER NOT NULL DEFAULT 1 CHECK (shard >= 1);
ALTER TABLE binding ADD COLUMN shards INTEGER NOT NULL DEFAULT 1 CHECK (shards BETWEEN shard AND 1000);
",
    include_str!("purge.sql"),
    include_str!("resolve.sql"),
    "
-- That what the ledger knows was given to others, and that it was made of what others knew. `given_to`: the
-- new ledgers by their paths, one a line; NULL in a new one. `done`: whether the new ones have had
-- their names.
CREATE TABLE hand_overs (
    id       BLOB PRIMARY KEY CHECK (length(id) = 16),
    given_to TEXT,
    done     INTEGER NOT NULL CHECK (done IN (0, 1))
) STRICT, WITHOUT ROWID;
",
    "
-- The device that `undo` deleted, once the next one was asked for: a listing may show it still.
ALTER TABLE devices ADD COLUMN deleted BLOB CHECK (length(deleted) = 16);
",
];

/// The `user_version` of a current ledger.
pub(super) fn current_version() -> usize {
    MIGRATIONS.len()
}

/// Brings a ledger up to date in one transaction, its version last.
pub(super) fn migrate(connection: &mut Connection, version: usize) -> rusqlite::Result<()> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Exclusive)?;
    for step in MIGRATIONS.iter().skip(version) {
        transaction.execute_batch(step)?;
    }
    transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
    let version = i64::try_from(current_version()).unwrap_or(i64::MAX);
    transaction.pragma_update(None, "user_version", version)?;
    transaction.commit()
}

/// Makes a ledger as a version of so many steps left it.
#[cfg(test)]
pub(super) fn migrate_to(connection: &Connection, version: usize) {
    for step in MIGRATIONS.iter().take(version) {
        connection.execute_batch(step).unwrap();
    }
}
