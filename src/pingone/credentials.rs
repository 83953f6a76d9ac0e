//! Who asks for a token, and how it says so.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, PercentEncode, utf8_percent_encode};
use reqwest::Url;
use reqwest::header::HeaderValue;

use crate::model::secret::Secret;

/// How the client shows who it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClientAuth {
    /// `CLIENT_SECRET_BASIC`: ID and secret in the `Authorization` header.
    Basic,
    /// `CLIENT_SECRET_POST`: ID and secret in the form.
    Post,
}

/// Who the client is, and where it says so.
#[derive(Clone, Debug)]
pub struct Credentials {
    /// The token endpoint.
    pub token_url: Url,
    /// How it authenticates.
    pub auth: ClientAuth,
    /// The worker application's ID.
    pub client_id: String,
    /// Its secret.
    pub client_secret: Secret,
}

/// All but the unreserved characters of RFC 3986.
///
/// RFC 6749 (section 2.3.1) asks for the form encoding of ID and secret in both
/// ways of authenticating. PingOne's IDs and secrets consist of unreserved
/// characters, `~` among them, so they go out as they are; and what is encoded
/// reads the same to a form decoder and to a URL decoder.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// Percent-encodes an ID or a secret.
pub(super) fn encode(text: &str) -> PercentEncode<'_> {
    utf8_percent_encode(text, RESERVED)
}

/// The header that shows name and password (RFC 7617), which no way of printing shows.
pub(super) fn basic(credentials: &Secret) -> HeaderValue {
    let encoded = STANDARD.encode(credentials.expose());
    let mut header =
        HeaderValue::try_from(format!("Basic {encoded}")).expect("base64 is visible ASCII");
    header.set_sensitive(true);
    header
}

/// The form of a token request; credentials are in it for [`ClientAuth::Post`] alone.
pub(super) fn form(auth: ClientAuth, id: &str, secret: &Secret) -> String {
    let grant = "grant_type=client_credentials";
    match auth {
        ClientAuth::Basic => grant.to_owned(),
        ClientAuth::Post => format!(
            "{grant}&client_id={}&client_secret={}",
            encode(id),
            encode(secret.expose())
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_that_are_safe_in_a_url_go_out_as_they_are() {
        let secret = Secret::new("aB3~x.yZ_9-q".to_owned());
        let id = "b30ac647-e33e-464f-a6ea-0275082d4c26";
        assert_eq!(
            form(ClientAuth::Post, id, &secret),
            format!("grant_type=client_credentials&client_id={id}&client_secret=aB3~x.yZ_9-q")
        );
        assert_eq!(
            form(ClientAuth::Basic, id, &secret),
            "grant_type=client_credentials"
        );
        assert_eq!(
            encode("a b&c=d+e:ü%").to_string(),
            "a%20b%26c%3Dd%2Be%3A%C3%BC%25"
        );
    }
}
