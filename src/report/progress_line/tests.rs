//! How far a run is, told in one line.

use super::*;
use crate::model::pace_reading::Paces;
use crate::model::stop::StopReason;

fn finished(outcome: Outcome) -> Event {
    Event::RowFinished(crate::report::fixture::finished(1, outcome, None))
}

/// `per_second` rows sent and created in each of so many seconds.
fn after(seconds: u64, per_second: u64, line: &mut ProgressLine) -> Instant {
    let start = line.started;
    for second in 0..seconds {
        let now = start + Duration::from_secs(second);
        for _ in 0..per_second {
            line.on(&Event::Sent(RequestKind::List), now);
            line.on(&Event::Sent(RequestKind::Create), now);
            line.on(&finished(Outcome::Created), now);
        }
    }
    start + Duration::from_secs(seconds)
}

fn begun(rows: u64) -> ProgressLine {
    ProgressLine::new(crate::clock::now(), rows, Goal::Created)
}

fn text(line: &ProgressLine, now: Instant) -> String {
    line.snapshot(now).to_string()
}

#[test]
fn the_line_tells_what_is_done_how_fast_and_how_long_it_takes_yet() {
    let mut line = begun(5000);
    assert_eq!(text(&line, line.started), "0/5,000, 0 created, 0 errors");
    let now = after(40, 12, &mut line);
    for outcome in [Outcome::Invalid, Outcome::Unknown, Outcome::Existing] {
        line.on(&finished(outcome), now);
    }
    assert_eq!(
        text(&line, now),
        "483/5,000, 480 created, 2 errors, 24.0/s, 6 min 17 s left"
    );
    assert_eq!(line.thousandths(), 96);
}

#[test]
fn a_dry_run_counts_what_is_ready() {
    let mut line = ProgressLine::new(crate::clock::now(), 3, Goal::Ready);
    let now = line.started;
    for outcome in [Outcome::Ready, Outcome::Created, Outcome::Rejected] {
        line.on(&finished(outcome), now);
    }
    assert_eq!(text(&line, now), "3/3, 1 ready, 1 error");
}

#[test]
fn a_program_reads_the_same_numbers() {
    let mut line = begun(5000);
    let now = after(40, 12, &mut line);
    let json: serde_json::Value =
        serde_json::from_str(&line.snapshot(now).notice().json(None)).unwrap();
    for (key, number) in [
        ("done", 480.0),
        ("rows", 5000.0),
        ("created", 480.0),
        ("errors", 0.0),
        ("requests_per_second", 24.0),
        ("seconds_left", 377.0),
    ] {
        assert_eq!(json[key].as_f64(), Some(number), "{key}");
    }
}

#[test]
fn a_pace_is_that_of_the_last_seconds_and_is_gone_when_nothing_happens() {
    let mut line = begun(5000);
    let now = after(3, 5, &mut line);
    assert_eq!(line.requests.rate(3), Some(10.0));
    assert_eq!(line.requests.rate(6), Some(5.0));
    assert_eq!(line.requests.rate(60), None);
    let later = now + Duration::from_secs(57);
    assert_eq!(text(&line, later), "15/5,000, 15 created, 0 errors");
    line.on(&Event::Sent(RequestKind::Create), later);
    assert_eq!(line.requests.rate(61), Some(1.0 / 7.0));
}

#[test]
fn what_the_run_waits_for_is_said_until_it_is_over() {
    let mut line = begun(10);
    let now = line.started;
    let delay = Duration::from_secs(12);
    line.on(&Event::Held { group: None, delay }, now);
    assert_eq!(line.waits(now).unwrap(), "PingOne asks to wait 12 s");
    assert_eq!(line.waits(now + delay), None);
    let next = Duration::from_secs(8);
    line.on(&Event::Waiting { rows: 3, next }, now);
    assert_eq!(line.waits(now).unwrap(), "looking again at 3 rows in 8 s");
    let delay = Duration::MAX;
    line.on(&Event::Held { group: None, delay }, now);
    assert_eq!(line.waits(now), None);
    let reason = StopReason::Interrupted;
    line.on(
        &Event::StopRequested {
            reason,
            in_flight: 2,
        },
        now,
    );
    assert_eq!(line.waits(now).unwrap(), "stopping: waiting for answers");
}

#[test]
fn pace_and_time_left_are_told_beside_a_pause_and_not_beside_a_stop() {
    let mut line = begun(5000);
    let now = after(40, 12, &mut line);
    let delay = Duration::from_secs(1);
    line.on(&Event::Held { group: None, delay }, now);
    assert_eq!(
        text(&line, now),
        "480/5,000, 480 created, 0 errors, 24.0/s, 6 min 17 s left, PingOne asks to wait 1 s"
    );
    let reason = StopReason::Interrupted;
    let in_flight = 2;
    line.on(&Event::StopRequested { reason, in_flight }, now);
    assert_eq!(
        text(&line, now),
        "480/5,000, 480 created, 0 errors, stopping: waiting for answers"
    );
}

#[test]
fn what_the_pace_is_at_most_is_told_where_the_line_has_room_for_it() {
    let mut line = begun(5000);
    let paces = Paces {
        ceiling: Some(Millirate::of(25.0)),
        ..Paces::default()
    };
    line.on(&Event::Paced(paces), line.started);
    let now = after(40, 12, &mut line);
    assert_eq!(
        text(&line, now),
        "480/5,000, 480 created, 0 errors, 24.0/s of at most 25/s, 6 min 17 s left"
    );
    (line.total, line.done, line.reached) = (10_000_000, 2_345_678, 2_300_000);
    assert!(!text(&line, now).contains("at most"));
}

#[test]
fn the_share_of_429_is_told_where_there_was_any() {
    let mut line = begun(5000);
    let now = after(40, 12, &mut line);
    line.on(&Event::Throttled, now);
    let said = "480/5,000, 480 created, 0 errors, 24.0/s, 0.1 % 429, 6 min 17 s left";
    assert_eq!(text(&line, now), said);
}

#[test]
fn ten_million_rows_fit_in_eighty_columns() {
    let mut line = begun(10_000_000);
    let now = after(10, 12, &mut line);
    (line.done, line.reached, line.errors) = (2_345_678, 2_300_000, 45_678);
    let text = text(&line, now);
    assert!(text.ends_with(" h left"), "{text}");
    assert!(text.len() <= 76, "{} {text}", text.len());
}
