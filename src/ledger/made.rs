//! The devices that a run has created.

use std::collections::HashMap;

use rusqlite::{Connection, Result, named_params};

use super::devices;
use super::keys::StoredKey;
use crate::model::entry::{DeviceState, LedgerEntry};
use crate::model::ids::{RunId, UserId};
use crate::model::request::{Address, DeviceKey, DeviceType};
use crate::model::row::RowNumber;

/// A device that a run has created, whether it is there still or not.
#[derive(Clone, Debug)]
pub(crate) struct MadeDevice {
    /// Whose it is.
    pub(crate) user: UserId,
    /// What kind it is.
    pub(crate) kind: DeviceType,
    /// Where it sends its passcodes; nothing where that was purged.
    pub(crate) address: Option<Address>,
    /// What is known of it.
    pub(crate) entry: LedgerEntry,
    /// The row that asked for it, as that run counted them.
    pub(crate) row: Option<RowNumber>,
}

impl MadeDevice {
    /// Which device; nothing where its address was purged.
    pub(crate) fn key(&self) -> Option<DeviceKey> {
        Some(DeviceKey {
            user: self.user,
            kind: self.kind,
            address: self.address.clone()?,
        })
    }

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
        let StoredKey {
            user,
            kind,
            address,
        } = key;
        let address = address.map(|text| address_of(kind, &text)).transpose()?;
        made.push(MadeDevice {
            user,
            kind,
            address,
            entry,
            row,
        });
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

fn address_of(kind: DeviceType, text: &str) -> Result<Address> {
    Address::from_key(kind, text).ok_or_else(|| {
        let what = "it holds a device whose phone or mailbox is none";
        rusqlite::Error::FromSqlConversionFailure(0, rusqlite::types::Type::Text, what.into())
    })
}
