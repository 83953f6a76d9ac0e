//! `HTTPS_PROXY` and `NO_PROXY`, by the conventions of curl.
//!
//! A proxy that is set and cannot be read is refused: without it, everything would go out
//! directly, which is what the proxy is there to prevent.

use std::fmt::Display;

use reqwest::Url;

use super::Error;
use super::env::Env;
use crate::model::hidden::is_hidden;
use crate::model::secret::Secret;
use crate::pingone::proxy::{Direct, Proxy};

/// A proxy that the environment names, and what of `NO_PROXY` means nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct FoundProxy {
    /// The proxy, where there is one.
    pub proxy: Option<Proxy>,
    /// What is not understood: such a host is not reached directly.
    pub warnings: Vec<String>,
}

/// Reads the proxy from the environment.
///
/// # Errors
///
/// It is set and cannot be read. The value is not repeated: it may hold a password.
pub(super) fn found(env: &Env<'_>) -> Result<FoundProxy, Error> {
    let first = |name, other| env.given(name).or_else(|| env.given(other));
    let Some(given) = first("HTTPS_PROXY", "https_proxy") else {
        return Ok(FoundProxy::default());
    };
    let mut proxy = read(given.text()?).map_err(|why| {
        Error::new(format!("`{}` cannot be read: {why}", given.origin)).hint(
            "write it as `http://proxy.example.com:8080`, name and password before the host where it wants them (`http://name:password@…`, special characters by percent), or pass `--no-proxy`",
        )
    })?;
    let mut warnings = Vec::new();
    if let Some(given) = first("NO_PROXY", "no_proxy") {
        let (direct, strange) = read_direct(given.text()?);
        let name = &given.origin;
        proxy.direct = direct;
        warnings.extend(strange.into_iter().map(|entry| {
            format!("`{name}` holds `{entry}`, which is neither a name, an address nor a network: it is passed over")
        }));
    }
    Ok(FoundProxy {
        proxy: Some(proxy),
        warnings,
    })
}

/// The variables of proxies that hold a password, those included that wavepair does not read.
pub(super) fn with_password(env: &Env<'_>) -> impl Iterator<Item = &'static str> {
    let known = [
        "HTTPS_PROXY",
        "https_proxy",
        "HTTP_PROXY",
        "http_proxy",
        "ALL_PROXY",
        "all_proxy",
    ];
    // A proxy that cannot be read may hold one all the same.
    let has_name = |name: &&str| {
        let value = env.os(name);
        value.is_some_and(|value| value.as_encoded_bytes().contains(&b'@'))
    };
    known.into_iter().filter(has_name)
}

/// Why a proxy cannot be read; with nothing of it, but the character that is out of place.
#[derive(Debug, PartialEq, Eq)]
enum Unreadable {
    /// This character is in it, or at its end.
    Character(char),
    /// It is a SOCKS proxy.
    Socks,
    /// It begins with another scheme.
    Scheme,
    /// It is a word, and not a host with its port.
    Word,
    /// It has a path, such as that of a PAC file.
    Path,
    /// It is no address.
    Address(String),
}

impl Display for Unreadable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Unreadable::Character(c) if c.is_ascii_graphic() => {
                write!(f, "it holds the character `{c}`")
            }
            Unreadable::Character(' ') => f.write_str("it holds a blank"),
            Unreadable::Character(c) => write!(f, "it holds the character U+{:04X}", u32::from(*c)),
            Unreadable::Socks => f.write_str("a SOCKS proxy is not supported, only one for HTTP"),
            Unreadable::Scheme => {
                f.write_str("it begins neither with `http://` nor with `https://`")
            }
            Unreadable::Word => f.write_str("it is no host with a port"),
            Unreadable::Path => f.write_str("it has a path, and a PAC file is not supported"),
            Unreadable::Address(why) => f.write_str(why),
        }
    }
}

fn read(value: &str) -> Result<Proxy, Unreadable> {
    let strange = |c: &char| {
        *c == ' '
            || is_hidden(*c)
            || !c.is_ascii()
            || matches!(c, '\'' | '"' | '`' | '\\' | '<' | '>')
    };
    if let Some(character) = value.chars().find(strange) {
        return Err(Unreadable::Character(character));
    }
    let (scheme, rest) = value.split_once("://").unwrap_or(("http", value));
    match scheme.to_ascii_lowercase().as_str() {
        "http" | "https" => {}
        "socks" | "socks4" | "socks4a" | "socks5" | "socks5h" => return Err(Unreadable::Socks),
        _ => return Err(Unreadable::Scheme),
    }
    // `DIRECT`, `none`, `off`: such a word would be taken for a host otherwise.
    let is_bare = !value.contains("://") && !rest.contains([':', '.', '@', '[']);
    if is_bare {
        return Err(Unreadable::Word);
    }
    let mut url = Url::parse(&format!("{scheme}://{rest}"))
        .map_err(|error| Unreadable::Address(error.to_string()))?;
    if url.path() != "/" || url.query().is_some() || url.fragment().is_some() {
        return Err(Unreadable::Path);
    }
    if url.port() == Some(0) {
        return Err(Unreadable::Address("port 0 is none".to_owned()));
    }
    let credentials = credentials(&url)?;
    let cleared = url.set_username("").and_then(|()| url.set_password(None));
    cleared.map_err(|()| Unreadable::Address("it has no host".to_owned()))?;
    Ok(Proxy {
        url,
        credentials,
        direct: Direct::default(),
    })
}

/// Name and password, decoded.
fn credentials(url: &Url) -> Result<Option<Secret>, Unreadable> {
    let name = url.username();
    if name.is_empty() && url.password().is_none() {
        return Ok(None);
    }
    let joined = format!("{name}:{}", url.password().unwrap_or_default());
    let decoded = percent_encoding::percent_decode_str(&joined).decode_utf8();
    let decoded =
        decoded.map_err(|_| Unreadable::Address("its name or password is not UTF-8".to_owned()))?;
    match decoded.chars().find(|c| c.is_control()) {
        Some(character) => Err(Unreadable::Character(character)),
        None => Ok(Some(Secret::new(decoded.into_owned()))),
    }
}

/// Reads a list of hosts that are reached directly; also gives what in it is none.
fn read_direct(value: &str) -> (Direct, Vec<String>) {
    let mut direct = Direct::default();
    let mut strange = Vec::new();
    let entries = value.split(|c: char| c == ',' || c.is_whitespace());
    for entry in entries.filter(|entry| !entry.is_empty()) {
        let address = entry.trim_start_matches('[').trim_end_matches(']');
        if entry == "*" {
            direct.all = true;
        } else if let Ok(network) = address.parse() {
            direct.networks.push(network);
        } else if let Ok(address) = address.parse::<std::net::IpAddr>() {
            direct.networks.push(address.to_canonical().into());
        } else if let Some(name) = name(entry) {
            direct.names.push(name);
        } else {
            strange.push(entry.chars().filter(|&c| !is_hidden(c)).collect());
        }
    }
    (direct, strange)
}

/// A name of a host, with or without dots at its ends, in lower case.
fn name(entry: &str) -> Option<String> {
    let name = entry.trim_matches('.').to_lowercase();
    let is_label = |label: &str| {
        !label.is_empty()
            && label
                .chars()
                .all(|c| c.is_alphanumeric() || c == '-' || c == '_')
    };
    let looks_like_address = name.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    (!looks_like_address && name.split('.').all(is_label)).then_some(name)
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;

    use super::*;

    fn with(variables: &[(&str, &str)]) -> Result<FoundProxy, Error> {
        let get = |name: &str| {
            variables
                .iter()
                .find(|(known, _)| *known == name)
                .map(|(_, value)| OsString::from(value))
        };
        found(&Env::new(&get))
    }

    fn of(value: &str) -> Result<Proxy, Unreadable> {
        read(value)
    }

    #[test]
    fn a_proxy_is_an_address_with_or_without_its_scheme() {
        for (value, shown, credentials) in [
            ("http://proxy:8080", "http://proxy:8080", None),
            (
                "http://proxy.example.com",
                "http://proxy.example.com:80",
                None,
            ),
            (
                "https://proxy.example.com/",
                "https://proxy.example.com:443",
                None,
            ),
            (
                "proxy.example.com:3128",
                "http://proxy.example.com:3128",
                None,
            ),
            ("HTTP://10.0.0.1:1", "http://10.0.0.1:1", None),
            ("[fd00::1]:3128", "http://[fd00::1]:3128", None),
            (
                "http://ada:s3cr3t@proxy:1",
                "http://proxy:1",
                Some("ada:s3cr3t"),
            ),
            (
                "ada:s%40cr%3At@proxy:1",
                "http://proxy:1",
                Some("ada:s@cr:t"),
            ),
            ("http://ada@proxy:1", "http://proxy:1", Some("ada:")),
        ] {
            let proxy = of(value).unwrap_or_else(|why| panic!("{value}: {why}"));
            assert_eq!(proxy.to_string(), shown, "{value}");
            assert_eq!(proxy.url.username(), "");
            assert_eq!(proxy.url.password(), None);
            let secret = credentials.map(|text| Secret::new(text.to_owned()));
            assert_eq!(proxy.credentials, secret, "{value}");
        }
    }

    #[test]
    fn a_proxy_that_cannot_be_read_is_refused_by_name_and_not_repeated() {
        for (value, why) in [
            ("http://proxy:8080\r", "U+000D"),
            ("http://proxy:8080\n", "U+000A"),
            (" http://proxy:8080", "blank"),
            ("http://proxy:8080 ", "blank"),
            ("http://pro xy:8080", "blank"),
            ("http://proxy:8080\u{a0}", "U+00A0"),
            ("\u{feff}http://proxy:8080", "U+FEFF"),
            ("\"http://proxy:8080\"", "`\"`"),
            ("'http://proxy:8080'", "`'`"),
            ("http:\\\\proxy:8080", "`\\`"),
            ("http://pr\u{f6}xy:8080", "U+00F6"),
            ("htp://proxy:8080", "neither"),
            ("hunter2://proxy:8080", "neither"),
            ("://proxy:8080", "neither"),
            ("socks5://proxy:1080", "SOCKS"),
            ("SOCKS5H://proxy:1080", "SOCKS"),
            ("DIRECT", "host with a port"),
            ("none", "host with a port"),
            ("8080", "host with a port"),
            ("http://proxy:99999", "port"),
            ("http://proxy:80a", "port"),
            ("http://proxy:0", "port"),
            ("proxy:0", "port"),
            ("http://", "host"),
            ("http://:8080", "host"),
            ("http://user:pa#ss@proxy:8080", "port"),
            ("http://user:hunter2@proxy:8080/proxy.pac", "path"),
            ("http://proxy:8080?x", "path"),
            ("http://user:hunter2%0a@proxy:8080", "U+000A"),
            ("http://user:hunter2%ff@proxy:8080", "UTF-8"),
        ] {
            for name in ["HTTPS_PROXY", "https_proxy"] {
                let error = with(&[(name, value)]).unwrap_err();
                let text = error.to_string();
                assert!(text.contains(name), "{value:?}: {text}");
                assert!(text.contains(why), "{value:?}: {text}");
                assert!(!format!("{error:?}").contains("hunter2"), "{text}");
            }
        }
    }

    #[test]
    fn only_two_variables_name_a_proxy_and_the_one_in_capitals_comes_first() {
        let (one, other) = ("http://one:1", "http://other:1");
        for (variables, expected) in [
            (
                vec![("HTTPS_PROXY", one), ("https_proxy", other)],
                Some("http://one:1"),
            ),
            (vec![("https_proxy", other)], Some("http://other:1")),
            (vec![("HTTPS_PROXY", ""), ("https_proxy", "")], None),
            (
                vec![
                    ("HTTP_PROXY", one),
                    ("http_proxy", one),
                    ("ALL_PROXY", one),
                    ("all_proxy", one),
                    ("NO_PROXY", "htp://"),
                ],
                None,
            ),
        ] {
            let found = with(&variables).unwrap();
            let shown = found.proxy.map(|proxy| proxy.to_string());
            assert_eq!(shown.as_deref(), expected, "{variables:?}");
            assert_eq!(found.warnings, [""; 0]);
        }
    }

    #[test]
    fn hosts_without_a_proxy_are_listed_as_for_curl_and_what_is_odd_is_named() {
        let serves = |no_proxy: &str, host: &str| {
            let found = with(&[("HTTPS_PROXY", "http://proxy:1"), ("no_proxy", no_proxy)]);
            let url = format!("https://{host}/").parse().unwrap();
            found.unwrap().proxy.unwrap().serves(&url)
        };
        for (list, host, through) in [
            ("*", "api.pingone.eu", false),
            ("a,*", "10.0.0.1", false),
            ("pingone.eu", "api.pingone.eu", false),
            (".pingone.eu", "api.pingone.eu", false),
            (".pingone.eu", "pingone.eu", false),
            ("PINGONE.EU.", "api.pingone.eu", false),
            ("a.com, pingone.eu", "api.pingone.eu", false),
            ("a.com pingone.eu", "api.pingone.eu", false),
            ("a.com\tpingone.eu\n", "api.pingone.eu", false),
            (",,pingone.eu,", "api.pingone.eu", false),
            ("ingone.eu", "api.pingone.eu", true),
            ("api", "api.pingone.eu", true),
            ("", "api.pingone.eu", true),
            ("10.0.0.1", "10.0.0.1", false),
            ("10.0.0.1", "10.0.0.2", true),
            ("10.0.0.0/8", "10.9.9.9", false),
            ("10.9.8.7/8", "10.0.0.1", false),
            ("[fd00::1]", "[fd00::1]", false),
            ("fd00::/8", "[fd12::1]", false),
            ("example.com", "10.0.0.1", true),
        ] {
            assert_eq!(serves(list, host), through, "{list:?} {host}");
        }
        for odd in [
            "*.pingone.eu",
            "http://pingone.eu",
            "pingone.eu:443",
            "10.0.0.0/33",
            "10.0.0",
            "10.*",
            "a;b",
            "<local>",
            "a..b",
        ] {
            let list = format!("good.example, {odd}");
            let found = with(&[("HTTPS_PROXY", "http://proxy:1"), ("NO_PROXY", &list)]).unwrap();
            let [warning] = &found.warnings[..] else {
                panic!("{odd}: {:?}", found.warnings);
            };
            assert!(warning.contains("NO_PROXY"), "{warning}");
            assert!(warning.contains(&format!("`{odd}`")), "{warning}");
            let direct = &found.proxy.unwrap().direct;
            assert_eq!(direct.names, ["good.example"], "{odd}");
        }
    }
}
