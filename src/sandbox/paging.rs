//! Listings that come page by page: `limit` and `cursor` ("Paging collections").

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;

use super::errors::detail;
use crate::pingone::wire::ErrorDetail;

/// The most that a page ever holds.
const LONGEST: usize = 1000;
/// What a cursor holds besides a position. Nobody is to read it.
const MARK: &str = "from:";

/// The value of a parameter of a query string.
pub(super) fn parameter(query: Option<&str>, name: &str) -> Option<String> {
    let mut given = form_urlencoded::parse(query.unwrap_or_default().as_bytes());
    given
        .find(|(known, _)| known == name)
        .map(|(_, value)| value.into_owned())
}

/// Which part of a listing is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Page {
    /// The position that it begins at.
    pub(super) from: usize,
    pub(super) limit: usize,
}

impl Page {
    /// Reads the page that a query string asks for; `usual` is how long it is unless that is said.
    pub(super) fn of(query: Option<&str>, usual: usize) -> Result<Self, ErrorDetail> {
        let limit = match parameter(query, "limit") {
            None => usual,
            Some(text) => {
                let limit = text.parse().ok();
                limit
                    .filter(|limit| (1..=LONGEST).contains(limit))
                    .ok_or_else(|| ErrorDetail {
                        inner_error: Some(
                            json!({ "rangeMinimumValue": 1, "rangeMaximumValue": LONGEST }),
                        ),
                        ..detail("OUT_OF_RANGE", Some("limit"), "must be from 1 to 1000")
                    })?
            }
        };
        let from = match parameter(query, "cursor") {
            None => 0,
            Some(cursor) => position(&cursor).ok_or_else(|| {
                let message = "is not a cursor of this listing";
                detail("INVALID_PARAMETER", Some("cursor"), message)
            })?,
        };
        Ok(Self { from, limit })
    }

    /// The address of the page that begins at a position, with the filter that both have.
    pub(super) fn address(self, listing: &str, filter: Option<&str>, from: usize) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        if let Some(filter) = filter {
            query.append_pair("filter", filter);
        }
        query.append_pair("limit", &self.limit.to_string());
        query.append_pair("cursor", &cursor(from));
        format!("{listing}?{}", query.finish())
    }
}

fn cursor(from: usize) -> String {
    URL_SAFE_NO_PAD.encode(format!("{MARK}{from}"))
}

fn position(cursor: &str) -> Option<usize> {
    let bytes = URL_SAFE_NO_PAD.decode(cursor).ok()?;
    let text = String::from_utf8(bytes).ok()?;
    text.strip_prefix(MARK)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_what_its_address_says() {
        let page = Page::of(None, 100).unwrap();
        assert_eq!((page.from, page.limit), (0, 100));
        let filter = r#"username eq "a&b=c""#;
        let address = page.address("http://127.0.0.1/users", Some(filter), 250);
        let (path, query) = address.split_once('?').unwrap();
        assert_eq!(path, "http://127.0.0.1/users");
        let next = Page::of(Some(query), 7).unwrap();
        assert_eq!((next.from, next.limit), (250, 100));
        assert_eq!(parameter(Some(query), "filter").as_deref(), Some(filter));
        let plain = page.address("x", None, 1);
        assert!(!plain.contains("filter"), "{plain}");
    }

    #[test]
    fn a_limit_is_from_1_to_1000_and_a_cursor_is_one_that_was_given() {
        for limit in [1, 1000] {
            let page = Page::of(Some(&format!("limit={limit}")), 100);
            assert_eq!(page.unwrap().limit, limit);
        }
        for (query, target) in [
            ("limit=0", "limit"),
            ("limit=1001", "limit"),
            ("limit=-1", "limit"),
            ("limit=", "limit"),
            ("limit=all", "limit"),
            ("cursor=", "cursor"),
            ("cursor=5", "cursor"),
            ("cursor=ZnJvbTot", "cursor"),
        ] {
            let fault = Page::of(Some(query), 100).unwrap_err();
            assert_eq!(fault.target.as_deref(), Some(target), "{query}");
        }
    }
}
