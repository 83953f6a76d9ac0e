//! Where values come from: what was typed wins over the environment, this over a profile of Ping CLI,
//! this over the settings file, and this over the default.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use super::Error;
use super::env::Env;
use super::given::Given;
use super::pingcli::PingCliProfile;
use super::setting::{About, Command, Setting};
use super::settings_file::SettingsFile;

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

    /// Whether an option was given.
    fn has(&self, option: &str) -> bool {
        self.values.iter().any(|(name, _)| name == option)
    }
}

/// Where the values of settings come from.
#[derive(Clone, Copy, Debug)]
pub struct Sources<'a> {
    pub(super) typed: &'a Typed,
    pub(super) env: &'a Env<'a>,
    pub(super) file: Option<&'a SettingsFile>,
    pub(super) pingcli: Option<&'a PingCliProfile>,
}

impl<'a> Sources<'a> {
    /// The values of a call in an environment.
    pub fn new(typed: &'a Typed, env: &'a Env<'a>) -> Self {
        Self {
            typed,
            env,
            file: None,
            pingcli: None,
        }
    }

    /// The files that settings stand in, with what each is called.
    pub(super) fn files(&self) -> impl Iterator<Item = (&'static str, &'a Path)> {
        let settings = self.file.map(|file| ("the settings file", file.path()));
        let pingcli = self.pingcli.map(|file| ("Ping CLI's file", file.path()));
        settings.into_iter().chain(pingcli)
    }

    /// The same with a settings file, where there is one.
    pub(crate) fn with_file(self, file: Option<&'a SettingsFile>) -> Self {
        Self { file, ..self }
    }

    /// The same with a profile of Ping CLI, where one is named.
    pub(crate) fn with_pingcli(self, pingcli: Option<&'a PingCliProfile>) -> Self {
        Self { pingcli, ..self }
    }

    /// The value of a setting, where one is given.
    pub(super) fn find<T>(&self, setting: &Setting<T>) -> Result<Option<T>, Error> {
        let given = self.given(&setting.about);
        given.map(|given| (setting.read)(&given)).transpose()
    }

    /// The value of a setting, or its default.
    pub(super) fn value<T>(&self, setting: &Setting<T>) -> Result<T, Error> {
        self.find(setting)?
            .map_or_else(|| setting.read_default(), Ok)
    }

    /// The value of a setting without which a command means nothing.
    pub(super) fn required<T>(&self, setting: &Setting<T>) -> Result<T, Error> {
        let missing = || Error::new(format!("{} is missing", setting.about.name));
        self.find(setting)?.ok_or_else(missing)
    }

    /// Every value of a setting that may be given again and again.
    pub(super) fn values<T>(&self, setting: &Setting<T>) -> Result<Vec<T>, Error> {
        let given = self.all_given(&setting.about).into_iter();
        given.map(|given| (setting.read)(&given)).collect()
    }

    /// The path that is given, which cannot be wrong.
    pub(super) fn path(&self, setting: &Setting<PathBuf>) -> Option<PathBuf> {
        Some(self.given(&setting.about)?.value.into())
    }

    /// The path that was typed, whatever the environment and the settings file have.
    pub(super) fn typed_path(&self, setting: &Setting<PathBuf>) -> Option<PathBuf> {
        Some(self.typed.values(&setting.about).last()?.into())
    }

    /// Every path that was typed for a setting that may be given again and again.
    pub(super) fn typed_paths(&self, setting: &Setting<PathBuf>) -> Vec<PathBuf> {
        let typed = self.typed.values(&setting.about).iter();
        typed.map(PathBuf::from).collect()
    }

    /// Whether an option that stands alone was typed, or the settings file switches it on.
    pub(super) fn is_on(&self, setting: &Setting<bool>) -> bool {
        let given = self.given(&setting.about);
        given.is_some_and(|given| given.value != "false")
    }

    /// The value that is given; of several, the last one.
    pub(super) fn given(&self, about: &About) -> Option<Given> {
        self.all_given(about).pop()
    }

    /// Every value that is given, by what stands highest of those that give any.
    pub(super) fn all_given(&self, about: &About) -> Vec<Given> {
        let typed = self.typed.values(about);
        if !typed.is_empty() {
            let values = typed.iter().cloned();
            return values
                .map(|value| Given::typed(about.name, value))
                .collect();
        }
        let variable = about.variable;
        if let Some(given) = variable.and_then(|variable| self.env.given(variable.name)) {
            return vec![given];
        }
        if let Some(given) = self.pingcli.and_then(|profile| profile.given(about)) {
            return vec![given];
        }
        // What was typed wins over a file that says the opposite.
        let excluded = about.excludes.is_some_and(|other| self.typed.has(other));
        let file = self.file.filter(|_| !excluded);
        file.map_or_else(Vec::new, |file| file.given(about))
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
