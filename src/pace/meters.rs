//! One meter for each rate group, and one ceiling for all of them together.

use std::time::Duration;

use tokio::time::Instant;

use super::bucket::Bucket;
use super::meter::Meter;
use super::{Pacing, Wait};
use crate::model::pace_reading::{Millirate, Paces};
use crate::model::rate_group::{ByGroup, RateGroup};

/// Gives leave to send; what is refused to one rate group delays no other.
#[derive(Debug)]
pub(crate) struct Meters {
    pacing: Pacing,
    /// What all requests together keep to, where that was said.
    ceiling: Option<Bucket>,
    /// What earlier runs were refused not long ago.
    refused: ByGroup<Option<f64>>,
    groups: ByGroup<Option<Meter>>,
}

impl Meters {
    /// Meters that have seen nothing yet.
    pub(crate) fn new(pacing: Pacing, now: Instant) -> Self {
        let bucket = |ceiling| Bucket::new(ceiling, now);
        Self {
            pacing,
            ceiling: pacing.ceiling().map(bucket),
            refused: ByGroup::default(),
            groups: ByGroup::default(),
        }
    }

    /// Begins below the rates that earlier runs were refused not long ago.
    #[must_use]
    pub(crate) fn below(mut self, refused: &[(RateGroup, Millirate)]) -> Self {
        for (group, rate) in refused {
            *self.refused.get_mut(*group) = Some(rate.per_second());
        }
        self
    }

    /// Takes leave for one request, or says how long there is none.
    ///
    /// # Errors
    ///
    /// The moment at which to ask again, and whether it is the pace or a hold that says so.
    pub(crate) fn take(&mut self, group: RateGroup, now: Instant) -> Result<(), Wait> {
        // Its own leave comes first and stays: a leave under the ceiling is to be used at once.
        self.meter(group, now).grant(now)?;
        if let Some(ceiling) = &self.ceiling {
            ceiling.take().map_err(Wait::Pace)?;
        }
        self.meter(group, now).launch();
        Ok(())
    }

    /// Holds the requests of a rate group until then, or all where there is none; a hold that lasts
    /// longer already stays.
    pub(crate) fn hold(&mut self, group: Option<RateGroup>, until: Instant, now: Instant) {
        for held in RateGroup::ALL {
            if group.is_none_or(|group| group == held) {
                self.meter(held, now).hold(until, now);
            }
        }
    }

    /// Until when the requests of a rate group are held, if they are.
    pub(crate) fn held(&self, group: RateGroup, now: Instant) -> Option<Instant> {
        let meter = self.groups.get(group).as_ref();
        meter.and_then(|meter| meter.held(now))
    }

    /// Takes note of an answer that is no refusal.
    pub(crate) fn answered(&mut self, group: RateGroup) {
        if let Some(meter) = self.groups.get_mut(group) {
            meter.answered();
        }
    }

    /// Takes note of a 429; `launch` is the number of its request, `next` that of the next one, and
    /// `pause` is how long PingOne wants to be left alone.
    pub(crate) fn refused(&mut self, group: RateGroup, launch: u64, next: u64, pause: Duration) {
        if let Some(meter) = self.groups.get_mut(group) {
            meter.refused(launch, next, pause);
        }
    }

    /// The meter of a rate group, which begins with its first request.
    fn meter(&mut self, group: RateGroup, now: Instant) -> &mut Meter {
        let (pacing, refused) = (self.pacing, *self.refused.get(group));
        let meter = self.groups.get_mut(group);
        meter.get_or_insert_with(|| Meter::below(pacing, refused, now))
    }

    /// How they go.
    pub(crate) fn reading(&self) -> Paces {
        let used = |(group, meter): (RateGroup, &Option<Meter>)| {
            let reading = meter.as_ref()?.reading();
            (reading.requests > 0).then_some((group, reading))
        };
        Paces {
            ceiling: self.pacing.ceiling().map(Millirate::of),
            groups: self.groups.iter().filter_map(used).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock;

    const SECOND: Duration = Duration::from_secs(1);

    /// Sends as much as there is leave for, to these groups in turn: how much went to each in so long,
    /// and when.
    async fn sent(meters: &mut Meters, groups: &[RateGroup], span: Duration) -> Vec<Vec<Duration>> {
        let start = clock::now();
        let mut sent = vec![Vec::new(); groups.len()];
        loop {
            let at = clock::now().duration_since(start);
            let mut next = span;
            for (group, sent) in groups.iter().zip(&mut sent) {
                match meters.take(*group, clock::now()) {
                    Ok(()) => {
                        sent.push(at);
                        next = at;
                    }
                    Err(wait) => next = next.min(wait.until() - start),
                }
            }
            if next >= span {
                return sent;
            }
            tokio::time::sleep_until(start + next).await;
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_hold_and_a_refusal_of_one_group_delay_and_slow_no_other() {
        let mut meters = Meters::new(Pacing::Found, clock::now());
        let groups = [RateGroup::Creates, RateGroup::Lists];
        sent(&mut meters, &groups, 4 * SECOND).await;
        let before = meters.reading();
        let now = clock::now();
        meters.refused(RateGroup::Lists, 1, 100, 5 * SECOND);
        meters.hold(Some(RateGroup::Lists), now + 5 * SECOND, now);
        let both = sent(&mut meters, &groups, 5 * SECOND).await;
        assert!(both[1].is_empty(), "listings are held");
        assert!(both[0].len() > 5 * 20, "creates are not: {}", both[0].len());
        let apart = both[0].windows(2).map(|two| two[1].saturating_sub(two[0]));
        assert!(apart.max() <= Some(Duration::from_millis(70)));
        let after = meters.reading();
        assert!(after.groups[0].1.last > before.groups[0].1.last);
        assert!(after.groups[1].1.last < before.groups[1].1.last);
        assert_eq!((after.groups[0].1.events, after.groups[1].1.events), (0, 1));
        assert_eq!(after.groups[0].1.held, Duration::ZERO);
    }

    #[tokio::test(start_paused = true)]
    async fn all_groups_together_stay_below_the_ceiling() {
        for ceiling in [1.0, 7.0, 25.0, 60.0] {
            let mut meters = Meters::new(Pacing::UpTo(ceiling), clock::now());
            let together = sent(&mut meters, &RateGroup::ALL, 20 * SECOND).await;
            let mut all: Vec<_> = together.concat();
            all.sort_unstable();
            for (place, from) in all.iter().enumerate() {
                let second = all[place..]
                    .iter()
                    .take_while(|at| at.saturating_sub(*from) < SECOND);
                let count = u32::try_from(second.count()).unwrap();
                assert!(f64::from(count) <= ceiling + 1.0, "{ceiling}/s: {count}");
            }
            let count = u32::try_from(all.len()).unwrap();
            assert!(f64::from(count) >= ceiling * 19.5, "{ceiling}/s: {count}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_group_alone_gets_the_whole_ceiling_and_its_leave_is_not_lost() {
        let mut meters = Meters::new(Pacing::UpTo(20.0), clock::now());
        let groups = [RateGroup::Creates, RateGroup::Lists];
        sent(&mut meters, &groups, 10 * SECOND).await;
        let alone = sent(&mut meters, &groups[..1], 10 * SECOND).await;
        assert!(alone[0].len() >= 195, "{}", alone[0].len());
    }

    #[tokio::test(start_paused = true)]
    async fn without_a_group_all_are_held_and_only_those_used_are_told() {
        let mut meters = Meters::new(Pacing::Unpaced, clock::now());
        meters.take(RateGroup::Token, clock::now()).unwrap();
        let (now, until) = (clock::now(), clock::now() + SECOND);
        meters.hold(None, until, now);
        for group in RateGroup::ALL {
            assert_eq!(meters.take(group, now), Err(Wait::Held(until)));
        }
        let told = meters.reading();
        assert_eq!(told.ceiling, None);
        let groups: Vec<_> = told.groups.iter().map(|(group, _)| *group).collect();
        assert_eq!(groups, [RateGroup::Token]);
    }
}
