-- Narrower rows. A run is told by its number, and states, types and events are numbers:
--   state  0 in_flight, 1 created, 2 found, 3 several, 4 rejected, 5 failed, 6 unresolved
--   type   0 WHATSAPP, 1 SMS, 2 VOICE, 3 EMAIL
--   event  0 intent, 1 to 6 settled in that state, 7 resend, 8 left_in_flight, 9 verified
--   mfa    0 already, 1 enabled, 2 off, 3 switching
-- An address that is the digits of a phone is a number. A correlation ID that is a UUID in lower case
-- is its bytes. `created_at` is in milliseconds since 1970 where PingOne wrote just so many, in UTC.
-- `row` is the row of the wave that asked: with run and attempt it makes the transaction ID, RUN-ROW-ATTEMPT.
DROP TRIGGER events_stay;
DROP TRIGGER devices_stay;
DROP TRIGGER device_ids_are_unique;
DROP TRIGGER device_ids_stay_unique;
DROP INDEX devices_by_id;
DROP INDEX runs_in_order;
ALTER TABLE events RENAME TO old_events;
ALTER TABLE devices RENAME TO old_devices;
ALTER TABLE users RENAME TO old_users;
ALTER TABLE runs RENAME TO old_runs;

CREATE TABLE runs (
    number       INTEGER PRIMARY KEY,
    id           BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
    wave         TEXT NOT NULL,
    settings     TEXT NOT NULL,
    started_at   INTEGER NOT NULL,
    finished_at  INTEGER,
    exit_code    INTEGER,
    looked_first INTEGER NOT NULL DEFAULT 0 CHECK (looked_first IN (0, 1)),
    stop_code    TEXT,
    stop_message TEXT CHECK ((stop_message IS NULL) = (stop_code IS NULL))
) STRICT;
INSERT INTO runs SELECT number, id, wave, settings, started_at, finished_at, exit_code, looked_first,
    stop_code, stop_message FROM old_runs;

CREATE TABLE users (
    id       BLOB PRIMARY KEY CHECK (length(id) = 16),
    mfa      INTEGER NOT NULL CHECK (mfa BETWEEN 0 AND 3),
    run      INTEGER NOT NULL REFERENCES runs (number),
    noted_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO users SELECT id,
    CASE mfa WHEN 'already' THEN 0 WHEN 'enabled' THEN 1 WHEN 'off' THEN 2 WHEN 'switching' THEN 3 END,
    (SELECT number FROM runs WHERE runs.id = old.run), noted_at FROM old_users AS old;

CREATE TABLE devices (
    id                INTEGER PRIMARY KEY,
    user              BLOB NOT NULL CHECK (length(user) = 16),
    type              INTEGER NOT NULL CHECK (type BETWEEN 0 AND 3),
    address           ANY NOT NULL CHECK (typeof(address) = 'integer' AND address > 0
        OR typeof(address) = 'text' AND address <> ''),
    state             INTEGER NOT NULL CHECK (state BETWEEN 0 AND 6),
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
    audit_owed        INTEGER NOT NULL DEFAULT 0 CHECK (audit_owed = 0 OR audit_owed = 1 AND state = 1),
    asked_at          INTEGER,
    unproven          INTEGER NOT NULL DEFAULT 0 CHECK (unproven = 0 OR unproven = 1 AND state IN (4, 5)),
    lost_wall         INTEGER CHECK (lost_wall IS NULL OR audit_owed = 1),
    lost_boot         INTEGER,
    lost_boot_id      TEXT,
    refused_request   BLOB CHECK (refused_request IS NULL
        OR length(refused_request) = 16 AND state IN (4, 5)),
    UNIQUE (user, type, address),
    CHECK (device IS NULL OR state IN (1, 2, 3)),
    CHECK ((doubt_since IS NOT NULL) = (state IN (0, 6))),
    CHECK ((doubt_since IS NULL) = (last_send_wall IS NULL)),
    CHECK (state <> 0 OR attempts > 0)
) STRICT;
INSERT INTO devices SELECT id, user,
    CASE type WHEN 'WHATSAPP' THEN 0 WHEN 'SMS' THEN 1 WHEN 'VOICE' THEN 2 WHEN 'EMAIL' THEN 3 END,
    CASE WHEN address GLOB '[1-9]*' AND address NOT GLOB '*[^0-9]*' AND length(address) <= 15
        THEN CAST(address AS INTEGER) ELSE address END,
    CASE state WHEN 'in_flight' THEN 0 WHEN 'created' THEN 1 WHEN 'found' THEN 2 WHEN 'several' THEN 3
        WHEN 'rejected' THEN 4 WHEN 'failed' THEN 5 WHEN 'unresolved' THEN 6 END,
    device,
    CASE WHEN created_at GLOB '2[0-9][0-9][0-9]-*' AND created_at = strftime('%Y-%m-%dT%H:%M:%fZ', created_at)
        THEN unixepoch(created_at) * 1000 + CAST(substr(created_at, 21, 3) AS INTEGER)
        ELSE created_at END,
    (SELECT number FROM runs WHERE runs.id = old.run), attempts, resends, was_absent,
    doubt_since, last_send_wall, last_send_boot, last_send_boot_id, http_status, code, message,
    CASE WHEN correlation_id LIKE '________-____-____-____-____________'
            AND correlation_id NOT GLOB '*[^-0-9a-f]*' AND length(replace(correlation_id, '-', '')) = 32
        THEN unhex(replace(correlation_id, '-', '')) ELSE correlation_id END,
    audit_owed, asked_at, unproven, lost_wall, lost_boot, lost_boot_id, refused_request
    FROM old_devices AS old;

CREATE TABLE events (
    id             INTEGER PRIMARY KEY,
    device         INTEGER NOT NULL REFERENCES devices (id),
    run            INTEGER NOT NULL REFERENCES runs (number),
    at             INTEGER NOT NULL,
    event          INTEGER NOT NULL CHECK (event BETWEEN 0 AND 9),
    attempt        INTEGER NOT NULL,
    http_status    INTEGER,
    code           TEXT,
    correlation_id ANY CHECK (typeof(correlation_id) IN ('null', 'text') OR length(correlation_id) = 16),
    row            INTEGER CHECK (row > 0)
) STRICT;
INSERT INTO events SELECT id, device, (SELECT number FROM runs WHERE runs.id = old.run), at,
    CASE event WHEN 'intent' THEN 0 WHEN 'created' THEN 1 WHEN 'found' THEN 2 WHEN 'several' THEN 3
        WHEN 'rejected' THEN 4 WHEN 'failed' THEN 5 WHEN 'unresolved' THEN 6
        WHEN 'resend' THEN 7 WHEN 'left_in_flight' THEN 8 WHEN 'verified' THEN 9 END,
    attempt, http_status, code,
    CASE WHEN correlation_id LIKE '________-____-____-____-____________'
            AND correlation_id NOT GLOB '*[^-0-9a-f]*' AND length(replace(correlation_id, '-', '')) = 32
        THEN unhex(replace(correlation_id, '-', '')) ELSE correlation_id END,
    -- Behind the run, which is 36 letters, and a hyphen.
    nullif(CAST(substr(transaction_id, 38) AS INTEGER), 0) FROM old_events AS old;

DROP TABLE old_events;
DROP TABLE old_devices;
DROP TABLE old_users;
DROP TABLE old_runs;

CREATE INDEX devices_by_id ON devices (device) WHERE device IS NOT NULL;

CREATE TRIGGER events_stay BEFORE UPDATE ON events
BEGIN SELECT RAISE(ABORT, 'the history of a ledger is never changed'); END;

CREATE TRIGGER devices_stay BEFORE UPDATE OF state ON devices
WHEN OLD.state IN (1, 2) AND NEW.state <> OLD.state
BEGIN SELECT RAISE(ABORT, 'a settled device never changes its state'); END;

CREATE TRIGGER device_ids_are_unique BEFORE INSERT ON devices
WHEN NEW.device IS NOT NULL AND EXISTS (SELECT 1 FROM devices WHERE device = NEW.device)
BEGIN SELECT RAISE(ABORT, 'one device ID for two devices'); END;

CREATE TRIGGER device_ids_stay_unique BEFORE UPDATE OF device ON devices
WHEN NEW.device IS NOT NULL
    AND EXISTS (SELECT 1 FROM devices WHERE device = NEW.device AND id <> NEW.id)
BEGIN SELECT RAISE(ABORT, 'one device ID for two devices'); END;
