//! In which manner standard error is spoken to.

use std::time::Duration;

use crate::model::ids::RunId;

/// How progress is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Style {
    /// A bar below the other lines, ten times a second.
    Bar,
    /// A line every 30 seconds.
    Plain,
}

impl Style {
    pub(super) fn period(self) -> Duration {
        match self {
            Style::Bar => Duration::from_millis(100),
            Style::Plain => Duration::from_secs(30),
        }
    }
}

/// How an end that is not 0 is told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum ErrorForm {
    /// As text, for people.
    #[default]
    Text,
    /// As one object of JSON.
    Json,
}

/// In which manner standard error is spoken to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Manner {
    /// Whether every line is an object of JSON.
    pub json: bool,
    /// Whether only errors are shown, and what is left to do.
    pub quiet: bool,
    /// Whether the first words may have colors.
    pub colored: bool,
    /// How an end that is not 0 is told.
    pub errors: ErrorForm,
    /// The run that is spoken of, where the command is one.
    pub run: Option<RunId>,
}
