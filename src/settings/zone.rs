//! The local time zone, where `TZ` names one.

use super::Error;
use super::env::Env;
use crate::clock::{LocalZone, Now};

/// Refuses a `TZ` that names no zone: times would be another zone's.
pub(super) fn check_zone(env: &Env<'_>, now: &Now) -> Result<(), Error> {
    let Some(given) = env.given("TZ") else {
        return Ok(());
    };
    given.text()?;
    match now.zone {
        LocalZone::Unknown => Err(given
            .wrong(&"there is no such time zone")
            .hint("write a name such as `Europe/Berlin`, or `UTC`")),
        // Without zone files nobody can tell; it matters only where a local time is asked for.
        LocalZone::Known(_) | LocalZone::NoData => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use jiff::tz::TimeZone;

    use super::*;

    #[test]
    fn a_zone_that_is_named_must_be_known_where_zones_are_known_at_all() {
        let with = |value: &'static str, zone: LocalZone| {
            let get = |name: &str| (name == "TZ").then(|| value.into());
            let wall = Timestamp::UNIX_EPOCH;
            check_zone(&Env::new(&get), &Now { wall, zone })
        };
        assert!(with("Europe/Berlin", LocalZone::Known(TimeZone::UTC)).is_ok());
        assert!(with("Europe/Berlin", LocalZone::NoData).is_ok());
        assert!(with("", LocalZone::Unknown).is_ok());
        let error = with("Europe/Berln", LocalZone::Unknown)
            .unwrap_err()
            .to_string();
        assert!(
            error.starts_with("invalid value 'Europe/Berln' for TZ"),
            "{error}"
        );
    }
}
