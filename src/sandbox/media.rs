//! Content types. On the devices' paths they select the operation ("MFA Devices").

use crate::pingone::wire;

/// What a request says that its body is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Media {
    Json,
    Form,
    Reorder,
    RemoveOrder,
    Activate,
    Block,
    Unblock,
    Unlock,
    /// Something else, or nothing.
    Other,
}

impl Media {
    /// Reads the header `Content-Type`; its parameters do not matter.
    pub(super) fn of(content_type: Option<&str>) -> Self {
        let essence = content_type.and_then(|text| text.split(';').next());
        let essence = essence.unwrap_or_default().trim().to_ascii_lowercase();
        if essence == wire::JSON {
            return Self::Json;
        }
        if essence == wire::FORM {
            return Self::Form;
        }
        let own = essence
            .strip_prefix("application/vnd.pingidentity.")
            .and_then(|rest| rest.strip_suffix("+json"));
        match own {
            Some("devices.reorder") => Self::Reorder,
            Some("devices.order.remove") => Self::RemoveOrder,
            Some("device.activate") => Self::Activate,
            Some("device.block") => Self::Block,
            Some("device.unblock") => Self::Unblock,
            Some("device.unlock") => Self::Unlock,
            _ => Self::Other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documented_types_are_known_in_any_case_and_with_parameters() {
        let own = |name: &str| format!("application/vnd.pingidentity.{name}+json");
        for (text, expected) in [
            ("application/json".to_owned(), Media::Json),
            ("Application/JSON; charset=UTF-8".to_owned(), Media::Json),
            (
                "application/x-www-form-urlencoded; charset=UTF-8".to_owned(),
                Media::Form,
            ),
            (own("devices.reorder"), Media::Reorder),
            (own("devices.order.remove"), Media::RemoveOrder),
            (own("device.activate"), Media::Activate),
            (own("device.block"), Media::Block),
            (own("device.unblock"), Media::Unblock),
            (own("device.unlock"), Media::Unlock),
            (own("device.reorder"), Media::Other),
            ("text/plain".to_owned(), Media::Other),
            (String::new(), Media::Other),
        ] {
            assert_eq!(Media::of(Some(&text)), expected, "{text}");
        }
        assert_eq!(Media::of(None), Media::Other);
    }
}
