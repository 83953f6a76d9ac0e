//! The summary as JSON: a counterpart with keys that scripts rely on.

use std::io::{self, Write};

use jiff::Timestamp;
use serde::{Serialize, Serializer};

use crate::exit::ExitCode;
use crate::model::event::RequestKind;
use crate::model::pace_reading::{Millirate, PaceReading, Paces};
use crate::model::rate_group::RateGroup;
use crate::model::stop::Stopped;
use crate::model::summary::Summary;

/// Writes a summary, its keys in the order of the documentation.
///
/// `failed` is why the command failed, where it did: that says more than why it stopped before.
///
/// # Errors
///
/// What `out` says.
pub(crate) fn write(
    summary: &Summary,
    finished_at: Timestamp,
    exit: ExitCode,
    failed: Option<Stopped>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let stopped = failed.or(summary.stopped.as_ref().map(Stopped::from));
    let (outcomes, codes) = (&summary.tally.outcomes, &summary.tally.codes);
    let json = Json {
        run_id: summary.run.to_string(),
        wave: &summary.wave,
        environment: summary.environment.map(|id| id.to_string()),
        dry_run: summary.dry_run,
        started_at: instant(summary.started_at),
        finished_at: instant(finished_at),
        rows: summary.rows,
        outcomes: object(
            outcomes
                .iter()
                .map(|(outcome, rows)| (outcome.as_str(), rows)),
        ),
        undone: summary.undone.as_ref().map(|undone| {
            object(
                undone
                    .iter()
                    .map(|(verdict, devices)| (verdict.as_str(), devices)),
            )
        }),
        verdicts: summary.verdicts.as_ref().map(|verdicts| {
            object(
                verdicts
                    .iter()
                    .map(|(verdict, count)| (verdict.as_str(), count.rows)),
            )
        }),
        codes: object(
            codes
                .iter()
                .map(|(code, count)| (code.as_str(), count.rows)),
        ),
        requests: object(requests(summary)),
        throttled: summary.throttled,
        retries: summary.retries,
        stopped: stopped.as_ref().map(|stopped| {
            object([
                ("code", stopped.code.as_str()),
                ("message", &stopped.message),
            ])
        }),
        exit_code: exit.code(),
        previous_exit_code: summary.previous_exit_code,
        ledger: summary.ledger.as_deref(),
        messages: object(
            summary
                .messages
                .iter()
                .map(|(kind, count)| (kind.as_str(), count)),
        ),
        told_of_new_device: summary
            .told
            .map(|told| object([("users", told.users), ("not_known", told.not_known)])),
        pace: summary.paces.as_ref().map(pace),
        shard: (!summary.shard.is_whole()).then(|| summary.shard.to_string()),
        rows_of_other_shards: summary.tally.of_other_shards,
    };
    serde_json::to_writer_pretty(&mut *out, &json)?;
    out.write_all(b"\n")
}

/// How the pace of each rate group went, as an object of a script.
pub(crate) fn pace(paces: &Paces) -> Object<'_, Pace> {
    object(paces.groups.iter().map(Pace::of))
}

/// How many requests of each kind were sent; those about MFA, and deletions, only where any was.
pub(crate) fn requests(summary: &Summary) -> Vec<(&'static str, u64)> {
    let sent = summary.requests;
    let mut requests = vec![
        (RequestKind::Token.word(), sent.token),
        (RequestKind::List.word(), sent.list),
        (RequestKind::Create.word(), sent.create),
        (RequestKind::Read.word(), sent.read),
    ];
    if sent.mfa > 0 {
        requests.push((RequestKind::Mfa.word(), sent.mfa));
    }
    if sent.delete > 0 {
        requests.push((RequestKind::Delete.word(), sent.delete));
    }
    requests
}

#[derive(Serialize)]
struct Json<'a> {
    run_id: String,
    wave: &'a str,
    environment: Option<String>,
    dry_run: bool,
    started_at: String,
    finished_at: String,
    rows: u64,
    outcomes: Object<'a, u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    undone: Option<Object<'a, u64>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    verdicts: Option<Object<'a, u64>>,
    codes: Object<'a, u64>,
    requests: Object<'a, u64>,
    throttled: u64,
    retries: u64,
    stopped: Option<Object<'a, &'a str>>,
    exit_code: u8,
    previous_exit_code: Option<u8>,
    ledger: Option<&'a str>,
    messages: Object<'a, u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    told_of_new_device: Option<Object<'a, u64>>,
    pace: Option<Object<'a, Pace>>,
    // What a later version fills; scripts find the key where it will be.
    shard: Option<String>,
    rows_of_other_shards: u64,
}

/// How the pace of a rate group went: rates in requests a second, null where there was none.
#[derive(Serialize)]
pub(crate) struct Pace {
    first: Option<f64>,
    last: Option<f64>,
    highest: Option<f64>,
    requests: u64,
    throttled: u64,
    events: u64,
    seconds_held: f64,
}

impl Pace {
    fn of((group, pace): &(RateGroup, PaceReading)) -> (&'static str, Self) {
        let rate = |rate: Option<Millirate>| rate.map(Millirate::per_second);
        let pace = Self {
            first: rate(pace.first),
            last: rate(pace.last),
            highest: rate(pace.highest),
            requests: pace.requests,
            throttled: pace.throttled,
            events: pace.events,
            seconds_held: (pace.held.as_secs_f64() * 1000.0).round() / 1000.0,
        };
        (group.as_str(), pace)
    }
}

/// An object, its keys in the order in which they were given.
pub(crate) struct Object<'a, V>(Vec<(&'a str, V)>);

impl<V: Serialize> Serialize for Object<'_, V> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(key, value)| (key, value)))
    }
}

fn object<'a, V>(entries: impl IntoIterator<Item = (&'a str, V)>) -> Object<'a, V> {
    Object(entries.into_iter().collect())
}

fn instant(time: Timestamp) -> String {
    format!("{time:.3}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ids::UserId;
    use crate::model::messages::MessageBook;
    use crate::model::request::DeviceType;
    use crate::model::stop::{StopCode, StopReason};
    use crate::model::unresolved::UserRef;
    use crate::report::fixture::summary;

    fn render(summary: &Summary, finished_at: Timestamp, exit: ExitCode) -> String {
        let mut text = Vec::new();
        write(summary, finished_at, exit, None, &mut text).unwrap();
        String::from_utf8(text).unwrap()
    }

    #[test]
    fn what_failed_says_more_than_what_stopped_the_run_before() {
        let mut summary = summary();
        summary.stop(&StopReason::TimeIsUp);
        let failed = Stopped::new(StopCode::Output, "no room", Some("make some"));
        let mut text = Vec::new();
        let exit = ExitCode::Usage;
        write(&summary, summary.started_at, exit, Some(failed), &mut text).unwrap();
        let json: serde_json::Value = serde_json::from_slice(&text).unwrap();
        assert_eq!(json["stopped"]["code"], "output");
        assert_eq!(json["stopped"]["message"], "no room; make some");
        assert_eq!(json["exit_code"], 2);
    }

    #[test]
    fn the_keys_are_stable_and_every_outcome_is_counted() {
        let mut summary = summary();
        summary.stop(&StopReason::TimeIsUp);
        summary.previous_exit_code = Some(4);
        summary.ledger = Some("wave.db".to_owned());
        let mut book = MessageBook::default();
        for user in [1, 2] {
            book.note(
                &UserRef::Id(UserId::from_bytes([user; 16])),
                DeviceType::Sms,
            );
        }
        summary.messages = book.messages();
        let finished_at = summary.started_at + jiff::SignedDuration::from_millis(400_250);
        let text = render(&summary, finished_at, summary.exit_code());
        insta::assert_snapshot!(text, @r#"
        {
          "run_id": "00000000-0000-0000-0000-00000000000f",
          "wave": "wave.csv",
          "environment": "1c8f91a6-56ac-4b4b-b8d5-6f0ea6ee8c53",
          "dry_run": false,
          "started_at": "2026-11-02T06:00:00.123Z",
          "finished_at": "2026-11-02T06:06:40.373Z",
          "rows": 5000,
          "outcomes": {
            "created": 4812,
            "existing": 90,
            "duplicate": 3,
            "invalid": 12,
            "rejected": 80,
            "failed": 3,
            "unknown": 0,
            "pending": 0,
            "ready": 0
          },
          "codes": {
            "NOT_FOUND": 19,
            "REQUEST_FAILED/LIMIT_EXCEEDED": 61,
            "UNEXPECTED_ERROR": 3,
            "phone_missing_plus": 12
          },
          "requests": {
            "token": 0,
            "list": 0,
            "create": 0,
            "lookup": 0
          },
          "throttled": 0,
          "retries": 0,
          "stopped": {
            "code": "time_is_up",
            "message": "the time is up"
          },
          "exit_code": 7,
          "previous_exit_code": 4,
          "ledger": "wave.db",
          "messages": {
            "SMS": 2
          },
          "pace": null,
          "shard": null,
          "rows_of_other_shards": 0
        }
        "#);
    }

    #[test]
    fn what_is_not_known_is_null() {
        let mut summary = summary();
        summary.environment = None;
        let text = render(&summary, summary.started_at, ExitCode::Done);
        assert!(text.contains("\"environment\": null,"), "{text}");
        for key in ["stopped", "previous_exit_code", "ledger"] {
            assert!(text.contains(&format!("\"{key}\": null,")), "{text}");
        }
    }
}
