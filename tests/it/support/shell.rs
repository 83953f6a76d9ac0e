//! What a person types, as a shell takes it.

use std::ffi::OsStr;
use std::path::Path;
use std::process::{Command, Stdio};

use super::rehearsal::{Ended, Rehearsal};

/// What a line of the README does: nothing but `wavepair` is there to be called.
pub(crate) fn typed(rehearsal: &Rehearsal, line: &str) -> Ended {
    let program = Path::new(env!("CARGO_BIN_EXE_wavepair"));
    let path = program.parent().unwrap().as_os_str();
    done(rehearsal, "/bin/sh", line, path)
}

/// What a line does in bash, with the programs of this machine.
pub(crate) fn in_bash(rehearsal: &Rehearsal, line: &str) -> Ended {
    done(rehearsal, "bash", line, &std::env::var_os("PATH").unwrap())
}

/// The settings of a rehearsal as lines that a shell exports.
pub(crate) fn exports(rehearsal: &Rehearsal) -> String {
    let settings = rehearsal.bare(&[]);
    let lines = settings.get_envs().filter_map(|(name, value)| {
        let (name, value) = (name.to_str()?, value?.to_str()?);
        Some(format!("export {name}='{value}'\n"))
    });
    lines.collect()
}

/// Has a shell take a line, with the settings of a rehearsal and nothing else of this process's environment.
fn done(rehearsal: &Rehearsal, shell: &str, line: &str, path: &OsStr) -> Ended {
    let mut command = Command::new(shell);
    command.args(["-c", line]).env_clear();
    for (name, value) in rehearsal.bare(&[]).get_envs() {
        command.env(name, value.unwrap());
    }
    let command = command.env("PATH", path).current_dir(rehearsal.folder());
    rehearsal.ended(&command.output().unwrap())
}

/// A program that ends by starting another one, given its words, its folder and its variables, and read
/// through pipes.
pub(crate) fn before(mut program: Command, wanted: &Command) -> Command {
    let variables = wanted.get_envs();
    program
        .arg(wanted.get_program())
        .args(wanted.get_args())
        .current_dir(wanted.get_current_dir().unwrap())
        .envs(variables.filter_map(|(name, value)| Some((name, value?))))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    program
}
