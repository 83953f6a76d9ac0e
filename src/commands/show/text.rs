//! All that is known of devices, for a person.

use jiff::{Timestamp, ZonedDateTime};

use super::address;
use crate::ledger::{Dossier, EventKind, PastEvent};
use crate::model::resolution::Testimony;
use crate::report::cell::{PURGED, neutral, without_phones};
use crate::report::quantity::moment;
use crate::report::what_next::what_next;
use crate::report::wrap::hanging;

/// Each device with what happened to it, a line for each thing.
pub(in crate::commands) fn all(
    found: &[Dossier],
    full: bool,
    now: &ZonedDateTime,
    width: Option<usize>,
) -> String {
    let devices = found.iter().map(|dossier| one(dossier, full, now, width));
    devices.collect::<Vec<_>>().join("\n")
}

fn one(dossier: &Dossier, full: bool, now: &ZonedDateTime, width: Option<usize>) -> String {
    let entry = &dossier.entry;
    let device = entry
        .device
        .map(|id| format!(", device {id}"))
        .unwrap_or_default();
    let head = format!(
        "user {}, {} {}: {}{device}",
        dossier.user,
        dossier.kind,
        address(dossier, full).as_deref().unwrap_or(PURGED),
        entry.outcome(),
    );
    let mut text = hanging(&head, 2, width);
    let mut run = None;
    for event in &dossier.events {
        if run != Some(event.run) {
            text += &hanging(&format!("  run {}", event.run), 4, width);
            run = Some(event.run);
        }
        text += &hanging(&format!("    {}", line(event, now)), 6, width);
    }
    if let Some(message) = &entry.answer.message {
        text += &hanging(&format!("  said: {}", neutral(message)), 4, width);
    }
    text + &hanging(&format!("  next: {}", what_next(entry)), 4, width)
}

/// When, what, and what the answer was.
fn line(event: &PastEvent, now: &ZonedDateTime) -> String {
    let at = Timestamp::from_millisecond(event.at_ms).unwrap_or_default();
    let at = moment(&at.to_zoned_datetime(now.time_zone().clone()), true);
    let mut parts = vec![format!("{at}  {}", what(event))];
    parts.extend(event.http_status.map(|status| format!("HTTP {status}")));
    let code = event.code.as_deref().map(neutral);
    parts.extend(code.map(std::borrow::Cow::into_owned));
    parts.extend(event.decided.as_ref().map(decided));
    let correlation = event.correlation_id.as_deref().map(neutral);
    parts.extend(correlation.map(|id| format!("correlation {id}")));
    parts.extend(transaction(event).map(|id| format!("transaction {id}")));
    parts.join(", ")
}

/// That a person decided it, and why.
fn decided(testimony: &Testimony) -> String {
    let person = testimony.person.as_deref().unwrap_or("a person");
    let by = format!("decided by {}", neutral(person));
    match testimony.note.as_deref() {
        Some(note) => format!("{by}: {}", neutral(&without_phones(note))),
        None => by,
    }
}

/// What happened, in words.
fn what(event: &PastEvent) -> String {
    let attempt = event.attempt;
    match event.kind {
        EventKind::Intent => match event.row {
            Some(row) => format!("asked for, attempt {attempt}, row {row}"),
            None => format!("asked for, attempt {attempt}"),
        },
        EventKind::Resend => format!("asked for again, attempt {attempt}: it was not listed"),
        EventKind::LeftInFlight => {
            format!("found in doubt: the run before died before the answer to attempt {attempt}")
        }
        EventKind::Settled(state) => state.as_str().replace('_', " "),
        EventKind::Verified => "looked for by `verify`".to_owned(),
    }
}

/// The identifier under which PingOne's audit log knows a request.
pub(super) fn transaction(event: &PastEvent) -> Option<String> {
    let row = event.row?;
    Some(format!("{}-{row}-{}", event.run, event.attempt))
}
