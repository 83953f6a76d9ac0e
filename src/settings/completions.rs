//! What a shell is told, so that it completes commands and options.

use clap_complete::Shell;

use super::help;

/// The script that tells a shell what may follow `wavepair`.
pub(crate) fn script(shell: Shell) -> String {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut help::command(), "wavepair", &mut script);
    String::from_utf8(script).expect("it is made of text")
}
