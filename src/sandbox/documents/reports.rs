//! Reports ("MFA Reports").

use serde_json::{Value, json};
use uuid::Uuid;

use super::{Home, reference};
use crate::sandbox::reports::{Field, Report, TEMPLATE};

/// A page of entries, and the address of the next one.
pub(in crate::sandbox) type Entries = (Vec<Value>, Option<String>);

/// A report, with its first entries where they are asked for.
pub(in crate::sandbox) fn report(home: &Home, report: &Report, entries: Option<Entries>) -> Value {
    let mut links = home.links(&format!("dataExplorations/{}", report.id));
    links["entries"] = json!({ "href": home.at(&path_of_entries(report.id)) });
    let name = |field: &Field| json!({ "name": field.name() });
    let mut document = json!({
        "_links": links,
        "id": report.id.to_string(),
        "environment": reference(home.id),
        "dataExplorationTemplate": { "id": TEMPLATE },
        "fields": report.wanted.fields.iter().map(name).collect::<Vec<_>>(),
        "sync": "true",
        "deliverAs": "ENTRIES",
        "status": "SUCCESS",
        "createdAt": home.clock.timestamp(report.at),
    });
    if let Some(filter) = &report.wanted.filter_text {
        document["filter"] = json!(filter);
    }
    if let Some(entries) = entries {
        put(&mut document, entries);
    }
    document
}

/// A page of the entries of a report.
pub(in crate::sandbox) fn entries(home: &Home, report: Uuid, entries: Entries) -> Value {
    let mut document = json!({ "_links": home.links(&path_of_entries(report)) });
    put(&mut document, entries);
    document
}

fn put(document: &mut Value, (entries, next): Entries) {
    document["size"] = json!(entries.len());
    document["_embedded"] = json!({ "entries": entries });
    if let Some(next) = next {
        document["_links"]["next"] = json!({ "href": next });
    }
}

/// Where the entries of a report are.
pub(in crate::sandbox) fn path_of_entries(report: Uuid) -> String {
    format!("dataExplorations/{report}/entries")
}
