//! Reports of all devices ("MFA Reports"): what was asked for, kept while it is read page by page.
//!
//! Which fields there are beyond those of the examples, and how an entry looks, is not documented. Here an entry
//! has a member for each field that was asked for, named like it.

use std::collections::VecDeque;

use serde_json::{Map, Value};
use uuid::Uuid;

use super::errors::detail;
use super::scim::{Comparison, Filter, Operator};
use crate::pingone::wire::ErrorDetail;

/// The one template that there is; PingOne's documentation has its ID.
pub(super) const TEMPLATE: &str = "db632bfd-7054-4bde-b108-a384aac2d513";
/// So many reports are kept; PingOne keeps one for a short time.
const KEPT: usize = 16;

/// What a report can tell of a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Field {
    UserId,
    Username,
    MfaEnabled,
    DeviceId,
    DeviceType,
    DeviceStatus,
    Phone,
    Email,
}

impl Field {
    const ALL: [Self; 8] = [
        Self::UserId,
        Self::Username,
        Self::MfaEnabled,
        Self::DeviceId,
        Self::DeviceType,
        Self::DeviceStatus,
        Self::Phone,
        Self::Email,
    ];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::UserId => "userId",
            Self::Username => "username",
            Self::MfaEnabled => "mfaEnabled",
            Self::DeviceId => "deviceId",
            Self::DeviceType => "deviceType",
            Self::DeviceStatus => "deviceStatus",
            Self::Phone => "phone",
            Self::Email => "email",
        }
    }

    pub(super) fn called(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.name() == name)
    }
}

/// What a report shall tell, and of which devices.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Wanted {
    /// All of them, unless some are named.
    pub(super) fields: Vec<Field>,
    pub(super) filter: Option<Filter>,
    /// The filter as it was written.
    pub(super) filter_text: Option<String>,
}

impl Wanted {
    /// Reads the body of a request, and finds everything that is wrong with it; `expanded` is whether the
    /// entries shall come with the answer.
    pub(super) fn read(
        body: &Map<String, Value>,
        expanded: bool,
    ) -> Result<Self, Vec<ErrorDetail>> {
        let mut faults = Vec::new();
        let mut fault = |code: &str, target: &str, message: &str| {
            faults.push(detail(code, Some(target), message));
        };
        let template = body.get("dataExplorationTemplate");
        match template.and_then(|template| template.get("id")) {
            None => fault(
                "REQUIRED_VALUE",
                "dataExplorationTemplate.id",
                "is required",
            ),
            Some(id) if id == TEMPLATE => {}
            Some(_) => fault(
                "INVALID_VALUE",
                "dataExplorationTemplate.id",
                "is not known",
            ),
        }
        let fields = fields(body.get("fields"));
        if fields.is_none() {
            fault(
                "INVALID_VALUE",
                "fields",
                "must be fields of the report, by their names",
            );
        }
        let filter_text = body.get("filter").and_then(Value::as_str);
        let filter = filter_text.and_then(|text| Filter::of(text, &can_be_asked));
        if filter.is_none() && body.get("filter").is_some_and(|filter| !filter.is_null()) {
            fault("INVALID_FILTER", "filter", "is not a filter for the report");
        }
        let delivered = body.get("deliverAs").filter(|how| !how.is_null());
        if delivered.is_some_and(|how| how != "ENTRIES") {
            fault(
                "INVALID_VALUE",
                "deliverAs",
                "must be ENTRIES; the sandbox makes no files",
            );
        }
        // The examples write it as a text.
        let synchronous = body
            .get("sync")
            .is_some_and(|sync| sync == "true" || *sync == true);
        if expanded && !synchronous {
            fault(
                "CONSTRAINT_VIOLATION",
                "sync",
                "must be true where entries are expanded",
            );
        }
        let filter_text = filter_text.map(str::to_owned);
        match fields {
            Some(fields) if faults.is_empty() => Ok(Self {
                fields,
                filter,
                filter_text,
            }),
            _ => Err(faults),
        }
    }
}

fn fields(written: Option<&Value>) -> Option<Vec<Field>> {
    let Some(written) = written else {
        return Some(Field::ALL.to_vec());
    };
    let names = written.as_array()?.iter();
    let fields = names.map(|field| Field::called(field.get("name")?.as_str()?));
    fields.collect()
}

fn can_be_asked(comparison: &Comparison) -> bool {
    let field = Field::called(&comparison.attribute);
    field.is_some_and(|field| comparison.operator == Operator::Equals || field == Field::Phone)
}

/// A report: what was asked for, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Report {
    pub(super) id: Uuid,
    pub(super) wanted: Wanted,
    /// Milliseconds since the sandbox started.
    pub(super) at: u64,
    /// Devices that were stored later are not in it.
    pub(super) until: u64,
}

/// The reports that can still be read.
#[derive(Default)]
pub(super) struct Reports {
    kept: VecDeque<Report>,
}

impl Reports {
    pub(super) fn keep(&mut self, report: Report) {
        if self.kept.len() == KEPT {
            self.kept.pop_front();
        }
        self.kept.push_back(report);
    }

    pub(super) fn get(&self, id: Uuid) -> Option<Report> {
        self.kept.iter().find(|report| report.id == id).cloned()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(body: &Value, expanded: bool) -> Result<Wanted, Vec<String>> {
        let body = body.as_object().unwrap();
        Wanted::read(body, expanded).map_err(|faults| {
            let names = faults.into_iter();
            names
                .map(|fault| format!("{} {}", fault.code.unwrap(), fault.target.unwrap()))
                .collect()
        })
    }

    #[test]
    fn a_request_as_in_the_examples_is_understood() {
        let mut body = json!({
            "dataExplorationTemplate": {"id": TEMPLATE},
            "fields": [{"name": "userId"}, {"name": "phone"}],
            "filter": "(deviceType eq \"SMS\")",
            "sync": "true",
            "deliverAs": "ENTRIES",
        });
        let wanted = read(&body, true).unwrap();
        assert_eq!(wanted.fields, [Field::UserId, Field::Phone]);
        assert_eq!(wanted.filter_text.as_deref(), body["filter"].as_str());
        body["sync"] = json!(true);
        assert_eq!(read(&body, true), Ok(wanted));

        let least = json!({"dataExplorationTemplate": {"id": TEMPLATE}});
        let wanted = read(&least, false).unwrap();
        assert_eq!(wanted.fields, Field::ALL);
        assert_eq!(wanted.filter, None);
    }

    #[test]
    fn all_that_is_wrong_is_named_at_once() {
        for (body, expanded, expected) in [
            (
                json!({}),
                true,
                &[
                    "REQUIRED_VALUE dataExplorationTemplate.id",
                    "CONSTRAINT_VIOLATION sync",
                ][..],
            ),
            (
                json!({
                    "dataExplorationTemplate": {"id": "x"},
                    "fields": [{"name": "shoeSize"}],
                    "filter": "deviceType eq SMS",
                    "sync": "false",
                    "deliverAs": "ASYNC_FILE",
                }),
                true,
                &[
                    "INVALID_VALUE dataExplorationTemplate.id",
                    "INVALID_VALUE fields",
                    "INVALID_FILTER filter",
                    "INVALID_VALUE deliverAs",
                    "CONSTRAINT_VIOLATION sync",
                ],
            ),
            (
                json!({
                    "dataExplorationTemplate": {"id": TEMPLATE},
                    "fields": "userId",
                    "filter": "userId sw \"a\"",
                }),
                false,
                &["INVALID_VALUE fields", "INVALID_FILTER filter"],
            ),
            (
                json!({"dataExplorationTemplate": {"id": TEMPLATE}, "filter": 5}),
                false,
                &["INVALID_FILTER filter"],
            ),
        ] {
            let expected: Vec<_> = expected.iter().map(|&fault| fault.to_owned()).collect();
            assert_eq!(read(&body, expanded), Err(expected), "{body}");
        }
    }

    #[test]
    fn the_newest_reports_are_kept() {
        let body = json!({"dataExplorationTemplate": {"id": TEMPLATE}});
        let wanted = read(&body, false).unwrap();
        let mut reports = Reports::default();
        for n in 0..=KEPT as u128 {
            reports.keep(Report {
                id: Uuid::from_u128(n),
                wanted: wanted.clone(),
                at: 0,
                until: 0,
            });
        }
        assert!(reports.get(Uuid::from_u128(0)).is_none());
        assert!(reports.get(Uuid::from_u128(1)).is_some());
    }
}
