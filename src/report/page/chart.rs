//! Where the columns of a chart stand. Pure.

use std::collections::BTreeMap;

use crate::model::minute::Minute;

/// The most columns that a chart has: more would be thinner than a line on a phone.
const COLUMNS: i64 = 120;

/// The fewest that one is wide: a run of a minute is a column, and no wall.
const NARROWEST: i64 = 30;

/// How high a chart is, in its own units.
pub(super) const HEIGHT: u64 = 100;

/// A column of a chart, in its own units: a minute, or several of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Column {
    /// Where it begins, from the left.
    pub x: i64,
    /// How high it is, at most [`HEIGHT`].
    pub height: u64,
    /// The devices that were created then.
    pub created: u64,
    /// The answers 429 then.
    pub throttled: u64,
}

impl Column {
    /// Where it begins, from above.
    pub(super) fn y(&self) -> u64 {
        HEIGHT - self.height
    }
}

/// What a run did over time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Chart {
    /// How many columns there are, those without anything included.
    pub width: i64,
    /// How many minutes each of them is.
    pub minutes: i64,
    /// The most devices in one column.
    pub most: u64,
    /// The columns with anything in them.
    pub columns: Vec<Column>,
}

/// Draws what a run did; nothing where it did nothing.
pub(super) fn chart(minutes: &BTreeMap<i64, Minute>) -> Option<Chart> {
    let (&first, _) = minutes.first_key_value()?;
    let (&last, _) = minutes.last_key_value()?;
    let span = last - first + 1;
    let wide = (span + COLUMNS - 1) / COLUMNS;
    let mut sums: BTreeMap<i64, Minute> = BTreeMap::new();
    for (minute, did) in minutes {
        let sum = sums.entry((minute - first) / wide).or_default();
        sum.created += did.created;
        sum.throttled += did.throttled;
    }
    let most = sums.values().map(|sum| sum.created).max().unwrap_or(0);
    let columns = sums.iter().map(|(&x, sum)| Column {
        x,
        // A single device in a busy run shows too.
        height: (sum.created * HEIGHT).div_ceil(most.max(1)),
        created: sum.created,
        throttled: sum.throttled,
    });
    Some(Chart {
        width: ((span + wide - 1) / wide).max(NARROWEST),
        minutes: wide,
        most,
        columns: columns.collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn did(created: u64, throttled: u64) -> Minute {
        Minute { created, throttled }
    }

    #[test]
    fn a_minute_is_a_column_as_high_as_its_share_of_the_busiest() {
        let drawn = chart(&[(100, did(10, 0)), (101, did(5, 2)), (104, did(1, 0))].into()).unwrap();
        assert_eq!((drawn.width, drawn.minutes, drawn.most), (NARROWEST, 1, 10));
        let heights: Vec<_> = drawn.columns.iter().map(|it| (it.x, it.height)).collect();
        assert_eq!(heights, [(0, 100), (1, 50), (4, 10)]);
        assert_eq!(drawn.columns[1].throttled, 2);
    }

    #[test]
    fn a_long_run_has_columns_of_several_minutes_and_loses_no_device() {
        let minutes: BTreeMap<_, _> = (0..1_000).map(|minute| (minute, did(3, 1))).collect();
        let drawn = chart(&minutes).unwrap();
        assert_eq!((drawn.width, drawn.minutes), (112, 9));
        let created: u64 = drawn.columns.iter().map(|it| it.created).sum();
        assert_eq!(created, 3_000);
        assert!(
            drawn
                .columns
                .iter()
                .all(|it| it.height <= HEIGHT && it.x < drawn.width)
        );
    }

    #[test]
    fn a_run_that_did_nothing_has_no_chart() {
        assert_eq!(chart(&BTreeMap::new()), None);
        let only_refused = chart(&[(7, did(0, 4))].into()).unwrap();
        assert_eq!((only_refused.most, only_refused.columns[0].height), (0, 0));
    }
}
