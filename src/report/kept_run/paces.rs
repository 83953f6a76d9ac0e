//! The paces of a run, in the form in which the ledger keeps them.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::model::pace_reading::{Millirate, PaceReading, Paces};
use crate::model::rate_group::RateGroup;

/// Paces, as they are kept: rates in thousandths of a request in a second.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct KeptPaces {
    ceiling: Option<u64>,
    groups: BTreeMap<String, KeptPace>,
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct KeptPace {
    first: Option<u64>,
    last: Option<u64>,
    highest: Option<u64>,
    requests: u64,
    throttled: u64,
    events: u64,
    held_ms: u64,
}

impl From<&Paces> for KeptPaces {
    fn from(paces: &Paces) -> Self {
        let groups = paces.groups.iter();
        Self {
            ceiling: paces.ceiling.map(|rate| rate.0),
            groups: groups
                .map(|(group, pace)| (group.as_str().to_owned(), KeptPace::from(pace)))
                .collect(),
        }
    }
}

impl From<&KeptPaces> for Paces {
    fn from(kept: &KeptPaces) -> Self {
        let of = |group: RateGroup| Some((group, kept.groups.get(group.as_str())?.into()));
        Self {
            ceiling: kept.ceiling.map(Millirate),
            groups: RateGroup::ALL.into_iter().filter_map(of).collect(),
        }
    }
}

impl From<&PaceReading> for KeptPace {
    fn from(pace: &PaceReading) -> Self {
        let rate = |rate: Option<Millirate>| rate.map(|rate| rate.0);
        Self {
            first: rate(pace.first),
            last: rate(pace.last),
            highest: rate(pace.highest),
            requests: pace.requests,
            throttled: pace.throttled,
            events: pace.events,
            held_ms: u64::try_from(pace.held.as_millis()).unwrap_or(u64::MAX),
        }
    }
}

impl From<&KeptPace> for PaceReading {
    fn from(kept: &KeptPace) -> Self {
        let rate = |rate: Option<u64>| rate.map(Millirate);
        Self {
            first: rate(kept.first),
            last: rate(kept.last),
            highest: rate(kept.highest),
            // A table of its own has that.
            found: None,
            requests: kept.requests,
            throttled: kept.throttled,
            events: kept.events,
            held: Duration::from_millis(kept.held_ms),
        }
    }
}
