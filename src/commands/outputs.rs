//! Whether the files of a command can be written where they are, before anything is read or sent.

use std::path::Path;

use super::Invocation;
use crate::error::Error;
use crate::input::Wave;
use crate::model::file_form::FileForm;
use crate::model::standard_stream::is_standard;
use crate::report::notice::Notice;
use crate::report::safe_file::{self, SafeFile};
use crate::report::{rejects, results_writer, sheet};
use crate::settings::files::Files;

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
    if let Some(path) = &files.metrics {
        try_out(path, "metrics", "name another place with `--metrics`")?;
    }
    if let Some(path) = &files.plan {
        try_out(path, "plan", "name another place with `--plan`")?;
    }
    Ok(())
}

/// Refuses a workbook that has no room for all rows of a wave, or for their columns.
///
/// How many of them are rejects is not known yet: there must be room for all of them.
///
/// `rows` is asked only where there is a workbook.
pub(super) fn check_room(
    files: &Files,
    wave: &Wave,
    rows: impl Fn() -> Result<u64, Error>,
) -> Result<(), Error> {
    let columns = wave.header().names().len();
    let files = [
        (
            "results",
            "-o",
            Some(&files.results),
            results_writer::COLUMNS.len(),
        ),
        (
            "rejects",
            "--rejects",
            files.rejects.as_ref(),
            rejects::COLUMNS.len(),
        ),
    ];
    for (what, option, path, ours) in files {
        let Some(path) = path.filter(|path| FileForm::of(path) == FileForm::Workbook) else {
            continue;
        };
        if let Some(room) = sheet::overfull(rows()?, ours + columns) {
            let path = path.clone();
            return Err(Error::Output {
                what,
                source: safe_file::Error::Overfull { path, room },
                hint: format!("name a file that ends in `.csv` with `{option}`"),
            });
        }
    }
    Ok(())
}

fn try_out(path: &Path, what: &'static str, hint: &str) -> Result<(), Error> {
    // Made and dropped: nothing of it is seen where it would be.
    let made = SafeFile::create(path).map(drop);
    made.map_err(|source| Error::Output {
        what,
        source,
        hint: hint.to_owned(),
    })
}
