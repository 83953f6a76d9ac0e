-- What `undo` does to a device of ours: state 7 undoing, 8 undone; event 10 undoing, 11 undone.
-- `updated_at`, `status` (0 ACTIVE, 1 ACTIVATION_REQUIRED), `nickname`: how the device looked when it was
-- made or found, by which shows whether somebody changed it since; NULL where that is its
-- `created_at`, ACTIVE, none. The nickname is a digest. `doubt_since` and `last_send_...` of a device that
-- is being undone are those of the requests to delete it.
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
        OR typeof(address) = 'text' AND address <> ''),
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
    NULL, NULL, NULL FROM old_devices;

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

CREATE TRIGGER events_stay BEFORE UPDATE ON events
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

-- The run whose devices this one deletes.
ALTER TABLE runs ADD COLUMN undoes BLOB CHECK (length(undoes) = 16);
