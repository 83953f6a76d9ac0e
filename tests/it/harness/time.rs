//! The harness's own clocks: it shares none with what it judges.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

#[expect(
    clippy::disallowed_methods,
    reason = "the harness has a clock of its own"
)]
pub(crate) fn now() -> Instant {
    Instant::now()
}

/// The wall clock, as the time since 1970.
#[expect(
    clippy::disallowed_methods,
    reason = "the harness has a clock of its own"
)]
pub(crate) fn wall() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap()
}

/// An instant as HTTP writes it, to the second.
pub(crate) fn http_date(wall: Duration) -> String {
    httpdate::fmt_http_date(UNIX_EPOCH + wall)
}

/// An instant as PingOne writes it, to the millisecond.
pub(crate) fn stamp(wall: Duration) -> String {
    let ms = i64::try_from(wall.as_millis()).unwrap();
    let instant = jiff::Timestamp::from_millisecond(ms).unwrap();
    instant.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}

/// Waits for something that must come; says what did not come otherwise.
pub(crate) fn until(what: &str, patience: Duration, mut came: impl FnMut() -> bool) {
    let start = now();
    while !came() {
        assert!(
            start.elapsed() < patience,
            "{what} did not come in {patience:?}"
        );
        std::thread::sleep(Duration::from_millis(2));
    }
}

#[test]
fn instants_are_written_as_http_and_pingone_write_them() {
    let wall = Duration::from_millis(1_732_188_018_259);
    assert_eq!(stamp(wall), "2024-11-21T11:20:18.259Z");
    assert_eq!(http_date(wall), "Thu, 21 Nov 2024 11:20:18 GMT");
}
