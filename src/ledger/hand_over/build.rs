//! One ledger made of what others know: all of it, or what one shard needs.

use std::path::{Path, PathBuf};

use rusqlite::functions::FunctionFlags;
use rusqlite::{Connection, Result, named_params, params};

use super::order::{RunOf, RunOfAll, in_order};
use crate::ledger::binding::Binding;
use crate::ledger::counter::{Extent, extent};
use crate::ledger::schema;
use crate::model::entry::DeviceState;
use crate::model::ids::UserId;
use crate::model::shard::Shard;

/// What is noted about users, names and paces: the table, what its rows are told apart by, and when each
/// was noted. Of two ledgers that know the same the later note counts.
const NOTES: [(&str, &[&str], &str); 3] = [
    ("users", &["id"], "noted_at"),
    ("lookups", &["kind", "value"], "asked_at"),
    ("paces", &["host", "environment", "rate_group"], "found_at"),
];

/// Why a ledger was not made.
#[derive(Debug)]
pub(super) enum Fault {
    /// Two ledgers say different things of a device of this user.
    TwoOutcomes(UserId),
    /// Two were purged, each with a key of its own.
    TwoKeys,
    Sqlite(rusqlite::Error),
}

impl From<rusqlite::Error> for Fault {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

/// A ledger on its way.
pub(super) struct Build<'a> {
    connection: Connection,
    from: &'a [PathBuf],
    /// The one that is attached.
    attached: Option<usize>,
    /// How many numbers of devices and of events are taken.
    taken: (i64, i64),
}

impl<'a> Build<'a> {
    /// Begins in an empty file, for a shard.
    pub(super) fn begin(
        path: &Path,
        (binding, shard): (&Binding, Shard),
        from: &'a [PathBuf],
    ) -> Result<Self> {
        let mut connection = Connection::open(path)?;
        // Nobody reads the file before it is whole, and it is synced then.
        connection.execute_batch(
            "PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF; PRAGMA temp_store = MEMORY;
             PRAGMA secure_delete = ON; PRAGMA trusted_schema = OFF",
        )?;
        schema::migrate(&mut connection, 0)?;
        binding.write(&connection, shard)?;
        connection.execute_batch(
            "CREATE TEMP TABLE numbers (source, old, new, PRIMARY KEY (source, old));
             CREATE TEMP TABLE pieces (source, above, up_to, delta, PRIMARY KEY (source, above));
             CREATE TEMP TABLE same (source, old, new, PRIMARY KEY (source, old))",
        )?;
        let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
        connection.create_scalar_function("is_ours", 1, flags, move |call| {
            let user: UserId = call.get(0)?;
            Ok(shard.has(Some(user)))
        })?;
        Ok(Self {
            connection,
            from,
            attached: None,
            taken: (0, 0),
        })
    }

    /// Takes over all that concerns the shard.
    ///
    /// # Errors
    ///
    /// Two of the ledgers contradict each other, or one cannot be read.
    pub(super) fn run(mut self) -> Result<(Connection, Extent), Fault> {
        let mut runs = Vec::new();
        for source in 0..self.from.len() {
            self.attach(source)?;
            runs.push(runs_of(&self.connection)?);
        }
        let runs = in_order(&runs);
        for (number, run) in (1..).zip(&runs) {
            for (source, of) in &run.of {
                self.connection.execute(
                    "INSERT INTO numbers VALUES (?1, ?2, ?3)",
                    params![index(*source), of.number, number],
                )?;
            }
        }
        for (number, run) in (1..).zip(&runs) {
            self.take_run(number, run)?;
        }
        for source in 0..self.from.len() {
            self.attach(source)?;
            self.take_notes(index(source))?;
            self.take_key()?;
        }
        self.detach()?;
        let extent = extent(&self.connection)?;
        Ok((self.connection, extent))
    }

    /// Takes a run over, with what was written while it was the last one.
    fn take_run(&mut self, number: i64, run: &RunOfAll) -> Result<(), Fault> {
        let before = self.taken;
        for (at, (source, of)) in run.of.iter().enumerate() {
            self.attach(*source)?;
            if at == 0 {
                self.take_row_of_run(number, of, before)?;
            }
            self.take_devices(index(*source), of)?;
            self.take_events(index(*source), of)?;
        }
        Ok(())
    }

    fn take_row_of_run(&self, number: i64, run: &RunOf, before: (i64, i64)) -> Result<()> {
        let own = ["number", "events_before", "devices_before"];
        let columns = columns(&self.connection, "runs", &own)?;
        let sql = format!(
            "INSERT INTO main.runs (number, events_before, devices_before, {columns})
             SELECT :number, iif(events_before IS NULL, NULL, :events), :devices, {columns}
             FROM source.runs WHERE number = :old"
        );
        let (devices, events) = before;
        self.connection.execute(
            &sql,
            named_params! {
                ":number": number, ":old": run.number, ":events": events, ":devices": devices,
            },
        )?;
        Ok(())
    }

    fn take_devices(&mut self, source: i64, run: &RunOf) -> Result<(), Fault> {
        let (above, up_to) = run.devices;
        if up_to <= above {
            return Ok(());
        }
        let delta = self.taken.0 - above;
        let connection = &self.connection;
        let piece = params![source, above, up_to, delta];
        connection.execute("INSERT INTO pieces VALUES (?1, ?2, ?3, ?4)", piece)?;
        let known =
            "FROM source.devices AS own JOIN main.devices AS other USING (user, type, address)
             WHERE own.id > ?1 AND own.id <= ?2";
        let contradicts = format!(
            "SELECT own.user {known} AND NOT (own.state = ?3 AND other.state = ?3
                AND own.device IS NOT NULL AND own.device = other.device) LIMIT 1"
        );
        let found = params![above, up_to, DeviceState::Found];
        let mut contradiction = connection.prepare(&contradicts)?;
        if let Some(row) = contradiction.query(found)?.next()? {
            return Err(Fault::TwoOutcomes(row.get(0)?));
        }
        connection.execute(
            &format!("INSERT INTO same SELECT ?3, own.id, other.id {known}"),
            params![above, up_to, source],
        )?;
        let columns = columns(connection, "devices", &["id", "run"])?;
        let sql = format!(
            "INSERT INTO main.devices (id, run, {columns})
             SELECT id + :delta,
                (SELECT new FROM numbers WHERE source = :source AND old = run), {columns}
             FROM source.devices
             WHERE id > :above AND id <= :up_to AND is_ours(user)
                AND id NOT IN (SELECT old FROM same WHERE source = :source)
             ORDER BY id"
        );
        connection.execute(
            &sql,
            named_params! {":delta": delta, ":source": source, ":above": above, ":up_to": up_to},
        )?;
        // What other shards have is left out, and its numbers are taken by what comes next.
        self.taken.0 = last(&self.connection, "devices")?;
        Ok(())
    }

    fn take_events(&mut self, source: i64, run: &RunOf) -> Result<()> {
        let (above, up_to) = run.events;
        let delta = self.taken.1 - above;
        let columns = columns(&self.connection, "events", &["id", "device", "run"])?;
        let own: Vec<_> = columns
            .split(", ")
            .map(|name| format!("own.{name}"))
            .collect();
        let sql = format!(
            "INSERT INTO main.events (id, device, run, {columns})
             SELECT own.id + :delta,
                coalesce((SELECT new FROM same WHERE source = :source AND old = own.device),
                    own.device + (SELECT delta FROM pieces
                        WHERE source = :source AND above < own.device AND own.device <= up_to)),
                (SELECT new FROM numbers WHERE source = :source AND old = own.run), {}
             FROM source.events AS own JOIN source.devices AS it ON it.id = own.device
             WHERE own.id > :above AND own.id <= :up_to AND is_ours(it.user)
             ORDER BY own.id",
            own.join(", ")
        );
        self.connection.execute(
            &sql,
            named_params! {":delta": delta, ":source": source, ":above": above, ":up_to": up_to},
        )?;
        self.take_decisions(delta, run)?;
        self.taken.1 = last(&self.connection, "events")?;
        Ok(())
    }

    /// Takes over what people decided, each with the event that it is.
    fn take_decisions(&self, delta: i64, run: &RunOf) -> Result<()> {
        let columns = columns(&self.connection, "decisions", &["event"])?;
        let sql = format!(
            "INSERT INTO main.decisions (event, {columns})
             SELECT event + :delta, {columns} FROM source.decisions
             WHERE event > :above AND event <= :up_to
                AND event + :delta IN (SELECT id FROM main.events)"
        );
        let (above, up_to) = run.events;
        let of = named_params! {":delta": delta, ":above": above, ":up_to": up_to};
        self.connection.execute(&sql, of).map(drop)
    }

    /// Takes over the key of what was purged; of two keys neither reads what the other one hid.
    fn take_key(&self) -> Result<(), Fault> {
        self.connection.execute_batch(
            "INSERT OR IGNORE INTO main.purge_key SELECT one, key FROM source.purge_key",
        )?;
        let is_other: bool = self.connection.query_row(
            "SELECT EXISTS (SELECT 1 FROM source.purge_key AS own JOIN main.purge_key AS it USING (one)
                WHERE own.key <> it.key)",
            [],
            |row| row.get(0),
        )?;
        if is_other {
            Err(Fault::TwoKeys)
        } else {
            Ok(())
        }
    }

    fn take_notes(&self, source: i64) -> Result<()> {
        for (table, key, noted) in NOTES {
            let is_of_users = table == "users";
            let mapped: &[&str] = if is_of_users { &["run"] } else { &[] };
            let columns = columns(&self.connection, table, mapped)?;
            let (run, number) = if is_of_users {
                (
                    ", run",
                    ", (SELECT new FROM numbers WHERE source = ?1 AND old = own.run)",
                )
            } else {
                ("", "")
            };
            let same: Vec<_> = key.iter().map(|it| format!("it.{it} = own.{it}")).collect();
            let filter = if is_of_users {
                "is_ours(own.id)"
            } else {
                "?1 >= 0"
            };
            let sql = format!(
                "INSERT OR REPLACE INTO main.{table} ({columns}{run})
                 SELECT {columns}{number} FROM source.{table} AS own
                 WHERE {filter} AND NOT EXISTS (SELECT 1 FROM main.{table} AS it
                    WHERE {} AND it.{noted} >= own.{noted})",
                same.join(" AND ")
            );
            self.connection.execute(&sql, params![source])?;
        }
        Ok(())
    }

    fn attach(&mut self, source: usize) -> Result<()> {
        if self.attached == Some(source) {
            return Ok(());
        }
        self.detach()?;
        // A name that is not text would make a new file.
        let path = &self.from[source];
        let name = path
            .to_str()
            .ok_or_else(|| rusqlite::Error::InvalidPath(path.clone()))?;
        self.connection
            .execute("ATTACH ?1 AS source", params![name])?;
        self.attached = Some(source);
        Ok(())
    }

    fn detach(&mut self) -> Result<()> {
        if self.attached.take().is_some() {
            self.connection.execute_batch("DETACH source")?;
        }
        Ok(())
    }
}

/// The last number that is taken in a table of the new ledger.
fn last(connection: &Connection, table: &str) -> Result<i64> {
    let sql = format!("SELECT coalesce(max(id), 0) FROM main.{table}");
    connection.query_row(&sql, [], |row| row.get(0))
}

/// The place of a ledger, as SQLite takes it.
fn index(source: usize) -> i64 {
    i64::try_from(source).unwrap_or(i64::MAX)
}

/// The columns of a table but for these, as a statement lists them.
fn columns(connection: &Connection, table: &str, without: &[&str]) -> Result<String> {
    let mut statement = connection.prepare("SELECT name FROM pragma_table_info(?1, 'main')")?;
    let names = statement.query_map([table], |row| row.get::<_, String>(0))?;
    let names: Vec<_> = names.collect::<Result<_>>()?;
    let mut names = names;
    names.retain(|name| !without.contains(&name.as_str()));
    Ok(names.join(", "))
}

/// The runs of the attached ledger, in their order.
fn runs_of(connection: &Connection) -> Result<Vec<RunOf>> {
    let last: (i64, i64) = connection.query_row(
        "SELECT (SELECT coalesce(max(id), 0) FROM source.devices),
                (SELECT coalesce(max(id), 0) FROM source.events)",
        [],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    let mut statement = connection.prepare(
        "SELECT id, number, started_at, devices_before, coalesce(events_before, 0)
         FROM source.runs ORDER BY number DESC",
    )?;
    let mut until = last;
    let runs = statement.query_map([], |row| {
        let (devices, events) = (row.get(3)?, row.get(4)?);
        let run = RunOf {
            id: row.get(0)?,
            number: row.get(1)?,
            started_at: row.get(2)?,
            devices: (devices, until.0),
            events: (events, until.1),
        };
        until = (devices, events);
        Ok(run)
    })?;
    let mut runs: Vec<_> = runs.collect::<Result<_>>()?;
    runs.reverse();
    Ok(runs)
}
