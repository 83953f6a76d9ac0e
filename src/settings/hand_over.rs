//! What `ledger merge` and `ledger split` are told.

use std::path::PathBuf;

use super::Error;
use super::setting::Command;
use super::sources::Sources;
use super::table::shards::{FROM, INTO};

/// Which ledgers give what they know to which new ones.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HandOver {
    /// Those of all shards to one for whole waves.
    Merge {
        /// The ledgers of the shards.
        from: Vec<PathBuf>,
        /// The new one.
        into: PathBuf,
    },
    /// One for whole waves to one for each shard.
    Split {
        /// The ledger.
        from: PathBuf,
        /// The new ones, in the order of the shards.
        into: Vec<PathBuf>,
    },
}

impl HandOver {
    /// Resolves what was typed.
    ///
    /// # Errors
    ///
    /// Not several ledgers into one, or not one into several.
    pub fn resolve(sources: &Sources<'_>) -> Result<Self, Error> {
        if sources.typed.command == Command::LedgerSplit {
            Self::split(sources)
        } else {
            Self::merge(sources)
        }
    }

    fn merge(sources: &Sources<'_>) -> Result<Self, Error> {
        let (from, mut into) = (sources.typed_paths(&FROM), sources.typed_paths(&INTO));
        if from.len() < 2 {
            let error = Error::new("one ledger alone is not merged");
            return Err(error.hint("name the ledgers of all shards"));
        }
        match (into.pop(), into.is_empty()) {
            (Some(into), true) => Ok(Self::Merge { from, into }),
            (into, _) => {
                let error = Error::new(match into {
                    Some(_) => "several ledgers are merged into one",
                    None => "nothing says into which ledger they are merged",
                });
                Err(error.hint("name the new ledger with `-o`, once"))
            }
        }
    }

    fn split(sources: &Sources<'_>) -> Result<Self, Error> {
        let (mut from, into) = (sources.typed_paths(&FROM), sources.typed_paths(&INTO));
        if into.len() < 2 {
            let error = Error::new("a ledger is split into two or more");
            return Err(error.hint("name each new ledger with `-o`, in the order of the shards"));
        }
        if let (Some(from), true) = (from.pop(), from.is_empty()) {
            return Ok(Self::Split { from, into });
        }
        let error = Error::new("one ledger is split at a time");
        Err(error.hint("write `-o` before each of the new ones"))
    }
}
