//! The breaker: most requests of late have failed, so sending more would only make it worse.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::time::Instant;

use crate::model::rate_group::RateGroup;
use crate::pingone::transport::FaultKind;

/// How many requests of a kind are looked back on: more would still count a bad hour that is over.
const WINDOW: usize = 50;
/// How many there are before they are judged: of fewer, half may fail by chance.
const WINDOW_MIN: usize = 20;
/// How long nothing is sent once it has tripped.
const TRIPPED: Duration = Duration::from_mins(1);
/// How many requests go one by one after that, and must be answered: one alone may be luck.
const PROBES: u32 = 3;
/// How long nothing but failures to connect may be all that happens: as long as a network may take to
/// come back by itself, and no longer, for then a person has to look.
const OUT_OF_REACH: Duration = Duration::from_secs(30);

/// Which kind of request was answered. That listings are answered says nothing of creates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::engine) enum Kind {
    Create,
    Look,
    /// Whether a user can use MFA: read, or switched on.
    Mfa,
}

impl Kind {
    /// With which other requests it is limited.
    pub(in crate::engine) fn group(self) -> RateGroup {
        match self {
            Kind::Create => RateGroup::Creates,
            Kind::Look => RateGroup::Lists,
            Kind::Mfa => RateGroup::Directory,
        }
    }

    /// Several of them, in a message.
    pub(in crate::engine) fn plural(self) -> &'static str {
        match self {
            Kind::Create => "creates",
            Kind::Look => "listings",
            Kind::Mfa => "requests about users' MFA",
        }
    }
}

/// How a request went, as far as PingOne being there is concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sign {
    /// It was answered.
    Answered,
    /// It failed on the way or at PingOne.
    Failed,
    /// There was no connection.
    OutOfReach,
}

impl Sign {
    /// What a request that failed says of PingOne being there.
    pub(super) fn of_failure(fault: Option<FaultKind>) -> Self {
        if fault.is_some_and(FaultKind::is_out_of_reach) {
            Sign::OutOfReach
        } else {
            Sign::Failed
        }
    }
}

/// What the failures of late amount to.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::engine) struct Trip {
    /// What happened.
    pub(in crate::engine) cause: TripCause,
    /// Whether it happened before, or went on for so long that waiting has no point.
    pub(in crate::engine) for_good: bool,
}

/// Why the breaker trips.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::engine) enum TripCause {
    /// There has been no connection for so long.
    NoConnection { lasted: Duration },
    /// A request that went first after a pause of so long failed as well.
    ProbeFailed { kind: Kind, waited: Duration },
    /// So many of the last ones of a kind failed.
    MostFailed {
        kind: Kind,
        failed: usize,
        of: usize,
    },
    /// Too few requests succeeded to pay for retries.
    RetriesUnaffordable,
}

/// Watches how requests go, and trips when most of one kind fail.
#[derive(Debug)]
pub(super) struct Breaker {
    creates: VecDeque<bool>,
    looks: VecDeque<bool>,
    mfas: VecDeque<bool>,
    tripped: Option<Tripped>,
    out_of_reach_since: Option<Instant>,
}

/// It has tripped: nothing is sent for a while, and then one request at a time.
#[derive(Debug)]
struct Tripped {
    kind: Kind,
    until: Instant,
    /// The first request that was begun after it.
    first: u64,
    probes_left: u32,
}

impl Breaker {
    pub(super) fn new() -> Self {
        Self {
            creates: VecDeque::with_capacity(WINDOW),
            looks: VecDeque::with_capacity(WINDOW),
            mfas: VecDeque::new(),
            tripped: None,
            out_of_reach_since: None,
        }
    }

    /// Until when nothing is sent.
    pub(super) fn tripped_until(&self, now: Instant) -> Option<Instant> {
        let until = self.tripped.as_ref()?.until;
        (until > now).then_some(until)
    }

    /// Whether requests go one by one, to find out whether it is over.
    pub(super) fn is_probing(&self) -> bool {
        self.tripped
            .as_ref()
            .is_some_and(|tripped| tripped.probes_left > 0)
    }

    /// Whether a request was begun before it tripped last: its answer is no news.
    pub(super) fn tripped_after(&self, seq: u64) -> bool {
        self.tripped
            .as_ref()
            .is_some_and(|tripped| seq < tripped.first)
    }

    /// Takes note of an answer. `next` is the number of the next request.
    pub(super) fn note(
        &mut self,
        kind: Kind,
        seq: u64,
        next: u64,
        sign: Sign,
        now: Instant,
    ) -> Option<Trip> {
        if sign != Sign::OutOfReach {
            self.out_of_reach_since = None;
        }
        if self.tripped_after(seq) {
            return None;
        }
        let window = match kind {
            Kind::Create => &mut self.creates,
            Kind::Look => &mut self.looks,
            Kind::Mfa => &mut self.mfas,
        };
        if window.len() == WINDOW {
            window.pop_front();
        }
        window.push_back(sign != Sign::Answered);
        let of_probes = self
            .tripped
            .as_mut()
            .filter(|tripped| tripped.probes_left > 0 && tripped.kind == kind);
        if sign == Sign::Answered {
            if let Some(tripped) = of_probes {
                tripped.probes_left -= 1;
            }
            return None;
        }
        let probe_failed = of_probes.is_some();
        let (failures, all) = (window.iter().filter(|&&bad| bad).count(), window.len());
        if sign == Sign::OutOfReach {
            let since = *self.out_of_reach_since.get_or_insert(now);
            let lasted = now.saturating_duration_since(since);
            if lasted >= OUT_OF_REACH {
                return Some(Trip {
                    cause: TripCause::NoConnection { lasted },
                    for_good: true,
                });
            }
        }
        if !probe_failed && (all < WINDOW_MIN || failures * 2 < all) {
            return None;
        }
        let cause = if probe_failed {
            TripCause::ProbeFailed {
                kind,
                waited: TRIPPED,
            }
        } else {
            TripCause::MostFailed {
                kind,
                failed: failures,
                of: all,
            }
        };
        Some(self.trip(kind, next, now, cause))
    }

    /// Trips because too little succeeded to pay for retries, unless it has tripped. `next` is the
    /// number of the next request.
    pub(super) fn exhausted(&mut self, kind: Kind, next: u64, now: Instant) -> Option<Trip> {
        if self.tripped_until(now).is_some() {
            return None;
        }
        Some(self.trip(kind, next, now, TripCause::RetriesUnaffordable))
    }

    fn trip(&mut self, kind: Kind, next: u64, now: Instant, cause: TripCause) -> Trip {
        let for_good = self.tripped.is_some();
        self.tripped = Some(Tripped {
            kind,
            until: now + TRIPPED,
            first: next,
            probes_left: PROBES,
        });
        self.creates.clear();
        self.looks.clear();
        self.mfas.clear();
        Trip { cause, for_good }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock;

    /// A breaker and the requests that it saw.
    struct Line {
        breaker: Breaker,
        sent: u64,
        now: Instant,
    }

    impl Line {
        fn new() -> Self {
            Self {
                breaker: Breaker::new(),
                sent: 0,
                now: clock::now(),
            }
        }

        fn send(&mut self) -> u64 {
            self.sent += 1;
            self.sent - 1
        }

        fn answer(&mut self, kind: Kind, seq: u64, sign: Sign) -> Option<Trip> {
            self.breaker.note(kind, seq, self.sent, sign, self.now)
        }

        fn one(&mut self, kind: Kind, sign: Sign) -> Option<Trip> {
            let seq = self.send();
            self.answer(kind, seq, sign)
        }

        /// Repeats until it trips; tells after how many.
        fn trips_after(&mut self, kind: Kind, sign: Sign) -> Option<usize> {
            (1..=200).find(|_| self.one(kind, sign).is_some())
        }
    }

    #[test]
    fn it_trips_for_a_minute_when_half_of_the_last_20_of_a_kind_failed() {
        for kind in [Kind::Create, Kind::Look] {
            let mut line = Line::new();
            assert_eq!(line.trips_after(kind, Sign::Failed), Some(20));
            let until = line.now + Duration::from_mins(1);
            assert_eq!(line.breaker.tripped_until(line.now), Some(until));
            assert_eq!(line.breaker.tripped_until(until), None);
            let mut half = Line::new();
            for _ in 0..50 {
                assert_eq!(half.one(kind, Sign::Answered), None);
            }
            assert_eq!(half.trips_after(kind, Sign::Failed), Some(25));
        }
    }

    #[test]
    fn less_than_half_of_failures_trips_nothing_whatever_the_other_kind_does() {
        let mut line = Line::new();
        for number in 0..500 {
            let sign = if number % 33 == 0 {
                Sign::Failed
            } else {
                Sign::Answered
            };
            assert_eq!(line.one(Kind::Look, sign), None, "{number}");
        }
        assert_eq!(line.trips_after(Kind::Create, Sign::Failed), Some(20));
    }

    #[test]
    fn answers_to_what_was_sent_before_it_tripped_are_no_probes() {
        for sign in [Sign::Answered, Sign::Failed] {
            let mut line = Line::new();
            let in_flight: Vec<u64> = (0..32).map(|_| line.send()).collect();
            line.trips_after(Kind::Create, Sign::Failed).unwrap();
            for seq in in_flight {
                assert_eq!(line.answer(Kind::Create, seq, sign), None);
            }
            assert!(line.breaker.is_probing());
        }
    }

    #[test]
    fn three_good_probes_let_all_go_and_a_bad_one_is_the_end() {
        let mut line = Line::new();
        line.trips_after(Kind::Create, Sign::Failed).unwrap();
        line.now += TRIPPED;
        for _ in 0..3 {
            assert!(line.breaker.is_probing());
            assert_eq!(line.one(Kind::Look, Sign::Answered), None);
            assert_eq!(line.one(Kind::Create, Sign::Answered), None);
        }
        assert!(!line.breaker.is_probing());
        let mut again = Line::new();
        again.trips_after(Kind::Create, Sign::Failed).unwrap();
        again.now += TRIPPED;
        let end = again.one(Kind::Create, Sign::Failed).unwrap();
        let failed = TripCause::ProbeFailed {
            kind: Kind::Create,
            waited: Duration::from_mins(1),
        };
        assert!(end.for_good && end.cause == failed, "{end:?}");
    }

    #[test]
    fn the_second_trip_is_the_end() {
        let mut line = Line::new();
        line.trips_after(Kind::Create, Sign::Failed).unwrap();
        for _ in 0..3 {
            line.one(Kind::Create, Sign::Answered);
        }
        let trip = (0..50).find_map(|_| line.one(Kind::Look, Sign::Failed));
        assert!(trip.unwrap().for_good);
    }

    #[test]
    fn a_budget_that_is_exhausted_trips_it_once_and_the_next_time_is_the_end() {
        let mut line = Line::new();
        let exhausted = |line: &mut Line| line.breaker.exhausted(Kind::Look, line.sent, line.now);
        assert!(!exhausted(&mut line).unwrap().for_good);
        assert_eq!(exhausted(&mut line), None, "it has tripped");
        line.now += TRIPPED;
        assert!(line.breaker.is_probing());
        assert!(exhausted(&mut line).unwrap().for_good);
    }

    #[test]
    fn half_a_minute_of_nothing_but_failures_to_connect_is_the_end() {
        let mut line = Line::new();
        for seconds in [0, 10, 10, 9] {
            line.now += Duration::from_secs(seconds);
            assert_eq!(line.one(Kind::Look, Sign::OutOfReach), None);
        }
        line.now += Duration::from_secs(1);
        let trip = line.one(Kind::Create, Sign::OutOfReach).unwrap();
        let lasted = Duration::from_secs(30);
        let no_connection = TripCause::NoConnection { lasted };
        assert!(trip.for_good && trip.cause == no_connection, "{trip:?}");
        let mut now_and_then = Line::new();
        for _ in 0..10 {
            now_and_then.now += Duration::from_secs(20);
            assert_eq!(now_and_then.one(Kind::Look, Sign::OutOfReach), None);
            assert_eq!(now_and_then.one(Kind::Look, Sign::Failed), None);
            assert_eq!(now_and_then.one(Kind::Create, Sign::Answered), None);
            now_and_then.breaker.looks.clear();
        }
    }
}
