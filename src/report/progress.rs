//! Progress on standard error: a bar on a terminal, a line now and then elsewhere.

use std::sync::{Arc, Mutex, PoisonError};

use super::console::{Console, Style};
use super::gauge::{Gauge, Goal};
use crate::clock;
use crate::model::event::Event;

/// What `--progress` asks for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Choice {
    /// A bar on a terminal, lines elsewhere.
    #[default]
    Auto,
    /// A bar, where there is a terminal that can show one.
    Bar,
    /// Lines.
    Plain,
    /// Nothing.
    None,
}

impl Choice {
    /// What is shown. A terminal whose `TERM` is `dumb` cannot move its cursor.
    pub fn style(self, is_terminal: bool, term: Option<&str>) -> Option<Style> {
        let can_draw = is_terminal && term.is_some_and(|term| !term.is_empty() && term != "dumb");
        match self {
            Choice::Auto | Choice::Bar if can_draw => Some(Style::Bar),
            Choice::Auto | Choice::Bar | Choice::Plain => Some(Style::Plain),
            Choice::None => None,
        }
    }
}

/// Keeps the progress on a console true; takes it away when it is dropped.
#[derive(Debug)]
pub struct Progress {
    gauge: Arc<Mutex<Gauge>>,
    console: Console,
}

impl Progress {
    /// Shows the progress of a run of so many rows that starts now.
    pub fn start(console: &Console, style: Style, rows: u64, goal: Goal) -> Self {
        let gauge = Arc::new(Mutex::new(Gauge::new(clock::now(), rows, goal)));
        console.show(Arc::clone(&gauge), style);
        Self {
            gauge,
            console: console.clone(),
        }
    }

    /// Takes an event in.
    pub fn on(&self, event: &Event) {
        let mut gauge = self.gauge.lock().unwrap_or_else(PoisonError::into_inner);
        gauge.on(event, clock::now());
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
        let xterm = Some("xterm");
        for (choice, is_terminal, term, style) in [
            (Choice::Auto, true, xterm, Some(Style::Bar)),
            (Choice::Auto, false, xterm, Some(Style::Plain)),
            (Choice::Auto, true, Some("dumb"), Some(Style::Plain)),
            (Choice::Auto, true, None, Some(Style::Plain)),
            (Choice::Bar, false, xterm, Some(Style::Plain)),
            (Choice::Bar, true, xterm, Some(Style::Bar)),
            (Choice::Plain, true, xterm, Some(Style::Plain)),
            (Choice::None, true, xterm, None),
        ] {
            assert_eq!(
                choice.style(is_terminal, term),
                style,
                "{choice:?} {term:?}"
            );
        }
    }
}
