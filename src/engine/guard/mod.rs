//! When going on is pointless, and how wide to go until that is known. Pure.
//!
//! Many different bad rows do not stop a wave; the same refusal over and over
//! does, because it is about the tenant and not about the rows. A mistake in the
//! settings is to cost five rows, not fifty thousand.

mod breaker;
mod reasons;
mod rows;
mod streak;
mod throttled;
mod width;

use std::collections::BTreeSet;
use std::time::Duration;

use tokio::time::Instant;

pub(super) use self::breaker::Kind;
use self::breaker::{Breaker, Sign, Trip};
use self::reasons::{
    asked_at, captive_portal, code_of_refusals, misdirected, of_refusals, redirected, said,
    unreadable, untrusted, wrong_device,
};
pub(super) use self::reasons::{mixed_up, pointless, too_long};
pub use self::rows::MaxErrors;
use self::rows::Rows;
use self::streak::Streak;
pub(super) use self::throttled::Throttled;
use self::width::Width;
use crate::model::code;
use crate::model::ids::{PolicyId, UserId};
use crate::model::outcome::{Ambiguity, Answer, AttemptOutcome, LookOutcome, Outcome, Refusal};
use crate::model::row::RowNumber;
use crate::model::stop::{StopCode, StopReason};

/// The thresholds that an administrator sets.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GuardOptions {
    /// How many creates go one by one before the first success.
    pub canary: u32,
    /// How many requests may be in flight.
    pub concurrency: usize,
    /// At how many bad rows to stop.
    pub max_errors: Option<MaxErrors>,
}

/// The longest pause that is waited out; a longer one ends the run.
pub const LONGEST_HOLD: Duration = Duration::from_mins(5);

const FOREIGN_ANSWERS: u32 = 3;
/// How many rows are taken up whose listings cannot be read, before any could.
const UNREADABLE_LISTINGS: usize = 10;
/// An answer that takes longer shows that there is too much in flight.
const SLOW: Duration = Duration::from_secs(5);

/// Watches the answers of a run.
#[derive(Debug)]
pub(super) struct Guard {
    options: GuardOptions,
    /// Where the API is asked, for whoever has to mend the address.
    api: String,
    /// Whether an earlier run made or found devices of this tenant.
    proven: bool,
    /// The number of the next request.
    launched: u64,
    width: Width,
    listed: u32,
    creates: u32,
    created: u64,
    streak: Streak,
    foreign: u32,
    /// Rows whose listing could not be read, before any could.
    unreadable: BTreeSet<RowNumber>,
    breaker: Breaker,
    /// While one request goes first: the earliest whose answer counts.
    probe: Option<u64>,
    rows: Rows,
    throttled: Throttled,
}

/// What an answer is about.
#[derive(Clone, Copy, Debug)]
pub(super) struct Subject {
    /// The row.
    pub(super) row: RowNumber,
    /// Its user.
    pub(super) user: UserId,
    /// Its policy.
    pub(super) policy: PolicyId,
    /// The number of the request.
    pub(super) launch: u64,
    /// Whether the row was refused for the same reason before, in this run or an earlier one.
    pub(super) refused_before: bool,
    /// How long the answer took.
    pub(super) took: Duration,
}

impl Guard {
    /// A guard that has seen nothing yet. `proven` tells whether an earlier run made or found devices.
    pub(super) fn new(options: GuardOptions, proven: bool) -> Self {
        Self {
            options,
            api: String::new(),
            proven,
            launched: 0,
            width: Width::new(options.concurrency),
            listed: 0,
            creates: 0,
            created: 0,
            streak: Streak::default(),
            foreign: 0,
            unreadable: BTreeSet::new(),
            breaker: Breaker::new(),
            probe: None,
            rows: Rows::new(options.max_errors),
            throttled: Throttled::default(),
        }
    }

    /// The same, of an API at this address.
    pub(super) fn of(self, api: &str) -> Self {
        Self {
            api: api.to_owned(),
            ..self
        }
    }

    /// Whether any device was created in this run.
    pub(super) fn any_created(&self) -> bool {
        self.created > 0
    }

    /// How many requests of any kind may be in flight.
    pub(super) fn width(&self) -> usize {
        let canary = self.created == 0 && self.listed < self.options.canary;
        if canary || self.probe.is_some() || self.breaker.is_probing() {
            1
        } else {
            self.width.get()
        }
    }

    /// How many creates may be in flight.
    pub(super) fn create_width(&self) -> usize {
        let canary =
            self.options.canary > 0 && (self.created == 0 || self.creates < self.options.canary);
        if canary {
            return 1;
        }
        // While creates are refused, no more are on their way than it takes to see that all are.
        self.width().min(self.streak.left().unwrap_or(usize::MAX))
    }

    /// The number of a request that is launched now.
    pub(super) fn launch(&mut self) -> u64 {
        self.launched += 1;
        self.launched - 1
    }

    /// Until when nothing is sent because most answers were failures.
    pub(super) fn open_until(&self, now: Instant) -> Option<Instant> {
        self.breaker.open_until(now)
    }

    /// Lets one request go first after a pause or with a new token, until an answer comes.
    pub(super) fn probe(&mut self) {
        self.probe = Some(self.launched);
    }

    /// Whether a request that was launched, and is not sent yet, must not be: since then one is to go first.
    pub(super) fn withholds(&self, launch: u64) -> bool {
        self.probe.is_some_and(|first| launch < first) || self.breaker.opened_after(launch)
    }

    /// Lets all go again where the one that went first was answered.
    fn probed(&mut self, subject: Subject) {
        if self.probe.is_some_and(|first| subject.launch >= first) {
            self.probe = None;
        }
    }

    /// Takes note of an answered create; tells whether the run must stop.
    pub(super) fn on_create(
        &mut self,
        subject: Subject,
        outcome: &AttemptOutcome,
        answer: &Answer,
        now: Instant,
    ) -> Option<StopReason> {
        let throttled = self.heard(answer, now);
        let reason = self.on_created_or_not(subject, outcome, answer, now);
        reason.or(throttled)
    }

    fn heard(&mut self, answer: &Answer, now: Instant) -> Option<StopReason> {
        let status = answer.http_status?;
        self.throttled.heard(status == 429, now)
    }

    fn on_created_or_not(
        &mut self,
        subject: Subject,
        outcome: &AttemptOutcome,
        answer: &Answer,
        now: Instant,
    ) -> Option<StopReason> {
        match outcome {
            AttemptOutcome::Created(_) => {
                self.creates = self.creates.saturating_add(1);
                self.created += 1;
                self.streak = Streak::default();
                self.foreign = 0;
                self.probed(subject);
                self.went(Kind::Create, subject, Sign::Answered, answer, now)
            }
            AttemptOutcome::NotCreated(refusal) => {
                let reason = self.on_refusal(subject, *refusal, answer, now);
                match refusal {
                    Refusal::Throttled { .. } | Refusal::Withheld | Refusal::Unauthorized => {}
                    Refusal::Unreachable
                    | Refusal::Untrusted
                    | Refusal::OutOfResources
                    | Refusal::Forbidden
                    | Refusal::UserUnknown
                    | Refusal::AlreadyThere
                    | Refusal::DeviceLimit
                    | Refusal::Invalid
                    | Refusal::Conflicting
                    | Refusal::Misdirected => {
                        self.creates = self.creates.saturating_add(1);
                        self.probed(subject);
                    }
                }
                reason
            }
            AttemptOutcome::Indeterminate(ambiguity) => {
                self.creates = self.creates.saturating_add(1);
                self.probed(subject);
                self.on_ambiguity(subject, *ambiguity, answer, now)
            }
        }
    }

    fn on_refusal(
        &mut self,
        subject: Subject,
        refusal: Refusal,
        answer: &Answer,
        now: Instant,
    ) -> Option<StopReason> {
        match refusal {
            Refusal::Throttled { retry_after } => too_long(retry_after),
            Refusal::Withheld | Refusal::Unauthorized => None,
            Refusal::Unreachable => {
                let sign = if is_out_of_reach(answer) {
                    Sign::OutOfReach
                } else {
                    Sign::Failed
                };
                self.went(Kind::Create, subject, sign, answer, now)
            }
            Refusal::OutOfResources => self.out_of_resources(subject, answer),
            Refusal::Untrusted => Some(untrusted(answer)),
            Refusal::Misdirected => Some(StopReason::Broken {
                what: misdirected(answer),
            }),
            Refusal::AlreadyThere => self.went(Kind::Create, subject, Sign::Answered, answer, now),
            Refusal::Forbidden
            | Refusal::UserUnknown
            | Refusal::DeviceLimit
            | Refusal::Invalid
            | Refusal::Conflicting => {
                let tripped = self.went(Kind::Create, subject, Sign::Answered, answer, now);
                let refused = self.refused(subject, false, refusal, answer);
                refused.or(tripped)
            }
        }
    }

    fn on_ambiguity(
        &mut self,
        subject: Subject,
        ambiguity: Ambiguity,
        answer: &Answer,
        now: Instant,
    ) -> Option<StopReason> {
        match ambiguity {
            Ambiguity::TimedOut => {
                self.width.narrow(subject.launch, self.launched);
                self.went(Kind::Create, subject, Sign::Failed, answer, now)
            }
            Ambiguity::ConnectionLost
            | Ambiguity::ServerError
            | Ambiguity::QuotaExceeded
            | Ambiguity::RequestTimeout => {
                self.went(Kind::Create, subject, Sign::Failed, answer, now)
            }
            Ambiguity::Unreadable | Ambiguity::ForeignError | Ambiguity::UnexpectedStatus => {
                self.foreign += 1;
                if self.foreign < FOREIGN_ANSWERS {
                    return self.went(Kind::Create, subject, Sign::Failed, answer, now);
                }
                Some(pointless(
                    StopCode::WrongHost,
                    format!(
                        "{} consecutive answers did not come from PingOne ({})",
                        self.foreign,
                        said(answer)
                    ),
                    &asked_at(
                        "check the API address and what stands between: a proxy, a firewall, a sign-in page",
                        &self.api,
                    ),
                ))
            }
            Ambiguity::Conflict => self.went(Kind::Create, subject, Sign::Answered, answer, now),
            Ambiguity::Redirected => Some(redirected(answer, &self.api)),
            Ambiguity::CaptivePortal => Some(captive_portal(answer)),
            Ambiguity::WrongDevice => Some(wrong_device()),
            Ambiguity::MixedUp => Some(mixed_up()),
        }
    }

    /// Takes note of an answered listing; tells whether the run must stop.
    pub(super) fn on_look(
        &mut self,
        subject: Subject,
        outcome: &LookOutcome,
        answer: &Answer,
        now: Instant,
    ) -> Option<StopReason> {
        let throttled = self.heard(answer, now);
        let reason = self.on_seen_or_not(subject, outcome, answer, now);
        reason.or(throttled)
    }

    fn on_seen_or_not(
        &mut self,
        subject: Subject,
        outcome: &LookOutcome,
        answer: &Answer,
        now: Instant,
    ) -> Option<StopReason> {
        match outcome {
            LookOutcome::Seen(_) => {
                self.listed = self.listed.saturating_add(1);
                self.streak.listed();
                self.probed(subject);
                self.went(Kind::Look, subject, Sign::Answered, answer, now)
            }
            LookOutcome::Throttled { retry_after } => too_long(*retry_after),
            // What may be another's is asked for again at once.
            LookOutcome::Unauthorized | LookOutcome::Unproven => None,
            LookOutcome::UserUnknown => {
                self.probed(subject);
                self.refused(subject, true, Refusal::UserUnknown, answer)
            }
            LookOutcome::Forbidden => {
                self.probed(subject);
                self.refused(subject, true, Refusal::Forbidden, answer)
            }
            LookOutcome::NoInformation => {
                self.probed(subject);
                if answer.code.as_deref() == Some(code::OUT_OF_RESOURCES) {
                    return self.out_of_resources(subject, answer);
                }
                // One row that is looked for again and again says nothing of the others, and a tenant
                // whose listings could be read in an earlier run is the right one.
                if self.listed == 0 && !self.proven && is_foreign(answer) {
                    self.unreadable.insert(subject.row);
                    let rows = self.unreadable.len();
                    if rows >= UNREADABLE_LISTINGS {
                        return Some(unreadable(rows, answer, &self.api));
                    }
                }
                let sign = if is_out_of_reach(answer) {
                    Sign::OutOfReach
                } else {
                    Sign::Failed
                };
                self.went(Kind::Look, subject, sign, answer, now)
            }
            LookOutcome::Untrusted => Some(untrusted(answer)),
            LookOutcome::Redirected => Some(redirected(answer, &self.api)),
            LookOutcome::CaptivePortal => Some(captive_portal(answer)),
            LookOutcome::MixedUp => Some(mixed_up()),
        }
    }

    /// Takes note of a finished row; tells whether there are too many bad ones.
    pub(super) fn on_row(&mut self, outcome: Outcome) -> Option<StopReason> {
        self.rows.ended(outcome)
    }

    /// Takes note that a row's device did not show in two looks and may not be asked for again yet.
    pub(super) fn on_unsettled(&mut self) -> Option<StopReason> {
        self.rows.left_unsettled(self.creates)
    }

    /// Takes note of how a request went; tells whether the run must stop because most fail.
    fn went(
        &mut self,
        kind: Kind,
        subject: Subject,
        sign: Sign,
        answer: &Answer,
        now: Instant,
    ) -> Option<StopReason> {
        if subject.took > SLOW {
            self.width.narrow(subject.launch, self.launched);
        } else if sign == Sign::Answered {
            self.width.widen();
        }
        let trip = self
            .breaker
            .note(kind, subject.launch, self.launched, sign, now)?;
        self.tripped(kind, &trip, answer)
    }

    /// Takes note that too little succeeded for a minute to pay for retries; tells whether the run
    /// must stop.
    pub(super) fn on_exhausted(
        &mut self,
        kind: Kind,
        answer: &Answer,
        now: Instant,
    ) -> Option<StopReason> {
        let trip = self.breaker.exhausted(kind, self.launched, now)?;
        self.tripped(kind, &trip, answer)
    }

    fn tripped(&self, kind: Kind, trip: &Trip, answer: &Answer) -> Option<StopReason> {
        // What never worked in this run is not waited for: a person has to look.
        let worked = match kind {
            Kind::Create => self.created > 0,
            Kind::Look => self.created > 0 || self.listed > 0,
        };
        let stop = trip.for_good || !worked;
        stop.then(|| StopReason::Unavailable {
            what: format!("{} (the last with {})", trip.what, said(answer)),
        })
    }

    /// Takes note that a request which was answered with a conflict had no effect that shows.
    pub(super) fn on_empty_conflict(
        &mut self,
        subject: Subject,
        answer: &Answer,
        now: Instant,
    ) -> Option<StopReason> {
        self.went(Kind::Create, subject, Sign::Failed, answer, now)
    }

    fn out_of_resources(&mut self, subject: Subject, answer: &Answer) -> Option<StopReason> {
        if self.width.halve(subject.launch, self.launched) {
            return None;
        }
        Some(StopReason::Broken {
            what: format!(
                "this machine cannot open even one connection ({})",
                said(answer)
            ),
        })
    }

    /// Counts the same refusal in a row, and judges it by how much it is about the tenant.
    fn refused(
        &mut self,
        subject: Subject,
        of_looks: bool,
        refusal: Refusal,
        answer: &Answer,
    ) -> Option<StopReason> {
        // That such a row is refused once more says nothing new of a tenant that takes others.
        if subject.refused_before && (self.proven || self.created > 0) {
            return None;
        }
        self.streak.add(subject, of_looks, answer);
        let canary = (self.created == 0).then_some(self.options.canary as usize);
        let seen = self.streak.too_many(refusal, canary)?;
        let what = format!(
            "PingOne refused {seen} consecutive rows with {} (rows {}, …)",
            said(answer),
            self.streak.rows()
        );
        Some(pointless(
            code_of_refusals(refusal),
            what,
            &of_refusals(refusal, &self.api, subject.policy),
        ))
    }
}

/// Whether a listing was answered with what PingOne would not say.
fn is_foreign(answer: &Answer) -> bool {
    matches!(
        answer.code.as_deref(),
        Some(code::UNREADABLE_LISTING | code::UNEXPECTED_STATUS | code::NOT_FOUND)
    )
}

/// Whether there was not even a connection to PingOne.
fn is_out_of_reach(answer: &Answer) -> bool {
    matches!(
        answer.code.as_deref(),
        Some(code::DNS_FAILED | code::UNREACHABLE | code::CONNECT_TIMEOUT | code::PROXY_FAILED)
    )
}

#[cfg(test)]
mod tests;
