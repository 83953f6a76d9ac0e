//! A wave that was run: read again as its last run read it, and what its ledger says of it.

use std::path::{Path, PathBuf};
use std::rc::Rc;

use super::join::{join_by, not_reached};
use super::memory::{Memory, remember};
use super::opened_wave::{check_count, open, rows_of, sharing};
use super::outputs;
use super::parts::{Part, Parts};
use super::read_ledger::needed;
use super::wave_memory::WaveMemory;
use crate::error::Error;
use crate::input::Wave;
use crate::ledger::{Binding, LastRun, Reader};
use crate::model::account::Account;
use crate::model::names::Names;
use crate::model::request::{DeviceKey, RowDefaults};
use crate::model::row::RowNumber;
use crate::model::row_judge::{RowJudge, RowReader};
use crate::model::shard::Shard;
use crate::model::shard_set::ShardSet;
use crate::model::shared_phones::{Sharers, SharingRule};
use crate::model::validate::{JudgedRow, Unasked};
use crate::report::cell::without_phones;
use crate::report::known_row::{Judge, KnownRow};
use crate::report::known_state::Mode;
use crate::report::row_sink::RowSink;
use crate::settings::Error as SettingsError;
use crate::settings::checks::Checks;
use crate::settings::files::Files;
use crate::settings::rows::RowSettings;
use crate::settings::run::wave_name;

/// The ledger of a wave that was run, or those of its shards, and how the last run of it was.
#[derive(Debug)]
pub(super) struct PastRun<'a> {
    path: &'a Path,
    /// The first of them that was named.
    pub(super) ledger: Rc<Reader>,
    parts: Parts,
    /// Which part of the wave they speak of.
    shard: Shard,
    /// How the last run of each of them judged rows, where there was one.
    settings: Vec<RowSettings>,
    /// How the last run on the first of them ended, where it lived to write that down.
    pub(super) exit_code: Option<u8>,
}

impl<'a> PastRun<'a> {
    /// Reads the ledger, whatever shard it is for; `wave` is the path of the wave.
    ///
    /// # Errors
    ///
    /// There is no ledger, or it cannot be read.
    pub(super) fn read(
        wave: &'a Path,
        ledger: &Path,
        binding: Option<&Binding>,
    ) -> Result<Self, Error> {
        let opened = OpenedLedger::new(wave, needed(ledger, binding)?)?;
        let shard = opened.ledger.shard();
        Self::of(wave, &opened.clone(), vec![Some(opened)], shard)
    }

    /// Reads the ledgers of the shards of a wave, in whatever order they were named; with `partial` some
    /// may be missing.
    ///
    /// # Errors
    ///
    /// They are not those of one wave, one is missing or cannot be read.
    pub(super) fn read_all(
        wave: &'a Path,
        ledgers: &[PathBuf],
        binding: Option<&Binding>,
        partial: bool,
    ) -> Result<Self, Error> {
        let mut readers = Vec::new();
        let mut bound = binding.cloned();
        for path in ledgers {
            let reader = needed(path, bound.as_ref())?;
            // Shards of one wave are of one tenant.
            bound = bound.map_or_else(|| reader.binding(), |known| Ok(Some(known)))?;
            readers.push(reader);
        }
        let shards: Vec<_> = readers.iter().map(Reader::shard).collect();
        let set = ShardSet::of(&shards).map_err(|misfit| {
            let error = SettingsError::new(format!("the ledgers are of no one wave: {misfit}"));
            error.hint("name the ledger of each shard once")
        })?;
        let missing = set.missing();
        if !(missing.is_empty() || partial) {
            return Err(incomplete(&missing, &shards).into());
        }
        let opened = readers
            .into_iter()
            .map(|reader| OpenedLedger::new(wave, reader));
        let opened: Vec<_> = opened.collect::<Result<_, _>>()?;
        let places = set.places.iter();
        let in_order = places.map(|place| opened.get((*place)?).cloned()).collect();
        Self::of(wave, &opened[0], in_order, Shard::WHOLE)
    }

    /// Refuses a ledger that is for another shard than is meant.
    ///
    /// # Errors
    ///
    /// It is.
    pub(super) fn is_of(&self, shard: Shard) -> Result<(), Error> {
        Ok(self.ledger.check_shard(shard)?)
    }

    /// Whether the ledgers of some shards were not named.
    pub(super) fn is_partial(&self) -> bool {
        self.parts.ledgers().count() < self.parts.0.len()
    }

    /// Puts together what was read of each shard, in their order; at least one of them was.
    fn of(
        wave: &'a Path,
        first: &OpenedLedger,
        opened: Vec<Option<OpenedLedger>>,
        shard: Shard,
    ) -> Result<Self, Error> {
        let name = wave_name(wave);
        let of = u32::try_from(opened.len()).unwrap_or(1);
        let (mut parts, mut settings) = (Vec::new(), Vec::new());
        for (number, opened) in (1..).zip(opened) {
            let Some(OpenedLedger { ledger, last_run }) = opened else {
                let shard = Shard::new(number, of).unwrap_or_default();
                parts.push(Part::missing(shard));
                continue;
            };
            let told = last_run.as_ref().map(|run| run.settings.as_str());
            settings.extend(told.and_then(RowSettings::from_json));
            let mode = Mode::Run(not_reached(last_run));
            parts.push(Part::read(&ledger, &name, mode)?);
        }
        let last_run = first.last_run.as_ref();
        Ok(Self {
            path: wave,
            ledger: Rc::clone(&first.ledger),
            parts: Parts(parts),
            shard,
            settings,
            exit_code: last_run.and_then(|run| run.exit_code),
        })
    }

    /// How the rows are judged: as the last runs judged them, where `said` does not say otherwise.
    ///
    /// # Errors
    ///
    /// They judged them in different ways.
    fn rows(&self, said: &RowSettings) -> Result<RowSettings, Error> {
        let mut kept = self
            .settings
            .iter()
            .map(|kept| said.over(Some(kept.clone())));
        let rows = kept.next().unwrap_or_else(|| said.over(None));
        if kept.all(|other| other == rows) {
            return Ok(rows);
        }
        let error = SettingsError::new("the shards were last run with different settings of rows");
        let hint = "run each of them with the same ones; or name those that differ here too";
        Err(error.hint(hint).into())
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
        let rows = self.rows(settings)?;
        let sharing = sharing(&rows)?;
        let wave = open(self.path, &rows, checks)?;
        outputs::check_room(files, &wave, || rows_of(&wave))?;
        let defaults = rows.defaults();
        Ok(PastWave {
            names: remember(&wave, &defaults, self.memory())?,
            shard: self.shard,
            is_split: self.parts.0.len() > 1,
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
    fn row(&self, number: RowNumber) -> Result<Option<JudgedRow>, Error> {
        let rows = self.rows(&RowSettings::default())?;
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

    /// The device that a row asks for, as the last run judged it.
    ///
    /// # Errors
    ///
    /// The wave has no such row, or it asks for none; or the wave or the ledger cannot be read.
    pub(super) fn key_of(&self, number: RowNumber) -> Result<DeviceKey, Error> {
        let shown = self.path.display();
        let Some(judged) = self.row(number)? else {
            let error = SettingsError::new(format!("{shown} has no row {number}"));
            return Err(error
                .hint("rows are counted from 1, without the header")
                .into());
        };
        let why = match judged.verdict {
            Ok(valid) => return Ok(valid.request.key),
            Err(Unasked::Invalid(invalid)) => invalid.message(),
            Err(Unasked::Unresolved(unresolved)) => unresolved.trouble.message(),
        };
        let why = without_phones(&why);
        let what = format!("row {number} of {shown} was never asked for: {why}");
        Err(SettingsError::new(what).into())
    }

    fn memory(&self) -> Memory<'_> {
        Memory::OfParts(&self.parts)
    }

    /// Tells all `sinks` what became of each row, judged by the wave with these `sharers`.
    ///
    /// # Errors
    ///
    /// As [`join_by`], or the wave has another number of rows than `checks` have it.
    pub(super) fn tell(
        &self,
        wave: &PastWave,
        sharers: Sharers,
        checks: &Checks,
        sinks: &mut [&mut dyn RowSink],
    ) -> Result<Account, Error> {
        let judge = Judge::new(wave.judge(sharers));
        let memory = WaveMemory::new(self.memory(), &wave_name(self.path))?;
        let mode = |row: &KnownRow| self.parts.mode(row.judged.requested.user);
        let account = join_by(&wave.wave, judge, &mode, memory, sinks)?;
        check_count(self.path, account.rows, checks)?;
        Ok(account)
    }
}

/// A ledger, and the last run of a wave on it.
#[derive(Clone, Debug)]
struct OpenedLedger {
    ledger: Rc<Reader>,
    last_run: Option<LastRun>,
}

impl OpenedLedger {
    fn new(wave: &Path, ledger: Reader) -> Result<Self, Error> {
        Ok(Self {
            last_run: ledger.last_run(&wave_name(wave))?,
            ledger: Rc::new(ledger),
        })
    }
}

/// Why the results of a wave are not written of some of its shards alone.
fn incomplete(missing: &[Shard], given: &[Shard]) -> SettingsError {
    let names = |shards: &[Shard]| {
        let names: Vec<_> = shards.iter().map(Shard::to_string).collect();
        names.join(", ")
    };
    let error = SettingsError::new(format!(
        "the results of this wave are in the ledgers of its shards, and none was named of {}",
        names(missing)
    ));
    let alone = match given {
        [one] => format!("; or `--shard {one}` writes those of this shard alone"),
        _ => String::new(),
    };
    error.hint(format!(
        "name the ledger of each shard with `--ledger`; with `--partial` the rows of the others are \
         `pending`{alone}"
    ))
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
    /// Whether it is read from the ledgers of its shards.
    is_split: bool,
    defaults: RowDefaults,
    /// Whose the names in it are.
    names: Names,
}

impl PastWave {
    /// Judges the rows in themselves, from the first one on.
    pub(super) fn judge(&self, sharers: Sharers) -> RowJudge<'_> {
        let reader = RowReader::new(self.wave.header(), &self.defaults, &self.names);
        let judge = RowJudge::new(reader, sharers, self.shard);
        if self.is_split {
            judge.of_shards()
        } else {
            judge
        }
    }
}
