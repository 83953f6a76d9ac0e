//! Why a source cannot be decoded.

use std::io;

use crate::input::error::{Change, Error};
use crate::input::form_flaw::FormFlaw;
use crate::input::spool::Full;

/// Why a source cannot be decoded, before it is said which source.
#[derive(Debug)]
pub(super) enum Trouble {
    /// It does not give its bytes.
    Read(io::Error),
    /// Its copy cannot be written.
    Write(io::Error),
    /// It was changed meanwhile.
    Changed(Change),
    /// Its form is none that is read.
    Flaw(FormFlaw),
}

impl From<FormFlaw> for Trouble {
    fn from(flaw: FormFlaw) -> Self {
        Trouble::Flaw(flaw)
    }
}

impl From<Full> for Trouble {
    fn from(full: Full) -> Self {
        match full {
            Full::Limit => Trouble::Flaw(FormFlaw::TooLarge),
            Full::Error(error) => Trouble::Write(error),
        }
    }
}

impl Trouble {
    /// The error about a source of this name.
    pub(super) fn of(self, name: &str) -> Error {
        let name = name.to_owned();
        match self {
            Trouble::Read(source) => Error::reading(name, source),
            Trouble::Write(source) => Error::Spool { name, source },
            Trouble::Changed(change) => Error::Changed { name, change },
            Trouble::Flaw(flaw) => Error::NotAWave {
                name,
                line: None,
                flaw: flaw.into(),
            },
        }
    }
}
