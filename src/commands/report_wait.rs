//! The wait for a report that shows the last device of a wave.

use std::time::Duration;

use jiff::SignedDuration;

use super::Invocation;
use crate::clock;
use crate::report::verdict_screen;

/// How much younger than the last device a report has to be: its data is up to 15 minutes old, and
/// our clock may be some minutes off.
const YOUNG_ENOUGH: Duration = Duration::from_mins(20);

/// Waits until a report shows the last device.
pub(super) async fn wait(last_create_ms: Option<i64>, invocation: &Invocation) {
    let now = clock::local().zoned().clone();
    let Some(wait) = time_to_wait(last_create_ms, now.timestamp().as_millisecond()) else {
        return;
    };
    let later = SignedDuration::try_from(wait).unwrap_or(SignedDuration::ZERO);
    let until = now.saturating_add(later);
    invocation
        .console
        .say(&verdict_screen::waits(&until, &now, wait));
    tokio::time::sleep(wait).await;
}

/// How long it is until a report shows what was asked for last, if it does not yet.
///
/// Never longer than where that was just now: a clock may be wrong.
fn time_to_wait(last_create_ms: Option<i64>, now_ms: i64) -> Option<Duration> {
    let age = now_ms.saturating_sub(last_create_ms?);
    let age = Duration::from_millis(u64::try_from(age).unwrap_or(0));
    let wait = YOUNG_ENOUGH.saturating_sub(age);
    (!wait.is_zero()).then_some(wait)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_is_waited_for_until_it_is_20_minutes_younger_than_any_device() {
        const MINUTE: i64 = 60_000;
        let now = 1_764_000_000_000;
        for (last, minutes) in [
            (None, None),
            (Some(now - 30 * MINUTE), None),
            (Some(now - 20 * MINUTE), None),
            (Some(now - 15 * MINUTE), Some(5)),
            (Some(now), Some(20)),
            // By PingOne's clock it is still to come.
            (Some(now + 600 * MINUTE), Some(20)),
            (Some(i64::MIN), None),
        ] {
            let wait = time_to_wait(last, now);
            assert_eq!(wait, minutes.map(Duration::from_mins), "{last:?}");
        }
    }
}
