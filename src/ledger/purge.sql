-- What `purge` does: an address, and a name that was looked up, becomes a digest of itself, keyed with
-- what stands in `purge_key` once something was purged: the first 16 bytes of its HMAC-SHA-256. A correlation
-- ID goes, and nothing else of the history changes.
DROP TRIGGER events_stay;
DROP TRIGGER devices_stay;
DROP TRIGGER device_ids_are_unique;
DROP TRIGGER device_ids_stay_unique;
DROP INDEX devices_by_id;
DROP INDEX devices_by_phone;
ALTER TABLE events RENAME TO old_events;
ALTER TABLE devices RENAME TO old_devices;

CREATE TABLE devices (
    id                INTEGER PRIMARY KEY,
    user              BLOB NOT NULL CHECK (length(user) = 16),
    type              INTEGER NOT NULL CHECK (type BETWEEN 0 AND 3),
    address           ANY NOT NULL CHECK (typeof(address) = 'integer' AND address > 0
        OR typeof(address) = 'text' AND address <> '' OR typeof(address) = 'blob' AND length(address) = 16),
    state             INTEGER NOT NULL CHECK (state BETWEEN 0 AND 8),
    device            BLOB CHECK (length(device) = 16),
    created_at        ANY CHECK (typeof(created_at) IN ('null', 'integer', 'text')),
    run               INTEGER NOT NULL REFERENCES runs (number),
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
    correlation_id    ANY CHECK (typeof(correlation_id) IN ('null', 'text') OR length(correlation_id) = 16),
    audit_owed        INTEGER NOT NULL DEFAULT 0
        CHECK (audit_owed = 0 OR audit_owed = 1 AND state IN (1, 7, 8)),
    asked_at          INTEGER,
    unproven          INTEGER NOT NULL DEFAULT 0 CHECK (unproven = 0 OR unproven = 1 AND state IN (4, 5)),
    lost_wall         INTEGER CHECK (lost_wall IS NULL OR audit_owed = 1),
    lost_boot         INTEGER,
    lost_boot_id      TEXT,
    refused_request   BLOB CHECK (refused_request IS NULL
        OR length(refused_request) = 16 AND state IN (4, 5)),
    updated_at        ANY CHECK (typeof(updated_at) IN ('null', 'integer', 'text')),
    status            INTEGER CHECK (status IN (0, 1)),
    nickname          BLOB CHECK (length(nickname) = 16),
    UNIQUE (user, type, address),
    CHECK (device IS NULL OR state IN (1, 2, 3, 7, 8)),
    CHECK (device IS NOT NULL OR state NOT IN (7, 8)),
    CHECK ((doubt_since IS NOT NULL) = (state IN (0, 6, 7))),
    CHECK ((doubt_since IS NULL) = (last_send_wall IS NULL)),
    CHECK (state <> 0 OR attempts > 0)
) STRICT;
INSERT INTO devices SELECT id, user, type, address, state, device, created_at, run, attempts, resends,
    was_absent, doubt_since, last_send_wall, last_send_boot, last_send_boot_id, http_status, code, message,
    correlation_id, audit_owed, asked_at, unproven, lost_wall, lost_boot, lost_boot_id, refused_request,
    updated_at, status, nickname FROM old_devices;

CREATE TABLE events (
    id             INTEGER PRIMARY KEY,
    device         INTEGER NOT NULL REFERENCES devices (id),
    run            INTEGER NOT NULL REFERENCES runs (number),
    at             INTEGER NOT NULL,
    event          INTEGER NOT NULL CHECK (event BETWEEN 0 AND 11),
    attempt        INTEGER NOT NULL,
    http_status    INTEGER,
    code           TEXT,
    correlation_id ANY CHECK (typeof(correlation_id) IN ('null', 'text') OR length(correlation_id) = 16),
    row            INTEGER CHECK (row > 0)
) STRICT;
INSERT INTO events SELECT id, device, run, at, event, attempt, http_status, code, correlation_id, row
    FROM old_events;

DROP TABLE old_events;
DROP TABLE old_devices;

CREATE INDEX devices_by_id ON devices (device) WHERE device IS NOT NULL;
CREATE INDEX devices_by_phone ON devices (address) WHERE typeof(address) = 'integer';
CREATE INDEX devices_by_digest ON devices (address) WHERE typeof(address) = 'blob';

CREATE TRIGGER events_stay
BEFORE UPDATE OF id, device, run, at, event, attempt, http_status, code, row ON events
BEGIN SELECT RAISE(ABORT, 'the history of a ledger is never changed'); END;

CREATE TRIGGER correlation_ids_stay_or_go BEFORE UPDATE OF correlation_id ON events
WHEN NEW.correlation_id IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'the history of a ledger is never changed'); END;

CREATE TRIGGER devices_stay BEFORE UPDATE OF state ON devices
WHEN NEW.state <> OLD.state AND (OLD.state = 2 OR OLD.state = 1 AND NEW.state <> 7
    OR OLD.state = 7 AND NEW.state NOT IN (1, 8))
BEGIN SELECT RAISE(ABORT, 'a settled device never changes its state'); END;

CREATE TRIGGER device_ids_are_unique BEFORE INSERT ON devices
WHEN NEW.device IS NOT NULL AND EXISTS (SELECT 1 FROM devices WHERE device = NEW.device)
BEGIN SELECT RAISE(ABORT, 'one device ID for two devices'); END;

CREATE TRIGGER device_ids_stay_unique BEFORE UPDATE OF device ON devices
WHEN NEW.device IS NOT NULL
    AND EXISTS (SELECT 1 FROM devices WHERE device = NEW.device AND id <> NEW.id)
BEGIN SELECT RAISE(ABORT, 'one device ID for two devices'); END;

CREATE TABLE purge_key (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    key BLOB NOT NULL CHECK (length(key) = 32)
) STRICT;

ALTER TABLE lookups RENAME TO old_lookups;
CREATE TABLE lookups (
    kind       TEXT NOT NULL CHECK (kind IN ('username', 'email', 'external_id', 'policy')),
    value      ANY NOT NULL CHECK (typeof(value) = 'text' AND value <> ''
        OR typeof(value) = 'blob' AND length(value) = 16),
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
INSERT INTO lookups SELECT kind, value, found, matches, other_case, disabled, mfa, bypassed, code, message,
    asked_at FROM old_lookups;
DROP TABLE old_lookups;
