//! A client secret that a program prints: `pass`, `vault`, `op`.

use std::time::Duration;

use tokio::process::Command;

use super::Error;
use super::credential::{SECRET_MAX, secret_of};
use super::given::Given;
use crate::model::secret::Secret;
use crate::subprocess::{self, Ends, Errand, Failure, Heard};

/// How long a program may take: it may ask its user for a password.
const PATIENCE: Duration = Duration::from_mins(1);

/// Runs a program without a shell, and takes what it prints for the secret.
///
/// Its standard input is empty, and what it says to standard error is not shown: lines of ours stand
/// there, and it may hold what nobody is to see. Nor are its words.
pub(super) fn secret_by(words: &[Given]) -> Result<Secret, Error> {
    let Some((first, more)) = words.split_first() else {
        return Err(Error::new("`client_secret_command` names no program"));
    };
    let name = &first.origin;
    if more.is_empty() && first.value.to_string_lossy().contains(char::is_whitespace) {
        let error = Error::new(format!("{name} is one word with a blank in it"));
        return Err(error.hint(
            "no shell takes it apart: write an array, such as `[\"pass\", \"show\", \"pingone\"]`",
        ));
    }
    let words: Vec<_> = words.iter().map(|given| given.value.clone()).collect();
    let failed = |why: &dyn std::fmt::Display| {
        Error::new(format!("the program of {name} {why}"))
            .hint("run it by hand, and see what it says")
    };
    let (program, arguments) = words.split_first().expect("there is a first word");
    let mut command = Command::new(program);
    command.args(arguments);
    let printed = printed(Errand {
        command,
        input: &[],
        heard: Heard::Output,
        limit: SECRET_MAX,
        patience: PATIENCE,
        ends: Ends::Itself,
    });
    let printed = printed.map_err(|why| failed(&why))?;
    if printed.is_empty() {
        return Err(failed(&"has printed nothing"));
    }
    secret_of(printed, &format!("what the program of {name} has printed"))
}

/// Runs a program to its end: nothing else can begin before there is a secret.
fn printed(errand: Errand<'_>) -> Result<Vec<u8>, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(Failure::NotStarted)?;
    runtime.block_on(subprocess::run(errand))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(words: &[&str]) -> Vec<Given> {
        let given = |word: &&str| Given::typed("client_secret_command", *word);
        words.iter().map(given).collect()
    }

    fn refused(command: &[&str]) -> String {
        let error = secret_by(&words(command)).unwrap_err();
        assert!(!format!("{error:?}").contains("hush"), "{error:?}");
        error.to_string()
    }

    #[test]
    fn a_secret_is_what_a_program_prints_without_its_line_end() {
        let secret = secret_by(&words(&["printf", "%s\n", "s3 cr3t $HOME"]));
        assert_eq!(secret, Ok(Secret::new("s3 cr3t $HOME".to_owned())));
    }

    #[test]
    fn a_program_that_fails_or_prints_no_secret_is_refused_and_not_shown() {
        for (command, why) in [
            (&["/no/such"][..], "cannot be started"),
            (
                &["sh", "-c", "echo hush; echo hush >&2; exit 3"],
                "has failed (exit status: 3)",
            ),
            (&["true"], "has printed nothing"),
            (&["echo"], "is empty"),
            (&["yes", "hush"], "has printed more than 4096 bytes"),
            (&["printf", "hush\tx"], "U+0009"),
            (&["pass show x"], "is one word with a blank in it"),
            (&[], "names no program"),
        ] {
            let said = refused(command);
            assert!(said.contains(why), "{command:?}: {said}");
        }
    }
}
