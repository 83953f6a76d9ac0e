-- What a person decided about a device, with the event that it is: why, and who; NULL where that was
-- purged. Such a decision is the only way out of a state that is final, and comes before it in one
-- transaction.
CREATE TABLE decisions (
    event  INTEGER PRIMARY KEY REFERENCES events (id),
    note   TEXT CHECK (note <> ''),
    person TEXT CHECK (person <> '')
) STRICT;

DROP TRIGGER devices_stay;
CREATE TRIGGER devices_stay BEFORE UPDATE OF state ON devices
WHEN NEW.state <> OLD.state AND (OLD.state = 2 OR OLD.state = 1 AND NEW.state <> 7
        OR OLD.state = 7 AND NEW.state NOT IN (1, 8))
    AND NOT EXISTS (SELECT 1 FROM decisions JOIN events ON events.id = decisions.event
        WHERE events.device = OLD.id AND events.id = (SELECT max(id) FROM events))
BEGIN SELECT RAISE(ABORT, 'a settled device never changes its state'); END;
