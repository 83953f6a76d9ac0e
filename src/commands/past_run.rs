//! A wave that was run: read again as its last run read it, and what its ledger says of it.

use std::path::Path;

use super::join::{join, not_reached};
use super::memory::{Memory, remember};
use super::opened_wave::{check_count, open, rows_of, sharing};
use super::outputs;
use super::read_ledger::needed;
use super::wave_memory::WaveMemory;
use crate::error::Error;
use crate::input::Wave;
use crate::ledger::{Binding, Reader};
use crate::model::account::Account;
use crate::model::names::Names;
use crate::model::request::RowDefaults;
use crate::model::row::RowNumber;
use crate::model::row_judge::{RowJudge, RowReader};
use crate::model::shard::Shard;
use crate::model::shared_phones::{Sharers, SharingRule};
use crate::model::validate::JudgedRow;
use crate::report::known_row::Judge;
use crate::report::known_state::Mode;
use crate::report::row_sink::RowSink;
use crate::settings::checks::Checks;
use crate::settings::files::Files;
use crate::settings::rows::RowSettings;
use crate::settings::run::wave_name;

/// The ledger of a wave that was run, and how the last run of it was.
#[derive(Debug)]
pub(super) struct PastRun<'a> {
    path: &'a Path,
    pub(super) ledger: Reader,
    /// How the last run judged rows, where there was one.
    settings: Option<RowSettings>,
    /// How it ended, where it lived to write that down.
    pub(super) exit_code: Option<u8>,
    mode: Mode,
}

impl<'a> PastRun<'a> {
    /// Reads the ledger; `wave` is the path of the wave.
    ///
    /// # Errors
    ///
    /// There is no ledger, or it cannot be read.
    pub(super) fn read(
        wave: &'a Path,
        ledger: &Path,
        binding: Option<&Binding>,
    ) -> Result<Self, Error> {
        // Without a ledger every row would be `pending`, and the file of an earlier run overwritten.
        let reader = needed(ledger, binding)?;
        let last_run = reader.last_run(&wave_name(wave))?;
        let told = last_run.as_ref().map(|run| run.settings.as_str());
        Ok(Self {
            path: wave,
            ledger: reader,
            settings: told.and_then(RowSettings::from_json),
            exit_code: last_run.as_ref().and_then(|run| run.exit_code),
            mode: Mode::Run(not_reached(last_run)),
        })
    }

    /// Refuses a ledger that is for another shard than is meant.
    ///
    /// # Errors
    ///
    /// It is.
    pub(super) fn is_of(&self, shard: Shard) -> Result<(), Error> {
        Ok(self.ledger.check_shard(shard)?)
    }

    /// Opens the wave as the last run read it, where `settings` do not say otherwise.
    ///
    /// # Errors
    ///
    /// The wave or the ledger cannot be read, or `files` have no room for the wave.
    pub(super) fn wave(
        &self,
        settings: &RowSettings,
        checks: &Checks,
        files: &Files,
    ) -> Result<PastWave, Error> {
        let rows = settings.over(self.settings.clone());
        let sharing = sharing(&rows)?;
        let wave = open(self.path, &rows, checks)?;
        outputs::check_room(files, &wave, || rows_of(&wave))?;
        let defaults = rows.defaults();
        Ok(PastWave {
            names: remember(&wave, &defaults, self.memory())?,
            shard: self.ledger.shard(),
            defaults,
            wave,
            rows,
            sharing,
        })
    }

    /// A row of the wave, judged in itself as its last run did; nothing where it has no such row.
    ///
    /// # Errors
    ///
    /// The wave or the ledger cannot be read.
    pub(super) fn row(&self, number: RowNumber) -> Result<Option<JudgedRow>, Error> {
        let rows = self.settings.clone().unwrap_or_default();
        let wave = open(self.path, &rows, &Checks::default())?;
        let defaults = rows.defaults();
        let names = remember(&wave, &defaults, self.memory())?;
        let reader = RowReader::new(wave.header(), &defaults, &names);
        for row in wave.rows() {
            let row = row?;
            if row.number == number {
                return Ok(Some(reader.read(&row)));
            }
        }
        Ok(None)
    }

    fn memory(&self) -> Memory<'_> {
        Memory::ReadOnly(Some(&self.ledger))
    }

    /// Tells all `sinks` what became of each row, judged by the wave with these `sharers`.
    ///
    /// # Errors
    ///
    /// As [`join`], or the wave has another number of rows than `checks` have it.
    pub(super) fn tell(
        &self,
        wave: &PastWave,
        sharers: Sharers,
        checks: &Checks,
        sinks: &mut [&mut dyn RowSink],
    ) -> Result<Account, Error> {
        let judge = Judge::new(wave.judge(sharers));
        let memory = WaveMemory::new(self.memory(), &wave_name(self.path))?;
        let account = join(&wave.wave, judge, &self.mode, memory, sinks)?;
        check_count(self.path, account.rows, checks)?;
        Ok(account)
    }
}

/// A wave, read as its last run read it.
#[derive(Debug)]
pub(super) struct PastWave {
    pub(super) wave: Wave,
    pub(super) rows: RowSettings,
    /// What is done about phones of several users.
    pub(super) sharing: SharingRule,
    /// Which part of it the ledger is of.
    pub(super) shard: Shard,
    defaults: RowDefaults,
    /// Whose the names in it are.
    names: Names,
}

impl PastWave {
    /// Judges the rows in themselves, from the first one on.
    pub(super) fn judge(&self, sharers: Sharers) -> RowJudge<'_> {
        let reader = RowReader::new(self.wave.header(), &self.defaults, &self.names);
        RowJudge::new(reader, sharers, self.shard)
    }
}
