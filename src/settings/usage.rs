//! Reading the command line, and saying in our own form what is wrong with it.

use std::ffi::{OsStr, OsString};

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::parser::ValueSource;
use clap::{ArgMatches, Command};

use super::Error;
use super::given::shortened;
use super::help;
use super::nearest::did_you_mean;
use super::sources::Typed;
use super::table::COMMANDS;

/// What a command line comes to.
#[derive(Debug)]
pub enum Read {
    /// A command.
    Call(Typed),
    /// A text that was asked for: help or version; it goes to standard output.
    Text(clap::Error),
    /// Nothing was typed: the help goes to standard error, as something is missing.
    Empty(clap::Error),
}

/// Reads a command line.
///
/// # Errors
///
/// It is not one of ours.
pub fn read(words: &[OsString]) -> Result<Read, Error> {
    let mut command = help::command();
    let error = match command.try_get_matches_from_mut(words) {
        Ok(matches) => return Ok(Read::Call(typed(&matches))),
        Err(error) => error,
    };
    let kind = error.kind();
    if kind == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        Ok(Read::Empty(error))
    } else if matches!(kind, ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
        Ok(Read::Text(error))
    } else {
        Err(wrong(&error, &called(&command, words)))
    }
}

/// What was typed, without what clap makes of it: a default is not typed, and is read elsewhere.
fn typed(matches: &ArgMatches) -> Typed {
    let (name, mut matches) = matches.subcommand().expect("clap requires a command");
    let mut name = name.to_owned();
    while let Some((below, its_own)) = matches.subcommand() {
        name = format!("{name} {below}");
        matches = its_own;
    }
    let usage = COMMANDS.iter().find(|usage| usage.name == name);
    let ids = matches.ids().map(clap::Id::as_str);
    let typed = ids.filter(|id| matches.value_source(id) == Some(ValueSource::CommandLine));
    Typed {
        command: usage.expect("clap knows these commands").command,
        values: typed
            .map(|id| {
                let values = matches.get_raw(id).into_iter().flatten();
                (id.to_owned(), values.map(OsStr::to_owned).collect())
            })
            .collect(),
    }
}

/// Whether words that are no command of ours ask for JSON by this option.
pub(super) fn asks_for_json(words: &[OsString], option: &str) -> bool {
    let mut words = words.iter().take_while(|word| *word != "--").peekable();
    std::iter::from_fn(|| {
        let word = words.next()?;
        let next = words.peek().is_some_and(|next| *next == "json");
        let value = word.to_str().and_then(|word| word.strip_prefix(option));
        Some(value == Some("=json") || value == Some("") && next)
    })
    .any(|asks| asks)
}

/// The command that was called, as far as the words name one, and its name in full.
fn called<'a>(command: &'a Command, words: &[OsString]) -> Called<'a> {
    let mut called = Called {
        name: "wavepair".to_owned(),
        command,
    };
    for name in words.iter().skip(1).filter_map(|word| word.to_str()) {
        if let Some(found) = called.command.find_subcommand(name) {
            called = Called {
                name: format!("{} {}", called.name, found.get_name()),
                command: found,
            };
        }
    }
    called
}

struct Called<'a> {
    name: String,
    command: &'a Command,
}

impl Called<'_> {
    fn see_help(&self) -> String {
        format!("`{} --help` says what there is", self.name)
    }

    fn no_command(&self, name: &str) -> Error {
        let names = self.command.get_subcommands().map(Command::get_name);
        Error::new(format!("there is no command '{}'", shortened(name)))
            .hint(did_you_mean(name, names).unwrap_or_else(|| self.see_help()))
    }

    fn no_argument(&self, word: &str) -> Error {
        let (name, shown) = (&self.name, shortened(word));
        if !word.starts_with('-') {
            return Error::new(format!("'{shown}' is one word too many for `{name}`"))
                .hint("write a name with blanks in it in quotes");
        }
        let options = self.command.get_arguments();
        let options: Vec<_> = options
            .flat_map(|option| option.get_long_and_visible_aliases().unwrap_or_default())
            .map(|option| format!("--{option}"))
            .collect();
        let names = options.iter().map(String::as_str);
        Error::new(format!("`{name}` has no option '{shown}'"))
            .hint(did_you_mean(word, names).unwrap_or_else(|| self.see_help()))
    }
}

/// What is wrong, by the parts that clap gives of it.
fn wrong(error: &clap::Error, called: &Called<'_>) -> Error {
    let text = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => Some(text.as_str()),
        _ => None,
    };
    let option = text(ContextKind::InvalidArg).map(bare);
    let value = text(ContextKind::InvalidValue);
    match (error.kind(), option, value) {
        (ErrorKind::InvalidSubcommand, ..) => {
            called.no_command(text(ContextKind::InvalidSubcommand).unwrap_or_default())
        }
        (ErrorKind::UnknownArgument, Some(word), _) => called.no_argument(word),
        (ErrorKind::InvalidValue, Some(option), Some("") | None) => {
            Error::new(format!("a value is missing behind {option}")).hint(called.see_help())
        }
        (ErrorKind::InvalidValue, Some(option), Some(value)) => Error::new(format!(
            "invalid value '{}' for {option}: expected {}",
            shortened(value),
            one_of(error)
        )),
        (ErrorKind::TooManyValues, Some(option), Some(value)) => Error::new(format!(
            "{option} takes no value, and '{}' is given",
            shortened(value)
        )),
        (ErrorKind::ArgumentConflict, Some(option), _) => {
            match text(ContextKind::PriorArg).map(bare) {
                Some(other) if other != option => {
                    Error::new(format!("{option} and {other} cannot be given together"))
                }
                _ => Error::new(format!("{option} is given more than once")),
            }
        }
        (ErrorKind::MissingRequiredArgument, ..) => {
            Error::new(format!("{} is missing", missing(error))).hint(called.see_help())
        }
        (ErrorKind::InvalidUtf8, ..) => Error::new("a word of the command line is not UTF-8"),
        _ => {
            let said = error.render().to_string();
            let first = said.lines().next().unwrap_or_default();
            Error::new(first.trim_start_matches("error: ")).hint(called.see_help())
        }
    }
}

/// An option without what clap writes behind it: `--rate <RATE>` is `--rate`, `--verbose...` `--verbose`.
fn bare(option: &str) -> &str {
    let end = option.find([' ', '=', '[']).unwrap_or(option.len());
    option[..end].trim_end_matches('.')
}

fn one_of(error: &clap::Error) -> String {
    match error.get(ContextKind::ValidValue) {
        Some(ContextValue::Strings(values)) => format!("one of {}", values.join(", ")),
        _ => "another one".to_owned(),
    }
}

fn missing(error: &clap::Error) -> String {
    match error.get(ContextKind::InvalidArg) {
        Some(ContextValue::Strings(names)) => {
            let names: Vec<_> = names.iter().map(|name| bare(name)).collect();
            names.join(", ")
        }
        _ => "a word".to_owned(),
    }
}

/// What is typed, of words that are right.
#[cfg(test)]
pub(super) fn typed_of(words: &[&str]) -> Typed {
    let words = words.iter().map(OsString::from);
    match read(
        &std::iter::once("wavepair".into())
            .chain(words)
            .collect::<Vec<_>>(),
    ) {
        Ok(Read::Call(typed)) => typed,
        other => panic!("{other:?}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(words: &str) -> (String, String) {
        let words: Vec<_> = std::iter::once("wavepair")
            .chain(words.split_whitespace())
            .map(OsString::from)
            .collect();
        let error = read(&words).unwrap_err();
        (
            error.to_string(),
            error.remedy().unwrap_or_default().to_owned(),
        )
    }

    /// What is typed, what is said of it, and what hint is given.
    const WRONG: &str = "\
runn | there is no command 'runn' | did you mean `run`?
settle | there is no command 'settle' | `wavepair --help` says what there is
temp | there is no command 'temp' | did you mean `template`?
run w.csv --rat 5 | `wavepair run` has no option '--rat' | did you mean `--rate`?
run w.csv --log x | `wavepair run` has no option '--log' | did you mean `--log-file` or `--log-format`?
run w.csv --dryrun | `wavepair run` has no option '--dryrun' | did you mean `--dry-run`?
run w.csv --client-secret=s3cr3t | `wavepair run` has no option '--client-secret' | did you mean `--client-secret-file`?
run w.csv -x | `wavepair run` has no option '-x' | `wavepair run --help` says what there is
-q run w.csv --verbos | `wavepair run` has no option '--verbos' | did you mean `--verbose`?
run my wave.csv | 'wave.csv' is one word too many for `wavepair run` | write a name with blanks in it in quotes
run | <WAVE.csv> is missing | `wavepair run --help` says what there is
run w.csv --rate | a value is missing behind --rate | `wavepair run --help` says what there is
run w.csv --progress fast | invalid value 'fast' for --progress: expected one of auto, bar, plain, none |
run w.csv --dry-run=yes | --dry-run takes no value, and 'yes' is given |
run w.csv --online | --dry-run is missing | `wavepair run --help` says what there is
run w.csv --rate 1 --rate 2 | --rate is given more than once |
doctor -v -q | --verbose and --quiet cannot be given together |";

    #[test]
    fn what_is_wrong_with_a_command_line_is_said_in_one_form() {
        for line in WRONG.lines() {
            let mut parts = line.split('|').map(str::trim);
            let [words, what, hint] = std::array::from_fn(|_| parts.next().unwrap());
            assert_eq!(
                refused(words),
                (what.to_owned(), hint.to_owned()),
                "{words}"
            );
        }
    }

    #[test]
    fn help_and_version_are_texts_and_an_empty_command_line_is_not_enough() {
        let read = |words: &[&str]| read(&words.iter().map(OsString::from).collect::<Vec<_>>());
        for words in [
            ["wavepair", "--help"].as_slice(),
            &["wavepair", "run", "-h"],
            &["wavepair", "help", "run"],
            &["wavepair", "--version"],
        ] {
            assert!(matches!(read(words), Ok(Read::Text(_))), "{words:?}");
        }
        assert!(matches!(read(&["wavepair"]), Ok(Read::Empty(_))));
    }

    #[test]
    fn the_form_of_an_error_is_known_before_the_words_are() {
        for (words, asks) in [
            ("wavepair run --log-format json --nonsense", true),
            ("wavepair --log-format=json", true),
            ("wavepair run json", false),
            ("wavepair run --log-format text json", false),
            ("wavepair run -- --log-format json", false),
            ("wavepair run w.csv --log-format", false),
        ] {
            let words: Vec<OsString> = words.split(' ').map(OsString::from).collect();
            assert_eq!(asks_for_json(&words, "--log-format"), asks, "{words:?}");
            assert!(!asks_for_json(&words, "--error-format"), "{words:?}");
        }
    }
}
