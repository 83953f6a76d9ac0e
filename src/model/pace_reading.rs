//! How the paces of a run went.

use std::fmt;
use std::time::Duration;

use super::rate_group::RateGroup;

/// Thousandths of a request in a second.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Millirate(pub u64);

impl Millirate {
    /// A rate in requests a second.
    pub(crate) fn of(per_second: f64) -> Self {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a rate is positive, and no larger than a million"
        )]
        let thousandths = (per_second * 1000.0).round() as u64;
        Self(thousandths)
    }

    /// The rate in requests a second.
    pub(crate) fn per_second(self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
        let thousandths = self.0 as f64;
        thousandths / 1000.0
    }
}

impl fmt::Display for Millirate {
    /// Per second, or per minute where it is less than one a second.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rate = self.per_second();
        let round = |rate: f64| (rate * 10.0).round() / 10.0;
        if rate >= 1.0 {
            write!(f, "{}/s", round(rate))
        } else {
            write!(f, "{}/min", round(rate * 60.0))
        }
    }
}

/// How the paces of a run went, or go.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Paces {
    /// What all of them may come to together, where that was said.
    pub ceiling: Option<Millirate>,
    /// That of each rate group of which anything was sent.
    pub groups: Vec<(RateGroup, PaceReading)>,
}

impl Paces {
    /// That of a rate group; one that says nothing where nothing of it was sent.
    pub(crate) fn of(&self, group: RateGroup) -> PaceReading {
        let mut groups = self.groups.iter();
        let found = groups.find(|(known, _)| *known == group);
        found.map(|(_, pace)| *pace).unwrap_or_default()
    }

    /// The rates that PingOne was found to refuse.
    pub(crate) fn found(&self) -> Vec<(RateGroup, Millirate)> {
        let groups = self.groups.iter();
        groups
            .filter_map(|(group, pace)| Some((*group, pace.found?)))
            .collect()
    }
}

/// How the pace of one rate group went, or goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PaceReading {
    /// The rate at first; none where requests go as fast as answers come.
    pub first: Option<Millirate>,
    /// The rate now, or at last.
    pub last: Option<Millirate>,
    /// The highest that requests went by.
    pub highest: Option<Millirate>,
    /// The rate that PingOne refused last, where it was come to slowly; none where steps may have gone
    /// far beyond the limit.
    pub found: Option<Millirate>,
    /// How many requests had leave to go.
    pub requests: u64,
    /// How many of them were answered 429.
    pub throttled: u64,
    /// How often PingOne refused a rate; the refusals of one burst count once.
    pub events: u64,
    /// How long none of its requests was sent because PingOne asked for that.
    pub held: Duration,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_is_told_per_second_or_per_minute() {
        for (rate, told) in [
            (25.0, "25/s"),
            (33.333, "33.3/s"),
            (0.5, "30/min"),
            (1.0, "1/s"),
        ] {
            assert_eq!(Millirate::of(rate).to_string(), told);
        }
    }
}
