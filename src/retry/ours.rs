//! Whose device a listing shows.

use std::time::Duration;

use crate::model::outcome::Device;

/// How much earlier than our intent PingOne's clock may say that it made our device. Where the two
/// clocks differ by more, as the `Date` of answers shows, devices are listed before they are created.
pub(crate) const CLOCK_SKEW: Duration = Duration::from_mins(5);

/// Whether a device that a listing shows is the one that a request asked for: it was not
/// there before, or PingOne says that it made it no earlier.
pub(super) fn is_ours(device: &Device, since_ms: i64, was_absent: bool) -> bool {
    was_absent || made_after(device, since_ms)
}

/// Whether PingOne says that it made a device no earlier than our intent, but for a clock's skew.
fn made_after(device: &Device, since_ms: i64) -> bool {
    let made: Option<jiff::Timestamp> = device
        .created_at
        .as_deref()
        .and_then(|created_at| created_at.parse().ok());
    let skew = i64::try_from(CLOCK_SKEW.as_millis()).unwrap_or(i64::MAX);
    made.is_some_and(|made| made.as_millisecond() >= since_ms.saturating_sub(skew))
}
