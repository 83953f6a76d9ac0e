//! Where values come from: what was typed wins over the environment, this over the default.

use std::ffi::OsString;
use std::path::PathBuf;

use super::Error;
use super::env::Env;
use super::given::Given;
use super::setting::{About, Command, Setting};

/// What was typed: a command, and what stands behind its options.
#[derive(Clone, Debug)]
pub struct Typed {
    /// The command.
    pub command: Command,
    /// Each setting that was given, with its values as they are.
    pub(super) values: Vec<(String, Vec<OsString>)>,
}

impl Typed {
    /// Nothing but a command.
    pub(super) fn only(command: Command) -> Self {
        Self {
            command,
            values: Vec::new(),
        }
    }

    /// What was given of a setting, each time that it was.
    fn values(&self, about: &About) -> &[OsString] {
        let mut values = self.values.iter();
        let found = values.find(|(name, _)| name == about.name);
        found.map_or(&[], |(_, values)| values)
    }
}

/// Where the values of settings come from.
#[derive(Clone, Copy, Debug)]
pub struct Sources<'a> {
    pub(super) typed: &'a Typed,
    pub(super) env: &'a Env<'a>,
}

impl<'a> Sources<'a> {
    /// The values of a call in an environment.
    pub fn new(typed: &'a Typed, env: &'a Env<'a>) -> Self {
        Self { typed, env }
    }

    /// The value of a setting, where one is given.
    pub(super) fn find<T>(&self, setting: &Setting<T>) -> Result<Option<T>, Error> {
        let given = self.given(setting);
        given.map(|given| (setting.read)(&given)).transpose()
    }

    /// The value of a setting, or its default.
    pub(super) fn value<T>(&self, setting: &Setting<T>) -> Result<T, Error> {
        self.find(setting)?
            .map_or_else(|| setting.read_default(), Ok)
    }

    /// Every value of a setting that may be given again and again.
    pub(super) fn values<T>(&self, setting: &Setting<T>) -> Result<Vec<T>, Error> {
        let values = self.typed.values(&setting.about).iter();
        let given = values.map(|value| setting.given(value.clone()));
        given.map(|given| (setting.read)(&given)).collect()
    }

    /// The path that is given, which cannot be wrong.
    pub(super) fn path(&self, setting: &Setting<PathBuf>) -> Option<PathBuf> {
        Some(self.given(setting)?.value.into())
    }

    /// The path that was typed, whatever the environment has.
    pub(super) fn typed_path(&self, setting: &Setting<PathBuf>) -> Option<PathBuf> {
        Some(self.typed.values(&setting.about).last()?.into())
    }

    /// Whether an option that stands alone was typed.
    pub(super) fn is_on(&self, setting: &Setting<bool>) -> bool {
        !self.typed.values(&setting.about).is_empty()
    }

    fn given<T>(&self, setting: &Setting<T>) -> Option<Given> {
        if let Some(value) = self.typed.values(&setting.about).last() {
            return Some(setting.given(value.clone()));
        }
        self.env.given(setting.about.variable?.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pace::Pacing;
    use crate::settings::table;
    use crate::settings::usage::typed_of;

    #[test]
    fn what_is_typed_wins_over_the_variable_and_this_over_the_default() {
        for (words, variable, rate) in [
            (&["run", "w.csv", "--rate=1"][..], "2", Pacing::UpTo(1.0)),
            (&["run", "w.csv"], "2", Pacing::UpTo(2.0)),
            (&["doctor"], "2", Pacing::UpTo(2.0)),
            (&["run", "w.csv"], "", Pacing::UpTo(25.0)),
        ] {
            let get = |name: &str| (name == "WAVEPAIR_RATE").then(|| OsString::from(variable));
            let (typed, env) = (typed_of(words), Env::new(&get));
            let found = Sources::new(&typed, &env).value(&table::RATE);
            assert_eq!(found, Ok(rate), "{words:?} {variable}");
        }
    }

    #[test]
    fn an_option_of_every_command_may_stand_before_it_or_behind_it() {
        let env = Env::new(&|_| None);
        for words in [["-vv", "template"], ["template", "-vv"]] {
            let verbose = Sources::new(&typed_of(&words), &env).find(&table::VERBOSE);
            assert_eq!(verbose, Ok(Some(2)), "{words:?}");
        }
    }
}
