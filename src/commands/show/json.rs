//! All that is known of devices, for a script. Keys are stable: what is not known is null.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::address;
use super::text::transaction;
use crate::ledger::{Dossier, EventKind, PastEvent};
use crate::report::cell::without_phones;
use crate::report::what_next::what_next;

/// All of them.
pub(super) fn all(found: &[Dossier], full: bool) -> String {
    let devices: Vec<_> = found.iter().map(|dossier| device(dossier, full)).collect();
    let text = serde_json::to_string_pretty(&json!({"devices": devices}));
    text.unwrap_or_default() + "\n"
}

fn device(dossier: &Dossier, full: bool) -> Value {
    let entry = &dossier.entry;
    json!({
        "user_id": dossier.user.to_string(),
        "type": dossier.kind.as_str(),
        "address": address(dossier, full),
        "purged": entry.is_purged(),
        "state": entry.state.as_str(),
        "outcome": entry.outcome().as_str(),
        "device_id": entry.device.map(|id| id.to_string()),
        "created_at": entry.created_at,
        "run_id": entry.run.to_string(),
        "attempts": entry.attempts,
        "resends": entry.resends,
        "http_status": entry.answer.http_status,
        "code": entry.answer.code,
        "message": entry.answer.message,
        "correlation_id": entry.answer.correlation_id,
        "next": what_next(entry),
        "events": dossier.events.iter().map(event).collect::<Vec<_>>(),
    })
}

fn event(event: &PastEvent) -> Value {
    let at = Timestamp::from_millisecond(event.at_ms).unwrap_or_default();
    let note = event.decided.as_ref();
    let note = note.and_then(|decided| decided.note.as_deref());
    json!({
        "at": format!("{at:.3}"),
        "run_id": event.run.to_string(),
        "event": word(event.kind),
        "attempt": event.attempt,
        "row": event.row.map(|row| row.0),
        "transaction_id": transaction(event),
        "http_status": event.http_status,
        "code": event.code,
        "correlation_id": event.correlation_id,
        "decided_by": event.decided.as_ref().map(|decided| &decided.person),
        "note": note.map(|note| without_phones(note)),
    })
}

fn word(kind: EventKind) -> &'static str {
    match kind {
        EventKind::Intent => "intent",
        EventKind::Resend => "resend",
        EventKind::LeftInFlight => "left_in_flight",
        EventKind::Settled(state) => state.as_str(),
        EventKind::Verified => "verified",
    }
}
