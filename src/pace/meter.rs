//! What keeps the requests of one rate group back, and how fast they go.

use std::time::Duration;

use tokio::time::Instant;

use super::bucket::Bucket;
use super::controller::Controller;
use super::{Pacing, Wait};
use crate::model::pace_reading::{Millirate, PaceReading};

/// Gives leave to send, one request after the other.
#[derive(Debug)]
pub(crate) struct Meter {
    /// None where requests go as fast as answers come.
    paced: Option<Paced>,
    held_until: Option<Instant>,
    /// Whether there is leave for a request that is not launched yet.
    granted: bool,
    requests: u64,
    throttled: u64,
    events: u64,
    held: Duration,
}

#[derive(Debug)]
struct Paced {
    controller: Controller,
    bucket: Bucket,
    first: f64,
    highest: f64,
    /// Since when, and until when, the pace alone keeps the next request back.
    kept_back: Option<(Instant, Instant)>,
}

impl Meter {
    /// A meter that has seen nothing yet.
    pub(crate) fn new(pacing: Pacing, now: Instant) -> Self {
        Self::below(pacing, None, now)
    }

    /// A meter that has seen nothing yet, and begins below a rate that was refused not long ago.
    pub(super) fn below(pacing: Pacing, refused: Option<f64>, now: Instant) -> Self {
        let paced = |ceiling| {
            let controller = Controller::new(ceiling);
            let controller = match refused {
                Some(refused) => controller.below(refused),
                None => controller,
            };
            let rate = controller.rate();
            Paced {
                controller,
                bucket: Bucket::new(rate, now),
                first: rate,
                highest: rate,
                kept_back: None,
            }
        };
        Self {
            paced: match pacing {
                Pacing::Unpaced => None,
                // A share is made a ceiling as soon as it is known of what.
                Pacing::Found | Pacing::Share(_) => Some(paced(None)),
                Pacing::UpTo(ceiling) => Some(paced(Some(ceiling))),
            },
            held_until: None,
            granted: false,
            requests: 0,
            throttled: 0,
            events: 0,
            held: Duration::ZERO,
        }
    }

    /// Takes leave for one request, or says how long there is none.
    ///
    /// # Errors
    ///
    /// The moment at which to ask again, and whether it is the pace or a hold that says so.
    pub(crate) fn take(&mut self, now: Instant) -> Result<(), Wait> {
        self.grant(now)?;
        self.launch();
        Ok(())
    }

    /// Gives leave for one request, which stays until that is launched or held.
    ///
    /// # Errors
    ///
    /// Those of [`Meter::take`].
    pub(super) fn grant(&mut self, now: Instant) -> Result<(), Wait> {
        if let Some(until) = self.held(now) {
            return Err(Wait::Held(until));
        }
        if let Some(paced) = &mut self.paced
            && !self.granted
        {
            paced.take(now).map_err(Wait::Pace)?;
        }
        self.granted = true;
        Ok(())
    }

    /// Takes note that the request is launched for which there is leave.
    pub(super) fn launch(&mut self) {
        self.granted = false;
        self.requests += 1;
    }

    /// Holds every request until then; a hold that lasts longer already stays.
    pub(crate) fn hold(&mut self, until: Instant, now: Instant) {
        let held = self.held_until.map_or(now, |held| held.max(now));
        self.held += until.saturating_duration_since(held);
        self.held_until = Some(held.max(until));
        self.granted = false;
        if let Some(paced) = &mut self.paced {
            // What is held is kept back by no pace.
            paced.kept_back = None;
        }
    }

    /// Until when everything is held, if it is.
    pub(crate) fn held(&self, now: Instant) -> Option<Instant> {
        self.held_until.filter(|&until| until > now)
    }

    /// Takes note of an answer that is no refusal.
    pub(crate) fn answered(&mut self) {
        if let Some(paced) = &mut self.paced {
            paced.controller.answered();
        }
    }

    /// Takes note of a 429; `launch` is the number of its request, `next` that of the next one, and
    /// `pause` is how long PingOne wants to be left alone.
    pub(crate) fn refused(&mut self, launch: u64, next: u64, pause: Duration) {
        let is_news = match &mut self.paced {
            Some(paced) => paced.controller.refused(launch, next, pause),
            None => true,
        };
        self.throttled += 1;
        self.events += u64::from(is_news);
    }

    /// How it goes.
    pub(crate) fn reading(&self) -> PaceReading {
        let of = |part: fn(&Paced) -> f64| self.paced.as_ref().map(part).map(Millirate::of);
        PaceReading {
            first: of(|paced| paced.first),
            last: of(|paced| paced.controller.rate()),
            highest: of(|paced| paced.highest),
            found: self.paced.as_ref().and_then(Paced::found),
            requests: self.requests,
            throttled: self.throttled,
            events: self.events,
            held: self.held,
        }
    }
}

impl Paced {
    fn found(&self) -> Option<Millirate> {
        self.controller.found().map(Millirate::of)
    }

    fn take(&mut self, now: Instant) -> Result<(), Instant> {
        if let Err(until) = self.bucket.take() {
            let since = self.kept_back.map_or(now, |(since, _)| since);
            self.kept_back = Some((since, until));
            return Err(until);
        }
        if let Some((since, until)) = self.kept_back.take() {
            // Whoever comes later than that was kept back by something else.
            let span = now.min(until).saturating_duration_since(since);
            self.controller.kept_back(span);
        }
        let rate = self.controller.rate();
        self.highest = self.highest.max(rate);
        if self.bucket.is_of_another_rate(rate) {
            self.bucket = Bucket::new(rate, now);
            // This request is the first that goes by it.
            let _ = self.bucket.take();
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock;

    async fn launches(meter: &mut Meter, count: usize) -> Vec<u128> {
        let start = clock::now();
        let mut sent = Vec::new();
        while sent.len() < count {
            match meter.take(clock::now()) {
                Ok(()) => sent.push(clock::now().duration_since(start).as_millis()),
                Err(wait) => tokio::time::sleep_until(wait.until()).await,
            }
        }
        sent
    }

    #[tokio::test(start_paused = true)]
    async fn the_pace_is_steady_from_the_first_request_on() {
        let mut meter = Meter::new(Pacing::UpTo(10.0), clock::now());
        assert_eq!(launches(&mut meter, 5).await, [0, 100, 200, 300, 400]);
    }

    #[tokio::test(start_paused = true)]
    async fn no_burst_and_no_higher_rate_follow_a_quiet_time() {
        let mut meter = Meter::new(Pacing::Found, clock::now());
        tokio::time::sleep(Duration::from_hours(1)).await;
        assert_eq!(launches(&mut meter, 3).await, [0, 100, 200]);
        tokio::time::sleep(Duration::from_hours(1)).await;
        assert_eq!(launches(&mut meter, 3).await, [0, 100, 200]);
        // Something else keeps each request back for a second.
        for _ in 0..60 {
            tokio::time::sleep(Duration::from_secs(1)).await;
            assert_eq!(meter.take(clock::now()), Ok(()));
        }
        assert_eq!(meter.reading().last, Some(Millirate(10_000)));
    }

    #[tokio::test(start_paused = true)]
    async fn a_pace_that_keeps_requests_back_rises_until_a_rate_is_refused() {
        let mut meter = Meter::new(Pacing::Found, clock::now());
        launches(&mut meter, 60).await;
        assert!(meter.reading().last > Some(Millirate(15_000)));
        meter.refused(60, 61, Duration::from_secs(1));
        meter.refused(59, 61, Duration::from_secs(1));
        let reading = meter.reading();
        assert_eq!(reading.events, 1);
        assert!(reading.last < reading.highest, "{reading:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_hold_stops_everything_only_moves_later_and_is_counted_once() {
        let mut meter = Meter::new(Pacing::Unpaced, clock::now());
        let now = clock::now();
        meter.hold(now + Duration::from_secs(7), now);
        meter.hold(now + Duration::from_secs(3), now);
        assert_eq!(
            meter.take(now),
            Err(Wait::Held(now + Duration::from_secs(7)))
        );
        assert_eq!(meter.reading().held, Duration::from_secs(7));
        tokio::time::advance(Duration::from_secs(7)).await;
        assert_eq!(meter.take(clock::now()), Ok(()));
    }
}
