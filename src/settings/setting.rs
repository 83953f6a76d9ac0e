//! What a setting is: where a person may give it, what is said of it, and how its value is read; and
//! what a command is, which takes some of them.

use std::borrow::Cow;
use std::ffi::OsString;
use std::path::PathBuf;

use super::Error;
use super::given::Given;

/// A setting, and how its value is read.
#[derive(Debug)]
pub(crate) struct Setting<T> {
    /// What is said of it.
    pub about: About,
    pub(super) read: fn(&Given) -> Result<T, Error>,
}

/// What is said of a setting, whatever its type.
#[derive(Clone, Copy, Debug)]
pub struct About {
    /// The option, such as `--rate`, or what stands for a word of its own, or the variable of what
    /// only the environment gives.
    pub name: &'static str,
    /// Other names of the option, such as `-o`.
    pub also: &'static [&'static str],
    /// The variable that is read where the option is not given.
    pub variable: Option<Variable>,
    /// What it is called in a settings file.
    pub in_file: InFile,
    /// Whether its value is shown to nobody.
    pub is_private: bool,
    /// What holds where neither is given.
    pub unset: Unset,
    /// What stands behind the option.
    pub takes: Takes,
    /// What `--help` says of it.
    pub help: &'static str,
    /// What `--help` says of it further.
    pub details: Option<&'static str>,
    /// The option without which it means nothing.
    pub needs: Option<&'static str>,
    /// The option with which it cannot be given.
    pub excludes: Option<&'static str>,
    /// Whether a word of its own may be missing; an option always may.
    pub optional: bool,
}

/// An environment variable.
#[derive(Clone, Copy, Debug)]
pub struct Variable {
    /// Its name; of two that belong together, both.
    pub name: &'static str,
    /// What it is.
    pub meaning: &'static str,
}

/// What a setting is called in a settings file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InFile {
    /// As its option, with `_` for `-`; nothing where it has none.
    AsOption,
    /// This.
    Key(&'static str),
    /// It says what one call does, and no file says that.
    Never,
}

/// What holds where a setting is not given.
#[derive(Clone, Copy, Debug)]
pub enum Unset {
    /// Nothing.
    Nothing,
    /// This value.
    Value(&'static str),
    /// This value, which stands on a line of its own where there is room.
    ValueApart(&'static str),
    /// What these words say.
    Described(&'static str),
}

/// What stands behind an option, by the name that it is shown with.
#[derive(Clone, Copy, Debug)]
pub enum Takes {
    /// Nothing.
    Nothing,
    /// Nothing; how often it is given counts.
    Count,
    /// A text.
    Text(&'static str),
    /// A text each time that it is given.
    Texts(&'static str),
    /// One of these words, with what each means.
    Word(&'static str, &'static [(&'static str, &'static str)]),
    /// A path.
    Path(&'static str),
    /// A path each time that it is given; a word of its own may be several.
    Paths(&'static str),
    /// A program: a path, or a name that is looked for where programs are.
    Program(&'static str),
}

/// Settings that stand together in a help text.
#[derive(Clone, Copy, Debug)]
pub struct Group {
    /// What stands above them.
    pub heading: Option<&'static str>,
    /// The settings, in order.
    pub settings: &'static [About],
}

/// What can be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command {
    /// `run`.
    Run,
    /// `results`.
    Results,
    /// `verify`.
    Verify,
    /// `report`.
    Report,
    /// `status`.
    Status,
    /// `show`.
    Show,
    /// `undo`.
    Undo,
    /// `resolve`.
    Resolve,
    /// `purge`.
    Purge,
    /// `ledger merge`.
    LedgerMerge,
    /// `ledger split`.
    LedgerSplit,
    /// `doctor`.
    Doctor,
    /// `probe`.
    Probe,
    /// `template`.
    Template,
    /// `completions`.
    Completions,
    /// `man`.
    Man,
    /// `config show`.
    ConfigShow,
    /// `sandbox`.
    Sandbox,
}

impl Command {
    /// Whether any setting concerns it: a settings file that is wrong must not keep a shell from its
    /// completions.
    pub(crate) fn has_settings(self) -> bool {
        match self {
            Command::Template | Command::Completions | Command::Man => false,
            Command::Run
            | Command::Results
            | Command::Verify
            | Command::Report
            | Command::Status
            | Command::Show
            | Command::Undo
            | Command::Resolve
            | Command::Purge
            | Command::LedgerMerge
            | Command::LedgerSplit
            | Command::Doctor
            | Command::Probe
            | Command::Sandbox
            | Command::ConfigShow => true,
        }
    }
}

/// How a command is called, and what it takes.
#[derive(Clone, Copy, Debug)]
pub struct Usage {
    /// What it does.
    pub command: Command,
    /// Its name.
    pub name: &'static str,
    /// What `--help` says of it.
    pub help: &'static str,
    /// What it takes, besides what every command does.
    pub groups: &'static [Group],
    /// Command lines, each with what it does.
    pub examples: &'static [(&'static str, &'static str)],
}

/// A setting of any kind.
pub(super) const fn setting<T>(
    name: &'static str,
    takes: Takes,
    read: fn(&Given) -> Result<T, Error>,
    help: &'static str,
) -> Setting<T> {
    let about = About {
        name,
        also: &[],
        variable: None,
        in_file: InFile::AsOption,
        is_private: false,
        unset: Unset::Nothing,
        takes,
        help,
        details: None,
        needs: None,
        excludes: None,
        optional: false,
    };
    Setting { about, read }
}

/// A setting that names a file.
pub(super) const fn path(
    name: &'static str,
    value: &'static str,
    help: &'static str,
) -> Setting<PathBuf> {
    setting(name, Takes::Path(value), Given::path, help)
}

/// An option that stands alone.
pub(super) const fn switch(name: &'static str, help: &'static str) -> Setting<bool> {
    setting(name, Takes::Nothing, |_| Ok(true), help)
}

/// A setting that only the environment gives.
pub(super) const fn variable<T>(
    name: &'static str,
    meaning: &'static str,
    read: fn(&Given) -> Result<T, Error>,
) -> Setting<T> {
    setting(name, Takes::Text("TEXT"), read, "").variable(name, meaning)
}

impl<T> Setting<T> {
    /// Reads what holds where it is not given.
    pub(super) fn read_default(&self) -> Result<T, Error> {
        match self.about.unset {
            Unset::Value(value) | Unset::ValueApart(value) => {
                (self.read)(&self.given(value.into()))
            }
            Unset::Nothing | Unset::Described(_) => {
                unreachable!("{} has no default", self.about.name)
            }
        }
    }

    /// A value that was typed for it.
    pub(super) fn given(&self, value: OsString) -> Given {
        Given::typed(self.about.name, value)
    }

    pub(super) const fn also(mut self, names: &'static [&'static str]) -> Self {
        self.about.also = names;
        self
    }

    pub(super) const fn variable(mut self, name: &'static str, meaning: &'static str) -> Self {
        self.about.variable = Some(Variable { name, meaning });
        self
    }

    /// Gives it a key of its own.
    pub(super) const fn key(mut self, key: &'static str) -> Self {
        self.about.in_file = InFile::Key(key);
        self
    }

    /// Has its value shown to nobody.
    pub(super) const fn private(mut self) -> Self {
        self.about.is_private = true;
        self
    }

    /// Takes its key away: it says what one call does.
    pub(super) const fn of_one_call(mut self) -> Self {
        self.about.in_file = InFile::Never;
        self
    }

    pub(super) const fn default(mut self, value: &'static str) -> Self {
        self.about.unset = Unset::Value(value);
        self
    }

    pub(super) const fn default_apart(mut self, value: &'static str) -> Self {
        self.about.unset = Unset::ValueApart(value);
        self
    }

    pub(super) const fn default_described(mut self, words: &'static str) -> Self {
        self.about.unset = Unset::Described(words);
        self
    }

    pub(super) const fn details(mut self, details: &'static str) -> Self {
        self.about.details = Some(details);
        self
    }

    pub(super) const fn needs(mut self, option: &'static str) -> Self {
        self.about.needs = Some(option);
        self
    }

    pub(super) const fn excludes(mut self, option: &'static str) -> Self {
        self.about.excludes = Some(option);
        self
    }

    pub(super) const fn optional(mut self) -> Self {
        self.about.optional = true;
        self
    }

    /// The same for a command that says something else of it, and in which it stands alone.
    pub(super) const fn saying(&self, help: &'static str) -> About {
        About {
            help,
            needs: None,
            ..self.about
        }
    }
}

impl About {
    /// The same for a command in which something else holds where it is not given.
    pub(super) const fn otherwise(self, unset: &'static str) -> Self {
        Self {
            unset: Unset::Described(unset),
            ..self
        }
    }

    /// The same for a command in which it may be given again and again.
    pub(super) const fn repeated(self, name: &'static str) -> Self {
        Self {
            takes: Takes::Paths(name),
            ..self
        }
    }

    /// The option, where it is one.
    pub fn option(&self) -> Option<&'static str> {
        self.name.starts_with('-').then_some(self.name)
    }

    /// Its key in a settings file, where it has one.
    pub fn key(&self) -> Option<Cow<'static, str>> {
        match self.in_file {
            InFile::AsOption => {
                let option = self.name.strip_prefix("--")?;
                Some(option.replace('-', "_").into())
            }
            InFile::Key(key) => Some(key.into()),
            InFile::Never => None,
        }
    }

    /// What stands for its value in a help text, where it has one.
    pub(super) fn value_name(&self) -> Option<&'static str> {
        match self.takes {
            Takes::Nothing | Takes::Count => None,
            Takes::Text(name)
            | Takes::Texts(name)
            | Takes::Word(name, _)
            | Takes::Path(name)
            | Takes::Paths(name)
            | Takes::Program(name) => Some(name),
        }
    }

    /// Whether it is what a word of the command line is: `--rate`, `-o`.
    pub(super) fn is_called(&self, option: &str) -> bool {
        self.name == option || self.also.contains(&option)
    }
}
