//! What was typed and what it means here: defaults, environment variables, checks.
//!
//! Flags win over environment variables, these over a profile of Ping CLI, this over the settings file,
//! and this over defaults.
//! `table` lists every setting, `usage` takes the command line apart by it, `sources` finds and reads values,
//! and `run` resolves what a command is told, once. What comes out is plain. This is the
//! last room that sees clap or the environment, and it sends nothing: a mistake here ends
//! with exit code 2 before anything happened.

mod address;
mod authorities;
pub(crate) mod checks;
pub(crate) mod completions;
mod credential;
mod deadline;
pub(crate) mod deciding;
pub(crate) mod env;
pub(crate) mod expected_rows;
mod file_names;
pub(crate) mod files;
pub(crate) mod given;
pub(crate) mod hand_over;
mod help;
pub(crate) mod keys;
pub(crate) mod log;
pub(crate) mod manual;
mod named_file;
mod nearest;
pub(crate) mod on_end;
pub(crate) mod origin;
pub(crate) mod pace;
pub(crate) mod pingcli;
mod places;
mod private_file;
pub(crate) mod probe;
mod proxy;
pub(crate) mod purge;
pub(crate) mod resolve;
pub(crate) mod results;
pub(crate) mod rows;
pub(crate) mod run;
pub(crate) mod sandbox;
mod secret_command;
mod secret_file;
pub(crate) mod setting;
pub(crate) mod settings_file;
mod shard;
pub(crate) mod show;
pub(crate) mod shown;
pub(crate) mod sources;
pub(crate) mod status;
mod stream;
#[rustfmt::skip] // A row or two of the table for each setting.
pub(crate) mod table;
pub(crate) mod report;
pub(crate) mod tenant;
pub(crate) mod undo;
pub(crate) mod usage;
mod values;
pub(crate) mod verify;
mod version;
pub(crate) mod which_file;
pub(crate) mod which_ledger;
mod zone;

use thiserror::Error;

/// A setting that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{what}")]
pub struct Error {
    what: String,
    hint: Option<String>,
}

impl Error {
    /// An error that says what is wrong; never with a secret in it.
    pub fn new(what: impl Into<String>) -> Self {
        Self {
            what: what.into(),
            hint: None,
        }
    }

    /// Adds what to do about it.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// What to do about it, where there is something.
    pub fn remedy(&self) -> Option<&str> {
        self.hint.as_deref()
    }
}
