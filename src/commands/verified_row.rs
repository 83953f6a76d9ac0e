//! What is found of one row of a wave from outside.

use std::cell::{Cell, RefCell};

use super::Invocation;
use super::claims::RowClaim;
use super::user_states::{Told, UserStates, warnings};
use crate::engine::questions::Questions;
use crate::engine::reasons::of_users;
use crate::engine::user_devices::{Listed, list};
use crate::model::device_report::{DeviceReport, ReportedAddress, ReportedDevice};
use crate::model::event::{Event, RowFinished};
use crate::model::ids::UserId;
use crate::model::mfa::{MfaRule, UserState};
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
    users: UserStates<'q, 'a>,
    rule: MfaRule,
    refused: Cell<u32>,
    stopped: RefCell<Option<StopReason>>,
}

impl<'q, 'a> Rows<'q, 'a> {
    /// Asks by these questions what the report does not tell; nothing, where there is a reason to. `rule`
    /// says whether it is asked who can use MFA.
    pub(super) fn new(
        questions: &'q Questions<'a>,
        report: &'q DeviceReport,
        rule: MfaRule,
        stopped: Option<StopReason>,
    ) -> Self {
        Self {
            questions,
            report,
            users: UserStates::new(questions, rule),
            rule,
            refused: Cell::new(0),
            stopped: RefCell::new(stopped),
        }
    }

    /// Says of how many users it is not known what they can use.
    pub(super) fn say_unread(&self, invocation: &Invocation) {
        self.users.say_unread(invocation);
    }

    /// Why nothing more was asked, where that was so.
    pub(super) fn into_stopped(self) -> Option<StopReason> {
        self.stopped.into_inner()
    }

    /// Says of a row whether its device is there, and whether its user can use it.
    pub(super) async fn verify(&self, judged: &JudgedRow, claim: &RowClaim) -> VerdictRow {
        let mut said = self.device(judged, claim).await;
        if let Ok(valid) = &judged.verdict
            && claim.is_there
        {
            said.user = self.user(valid.request.key.user).await;
            if said.message.is_none() {
                let warnings = warnings(said.user, self.rule, false);
                let warnings: Vec<_> = warnings.iter().map(ToString::to_string).collect();
                said.message = (!warnings.is_empty()).then(|| warnings.join("; "));
            }
        }
        said
    }

    /// What decides whether a device is of any use to a user, as far as that can be asked.
    async fn user(&self, user: UserId) -> UserState {
        if self.stopped.borrow().is_some() {
            return UserState::default();
        }
        match self.users.of(user, None).await {
            Ok(Told::Is(state)) => state,
            Ok(Told::NoUser | Told::Nothing) => UserState::default(),
            Err(reason) => {
                self.stopped.borrow_mut().get_or_insert(reason);
                UserState::default()
            }
        }
    }

    /// Says of a row whether its device is there.
    async fn device(&self, judged: &JudgedRow, claim: &RowClaim) -> VerdictRow {
        let said = |verdict, message| VerdictRow {
            verdict,
            device: claim.device,
            found: Vec::new(),
            user: UserState::default(),
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
                return row(claim, found);
            }
        }
        match self.listed(key).await {
            Ok(devices) => row(claim, verdict(&sought, &devices)),
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
    let outcome = match said.verdict {
        Verdict::Present => Outcome::Existing,
        Verdict::Missing
        | Verdict::OtherPhone
        | Verdict::Twice
        | Verdict::NotOurs
        | Verdict::NotCreated => Outcome::Rejected,
        Verdict::Unchecked => Outcome::Unknown,
    };
    Event::RowFinished(RowFinished::new(judged.label(), outcome, said.device))
}

fn row(claim: &RowClaim, found: Judged) -> VerdictRow {
    VerdictRow {
        verdict: found.verdict,
        device: claim.device,
        message: in_words(found.verdict).map(str::to_owned),
        found: found.devices,
        user: UserState::default(),
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
