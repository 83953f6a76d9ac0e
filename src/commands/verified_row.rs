//! What is found of one row of a wave from outside.

use std::cell::{Cell, RefCell};

use super::claims::RowClaim;
use crate::engine::questions::Questions;
use crate::engine::reasons::of_users;
use crate::engine::user_devices::{Listed, list};
use crate::model::device_report::{DeviceReport, ReportedAddress, ReportedDevice};
use crate::model::event::{Event, RowFinished};
use crate::model::outcome::Outcome;
use crate::model::request::DeviceKey;
use crate::model::stop::StopReason;
use crate::model::validate::JudgedRow;
use crate::model::verdict::Verdict;
use crate::pingone::read::ReadError;
use crate::plan::verdict::{Claim, Judged, in_words, verdict};
use crate::report::verdict_writer::VerdictRow;

/// So many listings that were refused one after the other, and nothing more is asked.
const REFUSALS: u32 = 10;

/// Looks for the devices of rows: in the report, and where that does not show them as they should be,
/// in their users' own listings.
pub(super) struct Rows<'q, 'a> {
    questions: &'q Questions<'a>,
    report: &'q DeviceReport,
    refused: Cell<u32>,
    stopped: RefCell<Option<StopReason>>,
}

impl<'q, 'a> Rows<'q, 'a> {
    /// Asks by these questions what the report does not tell; nothing, where there is a reason to.
    pub(super) fn new(
        questions: &'q Questions<'a>,
        report: &'q DeviceReport,
        stopped: Option<StopReason>,
    ) -> Self {
        Self {
            questions,
            report,
            refused: Cell::new(0),
            stopped: RefCell::new(stopped),
        }
    }

    /// Why nothing more was asked, where that was so.
    pub(super) fn into_stopped(self) -> Option<StopReason> {
        self.stopped.into_inner()
    }

    /// Says of a row whether its device is there.
    pub(super) async fn verify(&self, judged: &JudgedRow, claim: &RowClaim) -> VerdictRow {
        let said = |verdict, message| VerdictRow {
            verdict,
            device: claim.device,
            found: Vec::new(),
            mfa_enabled: None,
            message,
        };
        let key = match &judged.verdict {
            Ok(valid) if claim.is_there => &valid.request.key,
            Ok(_) | Err(_) => return said(Verdict::NotCreated, Some(not_created(claim))),
        };
        let sought = Claim {
            device: claim.device,
            address: ReportedAddress::of(&key.address),
        };
        if self.report.covers(key.kind) {
            let devices: Vec<_> = self.report.of_user(key.user, key.kind).collect();
            let found = verdict(&sought, &devices);
            // Whatever is wrong is said of what is there now.
            if found.verdict == Verdict::Present {
                return row(claim, found, None);
            }
        }
        match self.listed(key).await {
            Ok(devices) => row(claim, verdict(&sought, &devices), None),
            Err(why) => said(Verdict::Unchecked, Some(why)),
        }
    }

    /// The devices of a row's user that are of its type, or why they are not known.
    async fn listed(&self, key: &DeviceKey) -> Result<Vec<ReportedDevice>, String> {
        if let Some(reason) = &*self.stopped.borrow() {
            return Err(format!("PingOne was not asked: {reason}"));
        }
        let listed = match list(self.questions, key.user).await {
            Ok(listed) => listed,
            Err(reason) => {
                let why = format!("PingOne was not asked: {reason}");
                self.stopped.borrow_mut().get_or_insert(reason);
                return Err(why);
            }
        };
        match listed {
            Listed::NoUser => {
                self.refused.set(0);
                Ok(Vec::new())
            }
            Listed::Devices(devices) => {
                self.refused.set(0);
                let of_type = devices.into_iter().filter(|it| it.kind == key.kind);
                Ok(of_type.map(|it| it.device).collect())
            }
            Listed::Refused(error) => {
                self.refused.set(self.refused.get() + 1);
                if self.refused.get() >= REFUSALS {
                    self.stopped.borrow_mut().get_or_insert(refusal(&error));
                }
                Err(format!(
                    "the user's devices could not be listed ({error}); verify the wave again"
                ))
            }
        }
    }
}

/// What the progress hears of a row.
pub(super) fn told(judged: &JudgedRow, said: &VerdictRow) -> Event {
    Event::RowFinished(RowFinished {
        who: judged.label(),
        outcome: match said.verdict {
            Verdict::Present => Outcome::Existing,
            Verdict::Missing
            | Verdict::OtherPhone
            | Verdict::Twice
            | Verdict::NotOurs
            | Verdict::NotCreated => Outcome::Rejected,
            Verdict::Unchecked => Outcome::Unknown,
        },
        device: said.device,
        code: None,
        further_codes: Vec::new(),
        message: None,
        earlier: false,
        seen_twice: false,
    })
}

fn row(claim: &RowClaim, found: Judged, mfa_enabled: Option<bool>) -> VerdictRow {
    VerdictRow {
        verdict: found.verdict,
        device: claim.device,
        message: in_words(found.verdict).map(str::to_owned),
        found: found.devices,
        mfa_enabled,
    }
}

fn not_created(claim: &RowClaim) -> String {
    let outcome = claim.outcome;
    let why = claim.code.as_ref().map(|code| format!(" ({code})"));
    let why = why.unwrap_or_default();
    let what = in_words(Verdict::NotCreated).unwrap_or_default();
    format!("the row is `{outcome}`{why}: {what}")
}

fn refusal(error: &ReadError) -> StopReason {
    let what = format!("one listing of a user's devices after the other was refused: {error}");
    of_users(error, what)
}
