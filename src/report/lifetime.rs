//! The first and the last thing that is said of a command, for logs and programs. Pure.

use std::time::Duration;

use super::command_line::CommandLine;
use super::notice::Notice;
use crate::exit::ExitCode;

/// The option whose value is a phone, which no log holds.
const PHONE: &str = "--phone";

/// Says what begins.
pub(crate) fn begins(command: &CommandLine) -> Notice {
    let mut command = command.clone().hiding(PHONE);
    if command.name().is_some_and(|name| name == "show") {
        command = command.hiding_words();
    }
    let command = command.spelled();
    Notice::info("begin", format!("began: {command}"))
        .fact("command", command)
        .fact("version", env!("CARGO_PKG_VERSION"))
        .for_programs()
}

/// Says how it ended.
pub(crate) fn ends(exit: ExitCode, took: Duration) -> Notice {
    let code = exit.code();
    Notice::info("end", format!("ended with {code}: {}", exit.meaning()))
        .fact("exit_code", code)
        .fact("seconds", took.as_secs_f64())
        .for_programs()
}
