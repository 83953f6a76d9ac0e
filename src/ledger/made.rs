//! The devices that a run has created.

use std::collections::HashMap;

use rusqlite::{Connection, Result, named_params};

use super::devices::{self, Key};
use crate::model::entry::{DeviceState, LedgerEntry};
use crate::model::ids::RunId;
use crate::model::request::{Address, DeviceKey};
use crate::model::row::RowNumber;

/// A device that a run has created, whether it is there still or not.
#[derive(Clone, Debug)]
pub(crate) struct MadeDevice {
    /// Which device.
    pub(crate) key: DeviceKey,
    /// What is known of it.
    pub(crate) entry: LedgerEntry,
    /// The row that asked for it, as that run counted them.
    pub(crate) row: Option<RowNumber>,
}

impl MadeDevice {
    /// Whether it is one that this run has created.
    fn is_of(&self, run: RunId) -> bool {
        let is_made = match self.entry.state {
            DeviceState::Created | DeviceState::Undoing | DeviceState::Undone => true,
            DeviceState::InFlight
            | DeviceState::Found
            | DeviceState::Several
            | DeviceState::Rejected
            | DeviceState::Failed
            | DeviceState::Unresolved => false,
        };
        is_made && self.entry.run == run
    }
}

/// The devices that a run has created, in the order of their entries.
pub(super) fn made_by(connection: &Connection, run: RunId) -> Result<Vec<MadeDevice>> {
    let mut rows = rows_of(connection, run)?;
    let mut made = Vec::new();
    devices::of_run(connection, run, &mut |key, entry| {
        let row = rows.remove(&entry.number);
        let key = device_key(&key).ok_or_else(|| {
            let what = "it holds a device whose phone or mailbox is none";
            rusqlite::Error::FromSqlConversionFailure(0, rusqlite::types::Type::Text, what.into())
        })?;
        made.push(MadeDevice { key, entry, row });
        Ok(())
    })?;
    made.retain(|made| made.is_of(run));
    Ok(made)
}

/// The rows for which a run asked for devices, by the numbers of their entries.
fn rows_of(connection: &Connection, run: RunId) -> Result<HashMap<u64, RowNumber>> {
    let sql = "SELECT device, row FROM events
               WHERE run = (SELECT number FROM runs WHERE id = :run) AND row IS NOT NULL";
    let mut statement = connection.prepare(sql)?;
    let mut found = statement.query(named_params! {":run": run})?;
    let mut rows = HashMap::new();
    while let Some(row) = found.next()? {
        let (device, number): (i64, i64) = (row.get(0)?, row.get(1)?);
        if let (Ok(device), Ok(number)) = (u64::try_from(device), u64::try_from(number)) {
            rows.insert(device, RowNumber(number));
        }
    }
    Ok(rows)
}

fn device_key(key: &Key) -> Option<DeviceKey> {
    Some(DeviceKey {
        user: key.user,
        kind: key.kind,
        address: Address::from_key(key.kind, &key.address)?,
    })
}
