//! What a row of the wave becomes when it is taken up. Pure.

use std::time::Duration;

use super::answers::settled;
use super::clocks::Opened;
use super::row::{Phase, Row};
use crate::ledger::Settled;
use crate::model::device_report::Reported;
use crate::model::entry::{DeviceState, LedgerEntry, Moment};
use crate::model::event::{RowFinished, RowLabel};
use crate::model::ids::DeviceId;
use crate::model::invalid::Invalid;
use crate::model::outcome::{Answer, Device, Outcome};
use crate::model::request::DeviceRequest;
use crate::model::row::RowNumber;
use crate::model::unresolved::NameTrouble;
use crate::plan::{Admission, Bar, Existing, admit, same_device_as};
use crate::retry::UNPROVEN_LOOK;

/// What a row asks for, and why no create is sent for it, where none is.
pub(super) type Asked = (DeviceRequest, Option<Bar>);

/// What is done about a row.
#[derive(Debug)]
pub(super) enum Intake {
    /// Nothing: it ends at once.
    Ends(RowFinished),
    /// It ends once the ledger has been told of its device.
    Settles(Box<Row>, Settled),
    /// It ends at once, and its device is looked at once more.
    EndsAndRecheck(RowFinished, Box<Row>),
    /// It is worked at.
    Work {
        row: Box<Row>,
        /// What the ledger is told first, if anything.
        settled: Option<Settled>,
        /// How long its first request waits.
        after: Duration,
    },
}

/// A row that cannot be read ends at once.
pub(super) fn invalid(who: RowLabel, invalid: &Invalid) -> RowFinished {
    RowFinished {
        code: Some(invalid.code().as_str().to_owned()),
        further_codes: invalid.further_codes(),
        message: Some(invalid.message()),
        ..RowFinished::new(who, Outcome::Invalid, None)
    }
}

/// A row whose user or policy is not known ends at once.
pub(super) fn unresolved(who: RowLabel, trouble: &NameTrouble) -> RowFinished {
    RowFinished {
        code: Some(trouble.code().to_owned()),
        message: Some(trouble.message()),
        ..RowFinished::new(who, trouble.outcome().unwrap_or(Outcome::Failed), None)
    }
}

/// A row that asks for the same device as an earlier one ends at once.
pub(super) fn duplicate(request: &DeviceRequest, earlier: RowNumber) -> RowFinished {
    RowFinished {
        message: Some(same_device_as(earlier)),
        ..RowFinished::new(RowLabel::from(request), Outcome::Duplicate, None)
    }
}

/// What is done about a row, by what the ledger knows of its device; where there is a `bar`, no
/// create is sent for it.
pub(super) fn take_up(
    (request, bar): Asked,
    entry: Option<&LedgerEntry>,
    (existing, recreate): ((Existing, Reported), bool),
    settle: Duration,
    opened: &Opened,
) -> Intake {
    let lost = entry.and_then(|entry| entry.lost.as_ref());
    let lost = lost.map(|lost| opened.since(lost));
    let lost_age = lost.as_ref().map(|lost| lost.age(opened.at));
    let device = entry.and_then(|entry| entry.device);
    let earlier = |outcome| RowFinished {
        earlier: true,
        ..RowFinished::new(RowLabel::from(&request), outcome, device)
    };
    let phase = match (admit(entry, existing, recreate, lost_age, settle), entry) {
        (Admission::Skip(outcome), _) => {
            let why = entry.and_then(|entry| entry.state.why_not_created());
            let (code, message) = why.unzip();
            return Intake::Ends(RowFinished {
                code: code.map(str::to_owned),
                message: message.map(str::to_owned),
                ..earlier(outcome)
            });
        }
        (Admission::Recheck, Some(entry)) => {
            let finished = earlier(Outcome::Created);
            let row = Row::recheck(request, entry, lost);
            return Intake::EndsAndRecheck(finished, Box::new(row));
        }
        (Admission::Found(id), _) => return found(request, entry, id),
        (Admission::Look | Admission::Create, _)
            if bar.as_ref().is_some_and(|bar| !bar.looks) && is_certainly_absent(entry) =>
        {
            return left(Row::new(request, Phase::Look, entry).barred(bar));
        }
        (Admission::Look | Admission::Settle | Admission::Recheck, _) => Phase::Look,
        (Admission::Create, _) if bar.is_some() => Phase::Look,
        (Admission::Create, _) => Phase::Create { resend: false },
    };
    // What is gone is begun anew: nothing of it is in doubt.
    let is_undone = |entry: &&LedgerEntry| entry.state == DeviceState::Undone;
    let deleted = entry.and_then(LedgerEntry::last_deleted);
    let undone = deleted.filter(|_| entry.as_ref().is_some_and(is_undone));
    let entry = entry.filter(|entry| !is_undone(entry));
    let mut row = Box::new(Row::new(request, phase, entry).barred(bar));
    row.deleted = deleted;
    row.undone = undone;
    let doubt = entry.and_then(|entry| entry.doubt.as_ref());
    row.last_send = doubt.map(|doubt| opened.since(&doubt.last_send));
    let settled = entry.and_then(|entry| settle_anew(&row, entry, &opened.moment));
    // The request whose refusal may be another's may be on its way still: an earlier run may have
    // sent it a moment ago.
    let unproven = row.history.unproven_since_ms;
    let after = unproven.map_or(Duration::ZERO, |_| UNPROVEN_LOOK);
    Intake::Work {
        row,
        settled,
        after,
    }
}

/// A device that the report shows, of which the ledger knows that it is not ours.
fn found(request: DeviceRequest, entry: Option<&LedgerEntry>, id: DeviceId) -> Intake {
    let mut row = Box::new(Row::new(request, Phase::Look, entry));
    row.answer = Answer::default();
    let device = Device {
        id: Some(id),
        ..Device::default()
    };
    let settled = settled(&row, DeviceState::Found, Some(device), None);
    Intake::Settles(row, settled)
}

/// Whether nobody has to look for a device to say that no request of ours has made it.
fn is_certainly_absent(entry: Option<&LedgerEntry>) -> bool {
    entry.is_none_or(|entry| entry.state.is_refusal() && !entry.unproven)
}

/// A row for which nothing is asked, because a plan says so.
fn left(mut row: Row) -> Intake {
    row.answer = row.bar.as_ref().map(Bar::answer).unwrap_or_default();
    let settled = settled(&row, DeviceState::Rejected, None, None);
    Intake::Settles(Box::new(row), settled)
}

/// Lets a request settle from now on whose last send lies ahead of the wall clock: the clock was
/// set back since, and would have to catch up first, run after run.
fn settle_anew(row: &Row, entry: &LedgerEntry, now: &Moment) -> Option<Settled> {
    let doubt = entry.doubt.as_ref()?;
    (doubt.last_send.wall_ms > now.wall_ms).then(|| Settled {
        key: row.request.key.clone(),
        request: row.request.digest(),
        state: DeviceState::Unresolved,
        device: None,
        last_send: Some(now.clone()),
        recheck_owed: false,
        lost: None,
        unproven: false,
        answer: entry.answer.clone(),
    })
}
