//! The connections to PingOne: which are kept, and which answers come late on them.

use std::collections::VecDeque;

use super::pingone::Time;
use super::says::Answer;

/// How long an unused connection is kept (`pingone::http`).
const KEPT: Time = 4_000_000;

/// A connection.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) number: u64,
    pool: Option<u64>,
    idle_since: Time,
    /// The answers that come on it once more, or too late, and when.
    late: VecDeque<(Time, Answer)>,
}

/// The connections that are kept.
#[derive(Debug, Default)]
pub(super) struct Lines {
    idle: Vec<Line>,
    made: u64,
}

impl Lines {
    /// One that is kept in this pool, if there is one.
    pub(super) fn kept(&mut self, pool: Option<u64>, now: Time) -> Option<Line> {
        // What comes on a connection that waits for nothing ends it.
        self.idle.retain(|line| {
            let is_quiet = line.late.iter().all(|(at, _)| *at > now);
            is_quiet && now - line.idle_since < KEPT
        });
        let of_pool = |line: &Line| pool.is_some() && line.pool == pool;
        let found = self.idle.iter().rposition(of_pool)?;
        Some(self.idle.remove(found))
    }

    pub(super) fn new_line(&mut self, pool: Option<u64>) -> Line {
        self.made += 1;
        Line {
            number: self.made,
            pool,
            idle_since: 0,
            late: VecDeque::new(),
        }
    }

    /// Keeps a connection that was answered on.
    pub(super) fn keep(&mut self, mut line: Line, now: Time) {
        if line.pool.is_some() {
            line.idle_since = now;
            self.idle.push(line);
        }
    }

    /// Ends all of them: the process is gone.
    pub(super) fn end(&mut self) {
        self.idle.clear();
    }
}

impl Line {
    /// When something comes on it that is not the answer to what is asked now.
    pub(super) fn late(&self) -> Option<Time> {
        self.late.front().map(|(at, _)| *at)
    }

    pub(super) fn take_late(&mut self) -> Option<Answer> {
        self.late.pop_front().map(|(_, answer)| answer)
    }

    /// Has an answer come then, whatever is asked by then.
    pub(super) fn add_late(&mut self, at: Time, answer: Answer) {
        self.late.push_back((at, answer));
    }
}
