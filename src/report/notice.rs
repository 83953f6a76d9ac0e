//! One thing that is said on standard error: text for a person, an object of JSON for a program.

use serde_json::{Map, Value};
use tracing::Level;

use super::cell::neutral;
use super::log_lines::{json_line, level_word};
use super::wrap::wrapped;
use crate::model::ids::RunId;

/// One thing that is said.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Notice {
    event: &'static str,
    level: Level,
    message: String,
    hint: Option<String>,
    facts: Vec<(&'static str, Value)>,
    screen: Screen,
    even_if_quiet: bool,
}

/// What a person sees of it.
#[derive(Clone, Debug, PartialEq)]
enum Screen {
    /// The message, and the hint below it.
    Message,
    /// This instead.
    Text(String),
    /// The message, and an answer behind it.
    Prompt,
    /// Nothing: other notices say it.
    Nothing,
}

impl Notice {
    /// Says something under a word that programs know it by.
    pub(crate) fn new(event: &'static str, level: Level, message: impl AsRef<str>) -> Self {
        Self {
            event,
            level,
            message: neutral(message.as_ref()).into_owned(),
            hint: None,
            facts: Vec::new(),
            screen: Screen::Message,
            even_if_quiet: false,
        }
    }

    /// Says what failed.
    pub(crate) fn error(message: impl AsRef<str>) -> Self {
        Self::new("error", Level::ERROR, message)
    }

    /// Says what a person should look at, though the command goes on.
    pub(crate) fn warning(message: impl AsRef<str>) -> Self {
        Self::new("warning", Level::WARN, message)
    }

    /// Says something that is as it should be.
    pub(crate) fn info(event: &'static str, message: impl AsRef<str>) -> Self {
        Self::new(event, Level::INFO, message)
    }

    /// Adds what to do about it, where there is something.
    #[must_use]
    pub(crate) fn hint(mut self, hint: Option<impl AsRef<str>>) -> Self {
        self.hint = hint.map(|hint| neutral(hint.as_ref()).into_owned());
        self
    }

    /// Adds what only programs read. Text from outside is made harmless.
    #[must_use]
    pub(crate) fn fact(mut self, key: &'static str, value: impl Into<Value>) -> Self {
        let value = value.into();
        let harmless = value.as_str().map(|text| Value::from(neutral(text)));
        self.facts.push((key, harmless.unwrap_or(value)));
        self
    }

    /// Shows people these lines instead of the message.
    ///
    /// Whatever is in them, nothing but an end of line steers the terminal.
    #[must_use]
    pub(crate) fn shown_as(mut self, text: impl AsRef<str>) -> Self {
        let lines = text.as_ref().lines();
        self.screen = Screen::Text(
            lines
                .flat_map(|line| [neutral(line), "\n".into()])
                .collect(),
        );
        self
    }

    /// Waits for an answer in the same line, and is shown with `-q` too.
    #[must_use]
    pub(crate) fn into_prompt(mut self) -> Self {
        self.screen = Screen::Prompt;
        self.even_if_quiet()
    }

    /// Shows people nothing: other notices tell them.
    #[must_use]
    pub(crate) fn for_programs(mut self) -> Self {
        self.screen = Screen::Nothing;
        self
    }

    /// Shows it with `-q` too.
    #[must_use]
    pub(crate) fn even_if_quiet(mut self) -> Self {
        self.even_if_quiet = true;
        self
    }

    /// Whether it is shown where only errors are, and what is left to do.
    pub(super) fn is_urgent(&self) -> bool {
        self.even_if_quiet || self.level == Level::ERROR
    }

    /// The text for a person, in whole lines; empty where there is none.
    pub(crate) fn text(&self, width: Option<usize>, colored: bool) -> String {
        match &self.screen {
            Screen::Nothing => String::new(),
            Screen::Text(text) => text.clone(),
            Screen::Prompt => {
                let mut text = wrapped(&self.message, width);
                text.truncate(text.trim_end().len());
                text + " "
            }
            Screen::Message => {
                let mut text = if self.level < Level::INFO {
                    let word = level_word(self.level, colored);
                    wrapped(&format!("{word} {}", self.message), width)
                } else {
                    wrapped(&self.message, width)
                };
                if let Some(hint) = &self.hint {
                    text += &wrapped(&format!("hint: {hint}"), width);
                }
                text
            }
        }
    }

    /// What it says and every fact, for a program that prints it elsewhere.
    pub(crate) fn object(&self) -> Map<String, Value> {
        let hint = self.hint.as_deref().map(|hint| ("hint", hint.into()));
        let said = [
            ("event", self.event.into()),
            ("message", self.message.as_str().into()),
        ];
        let all = said
            .into_iter()
            .chain(hint)
            .chain(self.facts.iter().cloned());
        all.map(|(key, value)| (key.to_owned(), value)).collect()
    }

    /// The object for a program, in one line.
    pub(crate) fn json(&self, run: Option<RunId>) -> String {
        let event = ("event", Value::from(self.event));
        let hint = self.hint.as_deref();
        let hint = hint.map(|hint| ("hint", Value::from(hint)));
        let facts = self.facts.iter().cloned();
        let others = std::iter::once(event).chain(hint).chain(facts);
        json_line(self.level, run, &self.message, others)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::fixture::run_id;

    fn error() -> Notice {
        Notice::error("cannot open a\nb.csv: no such file")
            .hint(Some("name a \u{1b}file that is there"))
            .fact("path", "a\nb.csv")
            .fact("rows", 3)
    }

    #[test]
    fn a_person_reads_what_and_what_to_do_and_no_text_steers_the_terminal() {
        insta::assert_snapshot!(error().text(Some(80), false), @r"
        error: cannot open a\u{a}b.csv: no such file
        hint: name a \u{1b}file that is there
        ");
        let text = error().text(Some(20), true);
        assert!(
            text.starts_with("\u{1b}[1;31merror:\u{1b}[0m cannot open\n  "),
            "{text}"
        );
        let plain = Notice::info("served", "sandbox at 127.0.0.1:8787");
        assert_eq!(plain.text(None, true), "sandbox at 127.0.0.1:8787\n");
    }

    #[test]
    fn a_program_reads_one_object_in_one_line() {
        let line = error().json(Some(run_id()));
        assert_eq!(line.matches('\n').count(), 1);
        let mut object: Map<String, Value> = serde_json::from_str(&line).unwrap();
        assert!(object.remove("time").is_some());
        insta::assert_snapshot!(Value::from(object), @r#"{"event":"error","hint":"name a \\u{1b}file that is there","level":"error","message":"cannot open a\\u{a}b.csv: no such file","path":"a\\u{a}b.csv","rows":3,"run_id":"00000000-0000-0000-0000-00000000000f"}"#);
    }

    #[test]
    fn quiet_leaves_errors_and_what_is_asked_for_all_the_same() {
        let plan = Notice::info("plan", "3 rows");
        assert!(error().is_urgent());
        assert!(!Notice::warning("x").is_urgent() && !plan.is_urgent());
        assert!(plan.even_if_quiet().is_urgent());
    }

    #[test]
    fn what_is_for_programs_shows_no_text() {
        let notice = Notice::info("began", "wavepair run w.csv").for_programs();
        assert_eq!(notice.text(Some(80), false), "");
        assert!(
            notice
                .json(None)
                .contains("\"message\":\"wavepair run w.csv\"")
        );
        let table = Notice::info("result", "3 rows").shown_as("a\n  b\n");
        assert_eq!(table.text(Some(1), false), "a\n  b\n");
    }
}
