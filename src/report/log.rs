//! Events as log records of the target `wavepair`: what went wrong, and on demand everything.
//!
//! | level | what |
//! | --- | --- |
//! | `WARN` | a row that ended `invalid`, `rejected`, `failed` or `unknown`, or whose device is there twice |
//! | `INFO` | a device that this run created, a request that is made again, a pause, a stop |
//! | `DEBUG` | every other answer and every other row |
//!
//! How a record becomes a line, and where it goes, is the business of
//! [`log_lines`](super::log_lines) and [`log_setup`](super::log_setup).

use std::fmt;
use std::time::Duration;

use tracing::{debug, info, warn};

use super::cell::{neutral, without_phones};
use super::outcome_words::{attempt_word, look_word, mfa_word};
use super::quantity::{counted, span};
use crate::model::event::{Event, Next, RowFinished, RowLabel};
use crate::model::ids::DeviceId;
use crate::model::mfa::MfaOutcome;
use crate::model::outcome::{Answer, LookOutcome, Outcome};
use crate::model::pace_reading::{Millirate, Paces};
use crate::model::rate_group::RateGroup;

/// The one target of all records.
pub(crate) const TARGET: &str = "wavepair";

/// What a request that did not end the row tells of its device.
const NO_DEVICE: Option<DeviceId> = None;

/// A record about a row, at a level that is known when it is compiled.
macro_rules! row {
    ($level:ident, $event:expr, $who:expr, $outcome:expr, $answer:expr, $device:expr, $($text:tt)+) => {{
        let (who, answer) = (&$who, &$answer);
        $level!(
            target: TARGET,
            event = $event,
            row = who.row.0,
            line = who.line,
            user = who.user.map(tracing::field::display),
            phone = who.address.as_deref(),
            outcome = $outcome,
            device_id = $device.map(tracing::field::display),
            code = answer.code,
            http_status = answer.http_status,
            correlation_id = answer.correlation_id,
            $($text)+
        );
    }};
}

/// Logs an event.
pub(crate) fn on(event: &Event) {
    match event {
        Event::AttemptEnded {
            who,
            attempt,
            outcome,
            answer,
            took,
            next,
        } => {
            let answer = AnswerText::from(answer);
            let (word, took, then) = (attempt_word(outcome), took.as_millis(), Then(*next));
            let text = format_args!("{}: attempt {attempt}: {word}{answer}", Label(who));
            let event = "attempt_ended";
            match next {
                Next::Finish => {
                    row!(
                        debug,
                        event,
                        who,
                        word,
                        answer,
                        NO_DEVICE,
                        "{text}, after {took} ms"
                    );
                }
                Next::Create(_) | Next::Look(_) | Next::Mfa(_) => {
                    row!(info, event, who, word, answer, NO_DEVICE, "{text}; {then}");
                }
            }
        }
        Event::LookEnded {
            who,
            outcome,
            took,
            next,
        } => look_ended(who, outcome, *took, *next),
        Event::MfaEnded {
            who,
            outcome,
            took,
            next,
        } => mfa_ended(who, outcome, *took, *next),
        Event::Held { group, delay } => held(*group, *delay),
        Event::Paced(paces) => paced(paces),
        Event::Waiting { rows, next } => {
            let (rows, seconds) = (u64::try_from(*rows).unwrap_or(u64::MAX), next.as_secs());
            let (left, next) = (counted(rows, "row"), span(*next));
            debug!(target: TARGET, event = "waiting", rows, seconds, "{left} left to look at again, the first in {next}");
        }
        Event::StopRequested { reason, in_flight } => {
            let reason = Safe(&reason.to_string()).to_string();
            let answers = counted(u64::try_from(*in_flight).unwrap_or(u64::MAX), "answer");
            info!(target: TARGET, event = "stop_requested", in_flight, "stopping: {reason}; waiting for {answers}");
        }
        Event::RowFinished(row) => finished(row),
        Event::UserOutdated(row) => {
            info!(target: TARGET, event = "user_outdated", row = row.who.row.0, "{}: PingOne does not know the user any more; the name is asked for anew", Label(&row.who));
        }
        Event::RowRead
        | Event::LookingUp { .. }
        | Event::Throttled
        | Event::Sent(_)
        | Event::TakenBack(_) => {}
    }
}

fn held(group: Option<RateGroup>, delay: Duration) {
    let (seconds, wait) = (delay.as_secs(), span(delay));
    let requests = group.map_or("all requests", RateGroup::requests);
    let group = group.map(RateGroup::as_str);
    info!(target: TARGET, event = "held", group, seconds, "PingOne asks to wait {wait} ({requests})");
}

fn paced(paces: &Paces) {
    for (group, pace) in &paces.groups {
        let (rate, events) = (pace.last.map(Millirate::per_second), pace.events);
        let shown = match pace.last {
            Some(rate) => format!("at most {rate}"),
            None => "as fast as answers come".to_owned(),
        };
        let (requests, group) = (group.requests(), group.as_str());
        debug!(target: TARGET, event = "paced", group, requests_per_second = rate, events, "{requests} go {shown}");
    }
}

fn look_ended(who: &RowLabel, outcome: &LookOutcome, took: Duration, next: Next) {
    let word = look_word(outcome);
    let (label, took, then) = (Label(who), took.as_millis(), Then(next));
    row!(
        debug,
        "look_ended",
        who,
        word,
        AnswerText::default(),
        NO_DEVICE,
        "{label}: listing: {word}, after {took} ms; {then}"
    );
}

fn mfa_ended(who: &RowLabel, outcome: &MfaOutcome, took: Duration, next: Next) {
    let word = mfa_word(outcome);
    let (label, took, then) = (Label(who), took.as_millis(), Then(next));
    row!(
        debug,
        "mfa_ended",
        who,
        word,
        AnswerText::default(),
        NO_DEVICE,
        "{label}: MFA of the user: {word}, after {took} ms; {then}"
    );
}

/// Logs how a row ended.
pub(crate) fn finished(row: &RowFinished) {
    let answer = AnswerText {
        code: row.code.as_deref(),
        message: row.message.as_deref(),
        ..AnswerText::default()
    };
    let (label, word) = (Label(&row.who), row.outcome.as_str());
    macro_rules! finished {
        ($level:ident, $($text:tt)+) => {
            row!($level, "row_finished", row.who, word, answer, row.device, $($text)+)
        };
    }
    match row.outcome {
        // There more than once: a person must look.
        Outcome::Existing if row.seen_twice => {
            finished!(warn, "{label}: {word}{answer}");
        }
        Outcome::Invalid | Outcome::Rejected | Outcome::Failed | Outcome::Unknown => {
            finished!(warn, "{label}: {word}{answer}");
        }
        Outcome::Created if !row.earlier => {
            let device = row.device.map(|device| format!(", device {device}"));
            let device = device.unwrap_or_default();
            finished!(info, "{label}: {word}{device}{answer}");
        }
        Outcome::Created
        | Outcome::Existing
        | Outcome::Duplicate
        | Outcome::Pending
        | Outcome::Ready => finished!(debug, "{label}: {word}{answer}"),
    }
}

/// A text from outside, without what steers a terminal and without phones.
struct Safe<'a>(&'a str);

impl fmt::Display for Safe<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&without_phones(&neutral(self.0)))
    }
}

/// `row 12 (line 13, user 9f1c…, +44…56)`.
struct Label<'a>(&'a RowLabel);

impl fmt::Display for Label<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let RowLabel {
            row,
            line,
            user,
            address,
        } = self.0;
        write!(f, "row {row} (line {line}")?;
        if let Some(user) = user {
            write!(f, ", user {user}")?;
        }
        if let Some(address) = address {
            write!(f, ", {}", Safe(address))?;
        }
        f.write_str(")")
    }
}

/// What an answer said of itself: the status in brackets, code and message behind a colon each,
/// where there are any.
#[derive(Default)]
struct AnswerText<'a> {
    http_status: Option<u16>,
    code: Option<&'a str>,
    message: Option<&'a str>,
    correlation_id: Option<&'a str>,
}

impl<'a> From<&'a Answer> for AnswerText<'a> {
    fn from(answer: &'a Answer) -> Self {
        Self {
            http_status: answer.http_status,
            code: answer.code.as_deref(),
            message: answer.message.as_deref(),
            correlation_id: answer.correlation_id.as_deref(),
        }
    }
}

impl fmt::Display for AnswerText<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(status) = self.http_status {
            write!(f, " (HTTP {status})")?;
        }
        for text in [self.code, self.message].into_iter().flatten() {
            write!(f, ": {}", Safe(text))?;
        }
        Ok(())
    }
}

/// What follows.
struct Then(Next);

impl fmt::Display for Then {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Next::Finish => f.write_str("nothing is left to do"),
            Next::Create(delay) if delay.is_zero() => f.write_str("asking for it now"),
            Next::Look(delay) if delay.is_zero() => f.write_str("looking for it now"),
            Next::Create(delay) => write!(f, "asking again in {}", span(delay)),
            Next::Look(delay) => write!(f, "looking for it in {}", span(delay)),
            Next::Mfa(delay) if delay.is_zero() => f.write_str("asking about MFA now"),
            Next::Mfa(delay) => write!(f, "asking about MFA in {}", span(delay)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::code::DUPLICATE_FOUND;
    use crate::model::outcome::{Ambiguity, AttemptOutcome, Listing, Refusal};
    use crate::model::row::RowNumber;
    use crate::model::stop::StopReason;
    use crate::report::fixture::{device_id, logged, user_id};
    use crate::report::log_lines::Format;

    fn who() -> RowLabel {
        RowLabel {
            row: RowNumber(12),
            line: 13,
            user: Some(user_id()),
            address: Some("+44…56".to_owned()),
        }
    }

    fn row(outcome: Outcome, code: &str, message: &str) -> Event {
        Event::RowFinished(RowFinished {
            code: Some(code.to_owned()),
            message: Some(message.to_owned()),
            seen_twice: code == DUPLICATE_FOUND,
            ..RowFinished::new(who(), outcome, None)
        })
    }

    fn created(earlier: bool) -> Event {
        Event::RowFinished(RowFinished {
            earlier,
            ..RowFinished::new(who(), Outcome::Created, Some(device_id()))
        })
    }

    fn attempt(outcome: AttemptOutcome, next: Next) -> Event {
        Event::AttemptEnded {
            who: who(),
            attempt: 2,
            outcome,
            answer: Answer {
                http_status: Some(503),
                code: Some("UNEXPECTED_ERROR".to_owned()),
                message: None,
                correlation_id: Some("c-1".to_owned()),
            },
            took: Duration::from_millis(800),
            next,
        }
    }

    #[test]
    fn every_event_that_says_something_is_one_line_at_its_level() {
        let second = Duration::from_secs(2);
        let lost = AttemptOutcome::Indeterminate(Ambiguity::ServerError);
        let refused = AttemptOutcome::NotCreated(Refusal::Unreachable);
        let events = [
            row(Outcome::Rejected, "INVALID_DATA/INVALID_VALUE", "not valid"),
            row(
                Outcome::Invalid,
                "phone_missing_plus",
                "did you mean +447911123456?",
            ),
            row(Outcome::Failed, "x", "two\nlines\u{1b}[31m"),
            row(Outcome::Existing, "duplicate_found", "twice"),
            created(false),
            created(true),
            attempt(lost, Next::Look(second)),
            attempt(refused.clone(), Next::Create(Duration::ZERO)),
            attempt(refused, Next::Finish),
            Event::LookEnded {
                who: who(),
                outcome: LookOutcome::Seen(Listing::Absent),
                took: second,
                next: Next::Create(Duration::ZERO),
            },
            Event::Held {
                group: None,
                delay: second,
            },
            Event::Waiting {
                rows: 3,
                next: second,
            },
            Event::StopRequested {
                reason: StopReason::Interrupted,
                in_flight: 4,
            },
            Event::RowRead,
        ];
        insta::assert_snapshot!(logged(Format::Text, &events), @r"
        warning: row 12 (line 13, user 9f1c2a34-5b6d-4e7f-8a90-b1c2d3e4f506, +44…56): rejected: INVALID_DATA/INVALID_VALUE: not valid
        warning: row 12 (line 13, user 9f1c2a34-5b6d-4e7f-8a90-b1c2d3e4f506, +44…56): invalid: phone_missing_plus: did you mean +…56?
        warning: row 12 (line 13, user 9f1c2a34-5b6d-4e7f-8a90-b1c2d3e4f506, +44…56): failed: x: two\u{a}lines\u{1b}[31m
        warning: row 12 (line 13, user 9f1c2a34-5b6d-4e7f-8a90-b1c2d3e4f506, +44…56): existing: duplicate_found: twice
        info: row 12 (line 13, user 9f1c2a34-5b6d-4e7f-8a90-b1c2d3e4f506, +44…56): created, device 00000000-0000-0000-0000-00000000000d
        debug: row 12 (line 13, user 9f1c2a34-5b6d-4e7f-8a90-b1c2d3e4f506, +44…56): created
        info: row 12 (line 13, user 9f1c2a34-5b6d-4e7f-8a90-b1c2d3e4f506, +44…56): attempt 2: perhaps created (HTTP 503): UNEXPECTED_ERROR; looking for it in 2 s
        info: row 12 (line 13, user 9f1c2a34-5b6d-4e7f-8a90-b1c2d3e4f506, +44…56): attempt 2: not created (HTTP 503): UNEXPECTED_ERROR; asking for it now
        debug: row 12 (line 13, user 9f1c2a34-5b6d-4e7f-8a90-b1c2d3e4f506, +44…56): attempt 2: not created (HTTP 503): UNEXPECTED_ERROR, after 800 ms
        debug: row 12 (line 13, user 9f1c2a34-5b6d-4e7f-8a90-b1c2d3e4f506, +44…56): listing: no such device, after 2000 ms; asking for it now
        info: PingOne asks to wait 2 s (all requests)
        debug: 3 rows left to look at again, the first in 2 s
        info: stopping: interrupted by SIGINT; waiting for 4 answers
        ");
    }
}
