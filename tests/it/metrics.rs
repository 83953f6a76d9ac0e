//! What Prometheus is told of a run, by the file that its collector reads.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use crate::support::binary::fed;
use crate::support::faults::fault;
use crate::support::rehearsal::Rehearsal;
use crate::support::skipped;

/// The values of a file by their metrics and labels, without the labels that all of them have.
fn values(rehearsal: &Rehearsal) -> BTreeMap<String, String> {
    let text = fs::read_to_string(rehearsal.path("w.prom")).unwrap();
    let about = format!(
        "environment=\"{}\",wave=\"wave.csv\"",
        rehearsal.sandbox().environment()
    );
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines
        .map(|line| {
            let (name, value) = line.rsplit_once(' ').unwrap();
            assert!(name.contains(&about), "{name}");
            let name = name
                .replace(&about, "")
                .replace("{,", "{")
                .replace("{}", "");
            (name, value.to_owned())
        })
        .collect()
}

const METRICS: [&str; 2] = ["--metrics", "w.prom"];

#[test]
fn the_file_agrees_with_the_summary_and_whoever_collects_it_may_read_it() {
    let rehearsal = Rehearsal::with_faults(&fault("on = 'create'\nfirst = 1\nstatus = 429"));
    rehearsal.rows(3);
    let words = [&METRICS[..], &["--summary", "-", "-o", "r.csv"]].concat();
    let done = rehearsal.run(&words).exits(0);
    let summary = done.summary();
    let values = values(&rehearsal);
    for (outcome, rows) in summary["outcomes"].as_object().unwrap() {
        if outcome != "ready" {
            let told = &values[&format!("wavepair_rows{{outcome=\"{outcome}\"}}")];
            assert_eq!(*told, rows.to_string(), "{outcome}");
        }
    }
    for (kind, sent) in summary["requests"].as_object().unwrap() {
        let start = format!("wavepair_requests_total{{kind=\"{kind}\"");
        let told = values.iter().filter(|(name, _)| name.starts_with(&start));
        let told: u64 = told.map(|(_, value)| value.parse::<u64>().unwrap()).sum();
        assert_eq!(Some(told), sent.as_u64(), "{kind}");
    }
    let refused = "wavepair_requests_total{kind=\"create\",status=\"429\"}";
    assert_eq!(values[refused], "1");
    assert_eq!(values["wavepair_holds_total{group=\"creates\"}"], "1");
    assert_eq!(values["wavepair_exit_code"], "0");
    let finished: jiff::Timestamp = summary["finished_at"].as_str().unwrap().parse().unwrap();
    let success = values["wavepair_last_success_timestamp_seconds"]
        .parse()
        .unwrap();
    let after = finished.as_second()..=wavepair::testing::clock::wall().as_second();
    assert!(after.contains(&success), "{success}");
    let mode = fs::metadata(rehearsal.path("w.prom"))
        .unwrap()
        .permissions();
    assert_eq!(mode.mode() & 0o777, 0o644);
}

#[test]
fn every_end_is_told_and_the_last_success_stays() {
    let rehearsal = Rehearsal::new();
    rehearsal.rows(2);
    rehearsal.run(&METRICS).exits(0);
    let success = values(&rehearsal)["wavepair_last_success_timestamp_seconds"].clone();
    fs::write(rehearsal.path("no.db"), "no ledger").unwrap();
    for (options, code) in [
        (&["--strict", "--expect-rows", "5"][..], 2),
        (&["--ledger", "no.db"], 2),
        (&["-o", "missing/r.csv"], 2),
    ] {
        rehearsal.run(&[&METRICS[..], options].concat()).exits(code);
        let values = values(&rehearsal);
        assert_eq!(
            values["wavepair_exit_code"],
            code.to_string(),
            "{options:?}"
        );
        assert_eq!(values["wavepair_last_success_timestamp_seconds"], success);
    }
    rehearsal.rows(3);
    rehearsal
        .run(&[&METRICS[..], &["--limit", "1"]].concat())
        .exits(0);
}

#[test]
fn a_dry_run_writes_none_nor_a_rehearsal_where_a_settings_file_names_it() {
    let rehearsal = Rehearsal::new();
    let settings = rehearsal.path("config.toml");
    fs::write(&settings, "metrics = \"w.prom\"\n").unwrap();
    fs::set_permissions(&settings, fs::Permissions::from_mode(0o600)).unwrap();
    rehearsal.rows(1);
    let config = ["--config", "config.toml"];
    for silent in [&["--dry-run"][..], &["--sandbox"]] {
        rehearsal.run(&[&config[..], silent].concat()).exits(0);
        assert!(!rehearsal.path("w.prom").exists(), "{silent:?}");
    }
    rehearsal.run(&config).exits(0);
    assert_eq!(values(&rehearsal)["wavepair_exit_code"], "0");
}

#[test]
fn a_file_that_cannot_be_written_where_it_was_named_keeps_the_run_back() {
    let rehearsal = Rehearsal::new();
    rehearsal.rows(1);
    for name in ["missing/w.prom", "-", "wave.csv"] {
        rehearsal.run(&["--metrics", name]).exits(2);
        assert_eq!(rehearsal.creates(), 0, "{name}");
    }
}

#[test]
fn promtool_finds_nothing_to_complain_of() {
    let is_there = Command::new("promtool").arg("--version").output();
    if !is_there.is_ok_and(|version| version.status.success()) {
        skipped("this machine has no promtool (Debian: the package prometheus)");
        return;
    }
    let rehearsal = Rehearsal::with_faults(&fault("on = 'create'\nfirst = 1\nstatus = 429"));
    rehearsal.rows(3);
    rehearsal.run(&METRICS).exits(0);
    checked(&rehearsal.path("w.prom"));
}

#[track_caller]
fn checked(file: &Path) {
    let text = fs::read(file).unwrap();
    let output = fed(Command::new("promtool").args(["check", "metrics"]), &text);
    let said = [&output.stdout[..], &output.stderr].concat();
    let said = String::from_utf8_lossy(&said);
    assert_eq!((output.status.code(), said.as_ref()), (Some(0), ""));
}
