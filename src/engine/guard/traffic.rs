//! How requests go: how many at once, whether one goes first, and when to pause.

use std::time::Duration;

use tokio::time::Instant;

use super::breaker::{Breaker, Kind, Sign, Trip};
use super::subject::Subject;
use super::width::Width;
use crate::model::rate_group::{ByGroup, RateGroup};

/// An answer that takes longer shows that there is too much in flight: where PingOne keeps up, nearly
/// all are there within a second.
const SLOW: Duration = Duration::from_secs(5);

/// Counts requests, and watches how they go.
#[derive(Debug)]
pub(in crate::engine) struct Traffic {
    /// The number of the next request.
    next_seq: u64,
    width: Width,
    breaker: Breaker,
    /// While one request goes first: the earliest whose answer counts.
    probe: Option<u64>,
    /// The same while one of a rate group does.
    probes: ByGroup<Option<u64>>,
}

impl Traffic {
    /// So many requests may be in flight at most.
    pub(super) fn new(most: usize) -> Self {
        Self {
            next_seq: 0,
            width: Width::new(most),
            breaker: Breaker::new(),
            probe: None,
            probes: ByGroup::default(),
        }
    }

    /// The number of a request that is begun now.
    pub(in crate::engine) fn number(&mut self) -> u64 {
        self.next_seq += 1;
        self.next_seq - 1
    }

    /// The number of the request that is begun next.
    pub(in crate::engine) fn next_seq(&self) -> u64 {
        self.next_seq
    }

    /// How many requests of any kind may be in flight.
    pub(super) fn width(&self) -> usize {
        if self.probe.is_some() || self.breaker.is_probing() {
            1
        } else {
            self.width.get()
        }
    }

    /// Until when nothing is sent because the breaker tripped.
    pub(in crate::engine) fn tripped_until(&self, now: Instant) -> Option<Instant> {
        self.breaker.tripped_until(now)
    }

    /// Lets one request go first after a pause or with a new token, until an answer comes: one of a
    /// rate group, or of all where there is none.
    pub(in crate::engine) fn probe(&mut self, group: Option<RateGroup>) {
        let probe = match group {
            Some(group) => self.probes.get_mut(group),
            None => &mut self.probe,
        };
        *probe = Some(self.next_seq);
    }

    /// Whether one request of a rate group goes first.
    pub(in crate::engine) fn is_probing(&self, group: RateGroup) -> bool {
        self.probes.get(group).is_some()
    }

    /// Lets all go again where the one that went first was answered.
    pub(in crate::engine) fn probed(&mut self, group: RateGroup, seq: u64) {
        self.probe.take_if(|first| seq >= *first);
        let probe = self.probes.get_mut(group);
        probe.take_if(|first| seq >= *first);
    }

    /// Whether a request that was begun, and is not sent yet, must not be: since then one is to go first.
    pub(in crate::engine) fn withholds(&self, group: RateGroup, seq: u64) -> bool {
        let mut probes = self.probe.iter().chain(self.probes.get(group));
        probes.any(|first| seq < *first) || self.breaker.tripped_after(seq)
    }

    /// Lets fewer be in flight, for a request was not answered in time.
    pub(super) fn narrow(&mut self, seq: u64) {
        self.width.narrow(seq, self.next_seq);
    }

    /// Lets half as many be in flight, for this machine bears no more; tells whether it could.
    pub(super) fn halve(&mut self, seq: u64) -> bool {
        self.width.halve(seq, self.next_seq)
    }

    /// Takes note of how a request went; tells whether too many fail.
    pub(super) fn went(
        &mut self,
        kind: Kind,
        subject: Subject,
        sign: Sign,
        now: Instant,
    ) -> Option<Trip> {
        if subject.took > SLOW {
            self.narrow(subject.seq);
        } else if sign == Sign::Answered {
            self.width.widen();
        }
        let next = self.next_seq;
        self.breaker.note(kind, subject.seq, next, sign, now)
    }

    /// Takes note that too little succeeded for a minute to pay for retries.
    pub(super) fn exhausted(&mut self, kind: Kind, now: Instant) -> Option<Trip> {
        self.breaker.exhausted(kind, self.next_seq, now)
    }
}
