//! What is asked about users and for the report of all devices, and what is answered.
//!
//! Written from the documentation ("Users", "Enable Users MFA", "MFA Reports"), not from the program.

mod desk;

use serde_json::{Value, json};

pub(crate) use self::desk::Desk;
use super::device::{Device, KINDS, read_uuid, uuid};
use super::http::Request;
use super::names::name;
use super::shape::ENVIRONMENT;
use super::truth::Made;

/// The most names in one filter, and the most bytes of an address.
const NAMES_MAX: usize = 20;
const ADDRESS_MAX: usize = 4096;
/// The template of the report of MFA devices.
const TEMPLATE: &str = "db632bfd-7054-4bde-b108-a384aac2d513";

/// What is asked.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Asked {
    /// The users of these names, from the so-manieth of those found on.
    Users { names: Vec<String>, from: usize },
    /// Whether a user can use MFA.
    Mfa(u128),
    /// That a user can from now on.
    Switch(u128),
    /// To make a report of the devices of a kind.
    Report(&'static str),
    /// The entries of a report, from the so-manieth on.
    Entries { report: u128, from: usize },
}

impl Asked {
    /// What it is counted as.
    pub(crate) fn word(&self) -> &'static str {
        match self {
            Asked::Users { .. } => "users",
            Asked::Mfa(_) => "mfa",
            Asked::Switch(_) => "switch",
            Asked::Report(_) => "report",
            Asked::Entries { .. } => "entries",
        }
    }

    /// Whether it has a body.
    pub(crate) fn has_body(&self) -> bool {
        matches!(self, Asked::Switch(_) | Asked::Report(_))
    }
}

/// Tells what is asked for, and what is wrong with the way in which it is; nothing of what is not
/// about users or a report.
pub(crate) fn read(request: &Request) -> Result<Option<Asked>, String> {
    let (path, query) = request
        .target
        .split_once('?')
        .unwrap_or((&request.target, ""));
    let Some(path) = path.strip_prefix(&format!("/v1/environments/{ENVIRONMENT}/")) else {
        return Ok(None);
    };
    let words: Vec<&str> = path.split('/').collect();
    let user = |id: &str| read_uuid(id).ok_or_else(|| "a user's ID is none".to_owned());
    Ok(Some(match (request.method.as_str(), &words[..]) {
        ("GET", ["users"]) => users(&request.target, query)?,
        ("GET", ["users", id, "mfaEnabled"]) if query.is_empty() => Asked::Mfa(user(id)?),
        ("PUT", ["users", id, "mfaEnabled"]) if query.is_empty() => {
            if body(request)? != json!({"mfaEnabled": true}) {
                return Err("MFA is switched by another body".to_owned());
            }
            Asked::Switch(user(id)?)
        }
        ("POST", ["dataExplorations"]) if query == "expand=entries&limit=1000" => {
            Asked::Report(report(&body(request)?)?)
        }
        ("GET", ["dataExplorations", id, "entries"]) => Asked::Entries {
            report: read_uuid(id).ok_or("a report's ID is none")?,
            from: from(query)?,
        },
        _ => return Ok(None),
    }))
}

fn body(request: &Request) -> Result<Value, String> {
    serde_json::from_slice(&request.body).map_err(|_| "a body is not JSON".to_owned())
}

/// The kind whose devices a report is made of.
fn report(body: &Value) -> Result<&'static str, String> {
    let filter = |kind: &str| format!("(deviceType eq \"{kind}\")");
    let kind = KINDS
        .into_iter()
        .find(|kind| body["filter"] == filter(kind));
    let kind = kind.ok_or("a report has another filter")?;
    let fields = ["userId", "phone", "deviceStatus", "deviceId"];
    let documented = json!({
        "dataExplorationTemplate": { "id": TEMPLATE },
        "fields": fields.map(|name| json!({ "name": name })),
        "filter": filter(kind),
        "sync": "true",
        "deliverAs": "ENTRIES",
    });
    if *body == documented {
        Ok(kind)
    } else {
        Err("a report is asked for by another body".to_owned())
    }
}

/// The parameters of an address, each with its value.
fn parameters(query: &str) -> Result<Vec<(&str, String)>, String> {
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    let read = |pair| {
        let (name, value) = str::split_once(pair, '=').ok_or("a parameter has no value")?;
        let value = decoded(value).ok_or("a parameter is not encoded as it should be")?;
        Ok((name, value))
    };
    pairs.map(read).collect()
}

/// A percent-encoded text; nothing where it is none.
fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((&first, behind)) = rest.split_first() {
        rest = behind;
        match first {
            b'%' => {
                let (hex, behind) = rest.split_at_checked(2)?;
                bytes.push(u8::from_str_radix(str::from_utf8(hex).ok()?, 16).ok()?);
                rest = behind;
            }
            b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' | b'-' | b'.' | b'_' | b'~' => {
                bytes.push(first);
            }
            _ => return None,
        }
    }
    String::from_utf8(bytes).ok()
}

/// From where on a listing goes on.
fn from(query: &str) -> Result<usize, String> {
    let parameters = parameters(query)?;
    let cursor = parameters.iter().find(|(name, _)| *name == "cursor");
    let from = cursor.map_or(Ok(0), |(_, from)| from.parse());
    from.map_err(|_| "a cursor that nobody gave out".to_owned())
}

fn users(target: &str, query: &str) -> Result<Asked, String> {
    if target.len() >= ADDRESS_MAX {
        return Err(format!("an address has {} bytes", target.len()));
    }
    let parameters = parameters(query)?;
    let filter = parameters.iter().find(|(name, _)| *name == "filter");
    let (_, filter) = filter.ok_or("users are asked for without a filter")?;
    let names = names(filter).ok_or("a filter is not in the grammar")?;
    if names.len() > NAMES_MAX {
        return Err(format!("a filter has {} names", names.len()));
    }
    let from = from(query)?;
    Ok(Asked::Users { names, from })
}

/// The names in a filter such as `username eq "a" or username eq "b"`.
fn names(filter: &str) -> Option<Vec<String>> {
    let mut names = Vec::new();
    let mut rest = filter;
    loop {
        rest = rest.strip_prefix("username eq \"")?;
        let mut name = String::new();
        let mut letters = rest.char_indices();
        let end = loop {
            match letters.next()? {
                (at, '"') => break at,
                (_, '\\') => match letters.next()?.1 {
                    letter @ ('"' | '\\') => name.push(letter),
                    _ => return None,
                },
                (_, letter) => name.push(letter),
            }
        };
        names.push(name);
        rest = &rest[end + 1..];
        if rest.is_empty() {
            return Some(names);
        }
        rest = rest.strip_prefix(" or ")?;
    }
}

/// A page of users; `next` is where it goes on.
fn users_json(users: &[(u128, bool)], count: usize, next: Option<String>) -> String {
    let document = |(user, mfa): &(u128, bool)| {
        json!({
            "id": uuid(*user),
            "environment": { "id": ENVIRONMENT },
            "username": name(*user),
            "email": format!("{:x}@example.com", user >> 96),
            "enabled": true,
            "lifecycle": { "status": "ACCOUNT_OK" },
            "mfaEnabled": mfa,
        })
    };
    let users: Vec<Value> = users.iter().map(document).collect();
    let mut page = json!({ "_links": {}, "count": count, "size": users.len() });
    page["_embedded"] = json!({ "users": users });
    with_next(page, next)
}

fn mfa_json(user: u128, on: bool) -> String {
    let owner = format!(
        "https://api.pingone.eu/v1/environments/{ENVIRONMENT}/users/{}",
        uuid(user)
    );
    json!({
        "_links": { "self": { "href": format!("{owner}/mfaEnabled") } },
        "mfaEnabled": on,
    })
    .to_string()
}

/// An entry of a report.
fn entry(device: Device, made: &Made) -> Value {
    json!({
        "userId": uuid(device.user),
        "phone": made.spelled,
        "deviceStatus": "ACTIVE",
        "deviceId": uuid(made.id),
    })
}

/// A page of the entries of a report; `next` is where it goes on.
fn entries_json(report: u128, entries: &[Value], count: usize, next: Option<String>) -> String {
    let mut page = json!({ "_links": {}, "id": uuid(report), "count": count });
    page["size"] = json!(entries.len());
    page["_embedded"] = json!({ "entries": entries });
    with_next(page, next)
}

fn with_next(mut page: Value, next: Option<String>) -> String {
    if let Some(next) = next {
        page["_links"]["next"] = json!({ "href": next });
    }
    page.to_string()
}

#[test]
fn a_filter_is_read_as_its_grammar_has_it() {
    for (filter, expected) in [
        (r#"username eq "ada""#, Some(&["ada"][..])),
        (
            r#"username eq "a\"b\\" or username eq """#,
            Some(&["a\"b\\", ""]),
        ),
        (
            r#"username eq "\" or username eq \"""#,
            Some(&["\" or username eq \""]),
        ),
        (r#"username eq "ada"#, None),
        (r#"username eq "a\n""#, None),
        (r#"username eq "a"or username eq "b""#, None),
        (r#"username eq "a" or "#, None),
        (r#"email eq "a""#, None),
        ("", None),
    ] {
        let expected = expected.map(|names| names.iter().map(ToString::to_string).collect());
        assert_eq!(names(filter), expected, "{filter}");
    }
}

#[test]
fn an_address_is_decoded_strictly() {
    for (text, expected) in [
        ("a-b_c.d~", Some("a-b_c.d~")),
        ("%F0%9F%98%80%20%22", Some("\u{1f600} \"")),
        ("a b", None),
        ("a+b", None),
        ("%4", None),
        ("%zz", None),
        ("%FF", None),
    ] {
        assert_eq!(decoded(text).as_deref(), expected, "{text}");
    }
}
