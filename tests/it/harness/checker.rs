//! What must hold, proved from outside: from the input, the results file, the exit
//! code and the truth, and from nothing that the program says of itself.

use std::collections::BTreeMap;

use super::device::{Device, kind, read_uuid, uuid};
use super::truth::{Truth, Users};
use super::wave::{Meaning, Row};
use super::ways::Ways;

const COLUMNS: &str = "row,line,outcome,device_id,user_id,type,phone,policy_id,status,code,message,\
                       http_status,attempts,correlation_id,created_at,run_id,mfa_enabled,warning";
/// Creates after which a device that never showed is left to a person: the first, and three more.
const ATTEMPTS_MAX: u64 = 4;
/// Why a row is rejected whose name nobody has.
const NOBODY: &str = "user_not_found";

/// A line of the results, as far as it matters here.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Told {
    pub(crate) line: u64,
    pub(crate) outcome: String,
    pub(crate) id: String,
    pub(crate) device: Option<Device>,
    pub(crate) attempts: u64,
    pub(crate) code: String,
    pub(crate) mfa: String,
}

/// What the results file says.
#[derive(Debug, Default)]
pub(crate) struct Results {
    pub(crate) told: Vec<Told>,
    pub(crate) outcomes: BTreeMap<String, u64>,
}

impl Results {
    /// Reads the results file of a wave with this header; a message where it is none.
    pub(crate) fn read(text: &str, header: &str) -> Result<Self, String> {
        let inputs: Vec<String> = header
            .split(',')
            .map(|name| format!("input.{name}"))
            .collect();
        let header = format!("{COLUMNS},{}", inputs.join(","));
        if text.lines().next() != Some(&header) {
            return Err("B: the results have another header".to_owned());
        }
        let mut results = Self::default();
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        for (at, record) in reader.records().enumerate() {
            let record = record.map_err(|error| format!("B: the results are no CSV: {error}"))?;
            let number = |column| record[column].parse::<u64>().unwrap_or_default();
            if number(0) != at as u64 + 1 {
                return Err(format!(
                    "B: line {} of the results is not of row {}",
                    at + 2,
                    at + 1
                ));
            }
            let done = ["created", "existing"].contains(&&record[2]);
            if !done && (record[9].is_empty() || record[10].is_empty()) {
                return Err(format!(
                    "B: row {} is {} and does not say why",
                    at + 1,
                    &record[2]
                ));
            }
            let digits = record[6].trim_start_matches(['\'', '+']).parse().ok();
            let device = read_uuid(&record[4]).zip(kind(&record[5])).zip(digits);
            let told = Told {
                line: number(1),
                outcome: record[2].to_owned(),
                id: record[3].to_owned(),
                device: device.map(|((user, kind), digits)| Device { user, kind, digits }),
                attempts: number(12),
                code: record[9].to_owned(),
                mfa: record[16].to_owned(),
            };
            *results.outcomes.entry(told.outcome.clone()).or_default() += 1;
            results.told.push(told);
        }
        Ok(results)
    }

    fn count(&self, outcomes: &[&str]) -> u64 {
        outcomes
            .iter()
            .filter_map(|&outcome| self.outcomes.get(outcome))
            .sum()
    }

    /// Whether another run could do nothing for any row: what is unknown still is a person's.
    pub(crate) fn is_finished(&self) -> bool {
        let unknown = self.told.iter().filter(|told| told.outcome == "unknown");
        let mut rejected = self.told.iter().filter(|told| told.outcome == "rejected");
        self.count(&["failed", "pending"]) == 0
            && rejected.all(|told| told.code == NOBODY)
            && unknown
                .into_iter()
                .all(|told| told.attempts >= ATTEMPTS_MAX)
    }
}

/// Holds the results of a run that ended by itself against the input and the truth.
pub(crate) fn check(
    rows: &[Row],
    ways: Ways,
    results: &Results,
    code: i32,
    truth: &Truth,
) -> Vec<String> {
    let mut wrong = check_code(results, code);
    if rows.len() != results.told.len() {
        let (read, told) = (rows.len(), results.told.len());
        wrong.push(format!("B: {read} rows went in and {told} came out"));
        return wrong;
    }
    let mut accounted = 0;
    for (number, (row, told)) in rows.iter().zip(&results.told).enumerate() {
        let first = match row.meaning {
            Meaning::Again(_, first) => Some(&results.told[first - 1]),
            Meaning::Device(_) | Meaning::Wrong | Meaning::Nobody => None,
        };
        let checked = check_row(row, ways, told, first, truth);
        if let Err(why) = checked.and_then(|()| check_mfa(ways, told)) {
            wrong.push(format!("{why} (row {}: {told:?})", number + 1));
        }
        if let Meaning::Device(device) = row.meaning {
            accounted += usize::from(!truth.devices(device).is_empty());
        }
    }
    let there = truth.all().count();
    if accounted != there {
        wrong.push(format!(
            "C: {there} devices are there, {accounted} of them were asked for"
        ));
    }
    wrong
}

fn check_row(
    row: &Row,
    ways: Ways,
    told: &Told,
    first: Option<&Told>,
    truth: &Truth,
) -> Result<(), String> {
    let sure = |holds: bool, why: &str| if holds { Ok(()) } else { Err(why.to_owned()) };
    sure(told.line == row.line, "B: the line is another")?;
    // What a user is called may not have been asked yet, and nothing is made before.
    let is_unasked = told.device.is_none() && ["failed", "pending"].contains(&&*told.outcome);
    let (device, first) = match (row.meaning, first) {
        (Meaning::Nobody, _) => {
            let is_nobody = told.outcome == "rejected" && told.code == NOBODY;
            return sure(
                is_nobody || is_unasked,
                "N: a name that nobody has was not refused",
            );
        }
        (Meaning::Wrong, _) => {
            return sure(told.outcome == "invalid", "B: a wrong row was not refused");
        }
        (Meaning::Device(device), _) => (device, None),
        (Meaning::Again(device, _), first) => (device, first),
    };
    sure(
        told.device == Some(device) || (ways.names && is_unasked),
        "B: the row is about another device",
    )?;
    if let Some(first) = first.filter(|_| !is_unasked) {
        sure(
            told.outcome == "duplicate",
            "B: a row that asks again is no duplicate",
        )?;
        return sure(
            told.id == first.id,
            "B: a duplicate has another device than its first row",
        );
    }
    let made = truth.devices(device);
    let by_us = made.iter().any(|made| !made.before);
    let named = told.id.is_empty() || made.iter().any(|made| uuid(made.id) == told.id);
    match told.outcome.as_str() {
        "created" => {
            sure(by_us, "C: created, and nobody made it")?;
            sure(named, "C: created, under an ID that is not there")
        }
        "existing" => {
            sure(
                !made.is_empty() && (!by_us || truth.was_said_to_exist(device)),
                "C: existing, and it was not there before",
            )?;
            sure(
                named && !told.id.is_empty(),
                "C: existing, under an ID that is not there",
            )
        }
        "unknown" => Ok(()),
        "failed" | "pending" | "rejected" => {
            sure(made.is_empty(), "C: certainly not there, and it is")
        }
        _ => Err("B: an outcome that the row cannot have".to_owned()),
    }
}

/// M: whose device is created can use it, and it is told who switched that on.
fn check_mfa(ways: Ways, told: &Told) -> Result<(), String> {
    let Some(device) = told
        .device
        .filter(|_| ways.mfa && told.outcome == "created")
    else {
        return Ok(());
    };
    let is_true = match told.mfa.as_str() {
        "already" => true,
        "enabled" => !Users::began_with_mfa(device.user),
        _ => false,
    };
    if is_true {
        return Ok(());
    }
    Err("M: created, and `mfa_enabled` is not true".to_owned())
}

/// E: the exit code is the one that the outcomes call for.
fn check_code(results: &Results, code: i32) -> Vec<String> {
    let calls_for = if results.count(&["failed", "unknown"]) > 0 {
        4
    } else if results.count(&["invalid", "rejected"]) > 0 {
        3
    } else {
        0
    };
    // A run that stopped early says so, and only such a run leaves rows pending.
    let stopped = [4, 5, 7].contains(&code);
    let pending = results.count(&["pending"]) > 0;
    if (code == calls_for && !pending) || stopped {
        return Vec::new();
    }
    let outcomes = &results.outcomes;
    vec![format!(
        "E: the exit code is {code}, and the outcomes are {outcomes:?}"
    )]
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::harness::faults::{Effect, Fate, Sight};
    use crate::harness::time::now;
    use crate::harness::truth::Made;

    const DEVICE: Device = Device {
        user: 9,
        kind: "WHATSAPP",
        digits: 15_125_551_234,
    };

    fn truth(before: &[bool]) -> Truth {
        let mut truth = Truth::new(Duration::ZERO, Ways::default());
        for &before in before {
            let (created_at, spelled) = ("".into(), "".into());
            let (id, at) = (7, now());
            truth.make(
                DEVICE,
                Made {
                    id,
                    at,
                    created_at,
                    spelled,
                    before,
                },
            );
        }
        truth
    }

    fn complaints(meaning: Meaning, outcome: &str, code: i32, truth: &Truth) -> String {
        let told = Told {
            line: 2,
            outcome: outcome.to_owned(),
            id: if outcome == "invalid" {
                String::new()
            } else {
                uuid(7)
            },
            device: Some(DEVICE),
            attempts: 1,
            ..Told::default()
        };
        let outcomes = BTreeMap::from([(outcome.to_owned(), 1)]);
        let results = Results {
            told: vec![told],
            outcomes,
        };
        check(
            &[Row { line: 2, meaning }],
            Ways::default(),
            &results,
            code,
            truth,
        )
        .join("\n")
    }

    #[test]
    fn each_outcome_is_true_of_one_state_of_the_world_alone() {
        let device = Meaning::Device(DEVICE);
        for (outcome, code, absent, ours, theirs) in [
            ("created", 0, false, true, false),
            ("existing", 0, false, false, true),
            ("unknown", 4, true, true, true),
            ("failed", 4, true, false, false),
            ("pending", 5, true, false, false),
            ("rejected", 3, true, false, false),
            ("invalid", 3, false, false, false),
            ("duplicate", 0, false, false, false),
        ] {
            for (holds, there) in [(absent, &[][..]), (ours, &[false]), (theirs, &[true])] {
                let said = complaints(device, outcome, code, &truth(there));
                assert_eq!(said.is_empty(), holds, "{outcome}, {there:?}: {said}");
            }
        }
    }

    #[test]
    fn ours_may_be_taken_for_one_that_was_there_only_where_the_server_said_so() {
        for (status, holds) in [(503, false), (409, true)] {
            let mut truth = truth(&[false]);
            let (effect, sight) = (Effect::AtOnce, Sight::Error(status));
            truth.post(DEVICE, "one", Fate { effect, sight });
            let said = complaints(Meaning::Device(DEVICE), "existing", 0, &truth);
            assert_eq!(said.is_empty(), holds, "{status}: {said}");
        }
    }

    #[test]
    fn an_exit_code_that_does_not_fit_is_noticed() {
        let device = Meaning::Device(DEVICE);
        for (outcome, there, fitting) in [
            ("created", &[false][..], &[0, 4, 5, 7][..]),
            ("failed", &[], &[4, 5, 7]),
            ("pending", &[], &[4, 5, 7]),
            ("rejected", &[], &[3, 4, 5, 7]),
        ] {
            for code in [0, 1, 2, 3, 4, 5, 6, 7, 101, 130] {
                let said = complaints(device, outcome, code, &truth(there));
                assert_eq!(
                    said.is_empty(),
                    fitting.contains(&code),
                    "{outcome} {code}: {said}"
                );
            }
        }
    }

    #[test]
    fn a_row_that_is_missing_and_a_device_that_nobody_asked_for_are_noticed() {
        let results = Results::default();
        let row = Row {
            line: 2,
            meaning: Meaning::Wrong,
        };
        assert!(
            check(&[row], Ways::default(), &results, 0, &truth(&[]))[0].contains("1 rows went in")
        );
        assert!(
            check(&[], Ways::default(), &results, 0, &truth(&[false]))[0]
                .contains("1 devices are there")
        );
    }
}
