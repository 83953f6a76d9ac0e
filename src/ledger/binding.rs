//! The tenant that a ledger belongs to.

use std::fmt;

use rusqlite::{Connection, OptionalExtension, named_params};

use crate::model::ids::EnvironmentId;

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

    /// Binds a ledger, for ever.
    pub(super) fn write(&self, connection: &Connection) -> rusqlite::Result<()> {
        connection
            .execute(
                "INSERT INTO binding (one, api_host, environment)
                 VALUES (1, :api_host, :environment)",
                named_params! {":api_host": self.api_host, ":environment": self.environment},
            )
            .map(drop)
    }
}

impl fmt::Display for Binding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "environment {} on {}", self.environment, self.api_host)
    }
}
