//! What a setting is: where a person may give it, what is said of it, and how its value is read.

use std::path::PathBuf;

use super::Error;
use super::given::Given;

/// A setting, and how its value is read.
#[derive(Debug)]
pub struct Setting<T> {
    /// What is said of it.
    pub about: About,
    pub(super) read: fn(&Given) -> Result<T, Error>,
}

/// What is said of a setting, whatever its type.
#[derive(Clone, Copy, Debug)]
pub struct About {
    /// The option, such as `--rate`; a setting without one and with a value is a word of its own.
    pub option: Option<&'static str>,
    /// The same in one letter.
    pub short: Option<char>,
    /// Another name of the option.
    pub alias: Option<&'static str>,
    /// The variable that is read where the option is not given.
    pub variable: Option<Variable>,
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
}

/// An environment variable.
#[derive(Clone, Copy, Debug)]
pub struct Variable {
    /// Its name; of two that belong together, both.
    pub name: &'static str,
    /// What it is.
    pub meaning: &'static str,
}

/// What holds where a setting is not given.
#[derive(Clone, Copy, Debug)]
pub enum Unset {
    /// Nothing.
    Nothing,
    /// This value.
    Value(&'static str),
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
}

impl<T> Setting<T> {
    /// What holds where it is not given.
    pub(super) fn read_default(&self) -> Result<T, Error> {
        let Unset::Value(value) = self.about.unset else {
            unreachable!("{:?} has no default", self.about.option)
        };
        (self.read)(&Given {
            name: self.about.id(),
            value: value.into(),
        })
    }

    pub(super) const fn short(mut self, letter: char) -> Self {
        self.about.short = Some(letter);
        self
    }

    pub(super) const fn alias(mut self, option: &'static str) -> Self {
        self.about.alias = Some(option);
        self
    }

    pub(super) const fn variable(mut self, name: &'static str, meaning: &'static str) -> Self {
        self.about.variable = Some(Variable { name, meaning });
        self
    }

    pub(super) const fn default(mut self, default: &'static str) -> Self {
        self.about.unset = Unset::Value(default);
        self
    }

    pub(super) const fn default_described(mut self, default: &'static str) -> Self {
        self.about.unset = Unset::Described(default);
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
    const fn new(option: Option<&'static str>, takes: Takes, help: &'static str) -> Self {
        Self {
            option,
            short: None,
            alias: None,
            variable: None,
            unset: Unset::Nothing,
            takes,
            help,
            details: None,
            needs: None,
            excludes: None,
        }
    }

    /// The name that tells it from all others on a command line.
    pub(super) fn id(&self) -> &'static str {
        self.option.or(self.value_name()).unwrap_or_default()
    }

    /// What stands for its value in a help text, where it has one.
    pub fn value_name(&self) -> Option<&'static str> {
        match self.takes {
            Takes::Nothing | Takes::Count => None,
            Takes::Text(name) | Takes::Texts(name) | Takes::Word(name, _) | Takes::Path(name) => {
                Some(name)
            }
        }
    }

    /// Whether it is called so on a command line: `--rate`, `-o`.
    pub(super) fn is_called(&self, option: &str) -> bool {
        let short = option.strip_prefix('-').and_then(|rest| {
            let mut letters = rest.chars();
            letters.next().filter(|_| letters.next().is_none())
        });
        [self.option, self.alias].contains(&Some(option)) || short.is_some() && short == self.short
    }
}

/// An option with a value that `read` reads.
pub(super) const fn option<T>(
    option: &'static str,
    value: &'static str,
    read: fn(&Given) -> Result<T, Error>,
    help: &'static str,
) -> Setting<T> {
    Setting {
        about: About::new(Some(option), Takes::Text(value), help),
        read,
    }
}

/// An option with one of these words behind it.
pub(super) const fn choice<T>(
    option: &'static str,
    value: &'static str,
    words: &'static [(&'static str, &'static str)],
    read: fn(&Given) -> Result<T, Error>,
    help: &'static str,
) -> Setting<T> {
    Setting {
        about: About::new(Some(option), Takes::Word(value, words), help),
        read,
    }
}

/// An option that may be given again and again.
pub(super) const fn options<T>(
    option: &'static str,
    value: &'static str,
    read: fn(&Given) -> Result<T, Error>,
    help: &'static str,
) -> Setting<T> {
    Setting {
        about: About::new(Some(option), Takes::Texts(value), help),
        read,
    }
}

/// An option that names a file.
pub(super) const fn path(
    option: &'static str,
    value: &'static str,
    help: &'static str,
) -> Setting<PathBuf> {
    Setting {
        about: About::new(Some(option), Takes::Path(value), help),
        read: Given::path,
    }
}

/// A word of the command line that names a file.
pub(super) const fn word(value: &'static str, help: &'static str) -> Setting<PathBuf> {
    Setting {
        about: About::new(None, Takes::Path(value), help),
        read: Given::path,
    }
}

/// An option that stands alone.
pub(super) const fn switch(option: &'static str, help: &'static str) -> Setting<bool> {
    Setting {
        about: About::new(Some(option), Takes::Nothing, help),
        read: |_| Ok(true),
    }
}

/// An option that stands alone, and of which it counts how often it is given.
pub(super) const fn count(option: &'static str, help: &'static str) -> Setting<u8> {
    Setting {
        about: About::new(Some(option), Takes::Count, help),
        read: Given::parse,
    }
}

/// A setting that only the environment gives.
pub(super) const fn variable<T>(
    name: &'static str,
    meaning: &'static str,
    read: fn(&Given) -> Result<T, Error>,
) -> Setting<T> {
    Setting {
        about: About::new(None, Takes::Nothing, ""),
        read,
    }
    .variable(name, meaning)
}

/// Options that stand together in a help text.
#[derive(Clone, Copy, Debug)]
pub struct Group {
    /// What stands above them.
    pub heading: Option<&'static str>,
    /// The settings, in order.
    pub settings: &'static [About],
    /// Whether a default stands on a line of its own, and not behind the text.
    pub defaults_apart: bool,
}

/// Options under a heading, each default behind its text.
pub(super) const fn group(heading: Option<&'static str>, settings: &'static [About]) -> Group {
    Group {
        heading,
        settings,
        defaults_apart: false,
    }
}
