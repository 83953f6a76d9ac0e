//! What the results file says of one row. Pure.

use super::asked::Asked;
use super::standing::{Mode, Standing};
use crate::model::code::{self, DUPLICATE_FOUND, INTERRUPTED, SAME_DEVICE, UNEXPECTED_STATUS};
use crate::model::entry::{DeviceState, LedgerEntry, RESENDS_MAX};
use crate::model::event::{RowFinished, RowLabel};
use crate::model::ids::{DeviceId, RunId};
use crate::model::invalid::Invalid;
use crate::model::outcome::{Answer, Outcome};
use crate::model::request::{RowDefaults, ValidRow};
use crate::model::row::{Header, InputRow, RowNumber};
use crate::plan::Earlier;

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
    /// What else is wrong with it; the message says that too.
    pub further_codes: Vec<&'static str>,
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
            further_codes: self.further_codes.clone(),
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
            further_codes: Vec::new(),
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
            further_codes: invalid.further_codes(),
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
    /// | no | untouched, or the last create was withheld | `pending` | `ready` |
    /// | no | rejected, failed as another request | `pending` | `ready` |
    /// | no | rejected, failed | the state's own outcome | `ready`: the next run asks again |
    /// | no | any other state | the state's own outcome | the same |
    /// | no | a finding | the finding's outcome | the same |
    pub fn valid(
        row: &InputRow,
        valid: &ValidRow,
        standing: &Standing,
        earlier: Option<Earlier>,
        mode: &Mode,
    ) -> Self {
        let asked = Asked::by_request(&valid.request);
        if let Some(earlier) = earlier {
            return Self {
                device: standing.device(),
                code: Some(SAME_DEVICE.to_owned()),
                message: Some(earlier.describe(&valid.request)),
                ..Self::new(row, Outcome::Duplicate, asked)
            };
        }
        let mut result = match standing {
            Standing::Untouched => Self::untouched(row, asked, mode),
            Standing::Entry(entry)
                if entry.was_withheld() || entry.is_of_another(&valid.request) =>
            {
                Self {
                    attempts: entry.attempts,
                    ..Self::untouched(row, asked, mode)
                }
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
        if result.message.is_none() && !valid.warnings.is_empty() {
            let warnings: Vec<String> = valid.warnings.iter().map(ToString::to_string).collect();
            result.message = Some(warnings.join("; "));
        }
        result
    }

    fn untouched(row: &InputRow, asked: Asked, mode: &Mode) -> Self {
        match mode {
            Mode::Run(why) => Self {
                code: Some(why.code().to_owned()),
                message: Some(why.message()),
                ..Self::new(row, Outcome::Pending, asked)
            },
            Mode::DryRun => Self::new(row, Outcome::Ready, asked),
        }
    }

    fn of_entry(row: &InputRow, asked: Asked, entry: &LedgerEntry, mode: &Mode) -> Self {
        let dry_run = *mode == Mode::DryRun;
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
                result.message = (entry.recheck_owed && entry.device.is_none()).then(|| {
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
                result.code.get_or_insert_with(|| INTERRUPTED.to_owned());
                result.message = Some(
                    "asked for four times, and PingOne never listed it: look for the user in its \
                     audit log; it is not asked for again"
                        .to_owned(),
                );
            }
            DeviceState::InFlight | DeviceState::Unresolved => {
                result.code.get_or_insert_with(|| INTERRUPTED.to_owned());
                result.message.get_or_insert_with(|| {
                    "asked for, and the answer is not known; the next run looks for the device"
                        .to_owned()
                });
            }
            DeviceState::Rejected | DeviceState::Failed if entry.unproven && !dry_run => {
                result
                    .code
                    .get_or_insert_with(|| UNEXPECTED_STATUS.to_owned());
                result.message = Some(
                    "refused, by an answer that may be to another request; the next run looks \
                     for the device before it asks again"
                        .to_owned(),
                );
            }
            DeviceState::Rejected | DeviceState::Failed if dry_run => {
                result.message = Some(earlier(&result));
                // A run would ask again: what was refused before is no reason of this row.
                result.outcome = Outcome::Ready;
                result.code = None;
                result.http_status = None;
            }
            DeviceState::Rejected | DeviceState::Failed => {
                let code = result
                    .code
                    .get_or_insert_with(|| UNEXPECTED_STATUS.to_owned());
                let message = || format!("{}; the next run tries again", in_words(code));
                result.message.get_or_insert_with(message);
            }
            DeviceState::Created | DeviceState::Found => {}
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

/// What a dry run says of a device that an earlier run did not get.
fn earlier(result: &ResultRow) -> String {
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
    match code::ALL.iter().find(|(word, _)| *word == code) {
        Some((_, meaning)) => (*meaning).to_owned(),
        None => format!("PingOne refused it with {code}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::outcome::Device;
    use crate::model::request::DeviceStatus;
    use crate::model::row::Column;
    use crate::model::warning::Warning;
    use crate::report::fixture::{device_id, entry, row, run_id, valid_row};
    use crate::report::standing::NotReached;

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

    fn not_reached() -> Mode {
        Mode::Run(NotReached::NoRun)
    }

    #[test]
    fn a_row_is_what_its_device_is() {
        let (code, reason) = (Some("CODE"), Some("reason"));
        let earlier = |word: &str| Some(format!("{word} in an earlier run (CODE): reason"));
        let run = not_reached();
        for (state, mode, outcome, code, message) in [
            (DeviceState::Created, &run, Outcome::Created, None, None),
            (
                DeviceState::Created,
                &Mode::DryRun,
                Outcome::Created,
                None,
                None,
            ),
            (DeviceState::Found, &run, Outcome::Existing, None, None),
            (
                DeviceState::Rejected,
                &run,
                Outcome::Rejected,
                code,
                reason.map(str::to_owned),
            ),
            (
                DeviceState::Failed,
                &run,
                Outcome::Failed,
                code,
                reason.map(str::to_owned),
            ),
            (
                DeviceState::Rejected,
                &Mode::DryRun,
                Outcome::Ready,
                None,
                earlier("rejected"),
            ),
            (
                DeviceState::Failed,
                &Mode::DryRun,
                Outcome::Ready,
                None,
                earlier("failed"),
            ),
            (
                DeviceState::InFlight,
                &run,
                Outcome::Unknown,
                code,
                reason.map(str::to_owned),
            ),
            (
                DeviceState::Unresolved,
                &Mode::DryRun,
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
            let status = (outcome != Outcome::Ready).then_some(400);
            assert_eq!((result.http_status, result.attempts), (status, 2), "{why}");
            assert_eq!(result.run, Some(run_id()), "{why}");
        }
    }

    #[test]
    fn every_open_row_has_a_code_and_says_what_happened_and_what_to_do_whatever_was_kept() {
        let answers = [None, Some("CODE"), Some(code::WITHHELD), Some(INTERRUPTED)];
        for state in DeviceState::ALL {
            for code in answers {
                for resends in [0, RESENDS_MAX] {
                    let mut entry = entry(state);
                    entry.answer.code = code.map(str::to_owned);
                    entry.resends = resends;
                    let standing = Standing::Entry(entry);
                    let result = ResultRow::valid(
                        &row(3, &[]),
                        &valid_row(3),
                        &standing,
                        None,
                        &not_reached(),
                    );
                    let why = format!("{state:?} {code:?} {resends}: {result:?}");
                    match result.outcome {
                        Outcome::Created | Outcome::Existing | Outcome::Ready => {}
                        Outcome::Duplicate
                        | Outcome::Invalid
                        | Outcome::Rejected
                        | Outcome::Failed
                        | Outcome::Unknown
                        | Outcome::Pending => {
                            assert!(result.code.is_some_and(|code| !code.is_empty()), "{why}");
                            let message = result.message.unwrap_or_default();
                            assert!(message.contains("; "), "{why}");
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn a_row_whose_create_was_withheld_was_not_sent() {
        let mut entry = entry(DeviceState::Failed);
        entry.answer.code = Some(code::WITHHELD.to_owned());
        for (mode, outcome, code) in [
            (not_reached(), Outcome::Pending, Some(code::NOT_RUN_YET)),
            (Mode::DryRun, Outcome::Ready, None),
        ] {
            let standing = Standing::Entry(entry.clone());
            let result = ResultRow::valid(&row(3, &[]), &valid_row(3), &standing, None, &mode);
            assert_eq!((result.outcome, result.code.as_deref()), (outcome, code));
        }
    }

    #[test]
    fn a_device_that_is_there_twice_says_so_whatever_pingone_said_last() {
        let standing = standing_in(DeviceState::Several);
        let result = ResultRow::valid(&row(3, &[]), &valid_row(3), &standing, None, &not_reached());
        assert_eq!(result.outcome, Outcome::Existing);
        assert_eq!(result.code.as_deref(), Some(DUPLICATE_FOUND));
    }

    #[test]
    fn a_row_that_nobody_asked_for_is_pending_or_ready_and_effectively_active() {
        for (mode, outcome, code) in [
            (not_reached(), Outcome::Pending, Some(code::NOT_RUN_YET)),
            (Mode::DryRun, Outcome::Ready, None),
        ] {
            let standing = Standing::Untouched;
            let result = ResultRow::valid(&row(1, &[]), &valid_row(1), &standing, None, &mode);
            assert_eq!(result.code.as_deref(), code);
            assert_eq!(result.message.is_some(), code.is_some());
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
            let first = Some(Earlier {
                row: RowNumber(2),
                policy: valid_row(5).request.policy,
            });
            let result = ResultRow::valid(
                &row(5, &[]),
                &valid_row(5),
                &standing,
                first,
                &not_reached(),
            );
            assert_eq!(
                (result.outcome, result.device),
                (Outcome::Duplicate, device)
            );
            let message = result.message.unwrap();
            assert!(
                message.starts_with("same user, type and phone as row 2; "),
                "{message}"
            );
            assert_eq!(result.code.as_deref(), Some(SAME_DEVICE));
            assert_eq!(result.run, None);
        }
    }

    #[test]
    fn a_finding_overrides_and_a_warning_fills_an_empty_message() {
        let mut valid = valid_row(1);
        valid.warnings = vec![Warning::UnusualLine, Warning::Placeholder(Column::Nickname)];
        let found = |answer| Standing::Finding {
            outcome: Outcome::Existing,
            device: Some(Device {
                id: Some(device_id()),
                created_at: None,
            }),
            answer,
        };
        let result =
            |standing| ResultRow::valid(&row(1, &[]), &valid, &standing, None, &Mode::DryRun);
        let quiet = result(found(Answer::default()));
        assert_eq!(
            (quiet.outcome, quiet.device),
            (Outcome::Existing, Some(device_id()))
        );
        let warnings = "an unusual kind of number: toll-free, shared cost or the like; the nickname \
                        is a word that programs write where they have no value";
        assert_eq!(quiet.message.as_deref(), Some(warnings));
        let answer = Answer {
            message: Some("said".to_owned()),
            ..Answer::default()
        };
        assert_eq!(result(found(answer)).message.as_deref(), Some("said"));
    }
}
