//! `wavepair undo`: exactly what a run made and nobody changed is deleted, whatever happens meanwhile.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Child;

use wavepair::testing::sandbox::{Kind, WAVE_POLICY};

use crate::support::faults::fault;
use crate::support::rehearsal::{Ended, Rehearsal, rows, until, user};
use crate::support::terminal::Terminal;

/// A wave of so many rows that was run, and the ID of its run.
fn run_of(count: u32) -> (Rehearsal, String) {
    let rehearsal = Rehearsal::new();
    let run = rehearsal.rows(count).run(&[]).exits(0);
    let id = run.column("run_id")[0].to_owned();
    (rehearsal, id)
}

/// Somebody else renames, removes or replaces every third device; tells the devices that are to
/// be there when all others are gone.
fn meddle(rehearsal: &Rehearsal) -> BTreeSet<String> {
    let mut stays = BTreeSet::new();
    for (number, held) in rehearsal.held().into_iter().enumerate() {
        let path = format!("/users/{}/devices/{}", held.user, held.id);
        match number % 9 {
            0 => {
                let path = format!("{path}/nickname");
                let answer = rehearsal.ask("PUT", &path, r#"{"nickname": "mine"}"#);
                assert_eq!(answer.status, 200, "{}", answer.body);
                stays.insert(held.id);
            }
            3 => assert_eq!(rehearsal.ask("DELETE", &path, "").status, 204),
            6 => {
                assert_eq!(rehearsal.ask("DELETE", &path, "").status, 204);
                rehearsal.pair(&held.user, held.kind, &held.phone.unwrap());
            }
            _ => {}
        }
    }
    let replaced = rehearsal.held();
    let newer = replaced
        .iter()
        .skip(rehearsal_rows(rehearsal) - removed(rehearsal));
    stays.extend(newer.map(|held| held.id.clone()));
    stays
}

fn rehearsal_rows(rehearsal: &Rehearsal) -> usize {
    rehearsal.results("wave.results.csv").len()
}

/// How many devices of the run somebody removed or replaced.
fn removed(rehearsal: &Rehearsal) -> usize {
    let ours = ours(rehearsal);
    let held = rehearsal.held();
    ours.len() - held.iter().filter(|held| ours.contains(&held.id)).count()
}

/// The devices that the results name.
fn ours(rehearsal: &Rehearsal) -> BTreeSet<String> {
    let rows = rehearsal.results("wave.results.csv");
    rows.iter().map(|row| row["device_id"].clone()).collect()
}

pub(crate) fn undo(rehearsal: &Rehearsal, run: &str, options: &[&str]) -> Ended {
    let words = [&["undo", run, "--rate", "max", "--settle", "1s"], options].concat();
    rehearsal.ended(&rehearsal.bare(&words).output().unwrap())
}

/// How many devices have each verdict.
fn verdicts(rehearsal: &Rehearsal) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for row in rehearsal.results("wave.undo.csv") {
        *counts.entry(row["verdict"].clone()).or_default() += 1;
    }
    counts
}

pub(crate) fn held(rehearsal: &Rehearsal) -> BTreeSet<String> {
    rehearsal.held().into_iter().map(|held| held.id).collect()
}

#[test]
fn exactly_what_nobody_changed_is_deleted_and_all_are_accounted_for() {
    let (rehearsal, run) = run_of(36);
    let stays = meddle(&rehearsal);
    assert_eq!(stays.len(), 8, "a renamed and a new one of nine");
    let undone = undo(&rehearsal, &run[..13], &["--yes", "--summary", "-"]).exits(3);
    assert_eq!(held(&rehearsal), stays);
    let counted = [("already_gone", 8), ("deleted", 24), ("kept", 4)];
    let counted = counted.map(|(verdict, count)| (verdict.to_owned(), count));
    assert_eq!(verdicts(&rehearsal), BTreeMap::from(counted));
    let summary = undone.summary();
    assert_eq!(summary["undone"]["deleted"], 24);
    assert_eq!(summary["requests"]["delete"], 24);
    for row in rehearsal.results("wave.undo.csv") {
        let line: u32 = row["line"].parse().unwrap();
        assert_eq!(row["row"], (line - 1).to_string());
        let is_told = row["message"].contains("--even-if-changed nickname");
        assert_eq!(is_told, row["verdict"] == "kept", "{row:?}");
    }
    // A second time nothing is left to do, and the file is the same.
    let before = rehearsal.bytes("wave.undo.csv");
    undo(&rehearsal, &run, &["--yes"]).exits(3);
    assert_eq!(rehearsal.bytes("wave.undo.csv"), before);
    assert_eq!(held(&rehearsal), stays);
}

#[test]
fn a_later_run_makes_nothing_anew_but_with_recreate_and_then_once() {
    let (rehearsal, run) = run_of(6);
    undo(&rehearsal, &run, &["--yes"]).exits(0);
    assert_eq!(rehearsal.held().len(), 0);
    for existing in ["skip", "ledger"] {
        let again = rehearsal.run(&["--existing", existing]).exits(3);
        let again = again.has(&[("rejected", 6)]);
        assert_eq!(again.column("code"), ["undone"; 6]);
        rehearsal.writes_results_again();
    }
    let foreseen = rehearsal.run(&["--dry-run", "--recreate", "-o", "wave.results.csv"]);
    foreseen.exits(0).has(&[("ready", 6)]);
    assert_eq!(rehearsal.creates(), 6);
    let anew = rehearsal
        .run(&["--recreate"])
        .exits(0)
        .has(&[("created", 6)]);
    rehearsal.check(&anew, 6);
    rehearsal
        .run(&["--recreate"])
        .exits(0)
        .has(&[("created", 6)]);
    assert_eq!((rehearsal.creates(), rehearsal.held().len()), (12, 6));
    // What the first run made is no run's any more.
    undo(&rehearsal, &run, &["--yes"]).exits(0);
    assert_eq!(rehearsal.held().len(), 6);
}

#[test]
fn an_undo_is_looked_back_at_by_status_and_show() {
    let (rehearsal, run) = run_of(3);
    undo(&rehearsal, &run, &["--yes"]).exits(0);
    let told = |words: &[&str]| {
        let words = [&["--error-format", "json"], words].concat();
        let ended = rehearsal.ended(&rehearsal.bare(&words).output().unwrap());
        ended.exits(0).stdout
    };
    let runs = told(&["status"]);
    assert_eq!(runs.lines().count(), 2, "{runs}");
    assert!(
        runs.lines().next().unwrap().ends_with("3 deleted"),
        "{runs}"
    );
    let last = runs.split_whitespace().next().unwrap().to_owned();
    let of_undo = told(&["status", &last]);
    assert!(of_undo.contains("deleted"), "{of_undo}");
    let device = told(&["show", "wave.csv:2"]);
    assert!(device.contains("undone"), "{device}");
    let json: serde_json::Value =
        serde_json::from_str(&told(&["status", "--format", "json"])).unwrap();
    assert_eq!(json["runs"][0]["deleted"], 3, "{json}");
}

#[test]
fn devices_from_before_and_those_of_another_run_are_never_touched() {
    let rehearsal = Rehearsal::new();
    rehearsal.pair(&user(0), "WHATSAPP", "+15125550000");
    let wave = rows(4);
    let first = rehearsal.wave(&wave).run(&["--limit", "1"]).exits(7);
    let first = first.column("run_id")[1].to_owned();
    let second = rehearsal.run(&[]).exits(0);
    assert_eq!(second.count("existing"), 1);
    undo(&rehearsal, &first, &["--yes"]).exits(0);
    assert_eq!(rehearsal.held().len(), 3);
    let second = second.column("run_id")[3].to_owned();
    undo(&rehearsal, &second, &["--yes"]).exits(0);
    assert_eq!(rehearsal.held().len(), 1);
    assert_eq!(rehearsal.stats().requests_of(Kind::Delete), 3);
}

#[test]
fn one_reason_after_the_other_is_overridden_by_name() {
    let (rehearsal, run) = run_of(1);
    let device = rehearsal.held().remove(0);
    let path = format!("/users/{}/devices/{}/nickname", device.user, device.id);
    rehearsal.ask("PUT", &path, r#"{"nickname": "mine"}"#);
    let one = ["--yes", "--even-if-changed", "nickname"];
    undo(&rehearsal, &run, &one).exits(3);
    assert_eq!(rehearsal.held().len(), 1);
    let both = [&one[..], &["--even-if-changed", "updated"]].concat();
    undo(&rehearsal, &run, &both).exits(0);
    assert_eq!(rehearsal.held().len(), 0);
}

#[test]
fn what_is_not_clear_is_settled_by_a_look_and_nothing_else_is_deleted() {
    for fault_of in [
        "every = 3\nwhen = 'after'\ndrop = 'reset'",
        "every = 3\nstatus = 503",
        "every = 3\nwhen = 'after'\nstatus = 504\nbody = 'html'",
        "every = 4\nstatus = 429\nretry_after = 1",
        "first = 1\nstatus = 401",
    ] {
        let (rehearsal, run) = run_of(18);
        let stays = meddle(&rehearsal);
        let faults = fault(&format!("on = 'delete'\n{fault_of}"));
        rehearsal.sandbox().set_faults(faults.parse().unwrap());
        undo(&rehearsal, &run, &["--yes"]).exits(3);
        assert_eq!(held(&rehearsal), stays, "{fault_of}");
        let counts = verdicts(&rehearsal);
        assert_eq!(counts["deleted"], 12, "{fault_of}: {counts:?}");
    }
}

#[test]
fn what_pingone_refuses_stays_ours_and_is_left_for_another_try() {
    let (rehearsal, run) = run_of(3);
    let faults = fault("on = 'delete'\nstatus = 400");
    rehearsal.sandbox().set_faults(faults.parse().unwrap());
    let refused = undo(&rehearsal, &run, &["--yes"]).exits(4);
    assert!(refused.stderr.contains("Go on with:"), "{}", refused.stderr);
    assert_eq!(verdicts(&rehearsal)["failed"], 3);
    rehearsal.mend();
    // PingOne said no: they are there, and results say so.
    rehearsal.run(&[]).exits(0).has(&[("created", 3)]);
    undo(&rehearsal, &run, &["--yes"]).exits(0);
    assert_eq!(rehearsal.held().len(), 0);
}

fn begin(rehearsal: &Rehearsal, run: &str) -> Child {
    let words = [
        "undo", run, "--yes", "--rate", "200", "--settle", "1s", "-q",
    ];
    rehearsal.bare(&words).spawn().unwrap()
}

#[test]
fn a_command_that_is_killed_often_goes_on_and_deletes_nothing_else() {
    let (rehearsal, run) = run_of(90);
    let stays = meddle(&rehearsal);
    let faults = fault("on = 'delete'\nevery = 4\nwhen = 'after'\ndrop = 'reset'");
    rehearsal.sandbox().set_faults(faults.parse().unwrap());
    for kill in 1..=50 {
        let mut child = begin(&rehearsal, &run);
        let deleted = rehearsal.stats().requests_of(Kind::Delete);
        let looked = rehearsal.stats().requests_of(Kind::Read);
        until(|| {
            let now = rehearsal.stats();
            let came_on = now.requests_of(Kind::Delete) > deleted
                || now.requests_of(Kind::Read) > looked + kill % 5;
            came_on || child.try_wait().unwrap().is_some()
        });
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(held(&rehearsal).is_superset(&stays), "kill {kill}");
    }
    rehearsal.mend();
    undo(&rehearsal, &run, &["--yes"]).exits(3);
    assert_eq!(held(&rehearsal), stays);
    let counts = verdicts(&rehearsal);
    assert_eq!(counts.values().sum::<usize>(), 90, "{counts:?}");
    assert_eq!((counts["deleted"], counts["kept"]), (60, 10), "{counts:?}");
    let again = rehearsal.run(&[]).exits(3);
    assert_eq!((again.count("rejected"), again.count("created")), (80, 10));
    assert_eq!(
        rehearsal.creates(),
        90 + 10,
        "a run's, and ten of somebody's"
    );
}

#[test]
fn nobody_to_ask_is_no_leave_and_a_look_deletes_nothing() {
    let (rehearsal, run) = run_of(3);
    undo(&rehearsal, &run, &[]).exits(2);
    undo(&rehearsal, &run, &["--dry-run"]).exits(0);
    let looked = rehearsal.results("wave.undo.dry-run.csv");
    assert_eq!(looked.len(), 3);
    assert_eq!(looked[0]["verdict"], "pending");
    assert_eq!(rehearsal.stats().requests_of(Kind::Delete), 0);
    undo(&rehearsal, "0000-1111", &["--yes"]).exits(2);
    undo(&rehearsal, "not-a-run", &["--yes"]).exits(2);
    let faint = undo(&rehearsal, &run[..2], &["--yes"]).exits(2);
    assert!(faint.stderr.contains("first 4"), "{}", faint.stderr);
}

#[test]
fn a_person_types_the_number_of_devices() {
    let (rehearsal, run) = run_of(3);
    for (typed, code, left) in [("2\n", 2, 3), ("3\n", 0, 0)] {
        let command = rehearsal.bare(&["undo", &run, "--rate", "max"]);
        let mut terminal = Terminal::start(&command, 80, None);
        terminal.wait_for("Type their number (3)").types(typed);
        let shown = terminal.ends().exits(code);
        assert_eq!(shown.times("such as      row"), 3, "{}", shown.text);
        assert_eq!(rehearsal.held().len(), left);
    }
}

#[test]
fn only_the_devices_of_a_results_file_are_undone_where_one_is_given() {
    let (rehearsal, run) = run_of(5);
    let results = String::from_utf8(rehearsal.bytes("wave.results.csv")).unwrap();
    let lines: Vec<_> = results.lines().collect();
    let some = [lines[0], lines[2], lines[4]].join("\n") + "\n";
    std::fs::write(rehearsal.path("two.csv"), some).unwrap();
    undo(&rehearsal, &run, &["--yes", "--only", "two.csv"]).exits(0);
    let left = rehearsal.held().into_iter().map(|held| held.user);
    let left: BTreeSet<_> = left.collect();
    assert_eq!(left, BTreeSet::from([0, 2, 4].map(user)));
    std::fs::write(rehearsal.path("none.csv"), "user_id,phone\na,b\n").unwrap();
    undo(&rehearsal, &run, &["--yes", "--only", "none.csv"]).exits(2);
}

#[test]
fn a_device_without_its_id_is_kept_until_a_run_has_learned_it() {
    let faults = [
        fault("on = 'create'\nfirst = 1\nwhen = 'after'\nbody = 'cut'"),
        fault("on = 'list'\nafter = 1\nstatus = 500"),
    ];
    let rehearsal = Rehearsal::with_faults(&faults.concat());
    let wave = format!(
        "user_id,phone,policy_id\n{},+15125551234,{WAVE_POLICY}\n",
        user(1)
    );
    let run = rehearsal.wave(&wave).run(&[]);
    let id = run.column("run_id")[0].to_owned();
    undo(&rehearsal, &id, &["--yes"]).exits(3);
    assert_eq!(verdicts(&rehearsal)["kept"], 1);
    rehearsal.mend();
    rehearsal.run(&[]).exits(0);
    undo(&rehearsal, &id, &["--yes"]).exits(0);
    assert_eq!(rehearsal.held().len(), 0);
}
