//! The first and the last thing that is said of a command, for logs and programs. Pure.

use std::time::Duration;

use super::command_line::CommandLine;
use super::notice::Notice;
use crate::exit::ExitCode;

/// The options whose values are phones or may hold one, which no log does.
const PHONES: [&str; 2] = ["--phone", "--note"];

/// The commands whose words may be phones.
const NAMING: [&str; 2] = ["show", "resolve"];

/// Says what begins.
pub(crate) fn begins(command: &CommandLine) -> Notice {
    let shown = |command: CommandLine, option: &&str| command.hiding(option);
    let mut command = PHONES.iter().fold(command.clone(), shown);
    if command
        .name()
        .is_some_and(|name| NAMING.iter().any(|known| name == *known))
    {
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
