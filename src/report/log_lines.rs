//! How a log record becomes one line: a sentence for people, or an object of JSON.

use std::fmt::{self, Write as _};

use serde_json::Value;
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::registry::LookupSpan;

use super::cell::neutral;
use crate::clock;
use crate::model::ids::RunId;

/// What a line looks like.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Format {
    /// `warning: row 12 (…): rejected: …`.
    #[default]
    Text,
    /// The same with a colored first word.
    ColoredText,
    /// `{"time":…,"level":…,"run_id":…,"message":…,"event":…,…}`.
    Json,
}

/// Lines of one form, about one run.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lines {
    pub(super) format: Format,
    /// The run that is logged, where the command is one.
    pub(super) run: Option<RunId>,
}

impl<S, N> FormatEvent<S, N> for Lines
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(
        &self,
        _context: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let mut fields = Fields::default();
        event.record(&mut fields);
        let level = *event.metadata().level();
        match self.format {
            Format::Text => fields.write_text(&mut writer, level, false),
            Format::ColoredText => fields.write_text(&mut writer, level, true),
            Format::Json => {
                writer.write_str(&json_line(level, self.run, &fields.message, fields.others))
            }
        }
    }
}

/// The word that a line of text begins with, and its colon.
pub(super) fn level_word(level: Level, colored: bool) -> String {
    let (word, color) = match level {
        Level::ERROR => ("error", "1;31"),
        Level::WARN => ("warning", "1;33"),
        Level::INFO => ("info", "1"),
        Level::DEBUG => ("debug", "2"),
        Level::TRACE => ("trace", "2"),
    };
    if colored {
        format!("\u{1b}[{color}m{word}:\u{1b}[0m")
    } else {
        format!("{word}:")
    }
}

/// One object with its line end: the keys that every line has, then the others in their order.
///
/// Texts are to be free of control characters already. `docs/operation.md` lists the keys.
pub(super) fn json_line(
    level: Level,
    run: Option<RunId>,
    message: &str,
    others: impl IntoIterator<Item = (&'static str, Value)>,
) -> String {
    let time = format!("{:.3}", clock::wall());
    let level = level.as_str().to_ascii_lowercase();
    let mut line = format!("{{\"time\":\"{time}\",\"level\":\"{level}\"");
    let run = run.map(|run| ("run_id", Value::from(run.to_string())));
    let message = ("message", Value::from(message));
    for (key, value) in run.into_iter().chain([message]).chain(others) {
        write!(line, ",{}:{value}", Value::from(key)).expect("a String takes any text");
    }
    line.push_str("}\n");
    line
}

/// The fields of a record, free of control characters.
#[derive(Default)]
struct Fields {
    message: String,
    others: Vec<(&'static str, Value)>,
}

impl Fields {
    fn write_text(&self, writer: &mut Writer<'_>, level: Level, colored: bool) -> fmt::Result {
        // The message has the other fields in it: they are for programs.
        writeln!(writer, "{} {}", level_word(level, colored), self.message)
    }

    fn push(&mut self, field: &Field, value: Value) {
        self.others.push((field.name(), value));
    }
}

impl Visit for Fields {
    fn record_u64(&mut self, field: &Field, value: u64) {
        self.push(field, value.into());
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.push(field, value.into());
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.push(field, value.into());
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        let text = neutral(value).into_owned();
        if field.name() == "message" {
            self.message = text;
        } else {
            self.push(field, text.into());
        }
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.record_str(field, &format!("{value:?}"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::fixture::logged_by;

    fn lines(format: Format) -> String {
        logged_by(format, || {
            tracing::warn!(target: "wavepair", host = "a\u{9b}b", tries = 3, "no\nanswer");
            tracing::error!(target: "wavepair", "the \"disk\" is full");
        })
    }

    #[test]
    fn a_record_is_one_line_and_cannot_steer_a_terminal() {
        insta::assert_snapshot!(lines(Format::Text), @r#"
        warning: no\u{a}answer
        error: the "disk" is full
        "#);
    }

    #[test]
    fn colors_stand_round_the_first_word_only() {
        let text = lines(Format::ColoredText);
        assert!(
            text.starts_with("\u{1b}[1;33mwarning:\u{1b}[0m no"),
            "{text:?}"
        );
        assert_eq!(text.matches('\u{1b}').count(), 4);
    }

    #[test]
    fn a_line_of_json_is_one_object_with_the_time_first() {
        let text = lines(Format::Json);
        let objects: Vec<Value> = text
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        assert_eq!(objects.len(), 2);
        assert_eq!(objects[0]["message"], r"no\u{a}answer");
        assert_eq!(objects[0]["tries"], 3);
        assert_eq!(objects[0]["host"], r"a\u{9b}b");
        assert_eq!(objects[1]["level"], "error");
        assert!(text.starts_with("{\"time\":\"20"), "{text}");
        assert!(objects[0]["time"].as_str().unwrap().ends_with('Z'));
    }
}
