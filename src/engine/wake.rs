//! What came of trying to send, and what is waited for then.

use tokio::time::Instant;

/// What came of a turn.
pub(super) enum Took {
    /// A row of the wave was taken up.
    Row,
    /// A request was sent, or what comes before it is done.
    Step,
    /// It can be taken then.
    Waits(Instant),
    /// Nothing.
    Nothing,
}

/// What to wait for when nothing more can be sent.
pub(super) enum Wake {
    /// Until then at the latest.
    At(Instant),
    /// Until something happens.
    Event,
    /// Not at all: there are more rows to take up.
    Now,
}

impl Wake {
    /// At the first of some moments, if there are any.
    pub(super) fn at_first(due: impl IntoIterator<Item = Instant>) -> Self {
        due.into_iter().min().map_or(Self::Event, Self::At)
    }
}
