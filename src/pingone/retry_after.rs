//! `Retry-After`: how long an answer asks to be left alone (RFC 9110, section 10.2.3).

use std::time::{Duration, SystemTime};

/// The longest wait that is told apart from longer ones, so that adding it to an instant cannot overflow.
pub const LONGEST: Duration = Duration::from_hours(366 * 24);

/// Reads the values of an answer's `Retry-After` and `Date` headers.
///
/// A date is measured against the answer's own `Date`, never against our clock,
/// which may be wrong. `None` where the answer names no wait that could be
/// believed: no header, several, zero, a negative number, a date in the past,
/// or anything else. The caller clamps; nothing longer than [`LONGEST`] is given.
pub fn retry_after<'a>(
    values: impl IntoIterator<Item = &'a [u8]>,
    dates: impl IntoIterator<Item = &'a [u8]>,
) -> Option<Duration> {
    let value = only(values)?;
    let wait = if value.bytes().all(|b| b.is_ascii_digit()) {
        // More digits than a `u64` holds are a long wait, not garbage.
        Duration::from_secs(value.parse().unwrap_or(u64::MAX))
    } else {
        let until = httpdate::parse_http_date(value).ok()?;
        let sent = httpdate::parse_http_date(only(dates)?).ok()?;
        until.duration_since(sent).ok()?
    };
    (!wait.is_zero()).then(|| wait.min(LONGEST))
}

/// Reads the values of an answer's `Date` header, in milliseconds since 1970.
///
/// `None` where there is none, or several, or anything but a date (RFC 9110, section 5.6.7).
pub(crate) fn date_ms<'a>(values: impl IntoIterator<Item = &'a [u8]>) -> Option<i64> {
    let date = httpdate::parse_http_date(only(values)?).ok()?;
    let since_1970 = date.duration_since(SystemTime::UNIX_EPOCH).ok()?;
    i64::try_from(since_1970.as_millis()).ok()
}

fn only<'a>(values: impl IntoIterator<Item = &'a [u8]>) -> Option<&'a str> {
    let mut values = values.into_iter();
    let value = std::str::from_utf8(values.next()?).ok()?.trim_ascii();
    (values.next().is_none() && !value.is_empty()).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SENT: &str = "Wed, 21 Oct 2026 07:28:00 GMT";

    fn read(values: &[&str], dates: &[&str]) -> Option<u64> {
        let values = values.iter().map(|v| v.as_bytes());
        retry_after(values, dates.iter().map(|v| v.as_bytes())).map(|d| d.as_secs())
    }

    #[test]
    fn a_date_is_read_where_there_is_exactly_one() {
        let read = |dates: &[&str]| date_ms(dates.iter().map(|v| v.as_bytes()));
        assert_eq!(read(&[SENT]), Some(1_792_567_680_000));
        for dates in [&[][..], &[""][..], &["soon"][..], &[SENT, SENT][..]] {
            assert_eq!(read(dates), None, "{dates:?}");
        }
    }

    #[test]
    fn a_wait_is_a_number_of_seconds_or_a_date_after_the_answers_own() {
        for (value, seconds) in [
            ("1", Some(1)),
            (" 5 ", Some(5)),
            ("301", Some(301)),
            ("0300", Some(300)),
            ("4294967296", Some(LONGEST.as_secs())),
            ("99999999999999999999999999999", Some(LONGEST.as_secs())),
            ("Wed, 21 Oct 2026 07:28:30 GMT", Some(30)),
            ("Wednesday, 21-Oct-26 07:29:00 GMT", Some(60)),
            ("Wed Oct 21 07:28:07 2026", Some(7)),
            ("Thu, 21 Oct 9999 07:28:30 GMT", Some(LONGEST.as_secs())),
            (SENT, None),
            ("Wed, 21 Oct 2026 07:27:30 GMT", None),
            ("0", None),
            ("-1", None),
            ("+5", None),
            ("1.5", None),
            ("1e99", None),
            ("5, 7", None),
            ("soon", None),
            ("", None),
            ("٥", None),
            ("Wed, 99 Oct 2026 99:99:99 GMT", None),
        ] {
            assert_eq!(read(&[value], &[SENT]), seconds, "{value:?}");
        }
    }

    #[test]
    fn a_date_says_nothing_when_the_answer_does_not_say_when_it_was_sent() {
        let until = "Wed, 21 Oct 2026 07:28:30 GMT";
        assert_eq!(read(&[until], &[]), None);
        assert_eq!(read(&[until], &["yesterday"]), None);
        assert_eq!(read(&[until], &[SENT, SENT]), None);
        assert_eq!(read(&["30"], &[]), Some(30));
    }

    #[test]
    fn two_headers_contradict_each_other_and_none_names_no_wait() {
        assert_eq!(read(&["5", "7"], &[SENT]), None);
        assert_eq!(read(&[], &[SENT]), None);
        assert_eq!(retry_after([&b"\xff\xfe"[..]], []), None);
    }
}
