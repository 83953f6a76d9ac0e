//! All that keeps a tenant's settings from being used.

use crate::settings::Error;
use crate::settings::pingcli::PingCliProfile;
use crate::settings::setting::Variable;
use crate::settings::table;

/// The worker application's own environment.
pub(super) const HOME: Variable = Variable {
    meaning: "the ID of the worker application's environment",
    ..table::of(&table::HOME)
};
/// The region.
pub(super) const REGION: Variable = table::of(&table::REGION);
/// The worker application.
pub(super) const CLIENT: Variable = table::of(&table::CLIENT_ID);
/// Its secret.
pub(super) const SECRET: Variable = Variable {
    meaning: "its client secret, or `PINGONE_CLIENT_SECRET_FILE` to a private file with it",
    ..table::of(&table::CLIENT_SECRET)
};

/// What was found of a setting.
#[derive(Debug)]
pub(super) enum Found<T> {
    /// Not given.
    Absent,
    /// Given, and it cannot be: that is noted.
    Wrong,
    /// This.
    Given(T),
}

impl<T> Found<T> {
    pub(super) fn is_absent(&self) -> bool {
        matches!(self, Found::Absent)
    }

    pub(super) fn get(&self) -> Option<&T> {
        match self {
            Found::Given(value) => Some(value),
            Found::Absent | Found::Wrong => None,
        }
    }

    pub(super) fn given(self) -> Option<T> {
        match self {
            Found::Given(value) => Some(value),
            Found::Absent | Found::Wrong => None,
        }
    }
}

/// Values that cannot be, and what is missing; at least one of either.
#[derive(Debug, Default)]
pub(in crate::settings) struct Problems {
    wrong: Vec<Error>,
    missing: Vec<Variable>,
}

impl Problems {
    /// Takes a value over, and notes why it cannot be.
    pub(super) fn note<T>(&mut self, value: Result<Option<T>, Error>) -> Found<T> {
        match value {
            Ok(None) => Found::Absent,
            Ok(Some(value)) => Found::Given(value),
            Err(error) => {
                self.wrong.push(error);
                Found::Wrong
            }
        }
    }

    /// Notes something that is needed; a profile of Ping CLI that was to give it says more.
    pub(super) fn missing(&mut self, needed: Variable, profile: Option<&PingCliProfile>) {
        match profile {
            Some(profile) => self.wrong.push(profile.lacks(&needed)),
            None => self.missing.push(needed),
        }
    }

    pub(super) fn is_none(&self) -> bool {
        self.wrong.is_empty() && self.missing.is_empty()
    }

    pub(super) fn first_wrong(&self) -> Option<&Error> {
        self.wrong.first()
    }

    /// One error of all: the first value that cannot be, or else everything that is missing.
    pub(in crate::settings) fn into_error(self) -> Error {
        if let Some(wrong) = self.wrong.into_iter().next() {
            return wrong;
        }
        let names: Vec<_> = self.missing.iter().map(|needed| needed.name).collect();
        let what: Vec<_> = self.missing.iter().map(set).collect();
        let verb = if names.len() == 1 { "is" } else { "are" };
        Error::new(format!("{} {verb} not set", names.join(", "))).hint(format!(
            "set {}; or rehearse with `wavepair run WAVE --sandbox`",
            what.join(", ")
        ))
    }

    /// An error for each of them.
    pub(in crate::settings) fn into_errors(self) -> Vec<Error> {
        let missing = self.missing.iter().map(|needed| {
            Error::new(format!("{} is not set", needed.name)).hint(format!("set {}", set(needed)))
        });
        self.wrong.into_iter().chain(missing).collect()
    }
}

fn set(needed: &Variable) -> String {
    format!("`{}` to {}", needed.name, needed.meaning)
}
