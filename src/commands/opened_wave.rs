//! A wave, opened and looked over once.

use std::borrow::Borrow;
use std::collections::HashSet;
use std::path::Path;

use super::memory::{Memory, remember};
use super::wave_memory::WaveMemory;
use super::{Invocation, outputs};
use crate::error::Error;
use crate::input::source::Source;
use crate::input::{self, ReadOptions, Wave};
use crate::ledger::Reader;
use crate::model::names::{NamedUser, Names};
use crate::model::policy_ref::PolicyRef;
use crate::model::request::RowDefaults;
use crate::model::row::InputRow;
use crate::model::row_judge::{RowJudge, RowReader};
use crate::model::shard::Shard;
use crate::model::shared_phones::{SharingRule, allowed_phones};
use crate::model::user_name::{UserBy, UserName};
use crate::model::validate::{asks_for_message, names_in, user_in};
use crate::report::known_row::Judge;
use crate::settings::Error as SettingsError;
use crate::settings::checks::Checks;
use crate::settings::files::Files;
use crate::settings::rows::RowSettings;
use crate::settings::run::{Common, wave_name};

/// A wave, and what a first look over it tells.
#[derive(Debug)]
pub(super) struct OpenedWave {
    pub(super) wave: Wave,
    /// As a person names it.
    pub(super) name: String,
    /// As the ledger names it.
    pub(super) ledger_name: String,
    pub(super) defaults: RowDefaults,
    /// Whose the names in it are, as far as anybody has asked.
    pub(super) names: Names,
    pub(super) rows: u64,
    /// Which part of it is meant.
    pub(super) shard: Shard,
    /// How many of its rows that has.
    pub(super) our_rows: u64,
    /// Whether any row asks for a device whose user gets a message.
    pub(super) asks_for_messages: bool,
    /// What is done about phones of several users.
    pub(super) sharing: SharingRule,
    /// Whether a single invalid row keeps all of them back.
    pub(super) strict: bool,
    /// Whether devices that were undone are created anew.
    pub(super) recreate: bool,
}

impl OpenedWave {
    /// Starts the log, and opens a wave once it is sure that the files can be written.
    ///
    /// # Errors
    ///
    /// As [`OpenedWave::read`], or a file cannot be written.
    pub(super) fn begin(
        settings: &Common,
        files: &Files,
        invocation: &Invocation,
    ) -> Result<Self, Error> {
        invocation.start_log()?;
        outputs::check(files, invocation)?;
        let mut opened = Self::read(settings)?;
        opened.recreate = settings.pace.recreate;
        outputs::check_room(files, &opened.wave, || Ok(opened.rows))?;
        Ok(opened)
    }

    /// Opens a wave and counts its rows; judges none.
    ///
    /// # Errors
    ///
    /// It cannot be read, or is not as it was expected.
    fn read(settings: &Common) -> Result<Self, Error> {
        let (path, checks, shard) = (&settings.wave, &settings.checks, settings.shard);
        let sharing = sharing(&settings.rows)?;
        let wave = open(path, &settings.rows, checks)?;
        check_users(&wave, shard)?;
        let defaults = settings.rows.defaults();
        let Looked {
            rows,
            our_rows,
            asks_for_messages,
        } = look_over(&wave, &defaults, shard)?;
        check_count(path, rows, checks)?;
        Ok(Self {
            wave,
            name: named(path),
            ledger_name: wave_name(path),
            defaults,
            names: Names::default(),
            rows,
            shard,
            our_rows,
            asks_for_messages,
            sharing,
            strict: checks.strict,
            recreate: false,
        })
    }

    /// Whether its rows are looked over before a run begins: for messages to people, or with `--strict`.
    pub(super) fn is_looked_over(&self) -> bool {
        self.asks_for_messages || self.strict
    }

    /// Takes for known what is remembered of the names in it.
    ///
    /// # Errors
    ///
    /// It or the ledger cannot be read.
    pub(super) fn remember(&mut self, memory: Memory<'_>) -> Result<(), Error> {
        self.names = remember(&self.wave, &self.defaults, memory)?;
        Ok(())
    }

    /// The same, where its rows are looked over; `ledger` is asked for then alone.
    ///
    /// # Errors
    ///
    /// Those of `ledger`, or it cannot be read.
    pub(super) fn remember_for_look_over<L: Borrow<Reader>>(
        &mut self,
        ledger: &dyn Fn() -> Result<Option<L>, Error>,
    ) -> Result<(), Error> {
        if !self.is_looked_over() || self.names.are_planned() {
            return Ok(());
        }
        let ledger = ledger()?;
        let ledger = ledger.as_ref().map(Borrow::borrow);
        self.remember(Memory::ReadOnly(ledger))
    }

    /// What is remembered for its rows.
    ///
    /// # Errors
    ///
    /// The ledger cannot be read.
    pub(super) fn memory<'a>(&self, memory: Memory<'a>) -> Result<WaveMemory<'a>, Error> {
        WaveMemory::new(memory, &self.ledger_name)
    }

    /// Judges the rows in themselves, as a run does.
    pub(super) fn row_judge(&self) -> RowJudge<'_> {
        let (reader, sharers) = (self.reader_by(&self.names), self.sharing.of_run());
        RowJudge::new(reader, sharers, self.shard)
    }

    /// Judges the rows as a run does, from the first one on.
    pub(super) fn judge(&self) -> Judge<'_> {
        Judge::new(self.row_judge())
    }

    /// Judges the rows as whoever writes them down does, who tells more of them.
    pub(super) fn judge_of_results(&self) -> Judge<'_> {
        self.judge_by(&self.names)
    }

    /// The same by what was told of names elsewhere.
    pub(super) fn judge_by<'a>(&'a self, names: &'a Names) -> Judge<'a> {
        let (reader, sharers) = (self.reader_by(names), self.sharing.of_results());
        Judge::new(RowJudge::new(reader, sharers, self.shard))
    }

    fn reader_by<'a>(&'a self, names: &'a Names) -> RowReader<'a> {
        RowReader::new(self.wave.header(), &self.defaults, names)
    }

    /// The names in a row that somebody has to look up: its user's, and its policy's.
    pub(super) fn names_in(&self, row: &InputRow) -> (Option<UserName>, Option<PolicyRef>) {
        names_in(self.wave.header(), row, &self.defaults)
    }

    /// The name by which a row names its user; nothing where it does so by the ID.
    pub(super) fn user_name(&self, row: &InputRow) -> Option<UserName> {
        self.reader_by(&self.names).user_name(row)
    }

    /// What a look-up told of the user whom a row names; nothing where it names one by the ID.
    pub(super) fn named_user(&self, row: &InputRow, names: &Names) -> Option<NamedUser> {
        self.reader_by(names).named_user(row)
    }
}

/// What is done about phones of several users.
///
/// # Errors
///
/// The file of those that are fine cannot be read, or holds something else.
pub(super) fn sharing(settings: &RowSettings) -> Result<SharingRule, Error> {
    let allowed = match settings.shared_phones_file() {
        None => HashSet::new(),
        Some(path) => {
            let name = path.display();
            let text = std::fs::read_to_string(path)
                .map_err(|error| SettingsError::new(format!("cannot read {name}: {error}")))?;
            allowed_phones(&text).map_err(|(line, problem)| {
                let what = format!("{name}, line {line} is no phone: {}", problem.code);
                SettingsError::new(what).hint("write one phone a line, with `+` and country code")
            })?
        }
    };
    Ok(SharingRule::new(settings.sharing(), allowed))
}

/// Opens a wave.
pub(super) fn open(path: &Path, settings: &RowSettings, checks: &Checks) -> Result<Wave, Error> {
    let source = Source::from(path.to_owned());
    Ok(Wave::open(
        &source,
        &ReadOptions {
            columns: settings.columns().to_vec(),
            form: settings.form().clone(),
            user_by: settings.user_by(),
            defaults: Some(settings.defaults()),
            may_be_empty: checks.expected.is_some(),
        },
    )?)
}

/// Refuses a wave that has another number of rows than it was expected to have.
pub(super) fn check_count(path: &Path, rows: u64, checks: &Checks) -> Result<(), Error> {
    match &checks.expected {
        Some(expected) if !expected.contains(rows) => Err(Error::RowCount {
            wave: named(path),
            rows,
            expected: expected.clone(),
        }),
        Some(_) | None => Ok(()),
    }
}

/// A wave as a person names it.
fn named(path: &Path) -> String {
    Source::from(path.to_owned()).to_string()
}

/// How many rows a wave has.
pub(super) fn rows_of(wave: &Wave) -> Result<u64, Error> {
    let count = |rows, row: Result<_, _>| row.map(|_| rows + 1);
    Ok(wave.rows().try_fold(0, count)?)
}

/// Refuses to take a part of a wave that does not say by ID whose its rows are: which part a row belongs
/// to is told by that alone.
fn check_users(wave: &Wave, shard: Shard) -> Result<(), Error> {
    let user_by = wave.header().user_by();
    if shard.is_whole() || user_by == UserBy::Id {
        return Ok(());
    }
    let column = user_by.column().name();
    let error = SettingsError::new(format!(
        "`--shard {shard}` takes a wave that names its users by `user_id`, and this one does by `{column}`"
    ));
    let hint = "take `user_id` from the results of a dry run with `--online`, which looks the names up, \
                and run a wave that has it";
    Err(error.hint(hint).into())
}

/// What a first look over the rows of a wave tells.
#[derive(Clone, Copy, Debug, Default)]
struct Looked {
    rows: u64,
    our_rows: u64,
    asks_for_messages: bool,
}

/// Counts the rows of a wave and those of a shard; tells too whether any of these asks for a message.
fn look_over(
    wave: &Wave,
    defaults: &RowDefaults,
    shard: Shard,
) -> Result<Looked, input::error::Error> {
    let mut looked = Looked::default();
    for row in wave.rows() {
        let row = row?;
        looked.rows += 1;
        if !shard.is_whole() && !shard.has(user_in(wave.header(), &row)) {
            continue;
        }
        looked.our_rows += 1;
        looked.asks_for_messages =
            looked.asks_for_messages || asks_for_message(wave.header(), &row, defaults);
    }
    Ok(looked)
}
