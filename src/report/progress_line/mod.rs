//! How far a run is. Pure: whoever asks brings the time.

use std::fmt::{self, Write as _};
use std::time::Duration;

use tokio::time::Instant;

use super::notice::Notice;
use super::quantity::{count, counted, span};
use super::rate_window::RateWindow;
use crate::model::event::{Event, RequestKind};
use crate::model::outcome::Outcome;
use crate::model::pace_reading::Millirate;
use crate::model::rate_group::RateGroup;

/// What becomes of a row that goes well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Goal {
    /// Its device is created.
    Created,
    /// A run would create its device.
    Ready,
    /// Its device is there.
    Present,
    /// Its device is there no more.
    Gone,
}

impl Goal {
    fn outcome(self) -> Outcome {
        match self {
            Goal::Created => Outcome::Created,
            Goal::Ready => Outcome::Ready,
            Goal::Present | Goal::Gone => Outcome::Existing,
        }
    }

    fn as_str(self) -> &'static str {
        match self {
            Goal::Created | Goal::Ready => self.outcome().as_str(),
            Goal::Present => "present",
            Goal::Gone => "gone",
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
    /// How many requests were sent, and how many of them were answered 429.
    sent: u64,
    throttled: u64,
    /// What the pace may become at most.
    ceiling: Option<Millirate>,
    rows: RateWindow,
    wait: Option<Wait>,
    /// In how many rows names were looked up, while that is what is done.
    looking: Option<u64>,
    stopping: bool,
}

#[derive(Debug)]
struct Wait {
    until: Instant,
    what: What,
}

#[derive(Debug)]
enum What {
    Held(Option<RateGroup>),
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
    at_most: Option<Millirate>,
    /// Of a hundred requests, how many were answered 429; none where no request was.
    throttled: Option<f64>,
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
            sent: 0,
            throttled: 0,
            ceiling: None,
            rows: RateWindow::default(),
            wait: None,
            looking: None,
            stopping: false,
        }
    }

    /// Takes an event in.
    pub(crate) fn on(&mut self, event: &Event, now: Instant) {
        self.throttled += u64::from(event.is_throttle());
        match event {
            Event::RowRead => self.looking = None,
            Event::LookingUp { rows } => self.looking = Some(*rows),
            Event::Sent(RequestKind::Token)
            | Event::Throttled
            | Event::UserOutdated(_)
            | Event::AttemptEnded { .. }
            | Event::LookEnded { .. }
            | Event::MfaEnded { .. } => {}
            Event::Sent(
                RequestKind::List
                | RequestKind::Create
                | RequestKind::Mfa
                | RequestKind::Delete
                | RequestKind::User
                | RequestKind::Read
                | RequestKind::Report,
            ) => {
                self.sent += 1;
                self.requests.add(self.second(now));
            }
            Event::Paced(paces) => self.ceiling = paces.ceiling,
            Event::Held { group, delay } => self.wait_for(What::Held(*group), now, *delay),
            Event::Waiting { rows, next } => self.wait_for(What::Rows(*rows), now, *next),
            Event::RowFinished(row) => {
                self.done += 1;
                self.rows.add(self.second(now));
                self.reached += u64::from(row.outcome == self.goal.outcome());
                self.errors += u64::from(row.outcome.is_bad());
            }
            Event::TakenBack(rows) => {
                let back = |count: &mut u64, rows| *count = count.saturating_sub(rows);
                back(&mut self.done, rows.total());
                back(&mut self.reached, rows.get(self.goal.outcome()));
                let errors = Outcome::ALL.into_iter().filter(|it| it.is_bad());
                back(&mut self.errors, errors.map(|it| rows.get(it)).sum());
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
            at_most: self.ceiling,
            throttled: self.throttled_percent(),
            left: left.filter(|_| !self.stopping),
            waits: self.waits(now),
        }
    }

    fn throttled_percent(&self) -> Option<f64> {
        #[expect(clippy::cast_precision_loss, reason = "counts of requests")]
        let percent = self.throttled as f64 * 100.0 / self.sent.max(1) as f64;
        (self.throttled > 0).then_some(percent)
    }

    fn waits(&self, now: Instant) -> Option<String> {
        if self.stopping {
            return Some("stopping: waiting for answers".to_owned());
        }
        let Some(wait) = self.wait.as_ref().filter(|wait| wait.until > now) else {
            let rows = count(self.looking?);
            return Some(format!("names looked up in {rows} rows"));
        };
        let time = span(wait.until - now);
        Some(match wait.what {
            What::Held(None) => format!("PingOne asks to wait {time}"),
            What::Held(Some(group)) => {
                let requests = group.requests();
                format!("PingOne asks to wait {time} ({requests})")
            }
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

/// One line: at ten million rows 75 characters, unless something is waited for.
impl fmt::Display for Snapshot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut line = self.line(true, true)?;
        if line.len() > ROOM {
            line = self.line(false, true)?;
        }
        if line.len() > ROOM {
            line = self.line(false, false)?;
        }
        f.write_str(&line)?;
        match &self.waits {
            Some(waits) => write!(f, ", {waits}"),
            None => Ok(()),
        }
    }
}

/// How long a line may become with what the pace is at most, and the share of 429.
const ROOM: usize = 76;

impl Snapshot {
    fn line(&self, at_most: bool, throttled: bool) -> Result<String, fmt::Error> {
        let Self { done, total, .. } = *self;
        let (reached, goal) = (count(self.reached), self.goal.as_str());
        let errors = counted(self.errors, "error");
        let mut line = format!(
            "{}/{}, {reached} {goal}, {errors}",
            count(done),
            count(total)
        );
        if let Some(pace) = self.requests_per_second {
            write!(line, ", {pace:.1}/s")?;
            if let Some(most) = self.at_most.filter(|_| at_most) {
                write!(line, " of at most {most}")?;
            }
        }
        if let Some(percent) = self.throttled.filter(|_| throttled) {
            write!(line, ", {percent:.1} % 429")?;
        }
        if let Some(left) = self.left {
            write!(line, ", {} left", coarse(left))?;
        }
        Ok(line)
    }

    /// The same, for whoever reads lines.
    pub(crate) fn notice(&self) -> Notice {
        Notice::info("progress", self.to_string())
            .fact("done", self.done)
            .fact("rows", self.total)
            .fact(self.goal.as_str(), self.reached)
            .fact("errors", self.errors)
            .fact("requests_per_second", self.requests_per_second)
            .fact(
                "at_most_per_second",
                self.at_most.map(Millirate::per_second),
            )
            .fact("throttled_percent", self.throttled)
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
mod tests;
