//! An end that is not 0, as one object for a program: `--error-format json`. Pure.

use serde::Serialize;

use super::cell::neutral;
use super::notice::Notice;
use crate::exit::ExitCode;
use crate::model::stop::StopReason;

/// What went wrong, in the words that scripts rely on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ErrorObject {
    /// The stable word: why a run stopped, or else the word of the exit code.
    pub code: &'static str,
    /// What happened.
    pub message: String,
    /// How the process ends.
    pub exit: ExitCode,
    /// What to do about it, where that is known.
    pub remedy: Option<String>,
}

#[derive(Serialize)]
struct Json<'a> {
    code: &'a str,
    message: &'a str,
    exit_code: u8,
    remedy: Option<&'a str>,
}

impl ErrorObject {
    /// Tells of a command that went to its end and ends with this code, stopped before by this
    /// reason, where it was.
    pub(crate) fn of_end(exit: ExitCode, stopped: Option<&StopReason>) -> Self {
        match stopped.filter(|reason| reason.exit_code() == exit) {
            Some(reason) => Self {
                code: reason.code().as_str(),
                message: reason.to_string(),
                exit,
                remedy: Some(reason.hint().unwrap_or(reason.code().advice()).to_owned()),
            },
            None => Self {
                code: exit.word(),
                message: exit.meaning().to_owned(),
                exit,
                remedy: Some(exit.advice().to_owned()),
            },
        }
    }

    /// The object alone in a line; in a log of JSON, a line like every other, with the same keys.
    pub(crate) fn notice(&self) -> Notice {
        let message = neutral(&self.message);
        let remedy = self.remedy.as_deref().map(neutral);
        let json = Json {
            code: self.code,
            message: &message,
            exit_code: self.exit.code(),
            remedy: remedy.as_deref(),
        };
        let json = serde_json::to_string(&json).expect("texts and a number are JSON");
        Notice::error(&self.message)
            .fact("code", self.code)
            .fact("exit_code", self.exit.code())
            .fact("remedy", self.remedy.clone())
            .shown_as(json)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_object_stands_alone_in_its_line_and_steers_no_terminal() {
        let object = ErrorObject {
            code: "settings",
            message: "a \"b\"\u{1b}\nc".to_owned(),
            exit: ExitCode::Usage,
            remedy: None,
        };
        let text = object.notice().text(Some(20), true);
        assert_eq!(
            text,
            "{\"code\":\"settings\",\"message\":\"a \\\"b\\\"\\\\u{1b}\\\\u{a}c\",\"exit_code\":2,\"remedy\":null}\n"
        );
        let line: serde_json::Value = serde_json::from_str(&object.notice().json(None)).unwrap();
        for (key, value) in [
            ("event", "error".into()),
            ("code", "settings".into()),
            ("exit_code", 2.into()),
            ("remedy", serde_json::Value::Null),
        ] {
            assert_eq!(line[key], value, "{key}");
        }
    }

    #[test]
    fn an_end_is_told_by_why_it_stopped_where_that_is_what_it_ends_with() {
        let time = StopReason::TimeIsUp;
        for (exit, stopped, code, remedy) in [
            (ExitCode::OutOfTime, Some(&time), "time_is_up", "run again"),
            (ExitCode::Broken, Some(&time), "broken", "page someone"),
            (ExitCode::RunAgain, None, "run_again", "run again later"),
        ] {
            let object = ErrorObject::of_end(exit, stopped);
            assert_eq!((object.code, object.exit), (code, exit));
            assert_eq!(object.remedy.as_deref(), Some(remedy));
        }
    }
}
