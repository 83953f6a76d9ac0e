//! What PingOne says of one row.

use tokio::sync::Mutex;

use super::countries::Countries;

use crate::commands::Invocation;
use crate::commands::advice::{allows, tells_users};
use crate::commands::policies::Policies;
use crate::commands::reported::told_by;
use crate::commands::user_states::{Told, UserStates, warnings};
use crate::engine::questions::{Finding, Questions};
use crate::model::code;
use crate::model::country::Country;
use crate::model::device_report::DeviceReport;
use crate::model::mfa::{MfaRule, MfaState, UserState};
use crate::model::names::NamedUser;
use crate::model::outcome::{Answer, Outcome};
use crate::model::request::{DeviceRequest, DeviceType};
use crate::model::stop::StopReason;
use crate::model::told_book::{HasDevice, NewDevice};
use crate::model::warning::Warning;
use crate::report::known_row::KnownRow;
use crate::report::known_state::KnownState;

/// Asks about the rows of a wave.
pub(super) struct Asker<'q, 'a> {
    questions: &'q Questions<'a>,
    policies: Mutex<Policies>,
    report: &'q DeviceReport,
    users: UserStates<'q, 'a>,
    countries: Countries<'q, 'a>,
    rule: MfaRule,
}

impl<'q, 'a> Asker<'q, 'a> {
    /// Asks by these questions what neither the policies nor the report tell.
    pub(super) fn new(
        questions: &'q Questions<'a>,
        policies: Policies,
        report: &'q DeviceReport,
        rule: MfaRule,
    ) -> Self {
        Self {
            questions,
            policies: Mutex::new(policies),
            report,
            users: UserStates::new(questions, rule),
            countries: Countries::new(questions),
            rule,
        }
    }

    /// Learns of a row what PingOne says of its device and of its user, whom a look-up may have told of
    /// (`named`).
    ///
    /// # Errors
    ///
    /// Nothing can be asked at all.
    pub(super) async fn ask(
        &self,
        mut row: KnownRow,
        named: Option<NamedUser>,
    ) -> Result<Asked, StopReason> {
        let (mut devices, mut new) = (None, None);
        let Some(valid) = row.judged.verdict.as_ref().ok().filter(|_| row.is_ours) else {
            return Ok(Asked { row, devices, new });
        };
        let user = valid.request.key.user;
        let mut is_reported_absent = false;
        // What the ledger or an earlier row settles needs no question.
        if row.earlier.is_none() && row.known.may_be_sent() {
            let (finding, by) = self.finding(&row, &valid.request).await?;
            let outcome = finding.outcome;
            devices = finding.devices;
            if outcome == Outcome::Ready {
                new = self.new_device(&valid.request, devices).await?;
            }
            row.known = known_from(finding);
            match (by, outcome) {
                // A listing is refused where there is no such user.
                (By::Listing, Outcome::Rejected) => return Ok(Asked { row, devices, new }),
                (by, outcome) => is_reported_absent = by == By::Report && outcome == Outcome::Ready,
            }
        }
        if let Ok(valid) = &mut row.judged.verdict
            && let Some(country) = self.denied(&valid.request).await?
        {
            valid.warnings.push(Warning::CountryDenied(country));
        }
        match self.users.of(user, named).await? {
            Told::Is(state) => tell(&mut row, state, self.rule),
            Told::NoUser if is_reported_absent => row.known = known_from(nobody()),
            Told::NoUser | Told::Nothing => {}
        }
        Ok(Asked { row, devices, new })
    }

    /// What is to be known of a device that a run creates, where any policy tells users of theirs;
    /// `devices` is how many its user has, where they were listed.
    async fn new_device(
        &self,
        request: &DeviceRequest,
        devices: Option<u64>,
    ) -> Result<Option<NewDevice>, StopReason> {
        let user = request.key.user;
        let is_reported = || {
            let mut types = DeviceType::ALL.into_iter();
            types.any(|kind| self.report.of_user(user, kind).next().is_some())
        };
        let has_one = match devices {
            Some(0) => HasDevice::No,
            Some(_) => HasDevice::Yes,
            None if is_reported() => HasDevice::Yes,
            None => HasDevice::NotKnown,
        };
        let mut policies = self.policies.lock().await;
        if policies.is_empty() {
            return Ok(None);
        }
        let policy = policies.find(request.policy, self.questions).await?;
        let is_told = policy.and_then(tells_users).is_some();
        let is_any_told = policies.any(|policy| tells_users(policy).is_some());
        Ok(is_any_told.then_some(NewDevice {
            user,
            has_one,
            is_told,
        }))
    }

    /// What the policies, the report or the user's own listing say of a device.
    async fn finding(
        &self,
        row: &KnownRow,
        request: &DeviceRequest,
    ) -> Result<(Finding, By), StopReason> {
        if let Some(finding) = self.of_policy(request).await? {
            return Ok((finding, By::Policy));
        }
        if let Some(finding) = told_by(self.report, row) {
            return Ok((finding, By::Report));
        }
        let about = format!("dry-run-{}", row.input.number);
        let finding = self.questions.device(&request.key, &about).await?;
        Ok((finding, By::Listing))
    }

    /// What the policies alone say against a row.
    async fn of_policy(&self, request: &DeviceRequest) -> Result<Option<Finding>, StopReason> {
        let mut policies = self.policies.lock().await;
        if policies.is_empty() {
            return Ok(None);
        }
        Ok(match policies.find(request.policy, self.questions).await? {
            None => Some(rejected(
                code::POLICY_NOT_FOUND,
                "the policy is not in this environment; copy its ID from PingOne's MFA policies, or leave the cell empty and name one with `--policy`".to_owned(),
            )),
            Some(policy) if !allows(policy, request.key.kind) => Some(rejected(
                code::TYPE_NOT_ALLOWED,
                format!(
                    "the policy does not allow {}; enable it in PingOne's MFA policy, or name another policy",
                    request.key.kind.as_str()
                ),
            )),
            Some(_) => None,
        })
    }

    /// The country of a row's phone, where its policy lets no passcode go there.
    async fn denied(&self, request: &DeviceRequest) -> Result<Option<Country>, StopReason> {
        let (DeviceType::Sms | DeviceType::Voice) = request.key.kind else {
            return Ok(None);
        };
        let notifications = {
            let mut policies = self.policies.lock().await;
            if policies.is_empty() {
                return Ok(None);
            }
            match policies.find(request.policy, self.questions).await? {
                None => return Ok(None),
                Some(policy) => policy.notifications.as_ref().map(|it| it.id.clone()),
            }
        };
        let named = notifications.as_deref();
        self.countries.denied(request, named).await
    }

    /// Says what of users and countries is not known.
    pub(super) fn say_unread(&self, invocation: &Invocation) {
        self.countries.say_unread(invocation);
        self.users.say_unread(invocation);
    }
}

/// A row of which PingOne was asked.
pub(super) struct Asked {
    /// The row, with what was found.
    pub(super) row: KnownRow,
    /// How many devices of its user count against the limit, where they were listed without this one.
    pub(super) devices: Option<u64>,
    /// The device that a run creates, unless there are too many.
    pub(super) new: Option<NewDevice>,
}

/// What told of a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum By {
    /// The policy of the row.
    Policy,
    /// The report of all devices.
    Report,
    /// The user's own listing.
    Listing,
}

pub(super) fn known_from(finding: Finding) -> KnownState {
    let Finding {
        outcome,
        device,
        answer,
        devices: _,
    } = finding;
    if outcome == Outcome::Ready {
        return KnownState::Untouched;
    }
    KnownState::Finding {
        outcome,
        device,
        answer,
    }
}

pub(super) fn rejected(code: &str, message: String) -> Finding {
    Finding {
        outcome: Outcome::Rejected,
        device: None,
        answer: Answer {
            code: Some(code.to_owned()),
            message: Some(message),
            ..Answer::default()
        },
        devices: None,
    }
}

fn nobody() -> Finding {
    let message = "PingOne knows no user of this ID; copy it from PingOne's user";
    rejected(code::USER_NOT_FOUND, message.to_owned())
}

/// Notes in a row what is known of its user.
fn tell(row: &mut KnownRow, state: UserState, rule: MfaRule) {
    let is_created = row.earlier.is_none() && row.known.may_be_sent();
    if let Ok(valid) = &mut row.judged.verdict {
        valid.warnings.extend(warnings(state, rule, is_created));
    }
    if let (Some(on), MfaRule::Check | MfaRule::Enable) = (state.mfa, rule) {
        row.mfa = Some(MfaState::of(on).over(row.mfa));
    }
}
