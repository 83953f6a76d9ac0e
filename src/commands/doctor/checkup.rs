//! The lines of a check-up, and the worst of them.

use std::fmt;

use tracing::Level;

use crate::report::cell::neutral;
use crate::report::console::Console;
use crate::report::notice::Notice;
use crate::report::wrap::hanging;

/// How a check came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Mark {
    Ok,
    Warning,
    Failed,
}

impl Mark {
    fn level(self) -> Level {
        match self {
            Mark::Ok => Level::INFO,
            Mark::Warning => Level::WARN,
            Mark::Failed => Level::ERROR,
        }
    }
}

impl fmt::Display for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Mark::Ok => "ok",
            Mark::Warning => "warning",
            Mark::Failed => "failed",
        })
    }
}

/// The lines of a check-up.
pub(super) struct Checkup<'a> {
    console: &'a Console,
    worst: Mark,
}

impl<'a> Checkup<'a> {
    pub(super) fn new(console: &'a Console) -> Self {
        Self {
            console,
            worst: Mark::Ok,
        }
    }

    /// The worst of the marks so far.
    pub(super) fn worst(&self) -> Mark {
        self.worst
    }

    pub(super) fn say(&mut self, mark: Mark, what: &str, found: &str) {
        self.worst = self.worst.max(mark);
        let line = format!("{mark:<8}{what:<12}{}", neutral(found));
        let notice = Notice::new("check", mark.level(), found)
            .fact("check", what)
            .fact("mark", mark.to_string())
            .shown_as(hanging(&line, 20, Console::width()));
        self.console.say(&match mark {
            Mark::Ok => notice,
            // What a run may stumble over is left to do.
            Mark::Warning | Mark::Failed => notice.even_if_quiet(),
        });
    }

    pub(super) fn ok(&mut self, what: &str, found: &str) {
        self.say(Mark::Ok, what, found);
    }

    pub(super) fn warn(&mut self, what: &str, found: &str) {
        self.say(Mark::Warning, what, found);
    }

    /// Says why something was not looked at.
    pub(super) fn unchecked(&mut self, what: &str, why: &str) {
        self.warn(what, &format!("not checked: {why}"));
    }

    pub(super) fn fail(&mut self, what: &str, found: &str) {
        self.say(Mark::Failed, what, found);
    }
}
