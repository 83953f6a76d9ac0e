//! `--deadline`: the moment that a person means by a time.

use std::fmt;

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{AmbiguousOffset, Offset, TimeZone};
use jiff::{Timestamp, ZonedDateTime};

use super::Error;
use super::given::Given;
use crate::clock::{LocalZone, Now};
use crate::report::quantity::moment;

/// Why a text is no deadline.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Wrong {
    /// It is not written as one.
    Form,
    /// It is a date without a time.
    DateAlone,
    /// It is past; so late is it now, in the zone of the deadline.
    Past(Box<ZonedDateTime>),
    /// It is a local time, and the local zone is not known.
    NoZone,
}

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Wrong::Form => f.write_str(
                "expected a time such as `06:00`, or a date and a time such as `2026-12-01T06:00`, with `Z` or `+01:00` behind it where it is not local",
            ),
            Wrong::DateAlone => f.write_str("a date alone is no moment: add a time, as in `2026-12-01T06:00`"),
            Wrong::Past(now) => write!(f, "that is past; it is {} now", moment(now, true)),
            Wrong::NoZone => f.write_str("this machine does not say which time zone is local"),
        }
    }
}

/// A deadline, as it was given.
#[derive(Clone, Debug)]
pub(super) struct Deadline {
    given: Given,
    written: Written,
}

/// Reads a deadline.
pub(super) fn read(given: &Given) -> Result<Deadline, Error> {
    let written = Written::parse(given.text()?).map_err(|wrong| given.wrong(&wrong))?;
    Ok(Deadline {
        given: given.clone(),
        written,
    })
}

impl Deadline {
    /// The next moment from `now` on that it means.
    ///
    /// A time of the day alone is the next one that a clock shows. With a date it is that moment and
    /// no other. Where clocks are put forward, a time that they skip is the moment at which they do:
    /// the first at which they show no earlier time. Where they are put back, a time that they show
    /// twice is the first of both that is still to come.
    pub(super) fn after(&self, now: &Now) -> Result<ZonedDateTime, Error> {
        self.written.after(now).map_err(|wrong| {
            let error = self.given.wrong(&wrong);
            match wrong {
                Wrong::NoZone => error.hint(
                    "write the time with its distance from UTC, such as `06:00Z` or `06:00+01:00`; or set `TZ`, with zone files (package `tzdata`) at hand",
                ),
                Wrong::Form | Wrong::DateAlone | Wrong::Past(_) => error,
            }
        })
    }

    /// Whether it is one moment for ever, and not a time of every day.
    pub(super) fn has_date(&self) -> bool {
        self.written.date.is_some()
    }
}

/// A deadline as it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Written {
    date: Option<Date>,
    time: Time,
    offset: Option<Offset>,
}

impl Written {
    fn parse(text: &str) -> Result<Self, Wrong> {
        let text = text.trim();
        let (date, rest) = match text.split_at_checked(10) {
            Some((start, rest)) if start.as_bytes()[4] == b'-' => {
                let date = date(start).ok_or(Wrong::Form)?;
                if rest.is_empty() {
                    return Err(Wrong::DateAlone);
                }
                let rest = rest.strip_prefix(['T', 't', ' ']).ok_or(Wrong::Form)?;
                (Some(date), rest.trim_start())
            }
            _ => (None, text),
        };
        let end = rest.find(|c: char| !(c.is_ascii_digit() || c == ':'));
        let (clock, zone) = rest.split_at(end.unwrap_or(rest.len()));
        Ok(Self {
            date,
            time: time(clock).ok_or(Wrong::Form)?,
            offset: match zone.trim_start() {
                "" => None,
                zone => Some(offset(zone).ok_or(Wrong::Form)?),
            },
        })
    }

    fn after(self, now: &Now) -> Result<ZonedDateTime, Wrong> {
        let zone = match (self.offset, &now.zone) {
            (Some(offset), _) => TimeZone::fixed(offset),
            (None, LocalZone::Known(zone)) => zone.clone(),
            (None, LocalZone::Unknown | LocalZone::NoData) => return Err(Wrong::NoZone),
        };
        let here = now.wall.to_zoned_datetime(zone.clone());
        let to_come = |date: Date| {
            let moments = moments(date.to_datetime(self.time), &zone);
            moments.into_iter().flatten().find(|at| *at > now.wall)
        };
        let found = match self.date {
            // The last days that can be written are beyond what a clock can show.
            Some(date) if moments(date.to_datetime(self.time), &zone)[0].is_none() => {
                return Err(Wrong::Form);
            }
            Some(date) => to_come(date),
            // Tomorrow's may be skipped where a zone gives up a whole day.
            None => (0..3)
                .filter_map(|days| here.date().checked_add(jiff::Span::new().days(days)).ok())
                .find_map(to_come),
        };
        match found {
            Some(at) => Ok(at.to_zoned_datetime(zone)),
            None => Err(Wrong::Past(Box::new(here))),
        }
    }
}

/// When clocks of a zone show a time, in order.
fn moments(shown: DateTime, zone: &TimeZone) -> [Option<Timestamp>; 2] {
    let at = |offset: Offset| offset.to_timestamp(shown).ok();
    match zone.to_ambiguous_timestamp(shown).offset() {
        AmbiguousOffset::Unambiguous { offset } => [at(offset), None],
        AmbiguousOffset::Fold { before, after } => [at(before), at(after)],
        AmbiguousOffset::Gap { after, .. } => {
            let skip = at(after).and_then(|earlier| zone.following(earlier).next());
            [skip.map(|skip| skip.timestamp()), None]
        }
    }
}

fn number(text: &str, digits: std::ops::RangeInclusive<usize>) -> Option<i16> {
    let plain = digits.contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    plain.then(|| text.parse().ok()).flatten()
}

fn date(text: &str) -> Option<Date> {
    let mut parts = text.split('-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() {
        return None;
    }
    let small = |text| i8::try_from(number(text, 2..=2)?).ok();
    Date::new(number(year, 4..=4)?, small(month)?, small(day)?).ok()
}

fn time(text: &str) -> Option<Time> {
    let mut parts = text.split(':');
    let small = |text, digits| i8::try_from(number(text, digits)?).ok();
    let (hour, minute) = (small(parts.next()?, 1..=2)?, small(parts.next()?, 2..=2)?);
    let second = parts.next().map_or(Some(0), |text| small(text, 2..=2))?;
    if parts.next().is_some() {
        return None;
    }
    Time::new(hour, minute, second, 0).ok()
}

/// `Z`, `+01:00`, `+0100` or `+01`.
fn offset(text: &str) -> Option<Offset> {
    if text.eq_ignore_ascii_case("z") {
        return Some(Offset::UTC);
    }
    let (sign, rest) = match text.split_at_checked(1)? {
        ("+", rest) => (1, rest),
        ("-", rest) => (-1, rest),
        _ => return None,
    };
    let (hours, minutes) = match rest.split_once(':') {
        Some(parts) => parts,
        None if rest.len() == 4 => rest.split_at_checked(2)?,
        None => (rest, "00"),
    };
    let (hours, minutes) = (number(hours, 2..=2)?, number(minutes, 2..=2)?);
    // No place on earth is further than 14 hours from UTC.
    if hours > 14 || minutes > 59 {
        return None;
    }
    Offset::from_seconds(sign * (i32::from(hours) * 3600 + i32::from(minutes) * 60)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// So late is it, where these are the rules of the clocks.
    fn now(wall: &str, zone: &str) -> Now {
        let zone = match zone {
            "" => LocalZone::NoData,
            "?" => LocalZone::Unknown,
            rules => LocalZone::Known(TimeZone::posix(rules).unwrap()),
        };
        Now {
            wall: wall.parse().unwrap(),
            zone,
        }
    }

    const UTC: &str = "UTC0";
    /// Central Europe: clocks go forward on 29 March and back on 25 October 2026, at 01:00 UTC.
    const BERLIN: &str = "CET-1CEST,M3.5.0,M10.5.0/3";

    fn moment_of(text: &str, now: &Now) -> Result<String, Wrong> {
        let written = Written::parse(text)?;
        written.after(now).map(|at| at.timestamp().to_string())
    }

    #[test]
    fn a_time_of_the_day_is_the_next_one_and_a_date_is_obeyed() {
        for (text, zone, expected) in [
            ("06:00", UTC, "2026-11-25T06:00:00Z"),
            ("6:00", UTC, "2026-11-25T06:00:00Z"),
            (" 6:00 ", UTC, "2026-11-25T06:00:00Z"),
            ("22:31", UTC, "2026-11-24T22:31:00Z"),
            ("22:30:01", UTC, "2026-11-24T22:30:01Z"),
            ("22:30", UTC, "2026-11-25T22:30:00Z"),
            ("00:00", UTC, "2026-11-25T00:00:00Z"),
            ("06:00", BERLIN, "2026-11-25T05:00:00Z"),
            ("06:00Z", BERLIN, "2026-11-25T06:00:00Z"),
            ("06:00 +05:30", BERLIN, "2026-11-25T00:30:00Z"),
            ("23:00+02:00", "", "2026-11-25T21:00:00Z"),
            ("2026-12-01T06:00", UTC, "2026-12-01T06:00:00Z"),
            ("2026-12-01 06:00", UTC, "2026-12-01T06:00:00Z"),
            ("2026-12-01t6:00:30z", BERLIN, "2026-12-01T06:00:30Z"),
            ("2026-12-01T06:00+01:00", UTC, "2026-12-01T05:00:00Z"),
            ("2026-12-01T06:00-0330", UTC, "2026-12-01T09:30:00Z"),
            ("2026-12-01T06:00+14", UTC, "2026-11-30T16:00:00Z"),
            ("2027-06-01T06:00", BERLIN, "2027-06-01T04:00:00Z"),
            ("2028-02-29T00:00", UTC, "2028-02-29T00:00:00Z"),
        ] {
            let found = moment_of(text, &now("2026-11-24T22:30:00Z", zone));
            assert_eq!(found.as_deref(), Ok(expected), "{text} {zone}");
        }
    }

    #[test]
    fn what_is_no_time_or_past_is_refused() {
        for text in [
            "",
            "soon",
            "25:00",
            "24:00",
            "6",
            "0600",
            "6:0",
            "06:00:60",
            "06:00:00.5",
            "06:00pm",
            "006:00",
            "06:00+25:00",
            "06:00+1",
            "06:00+01:60",
            "06:00 Berlin",
            "06:00ZZ",
            "-6:00",
            "2026-13-01T06:00",
            "2027-02-29T06:00",
            "2026-12-01x06:00",
            "2026-12-1T06:00",
            "2026-12-01T",
            "2026-12-01T06",
            "9999-12-31T23:59",
            "20261201T0600",
            "١٢:٠٠",
            "2026-12-0é",
        ] {
            let found = moment_of(text, &now("2026-11-24T22:30:00Z", UTC));
            assert_eq!(found, Err(Wrong::Form), "{text:?}");
        }
        let found = moment_of("2026-12-01", &now("2026-11-24T22:30:00Z", UTC));
        assert_eq!(found, Err(Wrong::DateAlone));
        for (text, zone) in [
            ("2026-11-24T22:30", UTC),
            ("2026-11-24T23:29", BERLIN),
            ("2026-11-24T22:29Z", BERLIN),
            ("2020-01-01T06:00", UTC),
        ] {
            let found = moment_of(text, &now("2026-11-24T22:30:00Z", zone));
            assert!(matches!(found, Err(Wrong::Past(_))), "{text}: {found:?}");
        }
    }

    #[test]
    fn a_local_time_needs_a_zone_and_one_with_its_offset_does_not() {
        for zone in ["", "?"] {
            let here = now("2026-11-24T22:30:00Z", zone);
            for (text, known) in [
                ("06:00", false),
                ("2026-12-01T06:00", false),
                ("06:00Z", true),
                ("2026-12-01T06:00+01:00", true),
            ] {
                assert_eq!(moment_of(text, &here).is_ok(), known, "{text} {zone:?}");
            }
        }
    }

    #[test]
    fn a_skipped_time_is_when_clocks_skip_and_a_doubled_one_the_first_to_come() {
        for (text, wall, expected) in [
            // 02:00 CET is followed by 03:00 CEST.
            ("02:30", "2026-03-29T00:10:00Z", "2026-03-29T01:00:00Z"),
            (
                "2026-03-29T02:00",
                "2026-03-01T00:00:00Z",
                "2026-03-29T01:00:00Z",
            ),
            (
                "2026-03-29T02:59:59",
                "2026-03-01T00:00:00Z",
                "2026-03-29T01:00:00Z",
            ),
            ("03:00", "2026-03-29T00:10:00Z", "2026-03-29T01:00:00Z"),
            ("02:30", "2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z"),
            // 03:00 CEST is followed by 02:00 CET.
            ("02:30", "2026-10-24T23:00:00Z", "2026-10-25T00:30:00Z"),
            ("02:30", "2026-10-25T00:40:00Z", "2026-10-25T01:30:00Z"),
            ("02:30", "2026-10-25T01:40:00Z", "2026-10-26T01:30:00Z"),
            (
                "2026-10-25T02:30",
                "2026-10-01T00:00:00Z",
                "2026-10-25T00:30:00Z",
            ),
            (
                "2026-10-25T02:30",
                "2026-10-25T00:40:00Z",
                "2026-10-25T01:30:00Z",
            ),
            (
                "2026-10-25T02:30+01:00",
                "2026-10-01T00:00:00Z",
                "2026-10-25T01:30:00Z",
            ),
            // The day on which clocks go forward has 23 hours.
            ("06:00", "2026-03-28T21:00:00Z", "2026-03-29T04:00:00Z"),
        ] {
            let found = moment_of(text, &now(wall, BERLIN));
            assert_eq!(found.as_deref(), Ok(expected), "{text} at {wall}");
        }
        let past = moment_of("2026-10-25T02:30", &now("2026-10-25T01:40:00Z", BERLIN));
        assert!(matches!(past, Err(Wrong::Past(_))), "{past:?}");
    }

    #[test]
    fn what_is_refused_is_named_with_what_to_write() {
        let refused = |value: &str, zone: &str| {
            let given = Given::typed("--deadline", value);
            let deadline = read(&given).unwrap();
            let error = deadline
                .after(&now("2026-11-24T22:30:00Z", zone))
                .unwrap_err();
            (
                error.to_string(),
                error.remedy().unwrap_or_default().to_owned(),
            )
        };
        let (what, hint) = refused("06:00", "");
        assert!(
            what.starts_with("invalid value '06:00' for --deadline: "),
            "{what}"
        );
        assert!(hint.contains("`06:00+01:00`"), "{hint}");
        let (what, _) = refused("2026-11-24T06:00", UTC);
        assert!(
            what.ends_with("that is past; it is 2026-11-24 22:30 UTC now"),
            "{what}"
        );
    }
}
