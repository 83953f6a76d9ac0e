//! When going on is pointless, and how wide to go until that is known. Pure.
//!
//! Many different bad rows do not stop a wave; the same refusal over and over
//! does, because it is about the tenant and not about the rows. A mistake in the
//! settings is to cost five rows, not fifty thousand.

pub(super) mod breaker;
mod budget;
mod rows;
mod said;
mod streak;
mod subject;
mod throttled;
mod traffic;
mod width;

use std::collections::BTreeSet;

use tokio::time::Instant;

pub(super) use self::breaker::Kind;
use self::breaker::{Sign, Trip};
pub(super) use self::budget::{Retried, RetryBudget};
use self::rows::Rows;
use self::said::Said;
use self::streak::Streak;
pub(super) use self::subject::Subject;
use self::throttled::Throttled;
use self::traffic::Traffic;
use super::options::GuardOptions;
use super::reasons::{
    captive_portal, foreign, misdirected, mixed_up, most_fail, no_resources, redirected,
    same_refusal, unreadable, untrusted, wrong_device,
};
use crate::model::mfa::MfaOutcome;
use crate::model::outcome::{Ambiguity, Answer, AttemptOutcome, LookOutcome, Outcome, Refusal};
use crate::model::row::RowNumber;
use crate::model::stop::StopReason;
use crate::pingone::Answered;

/// How many answers to creates may be nobody's we know: one is a gateway's bad moment.
const FOREIGN_ANSWERS: u32 = 3;
/// How many rows are taken up whose listings cannot be read, before any could.
const UNREADABLE_ROWS: usize = 10;

/// Watches the answers of a run.
#[derive(Debug)]
pub(super) struct Guard {
    options: GuardOptions,
    /// Where the API is asked, for whoever has to mend the address.
    api: String,
    /// Whether an earlier run made or found devices of this tenant.
    proven: bool,
    /// Whether refusals that are about rows may end the run: a dry run tells them all.
    judges_rows: bool,
    pub(super) traffic: Traffic,
    listed: u32,
    /// How many answers told whether a user can use MFA.
    heard_mfa: u32,
    creates: u32,
    created: u64,
    streak: Streak,
    foreign: u32,
    /// The rows whose listing could not be read.
    unreadable: BTreeSet<RowNumber>,
    rows: Rows,
    pub(super) throttled: Throttled,
}

impl Guard {
    /// A guard that has seen nothing yet, of the API at this address. `proven` tells whether an
    /// earlier run made or found devices.
    pub(super) fn new(options: GuardOptions, api: &str, proven: bool) -> Self {
        Self {
            options,
            api: api.to_owned(),
            proven,
            judges_rows: true,
            traffic: Traffic::new(options.concurrency),
            listed: 0,
            heard_mfa: 0,
            creates: 0,
            created: 0,
            streak: Streak::default(),
            foreign: 0,
            unreadable: BTreeSet::new(),
            rows: Rows::new(options.max_errors),
            throttled: Throttled::default(),
        }
    }

    /// A guard of questions that change nothing: none goes first, and no row ends them.
    pub(super) fn of_questions(concurrency: usize, api: &str) -> Self {
        let options = GuardOptions {
            canary: 0,
            concurrency,
            max_errors: None,
        };
        Self {
            judges_rows: false,
            ..Self::new(options, api, false)
        }
    }

    /// Whether any device was created in this run.
    pub(super) fn any_created(&self) -> bool {
        self.created > 0
    }

    /// How many requests of any kind may be in flight.
    pub(super) fn width(&self) -> usize {
        let canary = self.created == 0 && self.listed < self.options.canary;
        if canary { 1 } else { self.traffic.width() }
    }

    /// Whether the first creates go alone, since nobody knows yet how they go.
    pub(super) fn creates_one_by_one(&self) -> bool {
        self.options.canary > 0 && (self.created == 0 || self.creates < self.options.canary)
    }

    /// How many creates may be in flight.
    pub(super) fn create_width(&self) -> usize {
        if self.creates_one_by_one() {
            return 1;
        }
        // While creates are refused, no more are on their way than it takes to see that all are.
        self.width().min(self.streak.left().unwrap_or(usize::MAX))
    }

    /// Takes note of an answered create; tells whether the run must stop.
    pub(super) fn on_create(
        &mut self,
        subject: Subject,
        answered: &Answered<AttemptOutcome>,
        now: Instant,
    ) -> Option<StopReason> {
        let answer = &answered.answer;
        let throttled = self.heard(answer, now);
        let reason = match answered.outcome {
            AttemptOutcome::Created(_) => {
                self.count_create(subject);
                self.created += 1;
                self.streak = Streak::default();
                self.foreign = 0;
                self.went(Kind::Create, subject, Sign::Answered, answer, now)
            }
            AttemptOutcome::NotCreated(refusal) => self.on_refusal(subject, refusal, answered, now),
            AttemptOutcome::Indeterminate(ambiguity) => {
                self.count_create(subject);
                self.on_ambiguity(subject, ambiguity, answer, now)
            }
        };
        reason.or(throttled)
    }

    fn heard(&mut self, answer: &Answer, now: Instant) -> Option<StopReason> {
        let status = answer.http_status?;
        self.throttled.heard(status == 429, now)
    }

    fn on_refusal(
        &mut self,
        subject: Subject,
        refusal: Refusal,
        answered: &Answered<AttemptOutcome>,
        now: Instant,
    ) -> Option<StopReason> {
        let answer = &answered.answer;
        match refusal {
            // They say nothing of how creates go.
            Refusal::Throttled { .. } | Refusal::Withheld | Refusal::Unauthorized => None,
            Refusal::Unreachable => {
                self.count_create(subject);
                let sign = Sign::of_failure(answered.fault);
                self.went(Kind::Create, subject, sign, answer, now)
            }
            Refusal::OutOfResources => {
                self.count_create(subject);
                self.out_of_resources(subject, answer)
            }
            Refusal::Untrusted => Some(untrusted(answer)),
            Refusal::Misdirected => Some(misdirected(answer)),
            Refusal::AlreadyThere => {
                self.count_create(subject);
                self.went(Kind::Create, subject, Sign::Answered, answer, now)
            }
            Refusal::Forbidden
            | Refusal::UserUnknown
            | Refusal::DeviceLimit
            | Refusal::Invalid
            | Refusal::Conflicting => {
                self.count_create(subject);
                let tripped = self.went(Kind::Create, subject, Sign::Answered, answer, now);
                let refused = self.refused(subject, Kind::Create, refusal, answer);
                refused.or(tripped)
            }
        }
    }

    /// Counts a create that PingOne judged, or might have.
    fn count_create(&mut self, subject: Subject) {
        self.creates = self.creates.saturating_add(1);
        self.traffic.probed(Kind::Create.group(), subject.seq);
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
                self.traffic.narrow(subject.seq);
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
                Some(foreign(self.foreign, answer, &self.api))
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
        answered: &Answered<LookOutcome>,
        now: Instant,
    ) -> Option<StopReason> {
        let said = Said::of_look(answered, &self.api).about(subject);
        self.on_said(Kind::Look, said, subject, &answered.answer, now)
    }

    /// Takes note of an answer about a user's MFA; tells whether the run must stop.
    pub(super) fn on_mfa(
        &mut self,
        subject: Subject,
        answered: &Answered<MfaOutcome>,
        now: Instant,
    ) -> Option<StopReason> {
        let said = Said::of_mfa(answered, &self.api).about(subject);
        self.on_said(Kind::Mfa, said, subject, &answered.answer, now)
    }

    fn on_said(
        &mut self,
        kind: Kind,
        said: Said,
        subject: Subject,
        answer: &Answer,
        now: Instant,
    ) -> Option<StopReason> {
        let throttled = self.heard(answer, now);
        if said.is_heard() {
            self.traffic.probed(kind.group(), subject.seq);
        }
        let reason = match said {
            Said::Told { ends_streak } => {
                match kind {
                    Kind::Look => self.listed = self.listed.saturating_add(1),
                    Kind::Mfa => self.heard_mfa = self.heard_mfa.saturating_add(1),
                    Kind::Create => {}
                }
                if ends_streak {
                    self.streak.served(kind);
                }
                self.went(kind, subject, Sign::Answered, answer, now)
            }
            Said::Again => None,
            Said::Refused(refusal) => self.refused(subject, kind, refusal, answer),
            Said::OutOfResources => self.out_of_resources(subject, answer),
            Said::Failed(sign) => self.went(kind, subject, sign, answer, now),
            Said::Unreadable => {
                let unreadable = self.unreadable(subject.row, answer);
                unreadable.or_else(|| self.went(kind, subject, Sign::Failed, answer, now))
            }
            Said::Ends(reason) => Some(reason),
        };
        reason.or(throttled)
    }

    /// Takes note of a listing that nobody can read, before any could be read: the host is wrong, or
    /// phones are masked. One row that is looked for again and again says nothing of the others.
    fn unreadable(&mut self, row: RowNumber, answer: &Answer) -> Option<StopReason> {
        // A tenant whose listings could be read in an earlier run is the right one.
        if !self.judges_rows || self.listed > 0 || self.proven {
            return None;
        }
        self.unreadable.insert(row);
        let rows = self.unreadable.len();
        (rows >= UNREADABLE_ROWS).then(|| unreadable(rows, answer, &self.api))
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
        let trip = self.traffic.went(kind, subject, sign, now)?;
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
        let trip = self.traffic.exhausted(kind, now)?;
        self.tripped(kind, &trip, answer)
    }

    fn tripped(&self, kind: Kind, trip: &Trip, answer: &Answer) -> Option<StopReason> {
        // What never worked in this run is not waited for: a person has to look.
        let worked = match kind {
            Kind::Create => self.created > 0,
            Kind::Look => self.created > 0 || self.listed > 0,
            Kind::Mfa => self.created > 0 || self.heard_mfa > 0,
        };
        let stop = trip.for_good || !worked;
        stop.then(|| most_fail(trip, answer))
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
        if self.traffic.halve(subject.seq) {
            return None;
        }
        Some(no_resources(answer))
    }

    /// Counts the same refusal in a row, and judges it by how much it is about the tenant.
    fn refused(
        &mut self,
        subject: Subject,
        kind: Kind,
        refusal: Refusal,
        answer: &Answer,
    ) -> Option<StopReason> {
        // That such a row is refused once more says nothing new of a tenant that takes others.
        if !self.judges_rows || subject.stands_alone(refusal, self.proven || self.created > 0) {
            return None;
        }
        self.streak.add(subject, kind, answer);
        let canary = (self.created == 0).then_some(self.options.canary as usize);
        let seen = self.streak.too_many(refusal, canary)?;
        let rows = self.streak.rows();
        Some(same_refusal(
            (kind, refusal),
            (seen, &rows),
            answer,
            subject.policy,
            &self.api,
        ))
    }
}

#[cfg(test)]
mod tests;
