//! What a run came to: a fold over its events, so that no two screens disagree.

use jiff::Timestamp;

use super::account::Account;
use super::calling_codes::CallingCodes;
use super::counts::Counts;
use super::event::{Event, Next, RequestKind};
use super::ids::{EnvironmentId, RunId};
use super::messages::Messages;
use super::outcome::Outcome;
use super::pace_reading::Paces;
use super::shard::Shard;
use super::shared_phones::SharedPhones;
use super::stop::StopReason;
use super::tally::Tally;
use super::told_book::ToldUsers;
use super::undo::UndoCounts;
use super::verdict::Verdicts;
use crate::exit::ExitCode;

/// How many requests went to each kind of endpoint.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Requests {
    /// Access tokens.
    pub token: u64,
    /// Listings of a user's devices.
    pub list: u64,
    /// Creates.
    pub create: u64,
    /// Whether users can use MFA: read, or switched on.
    pub mfa: u64,
    /// Deletions.
    pub delete: u64,
    /// Policies, settings, users and other reads.
    pub read: u64,
}

/// What a run came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Summary {
    /// The run.
    pub run: RunId,
    /// The wave, as the command line names it.
    pub wave: String,
    /// Where the devices are; a plain dry run need not know.
    pub environment: Option<EnvironmentId>,
    /// Whether anything was to be sent at all.
    pub dry_run: bool,
    /// Which shard of the wave it is about.
    pub shard: Shard,
    /// When it started.
    pub started_at: Timestamp,
    /// How many rows the wave has, or were read of it so far.
    pub rows: u64,
    /// What the pass that wrote the results came to, once there was one.
    pub account: Option<Account>,
    /// What became of them.
    pub tally: Tally,
    /// What became of the devices of a run that is undone.
    pub undone: Option<UndoCounts>,
    /// What a look from outside says of the devices, where there was one.
    pub verdicts: Option<Verdicts>,
    /// The messages that the run may send to people, or a run would.
    pub messages: Messages,
    /// Users whom PingOne may tell of a new device, where an online dry run counted them.
    pub told: Option<ToldUsers>,
    /// Phones of more than one user, where a dry run found some.
    pub shared_phones: SharedPhones,
    /// From which countries the valid phones are, where a dry run counted them.
    pub countries: CallingCodes,
    /// How many devices this run created itself; the others were there from earlier runs.
    pub created_now: u64,
    /// What was sent.
    pub requests: Requests,
    /// How often PingOne answered 429.
    pub throttled: u64,
    /// How often a create that failed was scheduled again.
    pub retries: u64,
    /// How the paces went, where anything was to be sent.
    pub paces: Option<Paces>,
    /// The most urgent reason to stop early, if there was one.
    pub stopped: Option<StopReason>,
    /// How the run before on this wave ended, where the ledger knows of one that did.
    pub previous_exit_code: Option<u8>,
    /// The ledger, as the command line or the settings name it; none that is thrown away.
    pub ledger: Option<String>,
}

impl Summary {
    /// Starts from nothing.
    pub(crate) fn new(
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
            shard: Shard::WHOLE,
            started_at,
            rows: 0,
            account: None,
            tally: Tally::default(),
            undone: None,
            verdicts: None,
            messages: Messages::default(),
            told: None,
            shared_phones: SharedPhones::default(),
            countries: CallingCodes::default(),
            created_now: 0,
            requests: Requests::default(),
            throttled: 0,
            retries: 0,
            paces: None,
            stopped: None,
            previous_exit_code: None,
            ledger: None,
        }
    }

    /// Takes an event in.
    pub(crate) fn on(&mut self, event: &Event) {
        self.throttled += u64::from(event.is_throttle());
        match event {
            Event::RowRead => self.rows += 1,
            Event::Sent(kind) => {
                let count = match kind {
                    RequestKind::Token => &mut self.requests.token,
                    RequestKind::List => &mut self.requests.list,
                    RequestKind::Create => &mut self.requests.create,
                    RequestKind::Mfa => &mut self.requests.mfa,
                    RequestKind::Delete => &mut self.requests.delete,
                    RequestKind::User | RequestKind::Read | RequestKind::Report => {
                        &mut self.requests.read
                    }
                };
                *count += 1;
            }
            Event::AttemptEnded { next, .. } => {
                self.retries += u64::from(matches!(next, Next::Create(_)));
            }
            Event::RowFinished(row) => {
                self.tally.add(row);
                self.created_now += u64::from(row.outcome == Outcome::Created && !row.earlier);
            }
            Event::TakenBack(rows) => {
                self.rows = self.rows.saturating_sub(rows.total());
                self.tally.outcomes.take_back(rows);
            }
            Event::StopRequested { reason, .. } => self.stop(reason),
            Event::Paced(paces) => self.paces = Some(paces.clone()),
            Event::LookEnded { .. }
            | Event::MfaEnded { .. }
            | Event::Throttled
            | Event::LookingUp { .. }
            | Event::UserOutdated(_)
            | Event::Held { .. }
            | Event::Waiting { .. } => {}
        }
    }

    /// Notes a reason to stop; a less urgent one does not replace a more urgent one.
    pub(crate) fn stop(&mut self, reason: &StopReason) {
        let urgent = match &self.stopped {
            Some(known) => known.exit_code().or(reason.exit_code()) != known.exit_code(),
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
    pub(crate) fn settle(&mut self, rows: u64, account: Account, tally: Tally) {
        self.rows = rows;
        self.account = Some(account);
        self.tally = tally;
    }

    /// How many rows it is about: those of its shard.
    pub(crate) fn our_rows(&self) -> u64 {
        self.rows.saturating_sub(self.tally.of_other_shards)
    }

    /// Counts the rows that have no outcome in this run as pending, where no results say more of them.
    ///
    /// `rows` is how many the wave has, and `of_other_shards` how many of them are none of ours.
    pub(crate) fn leave_pending(&mut self, rows: u64, of_other_shards: u64) {
        self.tally.of_other_shards = of_other_shards;
        let left = rows.saturating_sub(self.tally.rows());
        self.tally.outcomes.add_rows(Outcome::Pending, left);
        self.rows = rows;
    }

    /// Whether the results say of the rows what was `heard` of them while the run went on.
    ///
    /// A run that stopped early has not heard of every row; the results have at least what
    /// it has heard of as settled.
    pub(crate) fn agrees_with(&self, heard: &Counts) -> bool {
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

    /// Whether every row has exactly one outcome or belongs to another shard, and every line of the
    /// input is accounted for.
    pub(crate) fn conserved(&self) -> bool {
        let rows = self.tally.rows();
        let balances = |account: Account| account.balances() && account.rows == rows;
        rows == self.rows && self.account.is_none_or(balances)
    }

    /// The code that the run ends with.
    ///
    /// A row that was lost, and a device that PingOne has twice, are wavepair's own failures.
    pub(crate) fn exit_code(&self) -> ExitCode {
        let outcomes = &self.tally.outcomes;
        let mut code = ExitCode::Done;
        if outcomes.any_of(&[Outcome::Invalid, Outcome::Rejected]) > 0 {
            code = code.or(ExitCode::NeedsPerson);
        }
        // Nothing is to be run again by itself before a person has looked at the input.
        let wants_a_look = matches!(
            self.stopped,
            Some(StopReason::InputChanged { .. } | StopReason::InvalidRows { .. })
        );
        let left = outcomes.any_of(&[Outcome::Failed, Outcome::Unknown, Outcome::Pending]);
        // Of a device without an ID, a later run learns it.
        if left + self.tally.nameless > 0 && !wants_a_look {
            code = code.or(ExitCode::RunAgain);
        }
        // Only time settles rows in doubt: there is nothing to fix before the next run.
        let open = outcomes.any_of(&[Outcome::Failed, Outcome::Pending]);
        let all_in_doubt = open == 0 && outcomes.get(Outcome::Unknown) > 0;
        if let Some(reason) = &self.stopped {
            let stop = reason.exit_code();
            if !(all_in_doubt && stop == ExitCode::Pointless) {
                code = code.or(stop);
            }
        }
        if !self.conserved() || self.tally.seen_twice.is_some() {
            code = code.or(ExitCode::Broken);
        }
        code
    }
}

#[cfg(test)]
mod tests;
