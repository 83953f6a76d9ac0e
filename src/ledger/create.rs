//! A new ledger: it appears whole, bound to its tenant, or not at all.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::Path;

use rusqlite::{Connection, MAIN_DB};

use super::binding::Binding;
use super::file::replace;
use super::schema;
use crate::model::shard::Shard;

/// Makes an empty ledger, bound to a tenant and a shard, over an empty file where there is one.
///
/// Only for whoever holds its lock. A process that is killed here leaves nothing under the name.
pub(super) fn create(path: &Path, (binding, shard): (&Binding, Shard)) -> io::Result<File> {
    let bytes = empty(binding, shard).map_err(io::Error::other)?;
    replace(path, &bytes)
}

/// Has a file that was written without a log be one that has a log, as every ledger is; durably.
pub(super) fn mark_as_logged(path: &Path) -> io::Result<()> {
    let file = OpenOptions::new().write(true).open(path)?;
    for place in FORMATS {
        file.write_all_at(&[WAL], place as u64)?;
    }
    file.sync_all()
}

/// Where a SQLite file says which format its writers and its readers use, and what it says where that
/// is the write-ahead log (sqlite.org/fileformat2.html, 1.3.3).
const FORMATS: [usize; 2] = [18, 19];
const WAL: u8 = 2;

fn empty(binding: &Binding, shard: Shard) -> rusqlite::Result<Vec<u8>> {
    let mut memory = Connection::open_in_memory()?;
    schema::migrate(&mut memory, 0)?;
    binding.write(&memory, shard)?;
    let mut bytes = memory.serialize(MAIN_DB)?.to_vec();
    // Not turned on later: that would be one more moment to be killed at, with files of its own.
    for place in FORMATS {
        if let Some(format) = bytes.get_mut(place) {
            *format = WAL;
        }
    }
    Ok(bytes)
}
