//! The report of all devices, for those who go by it: asked for where it pays, with what is said of it.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use super::Invocation;
use super::ahead::Ahead;
use super::join::join;
use super::memory::Memory;
use super::opened_wave::OpenedWave;
use super::stopped::Stopped;
use crate::engine::device_reports::{Budget, Progress, Reading, read};
use crate::engine::questions::{Finding, Questions};
use crate::error::Error;
use crate::model::device_report::{DeviceReport, Reported};
use crate::model::names::Names;
use crate::model::outcome::{Answer, Device, Outcome};
use crate::model::request::DeviceType;
use crate::model::stop::StopReason;
use crate::pace::Pacing;
use crate::plan::Existing;
use crate::report::known_row::{Judge, KnownRow};
use crate::report::known_state::{KnownState, Mode};
use crate::report::report_notes;
use crate::report::result_row::ResultRow;
use crate::report::row_sink::RowSink;
use crate::settings::pace::Pace;

/// What a report is asked for: the types of the devices that somebody would have to list, and how
/// many listings that would take.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Wanted {
    rows: u64,
    of: [bool; DeviceType::ALL.len()],
}

impl Wanted {
    /// What a run of these rows would have to list.
    fn by(opened: &OpenedWave, judge: Judge<'_>, memory: Memory<'_>) -> Result<Self, Error> {
        let mut wanted = Self::default();
        join(
            &opened.wave,
            judge,
            &Mode::DryRun,
            opened.memory(memory)?,
            &mut [&mut wanted],
        )?;
        Ok(wanted)
    }

    /// Notes a row whose user would be listed.
    pub(super) fn note(&mut self, kind: DeviceType) {
        self.rows += 1;
        for (known, is_wanted) in DeviceType::ALL.iter().zip(&mut self.of) {
            *is_wanted |= *known == kind;
        }
    }

    fn types(&self) -> Vec<DeviceType> {
        let all = DeviceType::ALL.into_iter().zip(self.of);
        all.filter_map(|(kind, is_wanted)| is_wanted.then_some(kind))
            .collect()
    }

    /// Up to which point the report costs less than the listings.
    fn budget(&self, pacing: Pacing) -> Budget {
        /// Nobody minds so little.
        const LEAST: Duration = Duration::from_mins(1);
        #[expect(clippy::cast_precision_loss, reason = "an estimate")]
        let seconds = self.rows as f64 / pacing.ceiling().unwrap_or(f64::INFINITY);
        let time = Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX);
        Budget {
            pages: self.rows,
            time: time.max(LEAST),
        }
    }
}

/// Notes the rows that a run may send.
impl RowSink for Wanted {
    fn take(&mut self, row: &KnownRow, _: &ResultRow) -> io::Result<()> {
        if let Ok(valid) = &row.judged.verdict
            && row.earlier.is_none()
            && row.known.may_be_sent()
        {
            self.note(valid.request.key.kind);
        }
        Ok(())
    }
}

/// Reads the report; says what it tells of, or why it tells nothing.
///
/// # Errors
///
/// Nothing can be asked at all.
pub(super) async fn ask(
    wanted: &Wanted,
    pacing: Pacing,
    questions: &Questions<'_>,
    invocation: &Invocation,
) -> Result<DeviceReport, StopReason> {
    let types = wanted.types();
    if types.is_empty() {
        return Ok(DeviceReport::default());
    }
    let mut is_told = false;
    let mut tell = |progress: Progress| {
        if progress.is_slow && !std::mem::replace(&mut is_told, true) {
            let notice = report_notes::is_slow(progress.devices, progress.of);
            invocation.console.say(&notice);
        }
    };
    let Reading { report, missing } =
        read(questions, &types, wanted.budget(pacing), &mut tell).await?;
    for (kind, why) in &missing {
        let notice = report_notes::is_missing(&[*kind], &why.to_string());
        invocation.console.say(&notice);
    }
    let read: Vec<_> = types
        .into_iter()
        .filter(|kind| report.covers(*kind))
        .collect();
    if !read.is_empty() {
        let (devices, unclear) = (report.devices() as u64, report.unclear() as u64);
        let notice = report_notes::was_read(&read, devices, unclear);
        invocation.console.say(&notice);
    }
    Ok(report)
}

/// Reads the report for a run that goes by it, within the run's own time.
///
/// # Errors
///
/// The run ends before it has begun, or the wave or the ledger cannot be read.
pub(super) async fn before_run(opened: &OpenedWave, run: &mut Ahead<'_>) -> Result<(), Stopped> {
    if run.options.existing != Existing::Report {
        return Ok(());
    }
    let (memory, invocation) = (Memory::OfRun(run.ledger), run.invocation);
    let found = run.ask(async |questions, options| {
        let wanted = Wanted::by(opened, opened.judge(), memory)?;
        let found = ask(&wanted, options.pacing, questions, invocation);
        found.await.map_err(Stopped::from)
    });
    run.options.report = Arc::new(found.await?);
    Ok(())
}

/// Reads the report for an online dry run of a run that goes by it.
///
/// # Errors
///
/// The wave or the ledger cannot be read; nothing can be asked at all.
pub(super) async fn for_dry_run(
    (opened, names): (&OpenedWave, &Names),
    memory: Memory<'_>,
    pace: &Pace,
    questions: &Questions<'_>,
    invocation: &Invocation,
) -> Result<DeviceReport, Stopped> {
    if pace.existing != Existing::Report {
        return Ok(DeviceReport::default());
    }
    let wanted = Wanted::by(opened, opened.judge_by(names), memory)?;
    Ok(ask(&wanted, pace.pacing, questions, invocation).await?)
}

/// What the report tells an online dry run of a row; nothing of one that is in doubt, or that the
/// report does not tell of: its user's own devices are listed.
pub(super) fn told_by(report: &DeviceReport, row: &KnownRow) -> Option<Finding> {
    let Ok(valid) = &row.judged.verdict else {
        return None;
    };
    if let KnownState::Entry(entry) = &row.known
        && (entry.doubt.is_some() || entry.unproven || entry.resends > 0)
    {
        return None;
    }
    match report.tells(&valid.request.key) {
        Reported::Unclear => None,
        Reported::NotThere => Some(Finding::ready(None)),
        Reported::There(id) => {
            let device = Device {
                id: Some(id),
                ..Device::default()
            };
            Some(Finding {
                outcome: Outcome::Existing,
                device: Some(device),
                answer: Answer::default(),
                devices: None,
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_may_cost_as_much_as_the_listings_that_it_stands_in_for() {
        let mut wanted = Wanted::default();
        assert_eq!(wanted.types(), []);
        for kind in [DeviceType::Sms, DeviceType::WhatsApp, DeviceType::Sms] {
            wanted.note(kind);
        }
        assert_eq!(wanted.types(), [DeviceType::WhatsApp, DeviceType::Sms]);
        for (rows, pacing, seconds) in [
            (3, Pacing::UpTo(25.0), 60),
            (10_000, Pacing::UpTo(25.0), 400),
            (10_000, Pacing::Unpaced, 60),
        ] {
            wanted.rows = rows;
            let budget = wanted.budget(pacing);
            assert_eq!(budget.pages, rows);
            assert_eq!(budget.time, Duration::from_secs(seconds));
        }
    }
}
