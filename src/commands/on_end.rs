//! `--on-end`: a program that is told how a run ended.

use std::time::Duration;

use tokio::process::Command;

use super::Invocation;
use super::finish::how_it_ended;
use crate::clock;
use crate::error::Error;
use crate::exit::ExitCode;
use crate::model::summary::Summary;
use crate::report::notice::Notice;
use crate::report::summary_json;
use crate::settings::on_end::{GIVEN, OnEnd};
use crate::subprocess::{self, Ends, Errand, Failure, Heard};

/// How long it may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// How much of what it says is listened to.
const HEARD: u64 = 1 << 20;

/// How many characters of its last words are shown.
const SHOWN: usize = 300;

/// Starts the program where there is one, and waits for its end.
///
/// The run is over: whatever comes of this, its exit code stays what it is.
pub(super) async fn tell(
    on_end: Option<&OnEnd>,
    end: &Result<ExitCode, Error>,
    summary: &Summary,
    invocation: &Invocation,
) {
    let Some(on_end) = on_end else {
        return;
    };
    let (exit, failed) = how_it_ended(end);
    let mut json = Vec::new();
    let written = summary_json::write(summary, clock::wall(), exit, failed, &mut json);
    written.expect("a Vec takes any bytes");
    let errand = Errand {
        command: command(on_end, exit, summary.previous_exit_code),
        input: &json,
        heard: Heard::Errors,
        limit: HEARD,
        patience: PATIENCE,
        ends: Ends::Group,
    };
    if let Err(failure) = subprocess::run(errand).await {
        invocation.console.say(&untold(on_end, &failure));
    }
}

/// The program with its environment: ours without secrets, and the two codes.
///
/// Where there is no run before, the variable is there and empty: a script may compare the two
/// without asking whether they are set.
fn command(on_end: &OnEnd, exit: ExitCode, previous: Option<u8>) -> Command {
    let mut command = Command::new(&on_end.program);
    for name in &on_end.secrets {
        command.env_remove(name);
    }
    let [this, before] = GIVEN;
    let previous = previous.map(|code| code.to_string()).unwrap_or_default();
    command.env(this, exit.code().to_string());
    command.env(before, previous);
    command
}

fn untold(on_end: &OnEnd, failure: &Failure) -> Notice {
    let program = on_end.program.display();
    let notice = Notice::warning(format!("the program of --on-end, {program}, {failure}"));
    let hint = match failure {
        Failure::Failed(_, said) if !last_words(said).is_empty() => {
            format!("it said: {}", last_words(said))
        }
        Failure::NotStarted(_) => {
            "name one program, by a path or as it is found in PATH; what it is told stands in a script"
                .to_owned()
        }
        Failure::Unreadable(_) | Failure::TooLong(_) | Failure::TooMuch(_) | Failure::Failed(..) => {
            "run it by hand with a summary (`--summary`) on its standard input".to_owned()
        }
    };
    notice.hint(Some(hint))
}

/// The last line of what a program has said, as far as it is shown.
fn last_words(said: &[u8]) -> String {
    let said = String::from_utf8_lossy(said);
    let last = said.lines().map(str::trim).rfind(|line| !line.is_empty());
    last.unwrap_or_default().chars().take(SHOWN).collect()
}
