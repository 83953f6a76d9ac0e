//! When going on is pointless, and how wide to go until that is known. Pure.
//!
//! Many different bad rows do not stop a wave; the same refusal over and over
//! does, because it is about the tenant and not about the rows. A mistake in the
//! settings is to cost five rows, not fifty thousand.

mod reasons;

use std::collections::VecDeque;
use std::time::Duration;

use tokio::time::Instant;

use self::reasons::{hint, misdirected, pointless, redirected, said, too_long, untrusted};
use crate::model::ids::UserId;
use crate::model::outcome::{Ambiguity, Answer, AttemptOutcome, LookOutcome, Outcome, Refusal};
use crate::model::row::RowNumber;
use crate::model::stop::StopReason;

/// How many bad rows are too many.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum MaxErrors {
    /// So many.
    Rows(u64),
    /// So many of a hundred rows, once twenty rows are done.
    Percent(f64),
}

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

const FORBIDDEN_AT_FIRST: usize = 3;
const SAME_REFUSAL: usize = 10;
const FOREIGN_ANSWERS: u32 = 3;
const WINDOW: usize = 50;
const WINDOW_MIN: usize = 20;
const OPEN: Duration = Duration::from_mins(1);
const PROBES: u32 = 3;
const PERCENT_MIN_ROWS: u64 = 20;
const UNSETTLED_MAX: u64 = 20;

/// Watches the answers of a run.
#[derive(Debug)]
pub(super) struct Guard {
    options: GuardOptions,
    ceiling: usize,
    listed: u32,
    creates: u32,
    created: u64,
    streak: Streak,
    foreign: u32,
    /// Of the last creates, and of listings that told nothing, which failed. A listing that is
    /// answered is no sign that creates are.
    window: VecDeque<bool>,
    open_until: Option<Instant>,
    probes_left: u32,
    opened: u32,
    probing: bool,
    unsettled: u64,
    done: u64,
    bad: u64,
}

/// The same refusal, time after time.
#[derive(Debug, Default)]
struct Streak {
    code: String,
    count: usize,
    users: Vec<UserId>,
    rows: Vec<RowNumber>,
}

/// Which row an answer is about.
#[derive(Clone, Copy, Debug)]
pub(super) struct Subject {
    /// The row.
    pub(super) row: RowNumber,
    /// Its user.
    pub(super) user: UserId,
}

impl Guard {
    /// A guard that has seen nothing yet.
    pub(super) fn new(options: GuardOptions) -> Self {
        Self {
            options,
            ceiling: options.concurrency,
            listed: 0,
            creates: 0,
            created: 0,
            streak: Streak::default(),
            foreign: 0,
            window: VecDeque::with_capacity(WINDOW),
            open_until: None,
            probes_left: 0,
            opened: 0,
            probing: false,
            unsettled: 0,
            done: 0,
            bad: 0,
        }
    }

    /// Whether any device was created in this run.
    pub(super) fn any_created(&self) -> bool {
        self.created > 0
    }

    /// How many requests of any kind may be in flight.
    pub(super) fn width(&self) -> usize {
        let canary = self.created == 0 && self.listed < self.options.canary;
        if canary || self.probing || self.probes_left > 0 {
            1
        } else {
            self.ceiling
        }
    }

    /// How many creates may be in flight.
    pub(super) fn create_width(&self) -> usize {
        let canary =
            self.options.canary > 0 && (self.created == 0 || self.creates < self.options.canary);
        if canary { 1 } else { self.width() }
    }

    /// Until when nothing is sent because most answers were failures.
    pub(super) fn open_until(&self, now: Instant) -> Option<Instant> {
        self.open_until.filter(|&until| until > now)
    }

    /// Lets one request go first after a pause or with a new token, until an answer comes.
    pub(super) fn probe(&mut self) {
        self.probing = true;
    }

    /// Takes note of an answered create; tells whether the run must stop.
    pub(super) fn on_create(
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
                self.succeeded();
                None
            }
            AttemptOutcome::NotCreated(refusal) => {
                let reason = self.on_refusal(subject, *refusal, answer, now);
                match refusal {
                    Refusal::Throttled { .. } | Refusal::Withheld | Refusal::Unauthorized => {}
                    Refusal::Unreachable
                    | Refusal::Untrusted
                    | Refusal::OutOfResources
                    | Refusal::Forbidden
                    | Refusal::NotFound
                    | Refusal::AlreadyThere
                    | Refusal::DeviceLimit
                    | Refusal::Invalid
                    | Refusal::Conflicting
                    | Refusal::Misdirected => {
                        self.creates = self.creates.saturating_add(1);
                        self.probing = false;
                    }
                }
                reason
            }
            AttemptOutcome::Indeterminate(ambiguity) => {
                self.creates = self.creates.saturating_add(1);
                self.probing = false;
                self.on_ambiguity(*ambiguity, answer, now)
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
            Refusal::Unreachable => self.failed(now),
            Refusal::OutOfResources => self.out_of_resources(answer),
            Refusal::Untrusted => Some(untrusted(answer)),
            Refusal::Misdirected => Some(StopReason::Broken {
                what: misdirected(answer),
            }),
            Refusal::AlreadyThere => {
                self.answered();
                None
            }
            Refusal::Forbidden
            | Refusal::NotFound
            | Refusal::DeviceLimit
            | Refusal::Invalid
            | Refusal::Conflicting => {
                self.answered();
                self.refused(subject, refusal, answer)
            }
        }
    }

    fn on_ambiguity(
        &mut self,
        ambiguity: Ambiguity,
        answer: &Answer,
        now: Instant,
    ) -> Option<StopReason> {
        match ambiguity {
            Ambiguity::TimedOut
            | Ambiguity::ConnectionLost
            | Ambiguity::ServerError
            | Ambiguity::QuotaExceeded
            | Ambiguity::RequestTimeout => self.failed(now),
            Ambiguity::Unreadable | Ambiguity::ForeignError | Ambiguity::UnexpectedStatus => {
                self.foreign += 1;
                if self.foreign < FOREIGN_ANSWERS {
                    return self.failed(now);
                }
                Some(pointless(
                    format!(
                        "{} answers in a row did not come from PingOne ({})",
                        self.foreign,
                        said(answer)
                    ),
                    "check the API address and what stands between: a proxy, a firewall, a sign-in page",
                ))
            }
            Ambiguity::Conflict => {
                self.answered();
                None
            }
            Ambiguity::Redirected => Some(redirected(answer)),
            Ambiguity::WrongDevice => Some(pointless(
                "an answer was about another device than the one asked for".to_owned(),
                "look for a cache or proxy that mixes answers up; the row is settled by the next run",
            )),
            Ambiguity::Interrupted => None,
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
        match outcome {
            LookOutcome::Seen(_) => {
                self.listed = self.listed.saturating_add(1);
                self.probing = false;
                None
            }
            LookOutcome::Throttled { retry_after } => too_long(*retry_after),
            LookOutcome::Unauthorized => None,
            LookOutcome::NoUser => {
                self.probing = false;
                self.refused(subject, Refusal::NotFound, answer)
            }
            LookOutcome::Forbidden => {
                self.probing = false;
                self.refused(subject, Refusal::Forbidden, answer)
            }
            LookOutcome::NoInformation => {
                self.probing = false;
                self.failed(now)
            }
            LookOutcome::Untrusted => Some(untrusted(answer)),
            LookOutcome::Redirected => Some(redirected(answer)),
        }
    }

    /// Takes note of a finished row; tells whether there are too many bad ones.
    pub(super) fn on_row(&mut self, outcome: Outcome) -> Option<StopReason> {
        self.done += 1;
        match outcome {
            Outcome::Invalid | Outcome::Rejected | Outcome::Failed | Outcome::Unknown => {
                self.bad += 1;
            }
            Outcome::Created
            | Outcome::Existing
            | Outcome::Duplicate
            | Outcome::Pending
            | Outcome::Ready => {}
        }
        let too_many = match self.options.max_errors? {
            MaxErrors::Rows(most) => self.bad >= most,
            MaxErrors::Percent(most) => {
                #[expect(
                    clippy::cast_precision_loss,
                    reason = "counts of rows are far below 2^52"
                )]
                let percent = 100.0 * self.bad as f64 / self.done as f64;
                self.done >= PERCENT_MIN_ROWS && percent >= most
            }
        };
        too_many.then_some(StopReason::TooManyErrors { bad: self.bad })
    }

    /// Takes note that a row's device did not show in two looks and may not be asked for again yet.
    pub(super) fn on_unsettled(&mut self) -> Option<StopReason> {
        self.unsettled += 1;
        let many = self.unsettled > UNSETTLED_MAX
            && self.unsettled.saturating_mul(100) > u64::from(self.creates);
        many.then(|| {
            pointless(
                format!(
                    "{} requests went unanswered and PingOne does not list their devices",
                    self.unsettled
                ),
                "find out what loses the answers before more rows are left in doubt; \
                 run again after the settling time",
            )
        })
    }

    fn succeeded(&mut self) {
        self.streak = Streak::default();
        self.foreign = 0;
        self.probing = false;
        self.answered();
    }

    /// PingOne answered a create, whatever it said: it is there.
    fn answered(&mut self) {
        self.probes_left = self.probes_left.saturating_sub(1);
        self.push(false);
    }

    fn push(&mut self, failure: bool) {
        if self.window.len() == WINDOW {
            self.window.pop_front();
        }
        self.window.push_back(failure);
    }

    fn failed(&mut self, now: Instant) -> Option<StopReason> {
        self.push(true);
        let failures = self.window.iter().filter(|&&failure| failure).count();
        let probe_failed = self.probes_left > 0;
        let mostly = self.window.len() >= WINDOW_MIN && failures * 2 >= self.window.len();
        if !(mostly || probe_failed) {
            return None;
        }
        self.opened += 1;
        if self.opened > 1 || self.created == 0 {
            return Some(StopReason::Unavailable {
                what: format!(
                    "{failures} of the last {} requests failed",
                    self.window.len()
                ),
            });
        }
        self.open_until = Some(now + OPEN);
        self.probes_left = PROBES;
        self.window.clear();
        None
    }

    fn out_of_resources(&mut self, answer: &Answer) -> Option<StopReason> {
        if self.ceiling > 1 {
            self.ceiling /= 2;
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
        refusal: Refusal,
        answer: &Answer,
    ) -> Option<StopReason> {
        let code = answer.code.as_deref().unwrap_or_default();
        if self.streak.code != code {
            self.streak = Streak {
                code: code.to_owned(),
                ..Streak::default()
            };
        }
        self.streak.count += 1;
        if self.streak.users.len() < SAME_REFUSAL && !self.streak.users.contains(&subject.user) {
            self.streak.users.push(subject.user);
            self.streak.rows.push(subject.row);
        }
        let at_first = self.created == 0;
        let canary = self.options.canary as usize;
        let users = self.streak.users.len();
        let (seen, most) = if !at_first {
            (self.streak.count, SAME_REFUSAL)
        } else if refusal == Refusal::Forbidden {
            (users, FORBIDDEN_AT_FIRST)
        } else if canary == 0 {
            (self.streak.count, SAME_REFUSAL)
        } else if refusal == Refusal::NotFound {
            (users, canary)
        } else {
            (self.streak.count, canary)
        };
        if seen < most {
            return None;
        }
        let rows: Vec<String> = self
            .streak
            .rows
            .iter()
            .take(3)
            .map(ToString::to_string)
            .collect();
        let what = format!(
            "PingOne refused {seen} rows in a row with {} (rows {}, …)",
            said(answer),
            rows.join(", ")
        );
        Some(pointless(what, hint(refusal)))
    }
}

#[cfg(test)]
mod tests;
