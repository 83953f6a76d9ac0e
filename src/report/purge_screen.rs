//! What `purge` says at its end. Pure.

use std::path::Path;

use jiff::{Timestamp, ZonedDateTime};

use super::cell::neutral;
use super::notice::Notice;
use super::quantity::{count, counted, moment};
use super::wrap::wrapped;
use crate::model::purge::PurgeCounts;

/// What it came to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Purged<'a> {
    /// The ledger.
    pub ledger: &'a Path,
    /// What was settled before this moment is old enough, in milliseconds since 1970.
    pub before_ms: i64,
    /// What was found in it.
    pub found: PurgeCounts,
    /// Whether it was counted alone.
    pub dry_run: bool,
}

impl Purged<'_> {
    /// What was taken out, and what was not.
    pub(crate) fn notice(&self, now: &ZonedDateTime, width: Option<usize>) -> Notice {
        let PurgeCounts {
            devices,
            names,
            younger,
            open,
            earlier,
        } = self.found;
        let before = Timestamp::from_millisecond(self.before_ms).unwrap_or_default();
        let before = before.to_zoned_datetime(now.time_zone().clone());
        let done = if self.dry_run {
            "would be purged"
        } else {
            "purged"
        };
        let (devices_counted, names_counted) = (counted(devices, "device"), counted(names, "name"));
        let ledger = self.ledger.to_string_lossy();
        let mut lines = vec![
            format!("ledger   {}", neutral(&ledger)),
            format!("before   {}", moment(&before, true)),
            format!("{done}: {devices_counted}, {names_counted}"),
        ];
        for (rows, why) in [
            (younger, "settled later"),
            (open, "in doubt, or not yet looked at: never purged"),
            (earlier, "purged before"),
        ] {
            if rows > 0 {
                lines.push(format!("  {}  {why}", count(rows)));
            }
        }
        let text: String = lines.iter().map(|line| wrapped(line, width)).collect();
        Notice::info(
            "purged",
            format!("{done}: {devices_counted}, {names_counted}"),
        )
        .fact("ledger", ledger.as_ref())
        .fact("dry_run", self.dry_run)
        .fact("devices", devices)
        .fact("names", names)
        .fact("younger", younger)
        .fact("open", open)
        .fact("earlier", earlier)
        .shown_as(text)
    }
}
