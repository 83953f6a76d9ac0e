//! Programs that heed signals, whatever started the tests.

use std::fs;
use std::process::{Command, Stdio};

/// What comes before a command so that no signal is ignored: tests that `nohup` or a shell's `&`
/// started ignore some, and what they start would.
pub(crate) fn heeding_signals() -> &'static [&'static str] {
    const IGNORED: u64 = 0b111;
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    if mask.unwrap_or(0) & IGNORED == 0 {
        return &[];
    }
    &["/usr/bin/env", "--default-signal=HUP,INT,QUIT"]
}

/// The command with another before it.
pub(crate) fn behind(before: &[&str], command: Command) -> Command {
    let [program, arguments @ ..] = before else {
        return command;
    };
    let mut whole = Command::new(program);
    whole
        .args(arguments)
        .arg(command.get_program())
        .args(command.get_args())
        .env_clear()
        .envs(
            command
                .get_envs()
                .filter_map(|(name, value)| Some((name, value?))),
        )
        .stdin(Stdio::null());
    if let Some(folder) = command.get_current_dir() {
        whole.current_dir(folder);
    }
    whole
}
