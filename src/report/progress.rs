//! Progress on standard error: a bar on a terminal, a line now and then elsewhere.

use std::sync::{Arc, Mutex, PoisonError};

use super::console::Console;
use super::manner::Style;
use super::progress_line::{Goal, ProgressLine};
use crate::clock;
use crate::model::event::Event;

/// What `--progress` asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Choice {
    /// A bar on a terminal, lines elsewhere.
    Auto,
    /// A bar, where there is a terminal that can show one.
    Bar,
    /// Lines.
    Plain,
    /// Nothing.
    None,
}

impl Choice {
    /// What is shown, where a bar can be drawn or not.
    pub(crate) fn style(self, can_draw: bool) -> Option<Style> {
        match self {
            Choice::Auto | Choice::Bar if can_draw => Some(Style::Bar),
            Choice::Auto | Choice::Bar | Choice::Plain => Some(Style::Plain),
            Choice::None => None,
        }
    }
}

/// Keeps the progress on a console true; takes it away when it is dropped.
#[derive(Debug)]
pub(crate) struct Progress {
    line: Arc<Mutex<ProgressLine>>,
    console: Console,
}

impl Progress {
    /// Shows the progress of a run of so many rows that starts now.
    pub(crate) fn start(console: &Console, style: Style, rows: u64, goal: Goal) -> Self {
        let line = Arc::new(Mutex::new(ProgressLine::new(clock::now(), rows, goal)));
        console.show(Arc::clone(&line), style);
        Self {
            line,
            console: console.clone(),
        }
    }

    /// Takes an event in.
    pub(crate) fn on(&self, event: &Event) {
        let mut line = self.line.lock().unwrap_or_else(PoisonError::into_inner);
        line.on(event, clock::now());
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.console.hide();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_is_drawn_only_where_a_cursor_can_move() {
        for (choice, can_draw, style) in [
            (Choice::Auto, true, Some(Style::Bar)),
            (Choice::Auto, false, Some(Style::Plain)),
            (Choice::Bar, false, Some(Style::Plain)),
            (Choice::Bar, true, Some(Style::Bar)),
            (Choice::Plain, true, Some(Style::Plain)),
            (Choice::None, true, None),
        ] {
            assert_eq!(choice.style(can_draw), style, "{choice:?} {can_draw}");
        }
    }
}
