//! What stands in the file, by its structure: each metric has its help and its type, once.

use std::collections::BTreeSet;
use std::time::Duration;

use super::*;
use crate::model::event::RequestKind;
use crate::model::pace_reading::{Millirate, PaceReading, Paces};
use crate::model::rate_group::RateGroup;
use crate::model::shard::Shard;
use crate::report::fixture::summary;

fn answers() -> AnswerCounts {
    BTreeMap::from([
        ((RequestKind::Create, Some(201)), 4812),
        ((RequestKind::Create, Some(429)), 7),
        ((RequestKind::Create, None), 1),
        ((RequestKind::User, Some(200)), 2),
        ((RequestKind::Read, Some(200)), 3),
    ])
}

fn run() -> Summary {
    let mut summary = summary();
    summary.wave = "/home/ada.lovelace/waves/2026-11.csv".to_owned();
    let pace = PaceReading {
        last: Some(Millirate(12_500)),
        held: Duration::from_millis(2_500),
        ..PaceReading::default()
    };
    summary.paces = Some(Paces {
        ceiling: None,
        groups: vec![(RateGroup::Creates, pace)],
    });
    summary
}

fn held(group: Option<RateGroup>) -> Event {
    let delay = Duration::from_secs(1);
    Event::Held { group, delay }
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

#[test]
fn a_file_tells_rows_requests_pace_pauses_and_the_end() {
    let mut metrics = Metrics::default();
    for group in [Some(RateGroup::Creates), Some(RateGroup::Creates), None] {
        metrics.on(&held(group));
    }
    let text = metrics.text(
        &run(),
        &answers(),
        Some((ExitCode::NeedsPerson, at(1_796_000_000))),
    );
    insta::assert_snapshot!(text, @r#"
    # HELP wavepair_rows Rows of the wave by what became of them, in this run or an earlier one.
    # TYPE wavepair_rows gauge
    wavepair_rows{environment="1c8f91a6-56ac-4b4b-b8d5-6f0ea6ee8c53",wave="2026-11.csv",outcome="created"} 4812
    wavepair_rows{environment="1c8f91a6-56ac-4b4b-b8d5-6f0ea6ee8c53",wave="2026-11.csv",outcome="existing"} 90
    wavepair_rows{environment="1c8f91a6-56ac-4b4b-b8d5-6f0ea6ee8c53",wave="2026-11.csv",outcome="duplicate"} 3
    wavepair_rows{environment="1c8f91a6-56ac-4b4b-b8d5-6f0ea6ee8c53",wave="2026-11.csv",outcome="invalid"} 12
    wavepair_rows{environment="1c8f91a6-56ac-4b4b-b8d5-6f0ea6ee8c53",wave="2026-11.csv",outcome="rejected"} 80
    wavepair_rows{environment="1c8f91a6-56ac-4b4b-b8d5-6f0ea6ee8c53",wave="2026-11.csv",outcome="failed"} 3
    wavepair_rows{environment="1c8f91a6-56ac-4b4b-b8d5-6f0ea6ee8c53",wave="2026-11.csv",outcome="unknown"} 0
    wavepair_rows{environment="1c8f91a6-56ac-4b4b-b8d5-6f0ea6ee8c53",wave="2026-11.csv",outcome="pending"} 0
    # HELP wavepair_requests_total Requests of the run by kind and HTTP status of the answer; none where there was no answer.
    # TYPE wavepair_requests_total counter
    wavepair_requests_total{environment="1c8f91a6-56ac-4b4b-b8d5-6f0ea6ee8c53",wave="2026-11.csv",kind="create",status="201"} 4812
    wavepair_requests_total{environment="1c8f91a6-56ac-4b4b-b8d5-6f0ea6ee8c53",wave="2026-11.csv",kind="create",status="429"} 7
    wavepair_requests_total{environment="1c8f91a6-56ac-4b4b-b8d5-6f0ea6ee8c53",wave="2026-11.csv",kind="create",status="none"} 1
    wavepair_requests_total{environment="1c8f91a6-56ac-4b4b-b8d5-6f0ea6ee8c53",wave="2026-11.csv",kind="lookup",status="200"} 5
    # HELP wavepair_pace_requests_per_second Pace of a group of requests, as it was told last.
    # TYPE wavepair_pace_requests_per_second gauge
    wavepair_pace_requests_per_second{environment="1c8f91a6-56ac-4b4b-b8d5-6f0ea6ee8c53",wave="2026-11.csv",group="creates"} 12.5
    # HELP wavepair_holds_total Pauses that PingOne asked for in the run, for a group of requests or for all.
    # TYPE wavepair_holds_total counter
    wavepair_holds_total{environment="1c8f91a6-56ac-4b4b-b8d5-6f0ea6ee8c53",wave="2026-11.csv",group="all"} 1
    wavepair_holds_total{environment="1c8f91a6-56ac-4b4b-b8d5-6f0ea6ee8c53",wave="2026-11.csv",group="creates"} 2
    # HELP wavepair_held_seconds_total Time in which none of a group of requests was sent, because PingOne asked for that.
    # TYPE wavepair_held_seconds_total counter
    wavepair_held_seconds_total{environment="1c8f91a6-56ac-4b4b-b8d5-6f0ea6ee8c53",wave="2026-11.csv",group="creates"} 2.5
    # HELP wavepair_exit_code Exit code of the last run of the wave that has ended.
    # TYPE wavepair_exit_code gauge
    wavepair_exit_code{environment="1c8f91a6-56ac-4b4b-b8d5-6f0ea6ee8c53",wave="2026-11.csv"} 3
    # HELP wavepair_last_end_timestamp_seconds When the last run of the wave ended, in seconds since 1970.
    # TYPE wavepair_last_end_timestamp_seconds gauge
    wavepair_last_end_timestamp_seconds{environment="1c8f91a6-56ac-4b4b-b8d5-6f0ea6ee8c53",wave="2026-11.csv"} 1796000000
    "#);
}

#[test]
fn every_metric_is_ours_and_has_its_help_and_its_type_before_its_values() {
    let mut metrics = Metrics::default();
    metrics.on(&held(None));
    let text = metrics.text(
        &run(),
        &answers(),
        Some((ExitCode::Done, at(1_796_000_000))),
    );
    let mut lines = text.lines().peekable();
    let mut names = BTreeSet::new();
    while let Some(line) = lines.next() {
        let help = line.strip_prefix("# HELP ").unwrap();
        let (name, help) = help.split_once(' ').unwrap();
        assert!(names.insert(name), "{name} twice");
        assert!(
            name.starts_with("wavepair_") && help.ends_with('.'),
            "{line}"
        );
        let kind = lines.next().unwrap();
        let kind = kind.strip_prefix(&format!("# TYPE {name} ")).unwrap();
        assert_eq!(kind == "counter", name.ends_with("_total"), "{name}");
        assert!(["counter", "gauge"].contains(&kind), "{kind}");
        let start = format!("{name}{{environment=\"");
        let mut samples = 0;
        while let Some(sample) = lines.next_if(|line| !line.starts_with('#')) {
            assert!(sample.starts_with(&start), "{sample}");
            let (_, value) = sample.rsplit_once("} ").unwrap();
            assert!(value.parse::<f64>().unwrap() >= 0.0, "{sample}");
            samples += 1;
        }
        assert!(samples > 0, "{name}");
    }
    assert_eq!(names.len(), 8);
    assert!(!text.contains("ada"), "{text}");
}

#[test]
fn how_the_run_before_ended_holds_until_this_one_has() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("w.prom");
    let ends = |summary: &Summary, ended| {
        let text = Metrics::after(&path).text(summary, &AnswerCounts::new(), ended);
        write(&path, &text).unwrap();
        let value = |name: &str| {
            let line = text.lines().find(|line| line.starts_with(name))?;
            Some(line.rsplit(' ').next()?.to_owned())
        };
        [&EXIT_CODE, &LAST_END, &LAST_SUCCESS].map(|family| value(family.name))
    };
    let some = |values: [&str; 3]| values.map(|value| Some(value.to_owned()));
    assert_eq!(ends(&run(), None), [None, None, None]);
    let done = Some((ExitCode::Done, at(100)));
    assert_eq!(ends(&run(), done), some(["0", "100", "100"]));
    assert_eq!(ends(&run(), None), some(["0", "100", "100"]));
    let refused = Some((ExitCode::Usage, at(200)));
    assert_eq!(ends(&run(), refused), some(["2", "200", "100"]));
    assert_eq!(ends(&run(), None), some(["2", "200", "100"]));
    // What another wave has left there says nothing of this one.
    let mut other = run();
    other.wave = "other.csv".to_owned();
    assert_eq!(ends(&other, None), [None, None, None]);
}

#[test]
fn shards_of_one_wave_are_told_apart() {
    let mut part = run();
    part.shard = Shard::new(2, 3).unwrap();
    let text = Metrics::default().text(&part, &AnswerCounts::new(), None);
    assert!(text.contains(",wave=\"2026-11.csv 2/3\","), "{text}");
}
