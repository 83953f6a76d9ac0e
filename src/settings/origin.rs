//! What a value was given by, and what wins where several give one.

use std::fmt;
use std::path::PathBuf;

/// What a value was given by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// This option was typed, or stands for what is always typed.
    Option(&'static str),
    /// This variable has it.
    Variable(&'static str),
    /// A settings file has it.
    File(FilePlace),
    /// A profile of Ping CLI has it.
    PingCli(FilePlace),
}

/// A place in a settings file, or in Ping CLI's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FilePlace {
    /// The key.
    pub(crate) key: String,
    /// The file.
    pub(crate) path: PathBuf,
    /// The line, from 1.
    pub(crate) line: usize,
    /// The profile; nothing for what stands outside of them.
    pub(crate) profile: Option<String>,
}

/// How far above others a value stands: the first wins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Level {
    /// Typed.
    Typed,
    /// The environment's.
    Environment,
    /// That of Ping CLI's profile.
    PingCli,
    /// The profile's.
    Profile,
    /// The settings file's, outside its profiles.
    Whole,
}

impl Origin {
    /// The word for it.
    pub(crate) fn word(&self) -> &'static str {
        match self.level() {
            Level::Typed => "option",
            Level::Environment => "variable",
            Level::PingCli => "pingcli",
            Level::Profile => "profile",
            Level::Whole => "file",
        }
    }

    /// How far above others what it gives stands.
    pub(crate) fn level(&self) -> Level {
        match self {
            Origin::Option(_) => Level::Typed,
            Origin::Variable(_) => Level::Environment,
            Origin::PingCli(_) => Level::PingCli,
            Origin::File(FilePlace {
                profile: Some(_), ..
            }) => Level::Profile,
            Origin::File(FilePlace { profile: None, .. }) => Level::Whole,
        }
    }
}

impl fmt::Display for FilePlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, line {}", self.path.display(), self.line)?;
        match &self.profile {
            Some(profile) => write!(f, ", profile {profile}"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Origin::Option(name) | Origin::Variable(name) => f.write_str(name),
            Origin::File(place) | Origin::PingCli(place) => {
                write!(f, "`{}` ({place})", place.key)
            }
        }
    }
}
