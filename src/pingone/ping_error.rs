//! PingOne's error format, told apart from what a gateway or a firewall says.

use jiff::Timestamp;
use serde_json::{Map, Value};

use super::head::plain_word;
use super::wire::{self, ErrorBody, ErrorDetail};

/// Whether a body is what the gateway before PingOne says where it throttles, and nothing else.
pub(super) fn gateway_throttles(body: &[u8]) -> bool {
    let body: Option<Map<String, Value>> = serde_json::from_slice(body).ok();
    body.is_some_and(|body| {
        body.len() == 1
            && body
                .get("message")
                .is_some_and(|m| m == wire::GATEWAY_THROTTLES)
    })
}

/// An error answer in PingOne's own format ("Error codes").
#[derive(Debug)]
pub(super) struct PingError {
    code: String,
    id: Option<String>,
    message: String,
    details: Vec<ErrorDetail>,
}

impl PingError {
    /// Reads a body; `None` where PingOne did not write it.
    ///
    /// What marks PingOne's format is a `code` that is a word in capitals and a
    /// `message`; `{"message":"Forbidden"}` is a gateway's.
    pub(super) fn read(body: &[u8]) -> Option<Self> {
        let body: ErrorBody = serde_json::from_slice(body).ok()?;
        Some(Self {
            code: body.code.filter(|code| is_code(code))?,
            id: body.id.as_deref().and_then(plain_word),
            message: body.message?,
            details: body.details.unwrap_or_default(),
        })
    }

    /// The class, such as `INVALID_DATA`.
    pub(super) fn code(&self) -> &str {
        &self.code
    }

    /// The support reference.
    pub(super) fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    /// Whether a detail has this code.
    pub(super) fn has(&self, detail: &str) -> bool {
        self.details
            .iter()
            .any(|d| d.code.as_deref() == Some(detail))
    }

    /// When the quota that is used up is reset, in milliseconds since 1970 (`quotaResetTime`).
    ///
    /// PingOne's documents name it and not its form: a date of RFC 3339 and milliseconds are read, and
    /// of several the last.
    pub(super) fn quota_reset_ms(&self) -> Option<i64> {
        let told = self.details.iter().filter_map(|detail| {
            let inner = detail.inner_error.as_ref()?;
            match inner.get("quotaResetTime")? {
                Value::Number(ms) => ms.as_i64(),
                Value::String(date) => Some(date.parse::<Timestamp>().ok()?.as_millisecond()),
                Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
            }
        });
        told.max()
    }

    /// Whether it names a device, or anything else, that is there already.
    pub(super) fn names_existing(&self) -> bool {
        self.has("UNIQUENESS_VIOLATION")
            || self.details.iter().any(|d| {
                d.inner_error
                    .as_ref()
                    .and_then(|inner| inner.get("existingId"))
                    .is_some_and(|id| !id.is_null())
            })
    }

    /// Class and detail: `REQUEST_FAILED/LIMIT_EXCEEDED`; the detail that decides, or the first.
    pub(super) fn label(&self, deciding: &str) -> String {
        let codes = || self.details.iter().filter_map(|d| d.code.as_deref());
        let detail = codes()
            .find(|&code| code == deciding)
            .or_else(|| codes().next())
            .filter(|code| is_code(code));
        match detail {
            Some(detail) => format!("{}/{detail}", self.code),
            None => self.code.clone(),
        }
    }

    /// The members that the details are about; as they came.
    pub(super) fn targets(&self) -> impl Iterator<Item = &str> {
        let details = self.details.iter();
        details.filter_map(|detail| detail.target.as_deref())
    }

    /// The message, then what each detail says and is about; as it came.
    pub(super) fn describe(&self) -> String {
        let details: Vec<String> = self
            .details
            .iter()
            .filter_map(
                |detail| match (detail.target.as_deref(), detail.message.as_deref()) {
                    (Some(target), Some(message)) => Some(format!("{target}: {message}")),
                    (Some(one), None) | (None, Some(one)) => Some(one.to_owned()),
                    (None, None) => None,
                },
            )
            .collect();
        format!("{} {}", self.message, details.join("; "))
            .trim_ascii()
            .to_owned()
    }
}

fn is_code(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text
            .bytes()
            .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_')
        // Seven digits may be a phone.
        && text.bytes().filter(u8::is_ascii_digit).count() < 7
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_and_message_of_a_device_limit_are_those_of_the_documentation() {
        let error = PingError::read(
            br#"{"id":"d2b1","code":"REQUEST_FAILED",
                "message":"The request could not be completed. There was an issue processing the request.",
                "details":[{"code":"LIMIT_EXCEEDED","message":"Maximum allowed devices has been reached",
                            "innerError":{"maximumAllowed":5}}]}"#,
        )
        .unwrap();
        assert_eq!(
            error.label("LIMIT_EXCEEDED"),
            "REQUEST_FAILED/LIMIT_EXCEEDED"
        );
        assert_eq!(
            error.describe(),
            "The request could not be completed. There was an issue processing the request. \
             Maximum allowed devices has been reached"
        );
        assert_eq!(error.id(), Some("d2b1"));
    }

    #[test]
    fn the_target_of_a_fault_is_named() {
        let error = PingError::read(
            br#"{"code":"INVALID_DATA","message":"Invalid.",
                "details":[{"code":"INVALID_VALUE","target":"phone","message":"is not a phone"},
                           {"code":"odd code","target":"policy.id"}]}"#,
        )
        .unwrap();
        assert_eq!(
            error.describe(),
            "Invalid. phone: is not a phone; policy.id"
        );
        assert_eq!(error.label(""), "INVALID_DATA/INVALID_VALUE");
    }

    #[test]
    fn a_gateway_throttles_in_exactly_these_words() {
        for (body, expected) in [
            (r#"{"message":"Too Many Requests"}"#, true),
            (" {\n \"message\" : \"Too Many Requests\" }\n", true),
            (r#"{"message":"too many requests"}"#, false),
            (r#"{"message":"Limit Exceeded"}"#, false),
            (r#"{"message":"Too Many Requests","code":"X"}"#, false),
            (r#"{"Message":"Too Many Requests"}"#, false),
            (r#"["Too Many Requests"]"#, false),
            (r#""Too Many Requests""#, false),
            ("Too Many Requests", false),
            ("", false),
        ] {
            assert_eq!(gateway_throttles(body.as_bytes()), expected, "{body}");
        }
    }

    #[test]
    fn what_a_gateway_says_is_not_pingones() {
        let deep = "[".repeat(10_000);
        for foreign in [
            "",
            "null",
            "[]",
            "{}",
            "<html>403</html>",
            r#"{"message":"Forbidden"}"#,
            r#"{"code":"INVALID_DATA"}"#,
            r#"{"code":"invalid data","message":"x"}"#,
            r#"{"code":403,"message":"x"}"#,
            r#"{"code":"","message":"x"}"#,
            &deep,
        ] {
            assert!(
                PingError::read(foreign.as_bytes()).is_none(),
                "{foreign:.40}"
            );
        }
        assert!(PingError::read(b"\xff{}").is_none());
    }
}
