//! What the page says, and how long it gets.

use std::collections::BTreeMap;

use super::*;
use crate::report::fixture::{finished, known_row, run_id};
use crate::report::known_state::{KnownState, Mode};
use crate::report::result_row::ResultRow;
use crate::report::row_sink::RowSink;

fn minute(created: u64, throttled: u64) -> Minute {
    Minute { created, throttled }
}

fn now() -> ZonedDateTime {
    "2026-12-01T06:00:00+00:00[UTC]".parse().unwrap()
}

/// Rows that all have this outcome and code.
fn gathered(rows: u64, outcome: Outcome, code: Option<&str>) -> Gathered {
    let mut gathered = Gathered::default();
    for number in 1..=rows {
        let known = known_row(number, KnownState::Untouched);
        let mut result = ResultRow::of(&known, &Mode::DryRun);
        result.finished = finished(number, outcome, code);
        gathered.take(&known, &result).unwrap();
    }
    gathered
}

fn told(rows: &Gathered, runs: &[RunHistory], wave: &str) -> String {
    told_with(rows, runs, wave, &HashMap::new())
}

fn told_with(
    rows: &Gathered,
    runs: &[RunHistory],
    wave: &str,
    policies: &HashMap<PolicyId, String>,
) -> String {
    let facts = Facts {
        wave,
        environment: None,
        rows,
        policies,
        runs,
        next: Vec::new(),
        now: &now(),
    };
    page(&facts).unwrap()
}

fn run(minutes: BTreeMap<i64, Minute>) -> RunHistory {
    RunHistory {
        id: run_id(),
        started_ms: 1_764_000_000_000,
        finished_ms: Some(1_764_000_400_000),
        exit_code: Some(4),
        stopped: None,
        minutes,
    }
}

#[test]
fn the_headline_counts_people_and_what_is_left() {
    for (outcome, headline) in [
        (Outcome::Created, "1 of 1 person has the device."),
        (
            Outcome::Invalid,
            "0 of 1 person has the device. 2 rows need correction.",
        ),
        (
            Outcome::Unknown,
            "0 of 1 person has the device. 2 rows wait for another run.",
        ),
    ] {
        assert_eq!(super::headline(&gathered(2, outcome, None)), headline);
    }
}

#[test]
fn hostile_names_and_codes_are_text() {
    let hostile = "<script>alert(1)</script>\u{202e}\" onload=x";
    let rows = gathered(1, Outcome::Rejected, Some(hostile));
    let html = told(&rows, &[], hostile);
    assert!(
        !html.contains("<script") && !html.contains("\" onload"),
        "{html}"
    );
    assert!(!html.contains('\u{202e}'), "{html}");
}

#[test]
fn a_policy_has_its_name_where_it_is_known_and_its_id_always() {
    let rows = gathered(3, Outcome::Created, None);
    let id = *rows.policies.keys().next().unwrap();
    let unknown = told(&rows, &[], "wave.csv");
    assert!(
        unknown.contains(&format!("<th scope=\"row\">{id}</th>")),
        "{unknown}"
    );
    for (name, shown) in [
        (
            "Staff & <b>guests</b>",
            "Staff &#38; &#60;b&#62;guests&#60;/b&#62;",
        ),
        ("\u{202e}ffatS", "\\u{202e}ffatS"),
        ("\" onload=alert(1) x=\"", "&#34; onload=alert(1) x=&#34;"),
    ] {
        let html = told_with(&rows, &[], "wave.csv", &[(id, name.to_owned())].into());
        let line = format!("<th scope=\"row\">{shown} <code class=\"quiet\">{id}</code></th>");
        assert!(html.contains(&line), "{line}: {html}");
    }
}

#[test]
fn a_page_has_a_bounded_size_whatever_the_wave() {
    let mut rows = Gathered::default();
    for number in 1..=5_000 {
        let known = known_row(number, KnownState::Untouched);
        let mut result = ResultRow::of(&known, &Mode::DryRun);
        let code = format!("CODE_{number}/{}", "x".repeat(60));
        result.finished = finished(number, Outcome::Rejected, Some(&code));
        rows.take(&known, &result).unwrap();
    }
    let minutes: BTreeMap<_, _> = (0..10_000).map(|at| (at, minute(9, 1))).collect();
    let runs: Vec<_> = (1..=200).map(|_| run(minutes.clone())).collect();
    let html = told(&rows, &runs, "wave.csv");
    assert!(html.len() < 300_000, "{}", html.len());
    for more in ["4,970 codes more in the results.", "188 runs before them."] {
        assert!(html.contains(more), "{more}");
    }
}

#[test]
fn nothing_on_a_page_is_asked_for_elsewhere() {
    let rows = gathered(3, Outcome::Created, None);
    let html = told(&rows, &[run([(0, minute(3, 1))].into())], "wave.csv");
    for word in ["http://", "https://", "<script", "url(", "@import", "src="] {
        assert!(!html.contains(word), "{word}");
    }
    assert!(html.contains("default-src 'none'"));
    assert!(html.contains("3 devices created, 1 answer 429"), "{html}");
}
