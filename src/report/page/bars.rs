//! Bars that show how a whole is divided. Pure.

use crate::report::quantity::count;

/// The most bars of one kind: the others are summed.
const BARS: usize = 12;

/// What a bar counts.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Label {
    /// What people call it.
    pub name: String,
    /// What tells it from another one of that name, where it has a name besides.
    pub id: Option<String>,
}

impl Label {
    /// One that has a name alone.
    pub(super) fn named(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            id: None,
        }
    }
}

/// One bar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Bar {
    /// What it counts.
    pub label: Label,
    /// How many there are.
    pub rows: String,
    /// How long it is, in percent of the longest.
    pub length: u64,
}

/// The most frequent first; those that come behind the last bar are summed in it.
pub(super) fn bars(mut counts: Vec<(Label, u64)>) -> Vec<Bar> {
    counts.sort_by(|(a, one), (b, other)| other.cmp(one).then_with(|| a.cmp(b)));
    if counts.len() > BARS {
        let rest = counts.split_off(BARS - 1);
        let rows = rest.iter().map(|(_, rows)| rows).sum();
        let others = format!("{} others", count(rest.len() as u64));
        counts.push((Label::named(others), rows));
    }
    let longest = counts.iter().map(|(_, rows)| *rows).max().unwrap_or(0);
    let bar = |(label, rows): (Label, u64)| Bar {
        label,
        rows: count(rows),
        length: (rows * 100).div_ceil(longest.max(1)),
    };
    counts.into_iter().map(bar).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_bar_comes_first_and_the_rest_is_summed() {
        let label = |rows: u64| Label::named(format!("+{rows}"));
        let counts = (1..=20).map(|rows| (label(rows), rows)).collect();
        let bars = bars(counts);
        assert_eq!(bars.len(), BARS);
        assert_eq!((bars[0].label.name.as_str(), bars[0].length), ("+20", 45));
        let last = bars.last().unwrap();
        assert_eq!(
            (last.label.name.as_str(), last.rows.as_str(), last.length),
            ("9 others", "45", 100)
        );
    }

    #[test]
    fn what_is_rare_still_shows() {
        let bars = bars(vec![(Label::named("a"), 200_000), (Label::named("b"), 1)]);
        assert_eq!(bars[1].length, 1);
    }
}
