//! The tenant that a ledger belongs to.

use std::fmt;

use rusqlite::{Connection, OptionalExtension, named_params};

use crate::model::ids::EnvironmentId;
use crate::model::shard::Shard;

/// Which tenant a ledger speaks of. One that speaks of another is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Binding {
    /// Host, and port where it is not the usual one, of the API.
    pub api_host: String,
    /// The environment whose users get devices.
    pub environment: EnvironmentId,
}

impl Binding {
    /// Reads what a ledger is bound to, if it is.
    pub(super) fn read(connection: &Connection) -> rusqlite::Result<Option<Self>> {
        connection
            .query_row("SELECT api_host, environment FROM binding", [], |row| {
                Ok(Self {
                    api_host: row.get("api_host")?,
                    environment: row.get("environment")?,
                })
            })
            .optional()
    }

    /// Binds a ledger to it and to a shard, for ever.
    pub(super) fn write(&self, connection: &Connection, shard: Shard) -> rusqlite::Result<()> {
        connection
            .execute(
                "INSERT INTO binding (one, api_host, environment, shard, shards)
                 VALUES (1, :api_host, :environment, :shard, :shards)",
                named_params! {
                    ":api_host": self.api_host,
                    ":environment": self.environment,
                    ":shard": shard.number(),
                    ":shards": shard.of(),
                },
            )
            .map(drop)
    }
}

/// The first version of the schema with the columns of the shard.
const KNOWS_SHARDS: usize = 12;

/// Which shard of its waves a ledger is for. One from before there were shards is for all of each wave.
pub(super) fn shard(connection: &Connection, version: usize) -> rusqlite::Result<Shard> {
    if version < KNOWS_SHARDS {
        return Ok(Shard::WHOLE);
    }
    let bound = connection.query_row("SELECT shard, shards FROM binding", [], |row| {
        Ok((row.get("shard")?, row.get("shards")?))
    });
    Ok(bound.optional()?.map_or(Shard::WHOLE, |(number, of)| {
        // The schema holds the numbers to the same bounds.
        Shard::new(number, of).unwrap_or(Shard::WHOLE)
    }))
}

impl fmt::Display for Binding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "environment {} on {}", self.environment, self.api_host)
    }
}
