//! The filter of a device listing: `status` and `type`, with `eq` and nothing else ("MFA Devices").

use super::documents::devices::status;
use super::store::Stored;

/// What the listed devices must be.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Filter {
    status: Option<String>,
    kind: Option<String>,
}

impl Filter {
    /// Reads the filter in a query string; `None` if it is no filter for devices.
    pub(super) fn of(query: Option<&str>) -> Option<Self> {
        let mut filter = Self::default();
        let mut given = form_urlencoded::parse(query.unwrap_or_default().as_bytes());
        let text = given.find(|(name, _)| name == "filter");
        let Some((_, text)) = text else {
            return Some(filter);
        };
        for clause in text.split(" and ") {
            let (attribute, value) = clause.trim().split_once(" eq ")?;
            let value = value.trim().strip_prefix('"')?.strip_suffix('"')?;
            let place = match attribute.trim() {
                "status" => &mut filter.status,
                "type" => &mut filter.kind,
                _ => return None,
            };
            *place = Some(value.to_owned());
        }
        Some(filter)
    }

    pub(super) fn matches(&self, device: &Stored) -> bool {
        let is = |wanted: &Option<String>, actual| wanted.as_deref().is_none_or(|w| w == actual);
        is(&self.status, status(device.pending)) && is(&self.kind, device.kind.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn status_and_type_can_be_asked_for_and_nothing_else() {
        let filter = |status: Option<&str>, kind: Option<&str>| {
            Some(Filter {
                status: status.map(str::to_owned),
                kind: kind.map(str::to_owned),
            })
        };
        for (query, expected) in [
            (None, filter(None, None)),
            (Some("expand=order"), filter(None, None)),
            (
                Some("filter=status%20eq%20%22ACTIVE%22"),
                filter(Some("ACTIVE"), None),
            ),
            (
                Some("filter=status+eq+%22ACTIVE%22+and+type+eq+%22SMS%22"),
                filter(Some("ACTIVE"), Some("SMS")),
            ),
            (Some("filter=phone%20eq%20%22%2B1%22"), None),
            (Some("filter=status%20sw%20%22A%22"), None),
            (Some("filter=status%20eq%20ACTIVE"), None),
            (Some("filter="), None),
        ] {
            assert_eq!(Filter::of(query), expected, "{query:?}");
        }
    }
}
