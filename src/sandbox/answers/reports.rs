//! The report of all devices.

use hyper::StatusCode;
use serde_json::{Map, Value, json};

use super::{Asked, not_found};
use crate::sandbox::documents::devices::{address, status};
use crate::sandbox::documents::reports as documents;
use crate::sandbox::environment::Environment;
use crate::sandbox::errors;
use crate::sandbox::paging::{Page, parameter};
use crate::sandbox::phone::digits;
use crate::sandbox::reply::Reply;
use crate::sandbox::reports::{Field, Report, Wanted};
use crate::sandbox::scim::Comparison;
use crate::sandbox::store::{DeviceType, Stored, random_uuid};
use crate::sandbox::time::millis;
use crate::sandbox::variants::Variant;

/// How many entries a page holds unless that is said.
const USUAL_PAGE: usize = 1000;

/// Makes a report; shows its first page too where that is asked for.
pub(super) fn make(environment: &Environment, asked: &Asked<'_>) -> Result<Reply, Reply> {
    let body = asked.json()?;
    let page = asked.page(USUAL_PAGE)?;
    let expanded = parameter(asked.query, "expand").is_some_and(|what| what == "entries");
    let wanted = Wanted::read(&body, expanded).map_err(errors::invalid_data)?;
    if environment.is(Variant::ReportForbidden) {
        return Err(errors::of_status(StatusCode::FORBIDDEN));
    }
    let other = |comparison: &Comparison| {
        comparison.attribute != Field::DeviceType.name()
            || comparison.value != DeviceType::WhatsApp.name()
    };
    let is_about_whatsapp = wanted
        .filter
        .as_ref()
        .is_some_and(|filter| !filter.has_only(&other));
    if is_about_whatsapp && environment.is(Variant::ReportWithoutWhatsapp) {
        return Err(errors::invalid_filter(
            "names a type of device that is not known",
        ));
    }
    let now = environment.now_ms();
    let report = Report {
        id: random_uuid(),
        wanted,
        at: now,
        until: now.saturating_sub(millis(environment.report_age)),
    };
    environment.reports().keep(report.clone());
    let entries = expanded.then(|| entries_of(environment, &report, page));
    let document = documents::report(&environment.home, &report, entries);
    Ok(Reply::json(StatusCode::CREATED, &document))
}

pub(super) fn read(environment: &Environment, asked: &Asked<'_>) -> Result<Reply, Reply> {
    let report = known(environment, asked)?;
    let document = documents::report(&environment.home, &report, None);
    Ok(Reply::ok(&document))
}

pub(super) fn entries(environment: &Environment, asked: &Asked<'_>) -> Result<Reply, Reply> {
    let report = known(environment, asked)?;
    let entries = entries_of(environment, &report, asked.page(USUAL_PAGE)?);
    let document = documents::entries(&environment.home, report.id, entries);
    Ok(Reply::ok(&document))
}

fn known(environment: &Environment, asked: &Asked<'_>) -> Result<Report, Reply> {
    environment
        .reports()
        .get(asked.item()?)
        .ok_or_else(not_found)
}

/// A page of entries, and the address of the next one.
fn entries_of(environment: &Environment, report: &Report, page: Page) -> documents::Entries {
    let wanted = &report.wanted;
    let devices = environment.devices();
    let mut found = devices
        .made_from(page.from, environment.now_ms())
        .take_while(|(_, device)| device.at <= report.until)
        .filter(|(_, device)| holds(environment, wanted, device));
    let shown: Vec<_> = found
        .by_ref()
        .take(page.limit)
        .map(|(_, device)| entry(environment, &wanted.fields, device))
        .collect();
    let next = found.next().map(|(at, _)| {
        let listing = documents::path_of_entries(report.id);
        page.address(&environment.home.at(&listing), None, at)
    });
    (shown, next)
}

fn holds(environment: &Environment, wanted: &Wanted, device: &Stored) -> bool {
    let Some(filter) = &wanted.filter else {
        return true;
    };
    filter.holds(&|comparison| {
        let field = Field::called(&comparison.attribute);
        let value = field.and_then(|field| value(environment, field, device));
        value.is_some_and(|value| comparison.holds(&value))
    })
}

fn entry(environment: &Environment, fields: &[Field], device: &Stored) -> Value {
    if environment.is(Variant::ReportUnreadable) {
        let values = fields
            .iter()
            .map(|field| value(environment, *field, device));
        return json!(values.collect::<Vec<_>>());
    }
    let members = fields.iter().filter_map(|field| {
        let value = value(environment, *field, device)?;
        Some((field.name().to_owned(), json!(value)))
    });
    Value::Object(members.collect::<Map<_, _>>())
}

/// What a report tells of a device; nothing, where the device has nothing of the kind.
fn value(environment: &Environment, field: Field, device: &Stored) -> Option<String> {
    let person = || environment.users.person(device.user);
    let is_mail = device.kind == DeviceType::Email;
    match field {
        Field::UserId => Some(device.user.to_string()),
        Field::Username => Some(person()?.username),
        Field::MfaEnabled => Some(person()?.mfa_enabled.to_string()),
        Field::DeviceId => Some(device.id.to_string()),
        Field::DeviceType => Some(device.kind.name().to_owned()),
        Field::DeviceStatus => Some(status(device.pending).to_owned()),
        Field::Phone => (!is_mail).then(|| phone(environment, device)),
        Field::Email => is_mail.then(|| device.address.to_string()),
    }
}

fn phone(environment: &Environment, device: &Stored) -> String {
    if environment.is(Variant::ReportPhoneDigits) {
        return digits(&device.address).collect();
    }
    address(&environment.home, device)
}
