//! Addresses of the API and of the token endpoint: PingOne's own, or another that is safe to speak to.

use reqwest::Url;

use super::Error;
use super::given::Given;
use super::origin::Origin;
use crate::model::ids::EnvironmentId;
use crate::pingone::loopback::is_loopback;

/// PingOne's regions: the code that users write, and the top-level domain of its hosts.
const REGIONS: [(&str, &str); 6] = [
    ("na", "com"),
    ("ca", "ca"),
    ("eu", "eu"),
    ("ap", "asia"),
    ("au", "com.au"),
    ("sg", "sg"),
];

/// The key of Ping CLI that names a region by its root domain.
pub(super) const ROOT_DOMAIN: &str = "service.pingOne.endpoint.rootDomain";

/// The code of the region that has this root domain, such as `pingone.eu`.
pub(super) fn region_of_domain(domain: &str) -> Option<&'static str> {
    let mut regions = REGIONS.into_iter();
    let is_its = |tld: &str| domain.eq_ignore_ascii_case(&format!("pingone.{tld}"));
    regions.find(|(_, tld)| is_its(tld)).map(|(code, _)| code)
}

/// A region, by the top-level domain of its hosts.
#[derive(Clone, Copy, Debug)]
pub(super) struct Region(&'static str);

impl Region {
    /// The API base.
    pub(super) fn api(self) -> Option<Url> {
        Url::parse(&format!("https://api.pingone.{}/v1", self.0)).ok()
    }

    /// The token endpoint of an environment.
    pub(super) fn token(self, home: EnvironmentId) -> Option<Url> {
        Url::parse(&format!("https://auth.pingone.{}/{home}/as/token", self.0)).ok()
    }
}

/// Reads the code of a region, in any case.
pub(super) fn region(given: &Given) -> Result<Region, Error> {
    let text = given.text()?;
    let mut regions = REGIONS.into_iter();
    let found = regions.find(|(code, _)| code.eq_ignore_ascii_case(text));
    found
        .map(|(_, tld)| Region(tld))
        .ok_or_else(|| match &given.origin {
            Origin::PingCli(place) if place.key == ROOT_DOMAIN => {
                given.wrong(&"expected a root domain of PingOne, such as pingone.com or pingone.eu")
            }
            Origin::Option(_) | Origin::Variable(_) | Origin::File(_) | Origin::PingCli(_) => {
                given.wrong(&"expected one of na, ca, eu, ap, au, sg")
            }
        })
}

/// Reads an address: `https` for every host but loopback, and nothing in it that does not belong there.
pub(super) fn url(given: &Given) -> Result<Url, Error> {
    // The value is not repeated: it may hold a password.
    let url = Url::parse(given.text()?).map_err(|error| given.wrong_unseen(&error))?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(given.wrong_unseen(&"an address with a user name or password in it"));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(given.wrong_unseen(&"an address with `?` or `#` in it"));
    }
    let host = url.host_str().unwrap_or_default();
    match url.scheme() {
        "https" => {}
        "http" if is_loopback(&url) => {}
        "http" => {
            return Err(given.wrong_unseen(&"`http` is for loopback addresses only; use `https`"));
        }
        _ => return Err(given.wrong_unseen(&"expected an address that begins with `https://`")),
    }
    if host.is_empty() || host.ends_with('.') {
        return Err(given.wrong_unseen(&"expected a host name without a dot at its end"));
    }
    if host.split('.').any(|label| label.starts_with("xn--")) {
        return Err(given.wrong_unseen(
            &"a host name of ASCII letters is expected: other letters look like them and lead elsewhere",
        ));
    }
    if looks_like_pingone(host) {
        return Err(given.wrong_unseen(&format_args!(
            "`{host}` is not a host of PingOne, though it looks like one"
        )));
    }
    Ok(url)
}

/// Whether a host begins as one of PingOne's does and ends elsewhere.
fn looks_like_pingone(host: &str) -> bool {
    let known = |prefix: &str| {
        REGIONS
            .iter()
            .any(|(_, tld)| host == format!("{prefix}.pingone.{tld}"))
    };
    ["api", "auth"].into_iter().any(|prefix| {
        host.strip_prefix(prefix)
            .is_some_and(|rest| rest.starts_with(".pingone."))
            && !known(prefix)
    })
}
