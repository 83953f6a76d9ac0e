//! The results of a wave: its rows joined with what is known of their devices.

use std::cell::RefCell;
use std::path::Path;
use std::time::Duration;

use super::Invocation;
use crate::clock;
use crate::error::Error;
use crate::exit::ExitCode;
use crate::input::Wave;
use crate::ledger::{LastRun, Reader};
use crate::model::account::Account;
use crate::model::entry::{Moment, RESENDS_MAX};
use crate::model::outcome::Outcome;
use crate::model::request::DeviceKey;
use crate::model::shared_phones::{PhoneBook, SharedPhones};
use crate::model::summary::Summary;
use crate::model::tally::Tally;
use crate::model::validate::validate;
use crate::plan::Existing;
use crate::report::notice::Notice;
use crate::report::output::{Output, Waiting};
use crate::report::rejects::{Rejects, Written};
use crate::report::results::{self, Join};
use crate::report::results_writer::Options;
use crate::report::safe_file;
use crate::report::standing::{Mode, NotReached, Standing};
use crate::report::{log, start_line};
use crate::settings::files::Files;
use crate::settings::rows::RowSettings;
use crate::settings::run::wave_name;
use crate::settings::which_ledger::WhichLedger;

/// What a pass over the wave came to.
#[derive(Debug)]
pub(super) struct Joined {
    pub(super) tally: Tally,
    /// What the reader counted.
    pub(super) account: Account,
    /// Where the rejects are, or why they could not be written; the results are there all the same.
    pub(super) rejects: Result<Written, safe_file::Error>,
    /// Phones of more than one user; a dry run looks for them.
    pub(super) shared_phones: Option<SharedPhones>,
    /// Which rows are in doubt.
    pub(super) doubts: Doubts,
    /// The results, where they go to standard output: nobody need hold a ledger while they are read.
    pub(super) waiting: Option<Waiting>,
}

/// What is known of rows whose device may or may not have been created.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Doubts {
    /// How long it is until the last of them can be settled; `None` where there is none, or it is
    /// not known how long that takes.
    pub(super) settled_in: Option<Duration>,
    /// How many of them no run sends again.
    pub(super) given_up: u64,
}

impl Doubts {
    /// Takes note of what the ledger says of a row's device.
    fn note(&mut self, standing: &Standing, settle: Option<Duration>, now: &Moment) {
        let Standing::Entry(entry) = standing else {
            return;
        };
        if entry.state.outcome() != Outcome::Unknown {
            return;
        }
        if entry.resends >= RESENDS_MAX {
            self.given_up += 1;
        } else if let (Some(doubt), Some(settle)) = (&entry.doubt, settle) {
            let left = settle.saturating_sub(clock::age(&doubt.last_send, now));
            self.settled_in = self.settled_in.max(Some(left));
        }
    }
}

/// Writes the results and the rejects of a wave; neither where its file has changed.
///
/// `settle` is the age at which a row in doubt can be settled, where that is known.
pub(super) fn join<L: Into<Error>>(
    wave: &Wave,
    settings: &RowSettings,
    files: &Files,
    mode: Mode,
    settle: Option<Duration>,
    lookup: &mut dyn FnMut(&DeviceKey) -> Result<Standing, L>,
) -> Result<Joined, Error> {
    let defaults = settings.defaults();
    let header = wave.header();
    let mut out = Output::spooled(&files.results)?;
    let mut rejects = files
        .rejects
        .as_ref()
        .map(|path| rejects_of(wave, path, settings));
    let mut tally = Tally::default();
    // A run has to fit into little memory however long the wave is; its dry run came first.
    let is_dry_run = mode == Mode::DryRun;
    let book = is_dry_run.then(|| RefCell::new(PhoneBook::default()));
    let (mut doubts, now) = (Doubts::default(), clock::moment());
    let join = Join {
        header,
        defaults: &defaults,
        mode,
        validate: &|row| {
            let valid = validate(header, row, &defaults)?;
            let key = &valid.request.key;
            if let (Some(book), Some(phone)) = (&book, key.address.phone()) {
                book.borrow_mut().note(row.line, key.user, phone);
            }
            Ok(valid)
        },
        lookup: &mut |key| {
            let standing = lookup(key)?;
            doubts.note(&standing, settle, &now);
            Ok::<_, L>(standing)
        },
    };
    let mut rows = wave.rows();
    results::write(
        rows.by_ref(),
        join,
        options(settings),
        &mut out,
        rejects.as_mut(),
        &mut |row| {
            tally.add(row);
            if is_dry_run {
                // A run has told of each row when it ended.
                log::finished(row);
            }
        },
    )?;
    let waiting = out.settle()?;
    Ok(Joined {
        rejects: rejects.map_or_else(|| Ok(Written::default()), Rejects::commit),
        tally,
        account: rows.account(),
        shared_phones: book.and_then(|book| book.into_inner().shared()),
        doubts,
        waiting,
    })
}

/// Where the rejects are; where they could not be written that is said, and is the command's failure.
pub(super) fn unless_unwritten(
    rejects: Result<Written, safe_file::Error>,
    invocation: &Invocation,
) -> (Written, ExitCode) {
    match rejects {
        Ok(written) => (written, ExitCode::Done),
        Err(error) => {
            let error = Error::from(error);
            invocation.console.say(&Notice::from(&error));
            (Written::default(), error.exit_code())
        }
    }
}

/// Why a row that no request was sent for was not reached, by the last run of its wave.
pub(super) fn not_reached(last_run: Option<LastRun>) -> NotReached {
    match last_run {
        None => NotReached::NoRun,
        Some(LastRun {
            exit_code: None, ..
        }) => NotReached::CutShort,
        Some(LastRun {
            stopped: Some(stopped),
            ..
        }) => NotReached::Stopped(stopped),
        Some(LastRun { stopped: None, .. }) => NotReached::NewRow,
    }
}

/// Notes in the summary of a dry run which ledger it reads, and how the run before ended.
pub(super) fn note_ledger(
    summary: &mut Summary,
    ledger: &WhichLedger,
    reader: Option<&Reader>,
    wave: &Path,
) -> Result<(), Error> {
    summary.ledger = ledger.path().map(|path| path.display().to_string());
    if let Some(reader) = reader {
        summary.previous_exit_code = reader.last_exit_code(&wave_name(wave))?;
    }
    Ok(())
}

/// The rejects of a wave, to be written to a path.
pub(super) fn rejects_of(wave: &Wave, path: &Path, settings: &RowSettings) -> Rejects {
    let name = wave.file_name().to_owned();
    Rejects::new(path.to_owned(), name, wave.header(), settings.raw_cells())
}

/// What a person is told of the ledger that a run would use.
pub(super) fn of_a_dry_run(
    ledger: &WhichLedger,
    existing: Existing,
) -> Option<start_line::Ledger<'_>> {
    let path = ledger.path()?;
    Some(start_line::Ledger {
        path: Some(path),
        is_new: !path.exists(),
        unchecked: existing == Existing::Unchecked,
    })
}

/// How cells are written.
pub(super) fn options(settings: &RowSettings) -> Options {
    Options {
        phones: settings.phones(),
        raw_cells: settings.raw_cells(),
    }
}
