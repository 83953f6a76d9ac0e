//! What the results file says of one row. Pure.

use super::known_row::KnownRow;
use super::known_state::{KnownState, Mode};
use crate::model::code::{self, DUPLICATE_FOUND, INTERRUPTED, SAME_DEVICE, UNEXPECTED_STATUS};
use crate::model::entry::{DeviceState, LedgerEntry, RESENDS_MAX};
use crate::model::event::RowFinished;
use crate::model::ids::RunId;
use crate::model::mfa::MfaState;
use crate::model::outcome::{Answer, Outcome};
use crate::model::unresolved::Unresolved;
use crate::model::validate::{JudgedRow, RequestedDevice, Unasked};
use crate::model::warning::WarningCode;

pub(super) const NAMELESS: &str =
    "created, and PingOne has not told its ID yet; the next run looks for it";

pub(super) const SEEN_TWICE: &str =
    "PingOne lists this device more than once: remove all but one of them";

pub(super) const GIVEN_UP: &str = "asked for four times, and PingOne never listed it: look for the user in its \
                        audit log, and say with `wavepair resolve` what you found; it is not asked for again";

pub(super) const IN_DOUBT: &str =
    "asked for, and the answer is not known; the next run looks for the device";

pub(super) const UNPROVEN: &str = "refused, by an answer that may be to another request; the next run looks \
                        for the device before it asks again";

/// One line of the results file, before anything is said about how it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ResultRow {
    /// How the row ended, or where it stands.
    pub finished: RowFinished,
    /// What it asks for.
    pub requested: RequestedDevice,
    /// The status of the last answer.
    pub http_status: Option<u16>,
    /// How many creates were recorded for the device, ever.
    pub attempts: u32,
    /// What PingOne's support asks for.
    pub correlation_id: Option<String>,
    /// PingOne's `createdAt`, as it was written.
    pub created_at: Option<String>,
    /// The run that brought the device where it stands.
    pub run: Option<RunId>,
    /// Whether the user can use MFA, where that was looked at.
    pub mfa: Option<MfaState>,
    /// What a person may want to look at, though nothing is wrong.
    pub warnings: Vec<WarningCode>,
}

impl ResultRow {
    /// The line of a row, from what is known of it.
    ///
    /// | row | device | run | dry run |
    /// | --- | --- | --- | --- |
    /// | wrong in itself | | `invalid` | `invalid` |
    /// | whose user or policy was asked for in vain | | `rejected`, `failed` | the same |
    /// | asks for the same as an earlier one | any | `duplicate` | `duplicate` |
    /// | another | untouched, or the last create was withheld | `pending` | `ready` |
    /// | another | rejected, failed as another request | `pending` | `ready` |
    /// | another | rejected, failed | the state's own outcome | `ready`: the next run asks again |
    /// | another | any other state | the state's own outcome | the same |
    /// | another | a finding | the finding's outcome | the same |
    pub(crate) fn of(row: &KnownRow, mode: &Mode) -> Self {
        let judged = &row.judged;
        let valid = match &judged.verdict {
            Ok(valid) => valid,
            Err(Unasked::Unresolved(asks)) => return Self::unresolved(row, asks, mode),
            Err(Unasked::Invalid(invalid)) => {
                let (code, message) = (invalid.code().as_str(), invalid.message());
                let mut result = Self::new(judged, Outcome::Invalid).because(code, message);
                result.finished.further_codes = invalid.further_codes();
                return result;
            }
        };
        if let Some(earlier) = row.earlier {
            let request = &valid.request;
            let message = earlier.describe(&request.key.address, Some(request.policy));
            let mut result = Self::new(judged, Outcome::Duplicate).because(SAME_DEVICE, message);
            result.finished.device = row.known.device();
            result.mfa = row.mfa;
            return result;
        }
        let mut result = match &row.known {
            KnownState::Untouched => Self::untouched(judged, mode),
            KnownState::Entry(entry)
                if entry.was_withheld() || entry.is_of_another(&valid.request) =>
            {
                Self {
                    attempts: entry.attempts,
                    ..Self::untouched(judged, mode)
                }
            }
            KnownState::Entry(entry) => Self::of_entry(judged, entry, mode),
            KnownState::Finding {
                outcome,
                device,
                answer,
            } => {
                let mut result = Self::new(judged, *outcome).answered(answer);
                result.finished.device = row.known.device();
                result.created_at = device.as_ref().and_then(|device| device.created_at.clone());
                result
            }
        };
        result.mfa = row.mfa;
        result.warned(judged)
    }

    /// The line of a row whose user or policy is not known.
    fn unresolved(row: &KnownRow, asks: &Unresolved, mode: &Mode) -> Self {
        let judged = &row.judged;
        if let Some(earlier) = row.earlier {
            let message = earlier.describe(&asks.address, None);
            return Self::new(judged, Outcome::Duplicate).because(SAME_DEVICE, message);
        }
        let trouble = &asks.trouble;
        let result = match trouble.outcome() {
            Some(outcome) => Self::new(judged, outcome).because(trouble.code(), trouble.message()),
            None => Self::untouched(judged, mode),
        };
        result.warned(judged)
    }

    /// The same with what a person may want to look at, where nothing else is said.
    fn warned(mut self, judged: &JudgedRow) -> Self {
        let (message, warnings) = (&mut self.finished.message, judged.warnings());
        if message.is_none() && !warnings.is_empty() {
            let warnings: Vec<String> = warnings.iter().map(ToString::to_string).collect();
            *message = Some(warnings.join("; "));
        }
        self
    }

    fn new(judged: &JudgedRow, outcome: Outcome) -> Self {
        Self {
            finished: RowFinished::new(judged.label(), outcome, None),
            requested: judged.requested.clone(),
            http_status: None,
            attempts: 0,
            correlation_id: None,
            created_at: None,
            run: None,
            mfa: None,
            warnings: WarningCode::of(judged.warnings()),
        }
    }

    fn because(mut self, code: &str, message: String) -> Self {
        self.finished.code = Some(code.to_owned());
        self.finished.message = Some(message);
        self
    }

    fn untouched(judged: &JudgedRow, mode: &Mode) -> Self {
        match mode {
            Mode::Run(why) => {
                Self::new(judged, Outcome::Pending).because(why.code(), why.message())
            }
            Mode::DryRun => Self::new(judged, Outcome::Ready),
        }
    }

    fn of_entry(judged: &JudgedRow, entry: &LedgerEntry, mode: &Mode) -> Self {
        let dry_run = *mode == Mode::DryRun;
        let mut whole = Self {
            attempts: entry.attempts,
            created_at: entry.created_at.clone(),
            run: Some(entry.run),
            ..Self::new(judged, entry.outcome()).answered(&entry.answer)
        };
        let result = &mut whole.finished;
        result.device = entry.device;
        result.earlier = true;
        result.seen_twice = entry.is_seen_twice();
        match entry.state {
            DeviceState::Created | DeviceState::Found if !entry.is_seen_twice() => {
                // An attempt that failed before the good one is no news.
                result.code = None;
                let is_nameless = entry.recheck_owed && entry.device.is_none();
                result.message = is_nameless.then(|| NAMELESS.to_owned());
            }
            DeviceState::Several => {
                result.seen_twice = true;
                result.code = Some(DUPLICATE_FOUND.to_owned());
                result.message = Some(SEEN_TWICE.to_owned());
            }
            DeviceState::Unresolved if entry.resends >= RESENDS_MAX => {
                result.code.get_or_insert_with(|| INTERRUPTED.to_owned());
                result.message = Some(GIVEN_UP.to_owned());
            }
            DeviceState::InFlight | DeviceState::Unresolved => {
                result.code.get_or_insert_with(|| INTERRUPTED.to_owned());
                result.message.get_or_insert_with(|| IN_DOUBT.to_owned());
            }
            DeviceState::Rejected | DeviceState::Failed if entry.unproven && !dry_run => {
                result
                    .code
                    .get_or_insert_with(|| UNEXPECTED_STATUS.to_owned());
                result.message = Some(UNPROVEN.to_owned());
            }
            DeviceState::Rejected | DeviceState::Failed if dry_run => {
                result.message = Some(earlier(result));
                // A run would ask again: what was refused before is no reason of this row.
                result.outcome = Outcome::Ready;
                result.code = None;
                result.seen_twice = false;
                whole.http_status = None;
            }
            DeviceState::Rejected | DeviceState::Failed => {
                let code = result
                    .code
                    .get_or_insert_with(|| UNEXPECTED_STATUS.to_owned());
                let message = || format!("{}; the next run tries again", in_words(code));
                result.message.get_or_insert_with(message);
            }
            DeviceState::Undoing | DeviceState::Undone => {
                let (code, message) = entry.state.why_not_created().unzip();
                result.code = code.map(str::to_owned);
                result.message = message.map(str::to_owned);
                whole.http_status = None;
            }
            DeviceState::Created | DeviceState::Found => {}
        }
        whole
    }

    fn answered(mut self, answer: &Answer) -> Self {
        self.finished.code.clone_from(&answer.code);
        self.finished.message.clone_from(&answer.message);
        self.http_status = answer.http_status;
        self.correlation_id.clone_from(&answer.correlation_id);
        self
    }
}

/// What a dry run says of a device that an earlier run did not get.
fn earlier(result: &RowFinished) -> String {
    let outcome = result.outcome;
    match (&result.code, &result.message) {
        (Some(code), Some(reason)) => format!("{outcome} in an earlier run ({code}): {reason}"),
        (Some(reason), None) | (None, Some(reason)) => {
            format!("{outcome} in an earlier run: {reason}")
        }
        (None, None) => format!("{outcome} in an earlier run"),
    }
}

/// What a code means, for an answer that was kept without a message.
fn in_words(code: &str) -> String {
    match code::known(code) {
        Some(known) => known.meaning.to_owned(),
        None => format!("PingOne refused it with {code}"),
    }
}

#[cfg(test)]
mod tests;
