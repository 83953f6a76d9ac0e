//! Whether the files of a command can be written where they are, before anything is read or sent.

use super::Invocation;
use crate::error::Error;
use crate::model::standard_stream::is_standard;
use crate::report::notice::Notice;
use crate::report::safe_file::SafeFile;
use crate::settings::files::Files;

/// Starts the log, and checks the other outputs.
pub(super) fn prepare(files: &Files, invocation: &Invocation) -> Result<(), Error> {
    invocation.start_log()?;
    check(files, invocation)
}

/// Refuses an output that cannot be written where it was named.
///
/// Rejects that nobody named are no reason to refuse: there may be none. That they could not be
/// written is a warning.
pub(super) fn check(files: &Files, invocation: &Invocation) -> Result<(), Error> {
    if !is_standard(&files.results) {
        let hint = if files.results_named {
            "name another place with `-o`; `-o -` is standard output"
        } else {
            "name other places with `-o` and `--rejects`; `-o -` is standard output"
        };
        try_out(&files.results, "results", hint)?;
    }
    if let Some(path) = &files.rejects {
        let tried = try_out(path, "rejects", "name another place with `--rejects`");
        match tried {
            Err(error) if !files.rejects_named => {
                let text = format!("{}: if there are any", error.in_words());
                let notice = Notice::warning(text);
                invocation.console.say(&notice.hint(error.hint()));
            }
            tried => tried?,
        }
    }
    if let Some(path) = files.summary.as_ref().filter(|path| !is_standard(path)) {
        let hint = "name another place with `--summary`; `--summary -` is standard output";
        try_out(path, "summary", hint)?;
    }
    Ok(())
}

fn try_out(path: &std::path::Path, what: &'static str, hint: &str) -> Result<(), Error> {
    // Made and dropped: nothing of it is seen where it would be.
    let made = SafeFile::create(path).map(drop);
    made.map_err(|source| Error::Output {
        what,
        source,
        hint: hint.to_owned(),
    })
}
