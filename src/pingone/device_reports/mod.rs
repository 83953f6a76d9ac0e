//! The report of the devices of a whole environment ("MFA Reports"): what is asked, and what came.
//!
//! How an entry looks is documented nowhere. It is read by the names of the fields that were asked
//! for, in the shapes in which PingOne writes such things elsewhere; what is not understood is a
//! report that cannot be read.

use std::collections::HashSet;
use std::fmt;

use bytes::Bytes;
use reqwest::Url;
use serde_json::{Map, Value, json};

use crate::model::code;
use crate::model::device_report::{ReportedAddress, ReportedDevice, ReportedStatus};
use crate::model::email::EmailAddress;
use crate::model::hidden::is_hidden;
use crate::model::request::{DeviceStatus, DeviceType};

use super::device_match::masks;
use super::head::{BodyFault, Head};
use super::read::{ReadError, malformed, read_answer};
use super::{shown_phone, wire};

/// The most pages that are read of one report: two million devices.
const PAGES_MAX: u64 = 2_000;
/// The longest answer that is read: a thousand entries, and links with each of them.
pub(super) const LONGEST_PAGE: usize = 8 * 1024 * 1024;

/// A page of a report.
#[derive(Debug)]
pub struct ReportPage {
    /// The devices on it.
    pub devices: Vec<ReportedDevice>,
    /// The next one, where there is one.
    pub next: Option<NextReportPage>,
}

/// Where a report goes on, below the reports of the same environment on the same host, and what its
/// pages told so far.
#[derive(Clone)]
pub struct NextReportPage {
    url: Url,
    seen: Seen,
}

#[derive(Clone, Default)]
struct Seen {
    pages: u64,
    entries: u64,
    /// How many entries the report says it has.
    counted: u64,
    /// The addresses of the pages, to leave a circle.
    read: HashSet<String>,
}

impl NextReportPage {
    /// How many pages were read before it.
    pub fn pages(&self) -> u64 {
        self.seen.pages
    }

    /// How many entries the report says it has; none where it does not say.
    pub fn counted(&self) -> Option<u64> {
        (self.seen.counted > 0).then_some(self.seen.counted)
    }
}

impl fmt::Debug for NextReportPage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NextReportPage")
            .field("pages", &self.seen.pages)
            .finish_non_exhaustive()
    }
}

/// Where the next page of a report is asked for, and with which body; the first one makes the report.
pub(super) fn question(
    kind: DeviceType,
    reports: &Url,
    before: Option<&NextReportPage>,
) -> (Url, Option<Bytes>) {
    if let Some(next) = before {
        return (next.url.clone(), None);
    }
    let mut url = reports.clone();
    url.set_query(Some(wire::REPORT_EXPANDED));
    (url, Some(body(kind)))
}

/// The body that asks for the devices of a type, as in PingOne's own example.
pub(super) fn body(kind: DeviceType) -> Bytes {
    let fields = [
        wire::REPORT_USER,
        address_field(kind),
        wire::REPORT_STATUS,
        wire::REPORT_DEVICE,
    ];
    let body = json!({
        "dataExplorationTemplate": { "id": wire::REPORT_TEMPLATE },
        "fields": fields.map(|name| json!({ "name": name })),
        "filter": format!("(deviceType eq \"{}\")", kind.as_str()),
        "sync": "true",
        "deliverAs": "ENTRIES",
    });
    body.to_string().into()
}

fn address_field(kind: DeviceType) -> &'static str {
    match kind {
        DeviceType::WhatsApp | DeviceType::Sms | DeviceType::Voice => wire::REPORT_PHONE,
        DeviceType::Email => wire::REPORT_EMAIL,
    }
}

/// Reads a page from this address; `before` is what the pages before it told, and `reports` is where
/// the environment's reports are.
///
/// # Errors
///
/// As [`read_answer`], and [`Malformed`](super::read::ReadFailure::Malformed) for a page that is not
/// understood.
pub fn report_answer(
    kind: DeviceType,
    reports: &Url,
    before: Option<&NextReportPage>,
    head: &Head,
    body: &Result<Bytes, BodyFault>,
) -> Result<ReportPage, ReadError> {
    let made = Head {
        // It is made, and that is all that its status says more.
        status: if before.is_none() && head.status == 201 {
            200
        } else {
            head.status
        },
        ..head.clone()
    };
    let page: Map<String, Value> = read_answer(&made, body)?;
    let mut seen = before.map(|next| next.seen.clone()).unwrap_or_default();
    let read = entries(&page).map(|entries| seen.page(kind, &page, entries));
    let read = match (read, before) {
        (Some(read), _) => read,
        // Its entries are there to be asked for, where they did not come with it.
        (None, None) => Ok(Vec::new()),
        (None, Some(_)) => Err("it has no entries"),
    };
    let read = read.and_then(|devices| {
        let next = if entries(&page).is_none() {
            let own = own_entries(reports, &page);
            Some(own.ok_or("it has no entries, and does not say where they are")?)
        } else {
            next_page(reports, &page)?
        };
        Ok((devices, next))
    });
    let (devices, url) = read.map_err(|why| unreadable(head, why))?;
    let Some(url) = url else {
        if seen.counted > seen.entries {
            let why = "it shows fewer devices than it says there are";
            return Err(unreadable(head, why));
        }
        return Ok(ReportPage {
            devices,
            next: None,
        });
    };
    if seen.pages >= PAGES_MAX || !seen.read.insert(url.as_str().to_owned()) {
        return Err(unreadable(head, "it does not end"));
    }
    let next = Some(NextReportPage { url, seen });
    Ok(ReportPage { devices, next })
}

fn unreadable(head: &Head, why: &str) -> ReadError {
    let message = format!("the device report cannot be read: {why}");
    malformed(head, code::UNREADABLE_ANSWER, &message)
}

impl Seen {
    fn page(
        &mut self,
        kind: DeviceType,
        page: &Map<String, Value>,
        entries: &[Value],
    ) -> Result<Vec<ReportedDevice>, &'static str> {
        let number = |name| page.get(name).and_then(Value::as_u64);
        let shown = entries.len() as u64;
        if number("size") > Some(shown) {
            return Err("a page shows fewer devices than it says there are");
        }
        self.pages += 1;
        self.entries += shown;
        self.counted = self.counted.max(number("count").unwrap_or(0));
        entries.iter().map(|entry| device(kind, entry)).collect()
    }
}

/// The entries that came with an answer.
fn entries(page: &Map<String, Value>) -> Option<&Vec<Value>> {
    let embedded = page.get("_embedded").and_then(Value::as_object);
    let embedded = embedded.unwrap_or(page);
    embedded.get("entries")?.as_array()
}

/// Where the entries of a report are, by its ID.
fn own_entries(reports: &Url, page: &Map<String, Value>) -> Option<Url> {
    let id: uuid::Uuid = page.get("id")?.as_str()?.parse().ok()?;
    let mut url = reports.clone();
    url.set_path(&format!("{}/{id}/entries", reports.path()));
    url.set_query(Some(wire::REPORT_PAGE));
    Some(url)
}

/// Where the next page is: with our token, nothing but the environment's reports is asked for.
fn next_page(reports: &Url, page: &Map<String, Value>) -> Result<Option<Url>, &'static str> {
    let next = page.get("_links").and_then(|links| links.get("next"));
    let Some(next) = next.filter(|next| !next.is_null()) else {
        return Ok(None);
    };
    let href = next.get("href").unwrap_or(next).as_str();
    let url = href.and_then(|href| reports.join(href).ok());
    let below = format!("{}/", reports.path());
    let may_be_read = |url: &Url| {
        url.origin() == reports.origin()
            && url.username().is_empty()
            && url.password().is_none()
            && (url.path() == reports.path() || url.path().starts_with(&below))
    };
    match url.filter(may_be_read) {
        Some(mut url) => {
            url.set_fragment(None);
            Ok(Some(url))
        }
        None => Err("it goes on at another address, which is not followed"),
    }
}

/// Reads an entry.
fn device(kind: DeviceType, entry: &Value) -> Result<ReportedDevice, &'static str> {
    let text = |name| member(entry, name).and_then(as_text);
    let uuid = |name| text(name).map(|text| text.trim().to_owned());
    let user = uuid(wire::REPORT_USER).and_then(|user| user.parse().ok());
    let id = uuid(wire::REPORT_DEVICE).and_then(|id| id.parse().ok());
    Ok(ReportedDevice {
        user: user.ok_or("an entry has no user")?,
        id: id.ok_or("an entry has no device")?,
        address: address(kind, text(address_field(kind)).as_deref()),
        status: status(text(wire::REPORT_STATUS).as_deref()),
    })
}

/// How a device stands, by PingOne's word for it.
pub(super) fn status(word: Option<&str>) -> ReportedStatus {
    match word.map(str::parse::<DeviceStatus>) {
        Some(Ok(DeviceStatus::Active)) => ReportedStatus::Active,
        Some(Ok(DeviceStatus::ActivationRequired)) => ReportedStatus::ActivationRequired,
        Some(Err(_)) | None => ReportedStatus::Other,
    }
}

/// A member of an entry: `{"userId": …}`, or `[{"name": "userId", "value": …}]`, either of them
/// perhaps inside `fields`, `values` or `data`.
fn member<'e>(entry: &'e Value, name: &str) -> Option<&'e Value> {
    let is_named = |other: &str| other.eq_ignore_ascii_case(name);
    match entry {
        Value::Object(members) => {
            let own = members.iter().find(|(other, _)| is_named(other));
            let within = || {
                let inner = ["fields", "values", "data"];
                inner
                    .into_iter()
                    .find_map(|inner| member(members.get(inner)?, name))
            };
            own.map(|(_, value)| value).or_else(within)
        }
        Value::Array(members) => {
            let has_name = |member: &&Value| {
                let other = member.get("name").and_then(Value::as_str);
                other.is_some_and(is_named)
            };
            members.iter().find(has_name)?.get("value")
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
    }
}

/// A phone may come as a number.
fn as_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

/// The phone or mailbox of a device of this type, as it is shown.
pub(super) fn address(kind: DeviceType, shown: Option<&str>) -> ReportedAddress {
    let Some(shown) = shown else {
        return ReportedAddress::UNCLEAR;
    };
    match kind {
        DeviceType::WhatsApp | DeviceType::Sms | DeviceType::Voice => {
            match shown_phone::plain_digits(shown) {
                Some(digits) => ReportedAddress::of_digits(&digits),
                None => ReportedAddress::UNCLEAR,
            }
        }
        DeviceType::Email => mailbox(shown),
    }
}

fn mailbox(shown: &str) -> ReportedAddress {
    let shown: String = shown.chars().filter(|&c| !is_hidden(c)).collect();
    if shown.trim().is_empty() || shown.contains(masks) {
        return ReportedAddress::UNCLEAR;
    }
    match shown.trim().parse::<EmailAddress>() {
        Ok(email) => ReportedAddress::of_mailbox(&email),
        Err(_) => ReportedAddress::OTHER,
    }
}

#[cfg(test)]
mod tests;
