//! What is said of a command: how much, in which form, and where; and whether anything is asked.

use std::ffi::OsString;

use super::Error;
use super::env::Env;
use super::settings_file::SettingsFile;
use super::sources::Sources;
use super::table::{self, telling::ERROR_FORMAT};
use super::usage::{Read, asks_for_json};
use crate::model::standard_stream::is_standard;
use crate::report::log_lines::Format;
use crate::report::log_setup::Options;
use crate::report::manner::{ErrorForm, Manner, Style};

/// How standard error is spoken to, by what was typed; where that is no command, the form of what is
/// said of it is looked for among the words.
///
/// Nothing is refused here: whatever is refused is said in this manner.
pub(crate) fn manner(
    read: Option<&Read>,
    words: &[OsString],
    (env, file): (&Env<'_>, Option<&SettingsFile>),
    is_terminal: bool,
) -> Manner {
    let typed = match read {
        Some(Read::Call(typed)) => Some(Sources::new(typed, env).with_file(file)),
        Some(Read::Text(_) | Read::Empty(_)) | None => None,
    };
    let asks = |option: &str| asks_for_json(words, option);
    Manner {
        json: typed.map_or_else(
            || asks(table::LOG_FORMAT.about.name),
            |typed| typed.value(&table::LOG_FORMAT).unwrap_or_default(),
        ),
        errors: match typed {
            Some(typed) => typed.value(&ERROR_FORMAT).unwrap_or_default(),
            None if asks(ERROR_FORMAT.about.name) => ErrorForm::Json,
            None => ErrorForm::Text,
        },
        // Help has been asked for, and nothing else is said then.
        quiet: typed.map_or(read.is_some(), |typed| typed.is_on(&table::QUIET)),
        // Who asks for plain text: https://no-color.org
        colored: is_terminal && !is_dumb(env) && env.os("NO_COLOR").is_none(),
        run: None,
    }
}

/// Whether a terminal can do nothing but show one text after the other.
fn is_dumb(env: &Env<'_>) -> bool {
    env.os("TERM").is_none_or(|term| term == "dumb")
}

/// What is said of a command while it goes on, and what is asked.
#[derive(Clone, Debug)]
pub(crate) struct LogSettings {
    /// How progress is shown, where it is.
    pub progress: Option<Style>,
    /// Whether the answer to every question is yes.
    pub yes: bool,
    /// What is logged, and where it goes.
    pub log: Options,
}

impl LogSettings {
    /// Resolves what was typed, for a standard error of this kind.
    ///
    /// # Errors
    ///
    /// `RUST_LOG` is no text, or names a level for wavepair that there is not; or the log would go
    /// where data goes.
    pub(crate) fn resolve(
        sources: &Sources<'_>,
        manner: Manner,
        is_terminal: bool,
    ) -> Result<Self, Error> {
        let rust_log = sources.find(&table::LOG_LEVEL)?.flatten();
        // The manner has it already, and could not say what is wrong with it.
        sources.value(&table::LOG_FORMAT)?;
        sources.value(&ERROR_FORMAT)?;
        let file = sources.path(&table::LOG_FILE);
        if file.as_deref().is_some_and(is_standard) {
            return Err(
                Error::new("the log cannot go to standard output, which is for data").hint(
                    "`--log-format json` writes it to standard error; or name a file with `--log-file`",
                ),
            );
        }
        // Nothing but objects of JSON are to be there, and a bar is none.
        let can_draw = is_terminal && !is_dumb(sources.env) && !manner.json;
        let progress = sources.value(&table::PROGRESS)?.style(can_draw);
        Ok(Self {
            progress: progress.filter(|_| !manner.quiet),
            yes: sources.is_on(&table::YES),
            log: Options {
                verbose: sources.find(&table::VERBOSE)?.unwrap_or(0),
                quiet: manner.quiet,
                rust_log,
                format: match manner {
                    Manner { json: true, .. } => Format::Json,
                    Manner { colored: true, .. } => Format::ColoredText,
                    Manner { .. } => Format::Text,
                },
                run: manner.run,
                file,
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::usage::typed_of;

    #[test]
    fn a_terminal_is_colored_where_it_can_be_and_nobody_minds() {
        let read = || Ok(Read::Call(typed_of(&["template"])));
        for (variable, value, colored) in [
            ("TERM", "xterm", true),
            ("TERM", "dumb", false),
            ("TERM", "", false),
            ("NO_COLOR", "1", false),
            ("NO_COLOR", "", true),
        ] {
            let get = |name: &str| {
                let usual = (name == "TERM").then_some("xterm");
                let value = if name == variable { Some(value) } else { usual };
                value.map(OsString::from)
            };
            let read: Result<Read, Error> = read();
            for is_terminal in [true, false] {
                let manner = manner(
                    read.as_ref().ok(),
                    &[],
                    (&Env::new(&get), None),
                    is_terminal,
                );
                assert_eq!(manner.colored, colored && is_terminal, "{variable}={value}");
            }
        }
    }
}
