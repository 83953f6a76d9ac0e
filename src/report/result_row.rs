//! What the results file says of one row. Pure.

use super::asked::Asked;
use super::standing::{Mode, Standing};
use crate::model::code::DUPLICATE_FOUND;
use crate::model::entry::{DeviceState, LedgerEntry, RESENDS_MAX};
use crate::model::event::{RowFinished, RowLabel};
use crate::model::ids::{DeviceId, RunId};
use crate::model::invalid::Invalid;
use crate::model::outcome::{Answer, Outcome};
use crate::model::request::{RowDefaults, ValidRow};
use crate::model::row::{Header, InputRow, RowNumber};

/// One line of the results file, before anything is said about how it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResultRow {
    /// Which row.
    pub row: RowNumber,
    /// The physical line on which it starts.
    pub line: u64,
    /// How it ended, or where it stands.
    pub outcome: Outcome,
    /// The device, where one is known.
    pub device: Option<DeviceId>,
    /// What it asks for.
    pub asked: Asked,
    /// A stable word for the reason.
    pub code: Option<String>,
    /// The reason, or what a person may want to look at.
    pub message: Option<String>,
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
}

impl ResultRow {
    /// The same as an event.
    pub fn finished(&self) -> RowFinished {
        RowFinished {
            who: RowLabel {
                row: self.row,
                line: self.line,
                user: self.asked.user,
                address: self.asked.address.clone(),
            },
            outcome: self.outcome,
            device: self.device,
            code: self.code.clone(),
            message: self.message.clone(),
            earlier: self.run.is_some(),
        }
    }

    fn new(row: &InputRow, outcome: Outcome, asked: Asked) -> Self {
        Self {
            row: row.number,
            line: row.line,
            outcome,
            device: None,
            asked,
            code: None,
            message: None,
            http_status: None,
            attempts: 0,
            correlation_id: None,
            created_at: None,
            run: None,
        }
    }

    /// The row of something that is wrong in itself.
    pub fn invalid(
        header: &Header,
        row: &InputRow,
        defaults: &RowDefaults,
        invalid: &Invalid,
    ) -> Self {
        Self {
            code: Some(invalid.code().as_str().to_owned()),
            message: Some(invalid.message()),
            ..Self::new(
                row,
                Outcome::Invalid,
                Asked::by_cells(header, row, defaults),
            )
        }
    }

    /// The row of a device, from what is known of it and which earlier row asked for the same.
    ///
    /// | earlier row | standing | run | dry run |
    /// | --- | --- | --- | --- |
    /// | yes | any | `duplicate` | `duplicate` |
    /// | no | untouched | `pending` | `ready` |
    /// | no | rejected, failed | the state's own outcome | `ready`: the next run asks again |
    /// | no | any other state | the state's own outcome | the same |
    /// | no | a finding | the finding's outcome | the same |
    pub fn valid(
        row: &InputRow,
        valid: &ValidRow,
        standing: &Standing,
        earlier: Option<RowNumber>,
        mode: Mode,
    ) -> Self {
        let asked = Asked::by_request(&valid.request);
        if let Some(first) = earlier {
            let same = if asked.phone.is_some() {
                "phone"
            } else {
                "email address"
            };
            return Self {
                device: standing.device(),
                message: Some(format!("same user, type and {same} as row {first}")),
                ..Self::new(row, Outcome::Duplicate, asked)
            };
        }
        let mut result = match standing {
            Standing::Untouched => {
                let outcome = match mode {
                    Mode::Run => Outcome::Pending,
                    Mode::DryRun => Outcome::Ready,
                };
                Self::new(row, outcome, asked)
            }
            Standing::Entry(entry) => Self::of_entry(row, asked, entry, mode),
            Standing::Finding {
                outcome,
                device,
                answer,
            } => {
                let device = device.as_ref();
                Self {
                    device: device.and_then(|device| device.id),
                    created_at: device.and_then(|device| device.created_at.clone()),
                    ..Self::new(row, *outcome, asked).answered(answer)
                }
            }
        };
        if result.message.is_none() {
            result.message = valid.warning.map(str::to_owned);
        }
        result
    }

    fn of_entry(row: &InputRow, asked: Asked, entry: &LedgerEntry, mode: Mode) -> Self {
        let mut result = Self {
            device: entry.device,
            attempts: entry.attempts,
            created_at: entry.created_at.clone(),
            run: Some(entry.run),
            ..Self::new(row, entry.outcome(), asked).answered(&entry.answer)
        };
        match entry.state {
            DeviceState::Created | DeviceState::Found if !entry.is_seen_twice() => {
                // An attempt that failed before the good one is no news.
                result.code = None;
                result.message = (entry.audit_owed && entry.device.is_none()).then(|| {
                    "created, and PingOne has not told its ID yet; the next run looks for it"
                        .to_owned()
                });
            }
            DeviceState::Several => {
                result.code = Some(DUPLICATE_FOUND.to_owned());
                result.message = Some(
                    "PingOne lists this device more than once: remove all but one of them"
                        .to_owned(),
                );
            }
            DeviceState::Unresolved if entry.resends >= RESENDS_MAX => {
                result.message = Some(
                    "asked for four times, and PingOne never listed it: look for the user in its \
                     audit log; it is not asked for again"
                        .to_owned(),
                );
            }
            DeviceState::InFlight | DeviceState::Unresolved => {
                result.message.get_or_insert_with(|| {
                    "asked for, and how that ended is not known; the next run looks for it"
                        .to_owned()
                });
            }
            DeviceState::Rejected | DeviceState::Failed if entry.unproven && mode == Mode::Run => {
                result.message = Some(
                    "refused, by an answer that may be to another request; the next run looks \
                     for the device before it asks again"
                        .to_owned(),
                );
            }
            DeviceState::Rejected | DeviceState::Failed if mode == Mode::DryRun => {
                let before = result.outcome;
                let reason = result.message.take();
                result.outcome = Outcome::Ready;
                result.message = Some(match reason {
                    Some(reason) => format!("{before} in an earlier run: {reason}"),
                    None => format!("{before} in an earlier run"),
                });
            }
            DeviceState::Created
            | DeviceState::Found
            | DeviceState::Rejected
            | DeviceState::Failed => {}
        }
        result
    }

    fn answered(self, answer: &Answer) -> Self {
        Self {
            code: answer.code.clone(),
            message: answer.message.clone(),
            http_status: answer.http_status,
            correlation_id: answer.correlation_id.clone(),
            ..self
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::outcome::Device;
    use crate::model::request::DeviceStatus;
    use crate::report::fixture::{device_id, entry, row, run_id, valid_row};

    fn standing_in(state: DeviceState) -> Standing {
        let mut entry = entry(state);
        entry.answer = Answer {
            http_status: Some(400),
            code: Some("CODE".to_owned()),
            message: Some("reason".to_owned()),
            correlation_id: Some("c-1".to_owned()),
        };
        Standing::Entry(entry)
    }

    #[test]
    fn a_row_is_what_its_device_is() {
        let (code, reason) = (Some("CODE"), Some("reason"));
        let earlier = |word: &str| Some(format!("{word} in an earlier run: reason"));
        for (state, mode, outcome, code, message) in [
            (
                DeviceState::Created,
                Mode::Run,
                Outcome::Created,
                None,
                None,
            ),
            (
                DeviceState::Created,
                Mode::DryRun,
                Outcome::Created,
                None,
                None,
            ),
            (DeviceState::Found, Mode::Run, Outcome::Existing, None, None),
            (
                DeviceState::Rejected,
                Mode::Run,
                Outcome::Rejected,
                code,
                reason.map(str::to_owned),
            ),
            (
                DeviceState::Failed,
                Mode::Run,
                Outcome::Failed,
                code,
                reason.map(str::to_owned),
            ),
            (
                DeviceState::Rejected,
                Mode::DryRun,
                Outcome::Ready,
                code,
                earlier("rejected"),
            ),
            (
                DeviceState::Failed,
                Mode::DryRun,
                Outcome::Ready,
                code,
                earlier("failed"),
            ),
            (
                DeviceState::InFlight,
                Mode::Run,
                Outcome::Unknown,
                code,
                reason.map(str::to_owned),
            ),
            (
                DeviceState::Unresolved,
                Mode::DryRun,
                Outcome::Unknown,
                code,
                reason.map(str::to_owned),
            ),
        ] {
            let result =
                ResultRow::valid(&row(3, &[]), &valid_row(3), &standing_in(state), None, mode);
            let why = format!("{state:?} {mode:?}");
            assert_eq!(result.outcome, outcome, "{why}");
            assert_eq!(result.code.as_deref(), code, "{why}");
            assert_eq!(result.message, message, "{why}");
            assert_eq!(
                (result.http_status, result.attempts),
                (Some(400), 2),
                "{why}"
            );
            assert_eq!(result.run, Some(run_id()), "{why}");
        }
    }

    #[test]
    fn a_device_that_is_there_twice_says_so_whatever_pingone_said_last() {
        let standing = standing_in(DeviceState::Several);
        let result = ResultRow::valid(&row(3, &[]), &valid_row(3), &standing, None, Mode::Run);
        assert_eq!(result.outcome, Outcome::Existing);
        assert_eq!(result.code.as_deref(), Some(DUPLICATE_FOUND));
    }

    #[test]
    fn a_row_that_nobody_asked_for_is_pending_or_ready_and_effectively_active() {
        for (mode, outcome) in [
            (Mode::Run, Outcome::Pending),
            (Mode::DryRun, Outcome::Ready),
        ] {
            let standing = Standing::Untouched;
            let result = ResultRow::valid(&row(1, &[]), &valid_row(1), &standing, None, mode);
            assert_eq!((result.outcome, result.run), (outcome, None));
            assert_eq!(result.asked.status, Some(DeviceStatus::Active));
            assert!(!result.finished().earlier);
        }
    }

    #[test]
    fn a_duplicate_carries_the_first_rows_device_and_names_that_row() {
        for (standing, device) in [
            (standing_in(DeviceState::Created), Some(device_id())),
            (standing_in(DeviceState::Rejected), None),
            (Standing::Untouched, None),
        ] {
            let first = Some(RowNumber(2));
            let result = ResultRow::valid(&row(5, &[]), &valid_row(5), &standing, first, Mode::Run);
            assert_eq!(
                (result.outcome, result.device),
                (Outcome::Duplicate, device)
            );
            assert_eq!(
                result.message.as_deref(),
                Some("same user, type and phone as row 2")
            );
            assert_eq!((result.code, result.run), (None, None));
        }
    }

    #[test]
    fn a_finding_overrides_and_a_warning_fills_an_empty_message() {
        let mut valid = valid_row(1);
        valid.warning = Some("an unusual kind of number");
        let found = |answer| Standing::Finding {
            outcome: Outcome::Existing,
            device: Some(Device {
                id: Some(device_id()),
                created_at: None,
            }),
            answer,
        };
        let result =
            |standing| ResultRow::valid(&row(1, &[]), &valid, &standing, None, Mode::DryRun);
        let quiet = result(found(Answer::default()));
        assert_eq!(
            (quiet.outcome, quiet.device),
            (Outcome::Existing, Some(device_id()))
        );
        assert_eq!(quiet.message.as_deref(), Some("an unusual kind of number"));
        let answer = Answer {
            message: Some("said".to_owned()),
            ..Answer::default()
        };
        assert_eq!(result(found(answer)).message.as_deref(), Some("said"));
    }
}
