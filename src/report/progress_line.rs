//! How far a run is. Pure: whoever asks brings the time.

use std::fmt;
use std::time::Duration;

use tokio::time::Instant;

use super::notice::Notice;
use super::quantity::{count, counted, span};
use super::rate_window::RateWindow;
use crate::model::event::{Event, RequestKind};
use crate::model::outcome::Outcome;

/// What becomes of a row that goes well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Goal {
    /// Its device is created.
    Created,
    /// A run would create its device.
    Ready,
}

impl Goal {
    fn outcome(self) -> Outcome {
        match self {
            Goal::Created => Outcome::Created,
            Goal::Ready => Outcome::Ready,
        }
    }
}

/// Where a run stands, folded from its events.
#[derive(Debug)]
pub(crate) struct ProgressLine {
    started: Instant,
    goal: Goal,
    total: u64,
    done: u64,
    reached: u64,
    errors: u64,
    requests: RateWindow,
    rows: RateWindow,
    wait: Option<Wait>,
    stopping: bool,
}

#[derive(Debug)]
struct Wait {
    until: Instant,
    what: What,
}

#[derive(Debug)]
enum What {
    Held,
    Rows(usize),
}

/// How far a run is at one moment; shown as one line.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Snapshot {
    done: u64,
    total: u64,
    goal: Goal,
    reached: u64,
    errors: u64,
    requests_per_second: Option<f64>,
    left: Option<Duration>,
    waits: Option<String>,
}

impl ProgressLine {
    /// Starts at nothing, with so many rows before it.
    pub(crate) fn new(started: Instant, total: u64, goal: Goal) -> Self {
        Self {
            started,
            goal,
            total,
            done: 0,
            reached: 0,
            errors: 0,
            requests: RateWindow::default(),
            rows: RateWindow::default(),
            wait: None,
            stopping: false,
        }
    }

    /// Takes an event in.
    pub(crate) fn on(&mut self, event: &Event, now: Instant) {
        match event {
            Event::RowRead
            | Event::Sent(RequestKind::Token)
            | Event::AttemptEnded { .. }
            | Event::LookEnded { .. } => {}
            Event::Sent(RequestKind::List | RequestKind::Create | RequestKind::Read) => {
                self.requests.add(self.second(now));
            }
            Event::Held { delay } => self.wait_for(What::Held, now, *delay),
            Event::Waiting { rows, next } => self.wait_for(What::Rows(*rows), now, *next),
            Event::RowFinished(row) => {
                self.done += 1;
                self.rows.add(self.second(now));
                self.reached += u64::from(row.outcome == self.goal.outcome());
                self.errors += u64::from(is_error(row.outcome));
            }
            Event::StopRequested { .. } => self.stopping = true,
        }
    }

    /// The share of the rows that is done, in thousandths.
    pub(crate) fn thousandths(&self) -> u64 {
        let share = self.done.saturating_mul(1000).checked_div(self.total);
        share.map_or(0, |share| share.min(1000))
    }

    /// How far it is.
    pub(crate) fn snapshot(&self, now: Instant) -> Snapshot {
        let second = self.second(now);
        let left = self.total.saturating_sub(self.done);
        let rate = self.rows.rate(second).filter(|_| left > 0);
        #[expect(clippy::cast_precision_loss, reason = "an estimate")]
        let left =
            rate.and_then(|rate| Duration::try_from_secs_f64((left as f64 / rate).ceil()).ok());
        Snapshot {
            done: self.done,
            total: self.total,
            goal: self.goal,
            reached: self.reached,
            errors: self.errors,
            // What is still on the wire comes to an end: neither says anything then.
            requests_per_second: self.requests.rate(second).filter(|_| !self.stopping),
            left: left.filter(|_| !self.stopping),
            waits: self.waits(now),
        }
    }

    fn waits(&self, now: Instant) -> Option<String> {
        if self.stopping {
            return Some("stopping: waiting for answers".to_owned());
        }
        let wait = self.wait.as_ref().filter(|wait| wait.until > now)?;
        let time = span(wait.until - now);
        Some(match wait.what {
            What::Held => format!("PingOne asks to wait {time}"),
            What::Rows(rows) => {
                let rows = counted(u64::try_from(rows).unwrap_or(u64::MAX), "row");
                format!("looking again at {rows} in {time}")
            }
        })
    }

    fn wait_for(&mut self, what: What, now: Instant, delay: Duration) {
        // A delay that no clock can count to is shown as none.
        self.wait = now.checked_add(delay).map(|until| Wait { until, what });
    }

    fn second(&self, now: Instant) -> u64 {
        now.saturating_duration_since(self.started).as_secs()
    }
}

/// Whether a row did not come to what it asks for.
fn is_error(outcome: Outcome) -> bool {
    match outcome {
        Outcome::Invalid | Outcome::Rejected | Outcome::Failed | Outcome::Unknown => true,
        Outcome::Created
        | Outcome::Existing
        | Outcome::Duplicate
        | Outcome::Pending
        | Outcome::Ready => false,
    }
}

/// One line: at ten million rows 75 characters, unless something is waited for.
impl fmt::Display for Snapshot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { done, total, .. } = *self;
        let (reached, goal) = (count(self.reached), self.goal.outcome());
        let errors = counted(self.errors, "error");
        write!(
            f,
            "{}/{}, {reached} {goal}, {errors}",
            count(done),
            count(total)
        )?;
        if let Some(pace) = self.requests_per_second {
            write!(f, ", {pace:.1}/s")?;
        }
        if let Some(left) = self.left {
            write!(f, ", {} left", coarse(left))?;
        }
        match &self.waits {
            Some(waits) => write!(f, ", {waits}"),
            None => Ok(()),
        }
    }
}

impl Snapshot {
    /// The same, for whoever reads lines.
    pub(crate) fn notice(&self) -> Notice {
        Notice::info("progress", self.to_string())
            .fact("done", self.done)
            .fact("rows", self.total)
            .fact(self.goal.outcome().as_str(), self.reached)
            .fact("errors", self.errors)
            .fact("requests_per_second", self.requests_per_second)
            .fact("seconds_left", self.left.map(|left| left.as_secs()))
    }
}

/// One unit is enough for what is hours away.
fn coarse(time: Duration) -> String {
    let hours = time.as_secs() / 3600;
    if hours >= 10 {
        format!("{hours} h")
    } else {
        span(time)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
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
        line.on(&Event::Held { delay }, now);
        assert_eq!(line.waits(now).unwrap(), "PingOne asks to wait 12 s");
        assert_eq!(line.waits(now + delay), None);
        let next = Duration::from_secs(8);
        line.on(&Event::Waiting { rows: 3, next }, now);
        assert_eq!(line.waits(now).unwrap(), "looking again at 3 rows in 8 s");
        let delay = Duration::MAX;
        line.on(&Event::Held { delay }, now);
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
        line.on(&Event::Held { delay }, now);
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
    fn ten_million_rows_fit_in_eighty_columns() {
        let mut line = begun(10_000_000);
        let now = after(10, 12, &mut line);
        (line.done, line.reached, line.errors) = (2_345_678, 2_300_000, 45_678);
        let text = text(&line, now);
        assert!(text.ends_with(" h left"), "{text}");
        assert!(text.len() <= 76, "{} {text}", text.len());
    }
}
