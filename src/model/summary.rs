//! What a run came to: a fold over its events, so that no two screens disagree.

use jiff::Timestamp;

use super::account::Account;
use super::event::{Event, Next, RequestKind};
use super::ids::{EnvironmentId, RunId};
use super::outcome::{LookOutcome, Outcome};
use super::stop::StopReason;
use super::tally::{Counts, Tally};
use crate::exit::ExitCode;

/// The code of a row whose device PingOne lists more than once.
pub const DUPLICATE_FOUND: &str = "duplicate_found";

/// How many requests went to each kind of endpoint.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Requests {
    /// Access tokens.
    pub token: u64,
    /// Listings of a user's devices.
    pub list: u64,
    /// Creates.
    pub create: u64,
    /// Policies, settings, users and other reads.
    pub lookup: u64,
}

/// What a run came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// The run.
    pub run: RunId,
    /// The wave, as the command line names it.
    pub wave: String,
    /// Where the devices are; a plain dry run need not know.
    pub environment: Option<EnvironmentId>,
    /// Whether anything was to be sent at all.
    pub dry_run: bool,
    /// When it started.
    pub started_at: Timestamp,
    /// How many rows the wave has, or were read of it so far.
    pub rows: u64,
    /// What the pass that wrote the results came to, once there was one.
    pub account: Option<Account>,
    /// What became of them.
    pub tally: Tally,
    /// How many devices this run created itself; the others were there from earlier runs.
    pub created_now: u64,
    /// What was sent.
    pub requests: Requests,
    /// How often PingOne answered 429.
    pub throttled: u64,
    /// How often a create that failed was scheduled again.
    pub retries: u64,
    /// The most urgent reason to stop early, if there was one.
    pub stopped: Option<StopReason>,
}

impl Summary {
    /// Starts from nothing.
    pub fn new(
        run: RunId,
        wave: String,
        environment: Option<EnvironmentId>,
        dry_run: bool,
        started_at: Timestamp,
    ) -> Self {
        Self {
            run,
            wave,
            environment,
            dry_run,
            started_at,
            rows: 0,
            account: None,
            tally: Tally::default(),
            created_now: 0,
            requests: Requests::default(),
            throttled: 0,
            retries: 0,
            stopped: None,
        }
    }

    /// Takes an event in.
    pub fn on(&mut self, event: &Event) {
        match event {
            Event::RowRead { .. } => self.rows += 1,
            Event::Sent(kind) => {
                let count = match kind {
                    RequestKind::Token => &mut self.requests.token,
                    RequestKind::List => &mut self.requests.list,
                    RequestKind::Create => &mut self.requests.create,
                    RequestKind::Lookup => &mut self.requests.lookup,
                };
                *count += 1;
            }
            Event::AttemptEnded { answer, next, .. } => {
                self.throttled += u64::from(answer.http_status == Some(429));
                self.retries += u64::from(matches!(next, Next::Create(_)));
            }
            Event::LookEnded { outcome, .. } => {
                self.throttled += u64::from(matches!(outcome, LookOutcome::Throttled { .. }));
            }
            Event::RowFinished(row) => {
                self.tally.add(row);
                self.created_now += u64::from(row.outcome == Outcome::Created && !row.earlier);
            }
            Event::StopRequested { reason, .. } => self.stop(reason),
            Event::Held { .. } | Event::Waiting { .. } => {}
        }
    }

    /// Notes a reason to stop; a less urgent one does not replace a more urgent one.
    pub fn stop(&mut self, reason: &StopReason) {
        let urgent = match &self.stopped {
            Some(known) => exit_code_of(known).or(exit_code_of(reason)) != exit_code_of(known),
            None => true,
        };
        if urgent {
            self.stopped = Some(reason.clone());
        }
    }

    /// Replaces what the events told of rows by what the results file says of all of them.
    ///
    /// A run that stopped early has not read every row, and the results file lists
    /// those too. `rows` is the number of rows that an earlier pass over the input
    /// counted, `account` what the pass that wrote the file came to.
    pub fn settle(&mut self, rows: u64, account: Account, tally: Tally) {
        self.rows = rows;
        self.account = Some(account);
        self.tally = tally;
    }

    /// Counts the rows that have no outcome in this run as pending, where no results say more of them.
    pub fn leave_pending(&mut self, rows: u64) {
        let left = rows.saturating_sub(self.tally.outcomes.total());
        self.tally.outcomes.add_rows(Outcome::Pending, left);
        self.rows = rows;
    }

    /// Whether the results say of the rows what was `heard` of them while the run went on.
    ///
    /// A run that stopped early has not heard of every row; the results have at least what
    /// it has heard of as settled.
    pub fn agrees_with(&self, heard: &Counts) -> bool {
        let said = &self.tally.outcomes;
        if self.stopped.is_none() {
            return heard == said;
        }
        let settled = [
            Outcome::Created,
            Outcome::Existing,
            Outcome::Duplicate,
            Outcome::Invalid,
            Outcome::Rejected,
        ];
        let has = |outcome: Outcome| heard.get(outcome) <= said.get(outcome);
        heard.total() <= said.total() && settled.into_iter().all(has)
    }

    /// Whether every row has exactly one outcome, and every line of the input is accounted for.
    pub fn conserved(&self) -> bool {
        let outcomes = self.tally.outcomes.total();
        let balances = |account: Account| account.balances() && account.rows == outcomes;
        outcomes == self.rows && self.account.is_none_or(balances)
    }

    /// The code that the run ends with.
    ///
    /// A row that was lost, and a device that PingOne has twice, are wavepair's own failures.
    pub fn exit_code(&self) -> ExitCode {
        let outcomes = &self.tally.outcomes;
        let mut code = ExitCode::Done;
        if outcomes.any_of(&[Outcome::Invalid, Outcome::Rejected]) > 0 {
            code = code.or(ExitCode::NeedsPerson);
        }
        // Nothing is to be run again by itself before a person has looked at an input that changed.
        let changed = matches!(self.stopped, Some(StopReason::InputChanged { .. }));
        let left = outcomes.any_of(&[Outcome::Failed, Outcome::Unknown, Outcome::Pending]);
        if left > 0 && !changed {
            code = code.or(ExitCode::RunAgain);
        }
        if let Some(reason) = &self.stopped {
            code = code.or(exit_code_of(reason));
        }
        if !self.conserved() || self.tally.codes.contains_key(DUPLICATE_FOUND) {
            code = code.or(ExitCode::Broken);
        }
        code
    }
}

fn exit_code_of(reason: &StopReason) -> ExitCode {
    match reason {
        StopReason::Interrupted => ExitCode::Interrupted,
        StopReason::Terminated => ExitCode::Terminated,
        StopReason::TimeIsUp | StopReason::LimitReached => ExitCode::OutOfTime,
        StopReason::Pointless { .. } | StopReason::TooManyErrors { .. } => ExitCode::Pointless,
        StopReason::InputChanged { .. } => ExitCode::NeedsPerson,
        StopReason::Unavailable { .. } => ExitCode::RunAgain,
        StopReason::Broken { .. } => ExitCode::Broken,
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use uuid::Uuid;

    use super::*;
    use crate::model::event::{RowFinished, RowLabel};
    use crate::model::outcome::{Ambiguity, Answer, AttemptOutcome, Refusal};
    use crate::model::row::RowNumber;

    fn summary() -> Summary {
        Summary::new(
            RunId::from_uuid(Uuid::nil()),
            "wave.csv".to_owned(),
            None,
            false,
            Timestamp::UNIX_EPOCH,
        )
    }

    fn label(row: u64) -> RowLabel {
        RowLabel {
            row: RowNumber(row),
            line: row + 1,
            user: None,
            address: None,
        }
    }

    fn finished(row: u64, outcome: Outcome, code: Option<&str>) -> Event {
        Event::RowFinished(RowFinished {
            who: label(row),
            outcome,
            device: None,
            code: code.map(str::to_owned),
            message: None,
            earlier: false,
        })
    }

    fn of(rows: &[(Outcome, Option<&str>)], stops: &[StopReason]) -> Summary {
        let mut summary = summary();
        for (row, &(outcome, code)) in (1..).zip(rows) {
            summary.on(&Event::RowRead { bytes: row });
            summary.on(&finished(row, outcome, code));
        }
        for reason in stops {
            summary.on(&Event::StopRequested {
                reason: reason.clone(),
                in_flight: 0,
            });
        }
        summary
    }

    #[test]
    fn the_exit_code_follows_from_the_rows_and_the_most_urgent_reason_to_stop() {
        use Outcome::{
            Created, Duplicate, Existing, Failed, Invalid, Pending, Ready, Rejected, Unknown,
        };
        let what = || "x".to_owned();
        let pointless = || StopReason::Pointless {
            what: what(),
            hint: what(),
        };
        let changed = || StopReason::InputChanged {
            what: what(),
            hint: what(),
        };
        let unavailable = || StopReason::Unavailable { what: what() };
        for (rows, stops, code) in [
            (&[][..], vec![], 0),
            (&[Created, Existing, Duplicate][..], vec![], 0),
            (&[Ready, Created], vec![], 0),
            (&[Created, Invalid], vec![], 3),
            (&[Rejected], vec![], 3),
            (&[Rejected, Failed], vec![], 4),
            (&[Invalid, Unknown], vec![], 4),
            (&[Pending], vec![], 4),
            (&[Created], vec![unavailable()], 4),
            (&[Invalid, Pending], vec![StopReason::TimeIsUp], 7),
            (&[Failed, Pending], vec![StopReason::LimitReached], 7),
            (&[Rejected, Pending], vec![pointless()], 5),
            (&[Pending], vec![StopReason::TooManyErrors { bad: 9 }], 5),
            (&[Created, Pending], vec![changed()], 3),
            (&[Failed, Unknown, Pending], vec![changed()], 3),
            (&[Pending], vec![StopReason::Interrupted, changed()], 130),
            (&[Pending], vec![StopReason::TimeIsUp, changed()], 7),
            (&[Pending], vec![StopReason::TimeIsUp, pointless()], 5),
            (&[Pending], vec![pointless(), StopReason::TimeIsUp], 5),
            (&[Pending], vec![pointless(), StopReason::Interrupted], 130),
            (&[Pending], vec![StopReason::Terminated, pointless()], 143),
            (
                &[Pending],
                vec![StopReason::Terminated, StopReason::Interrupted],
                143,
            ),
            (
                &[Created],
                vec![StopReason::Interrupted, StopReason::Broken { what: what() }],
                1,
            ),
        ] {
            let rows: Vec<_> = rows.iter().map(|&outcome| (outcome, None)).collect();
            let summary = of(&rows, &stops);
            assert_eq!(summary.exit_code().code(), code, "{rows:?} {stops:?}");
        }
    }

    #[test]
    fn a_device_that_is_there_twice_is_a_failure_of_wavepair_itself() {
        let summary = of(&[(Outcome::Existing, Some(DUPLICATE_FOUND))], &[]);
        assert_eq!(summary.exit_code(), ExitCode::Broken);
    }

    #[test]
    fn a_row_without_an_outcome_is_noticed() {
        let mut summary = of(&[(Outcome::Created, None)], &[]);
        assert!(summary.conserved());
        summary.on(&Event::RowRead { bytes: 9 });
        assert!(!summary.conserved());
        assert_eq!(summary.exit_code(), ExitCode::Broken);

        let mut all = Tally::default();
        for event in [
            finished(1, Outcome::Created, None),
            finished(2, Outcome::Pending, None),
        ] {
            let Event::RowFinished(row) = event else {
                panic!("not a row")
            };
            all.add(&row);
        }
        summary.settle(2, account(2), all);
        assert!(summary.conserved());
        assert_eq!(summary.exit_code(), ExitCode::RunAgain);
    }

    /// A header and so many rows.
    fn account(rows: u64) -> Account {
        Account {
            lines: rows + 1,
            header: 1,
            blank: 0,
            of_rows: rows,
            rows,
        }
    }

    #[test]
    fn a_miscount_of_any_kind_is_a_failure_of_wavepair_itself() {
        type Plant = fn(&mut Account, &mut u64);
        let miscounts: [(&str, Plant); 8] = [
            ("a line that nobody read", |account, _| account.lines += 1),
            ("a line that is not there", |account, _| account.lines -= 1),
            ("a header that took a row", |account, _| account.header += 1),
            ("a row taken for blank", |account, _| account.blank += 1),
            ("a line in two rows", |account, _| account.of_rows += 1),
            ("a row without a line of the results", |account, _| {
                account.rows += 1;
            }),
            ("a row that the first pass did not see", |_, rows| {
                *rows -= 1;
            }),
            ("a row that only the first pass saw", |_, rows| *rows += 1),
        ];
        let settled = |plant: Plant| {
            let mut summary = of(&[(Outcome::Created, None), (Outcome::Existing, None)], &[]);
            let (mut account, mut rows) = (account(2), 2);
            plant(&mut account, &mut rows);
            let tally = summary.tally.clone();
            summary.settle(rows, account, tally);
            summary.exit_code()
        };
        assert_eq!(settled(|_, _| {}), ExitCode::Done);
        for (what, plant) in miscounts {
            assert_eq!(settled(plant), ExitCode::Broken, "{what}");
        }
    }

    #[test]
    fn what_was_heard_of_the_rows_must_be_what_the_results_say() {
        use Outcome::{Created, Failed, Pending, Rejected};
        for (heard, said, stopped, agrees) in [
            (&[][..], &[][..], false, true),
            (&[Created, Rejected], &[Created, Rejected], false, true),
            (&[Created, Rejected], &[Created, Created], false, false),
            (&[Created], &[Created, Pending], false, false),
            (&[Created], &[Created, Pending], true, true),
            (&[Created], &[Created, Failed], true, true),
            (&[Created, Rejected], &[Created, Pending], true, false),
            (&[Created, Failed], &[Created], true, false),
        ] {
            let counts = |outcomes: &[Outcome]| {
                let mut counts = Counts::default();
                for &outcome in outcomes {
                    counts.add(outcome);
                }
                counts
            };
            let mut summary = summary();
            summary.tally.outcomes = counts(said);
            if stopped {
                summary.stop(&StopReason::TimeIsUp);
            }
            let found = summary.agrees_with(&counts(heard));
            assert_eq!(found, agrees, "{heard:?} {said:?} {stopped}");
        }
    }

    #[test]
    fn rows_that_were_not_reached_are_pending_where_no_results_tell_of_them() {
        let mut summary = of(&[(Outcome::Created, None)], &[]);
        summary.leave_pending(5);
        assert_eq!(summary.tally.outcomes.get(Outcome::Pending), 4);
        assert!(summary.conserved());
    }

    #[test]
    fn requests_throttles_and_retries_are_counted_apart() {
        let mut summary = summary();
        let attempt = |outcome, http_status, next| Event::AttemptEnded {
            who: label(1),
            attempt: 1,
            outcome,
            answer: Answer {
                http_status,
                ..Answer::default()
            },
            took: Duration::ZERO,
            next,
        };
        let throttled = AttemptOutcome::NotCreated(Refusal::Throttled { retry_after: None });
        for event in [
            Event::Sent(RequestKind::Token),
            Event::Sent(RequestKind::List),
            Event::Sent(RequestKind::Create),
            Event::Sent(RequestKind::Create),
            Event::Sent(RequestKind::Lookup),
            attempt(throttled, Some(429), Next::Create(Duration::ZERO)),
            attempt(
                AttemptOutcome::Indeterminate(Ambiguity::QuotaExceeded),
                Some(429),
                Next::Look(Duration::ZERO),
            ),
            attempt(
                AttemptOutcome::NotCreated(Refusal::Unreachable),
                None,
                Next::Finish,
            ),
            Event::LookEnded {
                who: label(1),
                outcome: LookOutcome::Throttled { retry_after: None },
                took: Duration::ZERO,
                next: Next::Look(Duration::ZERO),
            },
        ] {
            summary.on(&event);
        }
        let requests = Requests {
            token: 1,
            list: 1,
            create: 2,
            lookup: 1,
        };
        assert_eq!(summary.requests, requests);
        assert_eq!((summary.throttled, summary.retries), (3, 1));
    }
}
