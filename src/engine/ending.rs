//! Whether the run goes on, and why not.

use tokio::time::Instant;

use super::error::Error;
use super::stop::Stop;
use crate::model::stop::StopReason;

/// What ends a run before its wave is done.
#[derive(Debug)]
pub(super) struct Ending {
    requests: Stop,
    deadline: Option<Instant>,
    reason: Option<StopReason>,
    /// Why nothing more is created, while what is in doubt is still looked for.
    winding_down: Option<StopReason>,
    /// Whether the wave has no more rows.
    rows_ended: bool,
    panicked: bool,
}

impl Ending {
    /// A run that goes on until somebody asks for its end, or until the deadline.
    pub(super) fn new(requests: Stop, deadline: Option<Instant>) -> Self {
        Self {
            requests,
            deadline,
            reason: None,
            winding_down: None,
            rows_ended: false,
            panicked: false,
        }
    }

    /// Why the run has to stop now, if it has to and is not stopping yet.
    pub(super) fn due(&self, now: Instant) -> Option<StopReason> {
        if self.is_stopping() {
            return None;
        }
        let late = self.deadline.is_some_and(|deadline| now >= deadline);
        let requested = self.requests.reason();
        requested.or_else(|| late.then_some(StopReason::TimeIsUp))
    }

    /// Waits until somebody asks for the end.
    pub(super) async fn requested(&mut self) {
        self.requests.requested().await;
    }

    /// When to stop at the latest.
    pub(super) fn deadline(&self) -> Option<Instant> {
        self.deadline.filter(|_| !self.is_stopping())
    }

    /// Stops; tells whether that is news.
    pub(super) fn stop(&mut self, reason: &StopReason) -> bool {
        let news = !self.is_stopping();
        self.reason.get_or_insert_with(|| reason.clone());
        news
    }

    /// Stops as soon as what is in doubt was looked for; tells whether that is news.
    pub(super) fn wind_down(&mut self, reason: &StopReason) -> bool {
        let news = !self.is_stopping() && self.winding_down.is_none();
        if news {
            self.winding_down = Some(reason.clone());
        }
        news
    }

    /// Whether nothing new is sent any more.
    pub(super) fn is_stopping(&self) -> bool {
        self.reason.is_some()
    }

    /// Takes note that the wave has no more rows.
    pub(super) fn rows_ended(&mut self) {
        self.rows_ended = true;
    }

    /// Whether new rows are taken up.
    pub(super) fn takes_rows(&self) -> bool {
        !self.rows_ended && !self.is_stopping() && self.winding_down.is_none()
    }

    /// Takes note that a request was lost to a panic: its row is in flight for good.
    pub(super) fn panicked(&mut self) {
        self.panicked = true;
    }

    /// Why the run ended before its wave, if it did.
    ///
    /// # Errors
    ///
    /// A part of it panicked.
    pub(super) fn into_result(self) -> Result<Option<StopReason>, Error> {
        if self.panicked {
            return Err(Error::Panicked);
        }
        Ok(self.reason.or(self.winding_down))
    }
}
