//! What is kept of a run says the same as the run did.

use super::*;
use crate::model::pace_reading::{Millirate, PaceReading, Paces};
use crate::model::rate_group::RateGroup;
use crate::model::stop::StopCode;
use crate::report::fixture::summary;
use crate::report::last_screen::closing;

fn command(words: &str) -> CommandLine {
    let words = words.split(' ').map(Into::into).collect();
    CommandLine::new(words, &|name| ["--limit", "--deadline"].contains(&name))
}

fn at(time: &str) -> ZonedDateTime {
    format!("2026-11-30T{time}[UTC]").parse().unwrap()
}

/// Every reason to stop.
fn reasons() -> Vec<StopReason> {
    let (what, hint) = ("what \"it\" was".to_owned(), "do".to_owned());
    vec![
        StopReason::Interrupted,
        StopReason::Terminated,
        StopReason::TimeIsUp,
        StopReason::LimitReached,
        StopReason::Pointless {
            code: StopCode::SameRefusal,
            what: what.clone(),
            hint: hint.clone(),
        },
        StopReason::TooManyErrors { bad: 3 },
        StopReason::InputChanged {
            what: what.clone(),
            hint,
        },
        StopReason::InvalidRows { rows: 2, line: 7 },
        StopReason::Unavailable { what: what.clone() },
        StopReason::Broken { what },
    ]
}

/// Two paces, and what they may come to together.
fn paces() -> Paces {
    let pace = PaceReading {
        first: Some(Millirate(25_000)),
        last: Some(Millirate(17_500)),
        highest: None,
        found: None,
        requests: 900,
        throttled: 3,
        events: 2,
        held: Duration::from_millis(1500),
    };
    Paces {
        ceiling: Some(Millirate(25_000)),
        groups: vec![(RateGroup::Creates, pace), (RateGroup::Token, pace)],
    }
}

#[test]
fn what_is_kept_of_a_run_says_the_same_as_its_last_screen() {
    let command = command("wavepair run w.csv --limit 5 --deadline 2026-12-01T06:00");
    let rejects = Written {
        path: Some("w.rejects-2.csv".into()),
        kept: vec!["w.rejects.csv".into()],
    };
    let now = at("23:10:20");
    let settled_from = at("23:59:00");
    let full = paces();
    for reason in reasons().into_iter().map(Some).chain([None]) {
        let mut summary = summary();
        summary.stopped = reason;
        summary.paces = Some(full.clone());
        summary.requests.list = 12;
        summary.tally.seen_twice = summary.tally.codes.values().next().copied();
        let facts = EndFacts {
            took: Duration::from_millis(400_250),
            results: Some(Path::new("w.results.csv")),
            rejects: Some(&rejects),
            wave_is_stream: false,
            deadline: Some(at("23:00:00").timestamp()),
            settled_from: Some(settled_from.timestamp()),
            given_up: 1,
        };
        let kept = KeptRun::from_json(&KeptRun::new(&summary, &facts).to_json()).unwrap();
        let mut begun = summary.clone();
        begun.tally = Tally::default();
        (begun.stopped, begun.paces, begun.account) = (None, None, None);
        let known = Summary {
            account: None,
            ..summary.clone()
        };
        assert_eq!(kept.summary(begun.clone()), known);
        let ending = Ending {
            summary: &known,
            exit: known.exit_code(),
            took: facts.took,
            results: Some("w.results.csv"),
            rejects: Some(&rejects),
            held_back: 0,
            command: &command,
            wave_is_stream: false,
            forgotten: false,
            deadline_is_past: true,
            now: &now,
            settled_from: Some(settled_from.clone()),
            given_up: 1,
        };
        let of = OfRun {
            begun,
            exit: known.exit_code(),
            command: &command,
            now: &now,
        };
        let shown = kept.ending(&of, |ending| closing(ending, Some(80)));
        assert_eq!(shown, closing(&ending, Some(80)));
    }
}

#[test]
fn what_an_older_or_a_newer_version_kept_is_read_as_far_as_it_is_known() {
    let kept = KeptRun::from_json(r#"{"rows": 3, "outcomes": {"created": 2, "new": 1}, "x": 1}"#);
    let summary = kept.unwrap().summary(summary());
    assert_eq!(summary.rows, 3);
    assert_eq!(summary.tally.outcomes.get(Outcome::Created), 2);
    for nothing in ["", "3", "{\"rows\": \"3\"}"] {
        assert!(KeptRun::from_json(nothing).is_none(), "{nothing}");
    }
}

#[test]
fn a_command_is_kept_with_its_folder_and_can_be_changed_again() {
    let takes_value = |name: &str| name == "--limit";
    let called = Called {
        folder: Some("/waves".into()),
        command: command("wavepair run w.csv --limit 5"),
    };
    let again = Called::from_json(&called.to_json(), &takes_value).unwrap();
    assert_eq!(again, called);
    let without = again.command.without(&["--limit"]).spelled();
    assert_eq!(without, "wavepair run w.csv");
    assert!(Called::from_json("", &takes_value).is_none());
}
