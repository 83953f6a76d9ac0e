//! Whether a plan fits what a run finds: everything that differs. Pure.

use super::difference::{Difference, Side};
use super::digest::AddressKey;
use super::expectation::Expectation;
use super::file::{Deciding, DevicePlan, Head, RowPlan};
use super::named::NamesPlan;
use crate::model::ledger_mark::LedgerMark;
use crate::model::valid_row::ValidRow;
use crate::model::validate::JudgedRow;

/// A ledger as a run finds it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LedgerNow {
    /// How far it has come.
    pub mark: LedgerMark,
    /// Whether it knows the run that a plan was made after.
    pub knows_last_run: bool,
    /// Whether it may have gone on since.
    pub may_have_grown: bool,
}

/// Everything in which a plan's head and what a run finds differ; nothing where it fits.
pub(crate) fn differences(planned: &Head, now: &Head, ledger: LedgerNow) -> Vec<Difference> {
    // Field by field: whoever adds one says here whether a run depends on it.
    let Head {
        // Whoever read it has seen to that.
        wavepair_plan: _,
        // The same bytes under another name are the same wave.
        wave: _,
        sha256,
        rows,
        environment,
        host,
        settings,
        ledger: mark,
        // Compared with the rows, not with the run.
        totals: _,
    } = planned;
    let mut found = Vec::new();
    if *sha256 != now.sha256 {
        found.push(Difference::Wave {
            planned: *sha256,
            now: now.sha256,
        });
    } else if *rows != now.rows {
        found.push(Difference::Rows {
            planned: *rows,
            now: now.rows,
        });
    }
    if *environment != now.environment {
        found.push(Difference::Environment {
            planned: *environment,
            now: now.environment,
        });
    }
    if *host != now.host {
        found.push(Difference::Host {
            planned: host.clone(),
            now: now.host.clone(),
        });
    }
    found.extend(settings_that_differ(settings, &now.settings));
    found.extend(ledger_differs(*mark, ledger));
    found
}

fn settings_that_differ(planned: &Deciding, now: &Deciding) -> Vec<Difference> {
    let mut names: Vec<_> = planned.keys().chain(now.keys()).collect();
    names.sort_unstable();
    names.dedup();
    names
        .into_iter()
        .filter(|name| planned.get(*name) != now.get(*name))
        .map(|name| Difference::Setting {
            name: name.clone(),
            planned: Side::of(planned, name),
            now: Side::of(now, name),
        })
        .collect()
}

/// A ledger has to be where it was; or, where it may have gone on, to know all that it knew.
fn ledger_differs(planned: LedgerMark, ledger: LedgerNow) -> Option<Difference> {
    let LedgerNow {
        mark: now,
        knows_last_run,
        may_have_grown,
    } = ledger;
    if planned == now {
        return None;
    }
    let missing = planned.last_run.filter(|_| !knows_last_run);
    if missing.is_some() || now.runs < planned.runs || now.events < planned.events {
        return Some(Difference::OtherLedger { missing });
    }
    (!may_have_grown).then_some(Difference::LedgerGrew { planned, now })
}

/// Whether a row is judged as when the plan was made; that it is the same row its wave's bytes say.
pub(crate) fn row_differs(
    planned: &RowPlan,
    judged: &JudgedRow,
    key: &AddressKey,
) -> Option<Difference> {
    let valid = judged.verdict.as_ref().ok();
    let of = |valid: &ValidRow| DevicePlan::of(&valid.request, key);
    let is_same = planned.row == judged.number.0
        && planned.line == judged.line
        && planned.device == valid.map(of)
        && planned.names == NamesPlan::of(judged)
        && (valid.is_some() || planned.expect == Expectation::Nothing);
    (!is_same).then_some(Difference::Row {
        row: judged.number.0,
        line: judged.line,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ids::{EnvironmentId, RunId};
    use crate::plan::Totals;
    use crate::plan::digest::WaveSum;
    use crate::plan::file::VERSION;

    fn mark(runs: u64, events: u64) -> LedgerMark {
        LedgerMark {
            runs,
            events,
            last_run: (runs > 0).then(|| run(runs)),
        }
    }

    fn run(number: u64) -> RunId {
        RunId::from_bytes([u8::try_from(number).unwrap(); 16])
    }

    fn head() -> Head {
        Head {
            wavepair_plan: VERSION,
            wave: "wave.csv".to_owned(),
            sha256: WaveSum::new().finish().0,
            rows: 3,
            environment: EnvironmentId::from_bytes([1; 16]),
            host: "api.pingone.eu".to_owned(),
            settings: [
                ("type".to_owned(), Some("SMS".to_owned())),
                ("policy".to_owned(), None),
            ]
            .into(),
            ledger: mark(2, 40),
            totals: Totals::default(),
        }
    }

    const SAME: LedgerNow = LedgerNow {
        mark: LedgerMark {
            runs: 0,
            events: 0,
            last_run: None,
        },
        knows_last_run: true,
        may_have_grown: false,
    };

    fn told(now: &Head, ledger: LedgerNow) -> Vec<String> {
        let found = differences(&head(), now, ledger);
        found.iter().map(ToString::to_string).collect()
    }

    fn as_planned() -> LedgerNow {
        LedgerNow {
            mark: mark(2, 40),
            ..SAME
        }
    }

    #[test]
    fn each_single_change_is_told_and_nothing_else_is() {
        type Act = fn(&mut Head);
        let mut other = WaveSum::new();
        other.add(b"x");
        let other = other.finish().0;
        assert_eq!(told(&head(), as_planned()), Vec::<String>::new());
        let acts: [(Act, &str); 6] = [
            (
                |now| now.rows = 4,
                "the wave is read as 4 rows, in the plan 3",
            ),
            (
                |now| now.environment = EnvironmentId::from_bytes([2; 16]),
                "the environment is 02020202-0202-0202-0202-020202020202, in the plan \
                 01010101-0101-0101-0101-010101010101",
            ),
            (
                |now| now.host = "api.pingone.com".to_owned(),
                "the host is api.pingone.com, in the plan api.pingone.eu",
            ),
            (
                |now| {
                    let voice = Some("VOICE".to_owned());
                    now.settings.insert("type".to_owned(), voice);
                },
                "`--type` is VOICE, in the plan SMS",
            ),
            (
                |now| {
                    now.settings.remove("policy");
                },
                "`--policy` is not known, in the plan not given",
            ),
            (
                |now| {
                    now.settings.insert("mfa".to_owned(), None);
                },
                "`--mfa` is not given, in the plan not known",
            ),
        ];
        for (act, says) in acts {
            let mut now = head();
            act(&mut now);
            assert_eq!(told(&now, as_planned()), [says]);
        }
        let wave = Head {
            sha256: other,
            ..head()
        };
        let [said] = &told(&wave, as_planned())[..] else {
            panic!("one difference");
        };
        assert!(
            said.starts_with("the wave has other bytes (SHA-256 2d711642b726,"),
            "{said}"
        );
        let renamed = Head {
            wave: "w.csv".to_owned(),
            ..head()
        };
        assert_eq!(told(&renamed, as_planned()), Vec::<String>::new());
    }

    #[test]
    fn a_ledger_is_where_it_was_or_has_gone_on_from_there_where_it_may() {
        let grew = Some("the ledger has gone on");
        let other = Some("the ledger is another one");
        for (now, knows_last_run, stands, may_grow) in [
            (mark(2, 40), true, None, None),
            (mark(2, 41), true, grew, None),
            (mark(3, 60), true, grew, None),
            (mark(3, 60), false, other, other),
            (mark(1, 60), true, other, other),
            (mark(3, 39), true, other, other),
            (LedgerMark::default(), false, other, other),
            (
                LedgerMark {
                    last_run: Some(run(9)),
                    ..mark(2, 40)
                },
                false,
                other,
                other,
            ),
        ] {
            for (may_have_grown, says) in [(false, stands), (true, may_grow)] {
                let ledger = LedgerNow {
                    mark: now,
                    knows_last_run,
                    may_have_grown,
                };
                let found = told(&head(), ledger);
                let is_told = found.first().map(String::as_str);
                let fits = match (is_told, says) {
                    (Some(found), Some(says)) => found.starts_with(says),
                    (found, says) => found == says,
                };
                assert!(fits, "{now:?} {may_have_grown}: {found:?}");
            }
        }
    }
}
