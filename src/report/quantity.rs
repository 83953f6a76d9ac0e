//! Numbers as people read them.

use std::time::Duration;

use jiff::{RoundMode, Unit, ZonedDateTime, ZonedDateTimeRound};

use super::cell::neutral;
pub(crate) use crate::model::counted::{count, counted};

/// A span in its two largest units, rounded up to a second: `8 s`, `6 min 40 s`, `31 h 2 min`.
pub(crate) fn span(span: Duration) -> String {
    let seconds = span
        .as_secs()
        .saturating_add(u64::from(span.subsec_nanos() > 0));
    let (minutes, hours, days) = (seconds / 60, seconds / 3600, seconds / 86_400);
    let (large, small) = if days >= 2 {
        (format!("{days} d"), (hours % 24, "h"))
    } else if hours > 0 {
        (format!("{hours} h"), (minutes % 60, "min"))
    } else if minutes > 0 {
        (format!("{minutes} min"), (seconds % 60, "s"))
    } else {
        return format!("{seconds} s");
    };
    match small {
        (0, _) => large,
        (rest, unit) => format!("{large} {rest} {unit}"),
    }
}

/// How long something took, to a tenth of a second where that says more: `0.4 s`, `13 s`, `6 min 40 s`.
pub(crate) fn elapsed(took: Duration) -> String {
    let seconds = took.as_secs_f64();
    if seconds < 0.05 {
        "less than 0.1 s".to_owned()
    } else if seconds < 9.95 {
        format!("{seconds:.1} s")
    } else {
        span(Duration::from_secs(
            took.as_secs() + u64::from(took.subsec_millis() >= 500),
        ))
    }
}

/// A moment as the clock on the wall shows it, never too early: `00:59 UTC`, `2026-12-01 00:59 Europe/Paris`.
///
/// The day is left out where it is today, seconds where they are minutes away.
pub(crate) fn clock_time(at: &ZonedDateTime, now: &ZonedDateTime) -> String {
    const NEAR: i64 = 600;
    let near = now.duration_until(at).as_secs() < NEAR;
    let unit = if near { Unit::Second } else { Unit::Minute };
    let up = ZonedDateTimeRound::new()
        .smallest(unit)
        .mode(RoundMode::Ceil);
    // At the end of time there is nothing to round to.
    let at = at.round(up).unwrap_or_else(|_| at.clone());
    moment(&at, at.date() != now.date())
}

/// A moment as people write it, with its zone: `06:00 Europe/Berlin`, `2026-12-01 06:00 UTC+01:00`.
pub(crate) fn moment(at: &ZonedDateTime, with_date: bool) -> String {
    let date = if with_date { "%Y-%m-%d " } else { "" };
    let seconds = if at.second() == 0 { "" } else { ":%S" };
    let clock = at.strftime(&format!("{date}%H:%M{seconds}")).to_string();
    let zone = match at.time_zone().iana_name() {
        Some(name) => neutral(name).into_owned(),
        None if at.offset().is_zero() => "UTC".to_owned(),
        None => at.strftime("UTC%:z").to_string(),
    };
    format!("{clock} {zone}")
}

/// How long so many requests take at so many a second, where PingOne answers at once and nothing is
/// asked twice; `None` where nothing says.
pub(crate) fn at_best(requests: u64, rate: Option<f64>) -> Option<Duration> {
    let rate = rate.filter(|rate| *rate > 0.0)?;
    #[expect(clippy::cast_precision_loss, reason = "an estimate")]
    let seconds = requests as f64 / rate;
    // A time that no clock can count to is none.
    Duration::try_from_secs_f64(seconds.ceil()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_named_with_its_zone_and_no_earlier_than_it_is() {
        let now: ZonedDateTime = "2026-11-30T23:40:10[Europe/Paris]".parse().unwrap();
        for (seconds, text) in [
            (0, "23:40:10 Europe/Paris"),
            (599, "23:50:09 Europe/Paris"),
            (600, "23:51 Europe/Paris"),
            (650, "23:51 Europe/Paris"),
            (651, "23:52 Europe/Paris"),
            (1_190, "2026-12-01 00:00 Europe/Paris"),
            (3_600, "2026-12-01 00:41 Europe/Paris"),
        ] {
            let at = now.checked_add(Duration::from_secs(seconds)).unwrap();
            assert_eq!(clock_time(&at, &now), text, "{seconds}");
        }
        let at = now.checked_add(Duration::from_millis(600_001)).unwrap();
        assert_eq!(
            clock_time(&at.with_time_zone(jiff::tz::TimeZone::UTC), &now),
            "22:51 UTC"
        );
    }

    #[test]
    fn spans_are_written_for_people() {
        for (ms, text) in [
            (0, "0 s"),
            (1, "1 s"),
            (8_000, "8 s"),
            (60_000, "1 min"),
            (400_000, "6 min 40 s"),
            (3_600_000, "1 h"),
            (111_720_000, "31 h 2 min"),
            (200_000_000, "2 d 7 h"),
        ] {
            assert_eq!(span(Duration::from_millis(ms)), text);
        }
        for (ms, text) in [
            (4, "less than 0.1 s"),
            (50, "0.1 s"),
            (2_340, "2.3 s"),
            (9_949, "9.9 s"),
            (9_950, "10 s"),
            (13_499, "13 s"),
            (400_000, "6 min 40 s"),
        ] {
            assert_eq!(elapsed(Duration::from_millis(ms)), text);
        }
    }
}
