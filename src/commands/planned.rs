//! The rows of a wave as the engine takes them.

use std::collections::HashSet;
use std::time::Duration;

use tokio::time::Instant;

use super::demanded::{Demanded, DemandedRows, changed};
use super::memory::Memory;
use super::opened_wave::OpenedWave;
use super::wave_memory::WaveMemory;
use crate::clock;
use crate::engine::{PlannedRow, UserSource};
use crate::error::Error;
use crate::input;
use crate::input::rows::Rows;
use crate::ledger::Ledger;
use crate::model::row::InputRow;
use crate::model::row_judge::RowJudge;
use crate::model::stop::StopReason;
use crate::model::unresolved::Unresolved;
use crate::model::user_name::UserName;
use crate::model::validate::Unasked;
use crate::plan::Bar;
use crate::plan::reader::Flaw;

/// Why a run does not go on where its input cannot be read on.
pub(super) fn reason_to_stop(error: &input::error::Error) -> StopReason {
    use input::error::Error as E;
    match error {
        E::Changed { .. } => StopReason::InputChanged {
            what: error.to_string(),
            hint: error.hint().unwrap_or_default(),
        },
        E::Read { name, source } => StopReason::Broken {
            what: format!("cannot read {name}: {source}"),
        },
        E::Open { .. } | E::Spool { .. } | E::NotAWave { .. } => StopReason::Broken {
            what: error.to_string(),
        },
    }
}

/// Why a run does not go on where its ledger cannot be read.
fn unread(error: &Error) -> StopReason {
    StopReason::Broken {
        what: error.in_words(),
    }
}

/// How soon a file is looked at again while rows are taken from a block of it.
const LOOK_AGAIN: Duration = Duration::from_millis(50);

/// The rows of a wave, judged one by one, for as long as its file is the same; and what a plan says
/// of them, where one is demanded.
pub(super) struct Planned<'a> {
    plan: Option<DemandedRows>,
    opened: &'a OpenedWave,
    /// The names of the users whose rows are taken up alone, where not all are.
    only: Option<&'a HashSet<UserName>>,
    rows: Rows,
    /// When the file was last looked at.
    looked: Instant,
    judge: RowJudge<'a>,
    memory: WaveMemory<'a>,
}

impl<'a> Planned<'a> {
    /// The rows of an opened wave, from the first on; those that `plan` does not have created are
    /// barred.
    ///
    /// # Errors
    ///
    /// The plan has changed since it was checked, or the ledger cannot be read.
    pub(super) fn rows_of(
        opened: &'a OpenedWave,
        plan: Option<&Demanded>,
        ledger: &'a Ledger,
    ) -> Result<Self, StopReason> {
        let memory = opened.memory(Memory::OfRun(ledger));
        Ok(Self {
            plan: plan.map(Demanded::rows).transpose()?,
            opened,
            only: None,
            rows: opened.wave.rows(),
            looked: clock::now(),
            judge: opened.row_judge(),
            memory: memory.map_err(|error| unread(&error))?,
        })
    }

    /// The next row of the file, for as long as that is the same.
    fn next_read(&mut self) -> Option<Result<InputRow, input::error::Error>> {
        // A block holds rows for a minute of sending: whoever takes the file away is heard soon.
        let now = clock::now();
        let unchanged = if now.duration_since(self.looked) > LOOK_AGAIN {
            self.looked = now;
            self.opened.wave.check_unchanged()
        } else {
            Ok(())
        };
        match unchanged {
            Ok(()) => self.rows.next(),
            Err(error) => Some(Err(error)),
        }
    }

    /// Those rows alone whose users have these names: they were at work for others.
    pub(super) fn only_of(self, names: &'a HashSet<UserName>) -> Self {
        Self {
            only: Some(names),
            ..self
        }
    }

    /// Whether a row is taken up at all.
    fn is_wanted(&self, row: &InputRow) -> bool {
        self.only.is_none_or(|names| {
            let name = self.opened.user_name(row);
            name.is_some_and(|name| names.contains(&name))
        })
    }

    fn source(&self, row: &InputRow) -> UserSource {
        if self.only.is_some() {
            return UserSource::AskedAnew;
        }
        if self.plan.is_some() {
            return UserSource::Sure;
        }
        match self.opened.named_user(row, &self.opened.names) {
            Some(user) if user.is_remembered => UserSource::Remembered,
            Some(_) | None => UserSource::Sure,
        }
    }

    /// Judges the next row; nothing where it is not taken up, or another shard has it.
    fn judge(&mut self, row: &InputRow) -> Result<Option<PlannedRow>, StopReason> {
        let memory = self.memory;
        let elsewhere = &mut |phone, user| memory.earlier_use(phone, user);
        let judged = self.judge.judge(row, elsewhere);
        let judged = judged.map_err(|error| unread(&error))?;
        if !self.judge.is_ours(&judged) {
            return Ok(None);
        }
        let bar = match &mut self.plan {
            None => None,
            Some(plan) => match plan.next_row() {
                Ok(Some(planned)) if planned.row == row.number.0 => Bar::of(&planned),
                Ok(_) => return Err(changed(&Flaw::Cut)),
                Err(flaw) => return Err(changed(&flaw)),
            },
        };
        if !self.is_wanted(row) {
            return Ok(None);
        }
        let who = judged.label();
        Ok(Some(match (judged.verdict, bar) {
            (Ok(valid), None) => PlannedRow::Valid(valid.request, self.source(row)),
            (Ok(valid), Some(bar)) => PlannedRow::Barred(valid.request, bar),
            (Err(Unasked::Invalid(invalid)), _) => PlannedRow::Invalid { who, invalid },
            (Err(Unasked::Unresolved(Unresolved { trouble, .. })), _) => {
                PlannedRow::Unresolved { who, trouble }
            }
        }))
    }
}

impl Iterator for Planned<'_> {
    type Item = Result<PlannedRow, StopReason>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let next = match self.next_read()? {
                Ok(row) => self.judge(&row).transpose(),
                Err(error) => Some(Err(reason_to_stop(&error))),
            };
            if next.is_some() {
                return next;
            }
        }
    }
}
