//! How many lines about rows a person is shown: one cause must not fill a screen, or a mail.
//!
//! What is held back is in the results and in the log file, and the last screen counts it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tracing::field::{Field, Visit};
use tracing::{Event, Level, Metadata};
use tracing_subscriber::layer::{Context, Filter};

/// At most so many lines for one code.
const PER_CODE: u64 = 10;

/// At most so many lines in all.
const IN_ALL: u64 = 40;

/// Counts the warnings about rows, and lets the first ones through; a handle that may be cloned.
#[derive(Clone, Debug, Default)]
pub(crate) struct LineLimit(Arc<Mutex<Lines>>);

#[derive(Debug, Default)]
struct Lines {
    by_code: HashMap<String, u64>,
    shown: u64,
    held_back: u64,
}

impl Lines {
    /// Whether one more line may be shown.
    fn admit(&mut self, code: &str) -> bool {
        let of_code = self.by_code.get(code).copied().unwrap_or(0);
        let admitted = of_code < PER_CODE && self.shown < IN_ALL;
        if admitted {
            self.shown += 1;
            self.by_code.insert(code.to_owned(), of_code + 1);
        } else {
            self.held_back += 1;
        }
        admitted
    }
}

impl LineLimit {
    /// How many lines were not shown.
    pub(crate) fn held_back(&self) -> u64 {
        self.lines(|lines| lines.held_back)
    }

    fn lines<T>(&self, act: impl FnOnce(&mut Lines) -> T) -> T {
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl<S> Filter<S> for LineLimit {
    fn enabled(&self, _: &Metadata<'_>, _: &Context<'_, S>) -> bool {
        true
    }

    fn event_enabled(&self, event: &Event<'_>, _: &Context<'_, S>) -> bool {
        if *event.metadata().level() != Level::WARN {
            return true;
        }
        let mut about = About::default();
        event.record(&mut about);
        !about.row || self.lines(|lines| lines.admit(&about.code))
    }
}

/// What a record is about: a row or not, and under which code.
#[derive(Default)]
struct About {
    row: bool,
    code: String,
}

impl Visit for About {
    fn record_u64(&mut self, field: &Field, _: u64) {
        self.row |= field.name() == "row";
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == "code" {
            value.clone_into(&mut self.code);
        }
    }

    fn record_debug(&mut self, _: &Field, _: &dyn std::fmt::Debug) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How many of so many lines of each code are shown, in the order in which they come.
    fn shown(lines: &[(&str, u64)]) -> (Vec<u64>, u64) {
        let mut limit = Lines::default();
        let shown = lines
            .iter()
            .map(|&(code, count)| (0..count).map(|_| u64::from(limit.admit(code))).sum())
            .collect();
        (shown, limit.held_back)
    }

    #[test]
    fn ten_lines_of_a_code_and_forty_in_all_are_shown_and_the_rest_is_counted() {
        for (lines, expected, held_back) in [
            (&[][..], &[][..], 0),
            (&[("a", 3)], &[3], 0),
            (&[("a", 10)], &[10], 0),
            (&[("a", 20_000)], &[10], 19_990),
            (&[("a", 11), ("b", 1), ("a", 1)], &[10, 1, 0], 2),
            (&[("", 12)], &[10], 2),
            (
                &[
                    ("a", 10),
                    ("b", 10),
                    ("c", 10),
                    ("d", 9),
                    ("e", 2),
                    ("f", 1),
                ],
                &[10, 10, 10, 9, 1, 0],
                2,
            ),
        ] {
            assert_eq!(shown(lines), (expected.to_vec(), held_back), "{lines:?}");
        }
    }

    #[test]
    fn however_many_codes_there_are_memory_is_bounded() {
        let mut limit = Lines::default();
        for code in 0..100_000 {
            limit.admit(&code.to_string());
        }
        assert!(limit.by_code.len() as u64 <= IN_ALL);
    }
}
