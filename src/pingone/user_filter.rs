//! A filter that asks for users by their names, many in one request. Pure.
//!
//! The grammar is that of RFC 7644, section 3.4.2.2, whose texts are those of JSON: a backslash stands
//! before a quote and before a backslash. How many comparisons PingOne takes in one filter is not
//! documented; the length of an address bounds it.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::model::user_name::{NameKind, UserName};

/// The most names in one filter.
const NAMES_MAX: usize = 20;
/// The longest address that is asked, in bytes.
const ADDRESS_MAX: usize = 4095;
/// What stands before a filter in an address. A page holds so many users at most.
const BEFORE: &str = "?limit=100&filter=";
const OR: &str = " or ";

/// All that an address need not spell otherwise (RFC 3986, section 2.3).
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// A filter for users who have one of these names, which are of one kind.
#[derive(Clone, Debug)]
pub struct UserFilter {
    kind: NameKind,
    names: Vec<UserName>,
    /// How many more bytes the address may have.
    room: usize,
}

impl UserFilter {
    /// A filter for one user, to be asked for at this address.
    pub fn new(address: &str, first: UserName) -> Self {
        let room = ADDRESS_MAX.saturating_sub(address.len() + BEFORE.len());
        Self {
            kind: first.kind(),
            room: room.saturating_sub(encoded(&comparison(&first)).len()),
            names: vec![first],
        }
    }

    /// Takes one more name in.
    ///
    /// # Errors
    ///
    /// There is no room for it, or it is one of another kind: it is given back.
    pub fn take(&mut self, name: UserName) -> Result<(), UserName> {
        let more = encoded(OR).len() + encoded(&comparison(&name)).len();
        if self.names.len() >= NAMES_MAX || more > self.room || name.kind() != self.kind {
            return Err(name);
        }
        self.room -= more;
        self.names.push(name);
        Ok(())
    }

    /// The kind of the names.
    pub fn kind(&self) -> NameKind {
        self.kind
    }

    /// The names, in the order in which they came.
    pub fn names(&self) -> &[UserName] {
        &self.names
    }

    /// The same names in two filters; `None` where there is only one.
    #[must_use]
    pub fn halves(&self) -> Option<[Self; 2]> {
        let (one, other) = self.names.split_at(self.names.len() / 2);
        let of = |names: &[UserName]| Self {
            kind: self.kind,
            names: names.to_vec(),
            room: 0,
        };
        (!one.is_empty()).then(|| [of(one), of(other)])
    }

    /// The filter, as PingOne reads it.
    pub fn text(&self) -> String {
        let comparisons: Vec<_> = self.names.iter().map(comparison).collect();
        comparisons.join(OR)
    }

    /// Where users are asked for with it.
    pub(super) fn address(&self, users: &str) -> String {
        format!("{users}{BEFORE}{}", encoded(&self.text()))
    }
}

/// The attribute of a user that holds a kind of name.
pub(super) fn attribute(kind: NameKind) -> &'static str {
    match kind {
        NameKind::ExternalId => "externalId",
        NameKind::Username => "username",
        NameKind::Email => "email",
    }
}

fn comparison(name: &UserName) -> String {
    let text = name.text().replace('\\', r"\\").replace('"', r#"\""#);
    format!("{} eq \"{text}\"", attribute(name.kind()))
}

fn encoded(text: &str) -> String {
    utf8_percent_encode(text, RESERVED).to_string()
}

#[cfg(test)]
mod tests {
    use reqwest::Url;

    use super::*;

    const USERS: &str = "https://api.pingone.eu/v1/environments/e/users";

    fn name(text: &str) -> UserName {
        UserName::new(NameKind::Username, text)
    }

    fn filter(names: &[&str]) -> UserFilter {
        let mut filter = UserFilter::new(USERS, name(names[0]));
        for &more in &names[1..] {
            filter.take(name(more)).unwrap();
        }
        filter
    }

    #[test]
    fn quotes_and_backslashes_are_escaped_and_nothing_else() {
        for (text, filtered) in [
            ("ada", r#"username eq "ada""#),
            (r#"o"neil"#, r#"username eq "o\"neil""#),
            (r"DOMAIN\ada", r#"username eq "DOMAIN\\ada""#),
            (r#"\""#, r#"username eq "\\\"""#),
            ("100% & \u{1f600}'", "username eq \"100% & \u{1f600}'\""),
            (
                r#"" or enabled eq true or username eq ""#,
                r#"username eq "\" or enabled eq true or username eq \"""#,
            ),
        ] {
            assert_eq!(filter(&[text]).text(), filtered, "{text}");
        }
        for (kind, filtered) in [
            (NameKind::Email, r#"email eq "a""#),
            (NameKind::ExternalId, r#"externalId eq "a""#),
        ] {
            let filter = UserFilter::new(USERS, UserName::new(kind, "a"));
            assert_eq!(filter.text(), filtered);
        }
    }

    #[test]
    fn an_address_carries_the_filter_whole() {
        let filter = filter(&["a b&c=d+e%20#f?", "\u{1f600}\u{e9}/.."]);
        let url = Url::parse(&filter.address(USERS)).unwrap();
        assert_eq!(url.path(), "/v1/environments/e/users");
        assert_eq!(url.fragment(), None);
        let parameters: Vec<_> = url.query_pairs().collect();
        assert_eq!(parameters[0], ("limit".into(), "100".into()));
        assert_eq!(parameters[1].1, filter.text());
        assert_eq!(
            filter.text(),
            "username eq \"a b&c=d+e%20#f?\" or username eq \"\u{1f600}\u{e9}/..\""
        );
    }

    #[test]
    fn names_are_taken_while_there_are_few_and_the_address_is_short() {
        for (text, taken) in [
            ("ada", 20),
            (&"x".repeat(160), 20),
            (&"x".repeat(256), 14),
            // Twelve bytes of an address each.
            (&"\u{1f600}".repeat(64), 5),
            (&"\u{1f600}".repeat(256), 1),
        ] {
            let mut filter = UserFilter::new(USERS, name(text));
            while filter.take(name(text)).is_ok() {}
            assert_eq!(filter.names().len(), taken, "{text}");
            let length = filter.address(USERS).len();
            assert!(length < 4096, "{length}");
            assert_eq!(length + filter.room, ADDRESS_MAX, "{text}");
        }
    }

    #[test]
    fn a_filter_asks_for_one_kind_of_name() {
        let mut filter = filter(&["ada"]);
        let other = UserName::new(NameKind::Email, "ada");
        assert_eq!(filter.take(other.clone()), Err(other));
    }

    #[test]
    fn half_a_filter_asks_for_half_of_the_names_until_there_is_one() {
        let [one, other] = filter(&["a", "b", "c"]).halves().unwrap();
        assert_eq!(one.text(), r#"username eq "a""#);
        assert_eq!(other.text(), r#"username eq "b" or username eq "c""#);
        assert!(one.halves().is_none());
    }
}
