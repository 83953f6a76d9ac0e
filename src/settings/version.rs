//! What `--version` says: which source, built when, with which parts that matter to a wave.

use std::sync::LazyLock;

use jiff::{Timestamp, tz::TimeZone};

use crate::ledger::sqlite_version;
use crate::model::libphonenumber;

/// The version of the package.
pub(super) const SHORT: &str = env!("CARGO_PKG_VERSION");

/// The day of the build (UTC), or of `SOURCE_DATE_EPOCH`.
pub(super) fn built_on() -> String {
    let seconds = env!("WAVEPAIR_BUILT_AT").parse().unwrap_or(0);
    let built = Timestamp::from_second(seconds).unwrap_or_default();
    built.to_zoned_datetime(TimeZone::UTC).date().to_string()
}

/// The version, and what whoever looks into a fault asks next.
pub(super) static LONG: LazyLock<String> = LazyLock::new(|| {
    format!(
        "{SHORT}\n\
         commit    {}\n\
         built     {}\n\
         SQLite    {}\n\
         metadata  libphonenumber {}",
        env!("WAVEPAIR_COMMIT"),
        built_on(),
        sqlite_version(),
        libphonenumber::VERSION,
    )
});
