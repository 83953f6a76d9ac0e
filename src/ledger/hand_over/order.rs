//! In which order the runs of several ledgers come in one. Pure.

use std::collections::BTreeMap;

use crate::model::ids::RunId;

/// A run of one ledger, and what was written while it was the last one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct RunOf {
    /// The run.
    pub(super) id: RunId,
    /// The how-manieth of its ledger it is.
    pub(super) number: i64,
    /// When it began, in milliseconds since 1970.
    pub(super) started_at: i64,
    /// Its devices: above the first number, up to the second.
    pub(super) devices: (i64, i64),
    /// Its events in the same way.
    pub(super) events: (i64, i64),
}

/// A run in the united ledger, with each ledger that knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct RunOfAll {
    /// The places of the ledgers, each with the run as that has it.
    pub(super) of: Vec<(usize, RunOf)>,
}

/// Brings the runs of ledgers into one order: each ledger's own is kept, and otherwise the earlier start
/// comes first. A run that several know, because one ledger was split into them, is one.
pub(super) fn in_order(ledgers: &[Vec<RunOf>]) -> Vec<RunOfAll> {
    let mut heads: Vec<_> = ledgers.iter().map(|runs| runs.iter().peekable()).collect();
    let (mut all, mut known) = (Vec::<RunOfAll>::new(), BTreeMap::<RunId, usize>::new());
    loop {
        let next = heads.iter_mut().enumerate();
        let next = next.filter_map(|(place, head)| Some((place, **head.peek()?)));
        let Some((place, run)) = next.min_by_key(|(_, run)| (run.started_at, run.id)) else {
            return all;
        };
        heads[place].next();
        let number = *known.entry(run.id).or_insert(all.len());
        match all.get_mut(number) {
            Some(united) => united.of.push((place, run)),
            None => all.push(RunOfAll {
                of: vec![(place, run)],
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn runs(of: &[(u8, i64)]) -> Vec<RunOf> {
        let numbered = (1..).zip(of);
        let run = |(number, (id, started_at)): (i64, &(u8, i64))| RunOf {
            id: RunId::from_bytes([*id; 16]),
            number,
            started_at: *started_at,
            devices: (0, 0),
            events: (0, 0),
        };
        numbered.map(run).collect()
    }

    #[test]
    fn each_ledger_keeps_its_order_and_a_run_that_several_know_is_one() {
        for (ledgers, expected) in [
            (vec![runs(&[(1, 10), (2, 30)]), runs(&[(3, 20)])], "1 3 2"),
            // A clock that was set back between two runs.
            (vec![runs(&[(1, 50), (2, 30)]), runs(&[(3, 40)])], "3 1 2"),
            (
                vec![runs(&[(1, 10), (2, 30)]), runs(&[(1, 10), (3, 20)])],
                "1+1 3 2",
            ),
            (vec![], ""),
        ] {
            let told: Vec<_> = in_order(&ledgers)
                .iter()
                .map(|run| {
                    let ids = run
                        .of
                        .iter()
                        .map(|(_, run)| run.id.as_bytes()[0].to_string());
                    ids.collect::<Vec<_>>().join("+")
                })
                .collect();
            assert_eq!(told.join(" "), expected);
        }
    }
}
