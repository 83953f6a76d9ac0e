//! How far a run is, in one line. Pure: whoever asks brings the time.

use std::time::Duration;

use tokio::time::Instant;

use super::quantity::{counted, span};
use crate::model::event::{Event, RequestKind};
use crate::model::outcome::Outcome;

/// Where a run stands, folded from its events.
#[derive(Debug)]
pub struct Gauge {
    started: Instant,
    total_rows: Option<u64>,
    total_bytes: u64,
    rows_read: u64,
    bytes_read: u64,
    done: u64,
    created: u64,
    failed: u64,
    requests: Window,
    rows: Window,
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

impl Gauge {
    /// Starts at nothing. The rows may not be counted yet; the size of the input is known.
    pub fn new(started: Instant, total_rows: Option<u64>, total_bytes: u64) -> Self {
        Self {
            started,
            total_rows,
            total_bytes,
            rows_read: 0,
            bytes_read: 0,
            done: 0,
            created: 0,
            failed: 0,
            requests: Window::default(),
            rows: Window::default(),
            wait: None,
            stopping: false,
        }
    }

    /// Takes an event in.
    pub fn on(&mut self, event: &Event, now: Instant) {
        match event {
            Event::RowRead { bytes } => {
                self.rows_read += 1;
                self.bytes_read = *bytes;
            }
            Event::Sent(RequestKind::Token)
            | Event::AttemptEnded { .. }
            | Event::LookEnded { .. } => {}
            Event::Sent(RequestKind::List | RequestKind::Create | RequestKind::Lookup) => {
                self.requests.add(self.second(now));
            }
            Event::Held { delay } => self.wait_for(What::Held, now, *delay),
            Event::Waiting { rows, next } => self.wait_for(What::Rows(*rows), now, *next),
            Event::RowFinished(row) => {
                self.done += 1;
                self.rows.add(self.second(now));
                match row.outcome {
                    Outcome::Created => self.created += 1,
                    Outcome::Invalid | Outcome::Rejected | Outcome::Failed | Outcome::Unknown => {
                        self.failed += 1;
                    }
                    Outcome::Existing | Outcome::Duplicate | Outcome::Pending | Outcome::Ready => {}
                }
            }
            Event::StopRequested { .. } => self.stopping = true,
        }
    }

    /// The share of the rows that is done, in thousandths.
    pub fn thousandths(&self) -> u64 {
        match self.total() {
            Some(total) if total > 0 => (self.done.saturating_mul(1000) / total).min(1000),
            Some(_) | None => 0,
        }
    }

    /// The line, without the bar: at ten million rows still 69 characters.
    pub fn line(&self, now: Instant) -> String {
        let total = match (self.total_rows, self.total()) {
            (Some(total), _) => format!("/{total}"),
            (None, Some(estimate)) if self.bytes_read < self.total_bytes => format!("/~{estimate}"),
            (None, Some(read)) => format!("/{read}"),
            (None, None) => " rows".to_owned(),
        };
        let mut parts = vec![
            format!("{}{total}", self.done),
            format!("{} created", self.created),
            format!("{} failed", self.failed),
        ];
        match self.waits(now) {
            Some(wait) => parts.push(wait),
            None => parts.extend(self.pace(now)),
        }
        parts.join(", ")
    }

    fn pace(&self, now: Instant) -> impl Iterator<Item = String> {
        let second = self.second(now);
        let pace = self.requests.rate(second);
        let left = self.total().map(|total| total.saturating_sub(self.done));
        let time = match (left, self.rows.rate(second)) {
            (Some(left @ 1..), Some(rate)) => {
                #[expect(clippy::cast_precision_loss, reason = "an estimate")]
                let seconds = left as f64 / rate;
                Duration::try_from_secs_f64(seconds.ceil()).ok()
            }
            (Some(_) | None, _) => None,
        };
        let pace = pace.map(|pace| format!("{pace:.1}/s"));
        let time = time.map(|time| format!("{} left", coarse(time)));
        pace.into_iter().chain(time)
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

    /// All rows: counted, or guessed from the size of those that were read.
    fn total(&self) -> Option<u64> {
        if self.total_rows.is_some() {
            return self.total_rows;
        }
        let guess = u128::from(self.rows_read) * u128::from(self.total_bytes)
            / u128::from(self.bytes_read.max(1));
        (self.bytes_read > 0).then(|| u64::try_from(guess).unwrap_or(u64::MAX).max(self.rows_read))
    }

    fn second(&self, now: Instant) -> u64 {
        now.saturating_duration_since(self.started).as_secs()
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

/// How often something happened in each of the last seconds.
#[derive(Debug, Default)]
struct Window {
    counts: [u64; Window::SECONDS],
    newest: u64,
}

impl Window {
    const SECONDS: usize = 8;

    fn add(&mut self, second: u64) {
        let gone = second.saturating_sub(self.newest).min(Self::SECONDS as u64);
        for back in 0..gone {
            self.counts[Self::place(second - back)] = 0;
        }
        self.newest = self.newest.max(second);
        self.counts[Self::place(self.newest)] += 1;
    }

    /// The mean per second over the last full seconds; `None` in the first one, and where nothing happened.
    fn rate(&self, second: u64) -> Option<f64> {
        let oldest = second.saturating_sub(Self::SECONDS as u64 - 1);
        let sum: u64 = (oldest..second)
            .filter(|&full| full <= self.newest && full + Self::SECONDS as u64 > self.newest)
            .map(|full| self.counts[Self::place(full)])
            .sum();
        #[expect(
            clippy::cast_precision_loss,
            reason = "seconds and requests of a few seconds"
        )]
        let mean = sum as f64 / second.saturating_sub(oldest).max(1) as f64;
        (sum > 0).then_some(mean)
    }

    fn place(second: u64) -> usize {
        usize::try_from(second % Self::SECONDS as u64).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::stop::StopReason;

    fn finished(outcome: Outcome) -> Event {
        Event::RowFinished(crate::report::fixture::finished(1, outcome, None))
    }

    /// `per_second` rows read, sent and created in each of so many seconds.
    fn after(seconds: u64, per_second: u64, gauge: &mut Gauge) -> Instant {
        let start = gauge.started;
        for second in 0..seconds {
            let now = start + Duration::from_secs(second);
            for _ in 0..per_second {
                let bytes = gauge.bytes_read + 100;
                gauge.on(&Event::RowRead { bytes }, now);
                gauge.on(&Event::Sent(RequestKind::List), now);
                gauge.on(&Event::Sent(RequestKind::Create), now);
                gauge.on(&finished(Outcome::Created), now);
            }
        }
        start + Duration::from_secs(seconds)
    }

    fn gauge(rows: Option<u64>, bytes: u64) -> Gauge {
        Gauge::new(crate::clock::now(), rows, bytes)
    }

    #[test]
    fn the_line_tells_what_is_done_how_fast_and_how_long_it_takes_yet() {
        let mut gauge = gauge(Some(5000), 500_000);
        assert_eq!(gauge.line(gauge.started), "0/5000, 0 created, 0 failed");
        let now = after(40, 12, &mut gauge);
        for outcome in [Outcome::Invalid, Outcome::Unknown, Outcome::Existing] {
            gauge.on(&finished(outcome), now);
        }
        assert_eq!(
            gauge.line(now),
            "483/5000, 480 created, 2 failed, 24.0/s, 6 min 17 s left"
        );
        assert_eq!(gauge.thousandths(), 96);
    }

    #[test]
    fn a_pace_is_that_of_the_last_seconds_and_is_gone_when_nothing_happens() {
        let mut gauge = gauge(Some(5000), 0);
        let now = after(3, 5, &mut gauge);
        assert_eq!(gauge.requests.rate(3), Some(10.0));
        assert_eq!(gauge.requests.rate(6), Some(5.0));
        assert_eq!(gauge.requests.rate(60), None);
        let later = now + Duration::from_secs(57);
        assert_eq!(gauge.line(later), "15/5000, 15 created, 0 failed");
        gauge.on(&Event::Sent(RequestKind::Create), later);
        assert_eq!(gauge.requests.rate(61), Some(1.0 / 7.0));
    }

    #[test]
    fn rows_that_nobody_counted_are_guessed_from_the_bytes() {
        let mut gauge = gauge(None, 100_000);
        assert_eq!(gauge.line(gauge.started), "0 rows, 0 created, 0 failed");
        let now = after(1, 10, &mut gauge);
        let line = gauge.line(now);
        assert!(line.starts_with("10/~1000, "), "{line}");
        gauge.on(&Event::RowRead { bytes: 100_000 }, now);
        assert!(
            gauge.line(now).starts_with("10/11, "),
            "{}",
            gauge.line(now)
        );
    }

    #[test]
    fn what_the_run_waits_for_is_said_until_it_is_over() {
        let mut gauge = gauge(Some(10), 0);
        let now = gauge.started;
        let delay = Duration::from_secs(12);
        gauge.on(&Event::Held { delay }, now);
        assert_eq!(gauge.waits(now).unwrap(), "PingOne asks to wait 12 s");
        assert_eq!(gauge.waits(now + delay), None);
        let next = Duration::from_secs(8);
        gauge.on(&Event::Waiting { rows: 3, next }, now);
        assert_eq!(gauge.waits(now).unwrap(), "looking again at 3 rows in 8 s");
        let delay = Duration::MAX;
        gauge.on(&Event::Held { delay }, now);
        assert_eq!(gauge.waits(now), None);
        let reason = StopReason::Interrupted;
        gauge.on(
            &Event::StopRequested {
                reason,
                in_flight: 2,
            },
            now,
        );
        assert_eq!(gauge.waits(now).unwrap(), "stopping: waiting for answers");
    }

    #[test]
    fn ten_million_rows_fit_beside_a_bar_of_ten_in_eighty_columns() {
        let mut gauge = gauge(Some(10_000_000), 0);
        let now = after(10, 12, &mut gauge);
        (gauge.done, gauge.created, gauge.failed) = (2_345_678, 2_300_000, 45_678);
        let line = gauge.line(now);
        assert!(line.ends_with(" h left"), "{line}");
        assert!(line.len() <= 69, "{} {line}", line.len());
    }
}
