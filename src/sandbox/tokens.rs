//! Who may ask: the client's credentials and the access tokens made for them.
//!
//! Source: RFC 6749, sections 2.3.1, 4.4 and 5; the words of the refusals are PingOne's.

use std::collections::HashMap;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hyper::StatusCode;
use hyper::header;
use percent_encoding::percent_decode_str;
use serde_json::json;

use super::assertion;
use super::media::Media;
use super::reply::Reply;
use super::variants::{Variant, Variants};

/// What every token of the sandbox begins with, so that one in a URL is noticed.
pub(super) const TOKEN_PREFIX: &str = "sandbox.";

/// The one client that there is.
pub(super) struct Client {
    pub(super) id: String,
    pub(super) secret: String,
}

/// What a token request says, as far as it matters.
pub(super) struct TokenRequest<'a> {
    pub(super) authorization: Option<&'a str>,
    pub(super) media: Media,
    pub(super) body: &'a [u8],
    /// Seconds since 1970.
    pub(super) now: i64,
}

impl TokenRequest<'_> {
    /// Tells whether a token may be issued: to the client, for its credentials alone, in the way that it is to
    /// give them, if there is but one.
    pub(super) fn check(&self, client: &Client, variants: &Variants) -> Result<(), Reply> {
        let invalid = || refused(StatusCode::BAD_REQUEST, "invalid_request");
        if self.media != Media::Form {
            return Err(invalid());
        }
        let body = std::str::from_utf8(self.body).map_err(|_| invalid())?;
        let (mut id, mut secret, mut grant) = (None, None, None);
        let (mut jwt, mut jwt_type) = (None, None);
        for (name, value) in form_urlencoded::parse(body.as_bytes()).into_owned() {
            match &*name {
                "client_id" => id = Some(value),
                "client_secret" => secret = Some(value),
                "grant_type" => grant = Some(value),
                "client_assertion" => jwt = Some(value),
                "client_assertion_type" => jwt_type = Some(value),
                _ => {}
            }
        }
        let other_way = if self.authorization.is_some() {
            Variant::ClientAuthPost
        } else {
            Variant::ClientAuthBasic
        };
        if variants.has(other_way) {
            let why = "Unsupported authentication method";
            return Err(denied(StatusCode::UNAUTHORIZED, "invalid_client", why));
        }
        let given = match self.authorization {
            Some(header) => basic(header),
            None => id.zip(secret),
        };
        let signed = jwt.filter(|_| jwt_type.as_deref() == Some(assertion::TYPE));
        let right = match (given, signed) {
            (Some((id, secret)), None) => id == client.id && secret == client.secret,
            (None, Some(jwt)) => assertion::is_right(&jwt, &client.id, &client.secret, self.now),
            // Not at all, or in two ways at once (RFC 6749, section 2.3).
            (None, None) | (Some(_), Some(_)) => false,
        };
        if !right {
            return Err(refused(StatusCode::UNAUTHORIZED, "invalid_client"));
        }
        match grant.as_deref() {
            Some("client_credentials") => Ok(()),
            Some(_) => Err(refused(StatusCode::BAD_REQUEST, "unsupported_grant_type")),
            None => Err(invalid()),
        }
    }
}

/// A refusal as RFC 6749 wants it, not in the shape of the platform's errors.
pub(super) fn refused(status: StatusCode, error: &str) -> Reply {
    let why = match error {
        "invalid_client" => "Invalid client credentials",
        "unsupported_grant_type" => "Unsupported grant type",
        "invalid_request" => "The request is not valid",
        _ => "The request cannot be served",
    };
    denied(status, error, why)
}

fn denied(status: StatusCode, error: &str, why: &str) -> Reply {
    let correlation = super::store::random_uuid();
    let description = format!("Request denied: {why} (Correlation ID: {correlation})");
    let body = json!({ "error": error, "error_description": description });
    Reply::json(status, &body)
}

/// The answer with a new token.
pub(super) fn granted(token: &str, life: Duration) -> Reply {
    let body = json!({
        "access_token": token,
        "token_type": "Bearer",
        "expires_in": life.as_secs(),
    });
    Reply::ok(&body).with(header::PRAGMA, "no-cache")
}

/// Both parts are form-encoded before they are joined (section 2.3.1).
fn basic(header: &str) -> Option<(String, String)> {
    let (scheme, encoded) = header.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let joined = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (id, secret) = joined.split_once(':')?;
    Some((decoded(id)?, decoded(secret)?))
}

fn decoded(text: &str) -> Option<String> {
    // A form writes a blank as `+`.
    let text = text.replace('+', " ");
    Some(percent_decode_str(&text).decode_utf8().ok()?.into_owned())
}

/// The tokens that are worth something, each with the time at which it no longer is.
#[derive(Default)]
pub(super) struct Tokens {
    until: HashMap<String, Duration>,
}

impl Tokens {
    pub(super) fn issue(&mut self, life: Duration, now: Duration) -> String {
        self.until.retain(|_, until| now < *until);
        let token = format!(
            "{TOKEN_PREFIX}{:032x}{:032x}",
            fastrand::u128(..),
            fastrand::u128(..)
        );
        self.until.insert(token.clone(), now.saturating_add(life));
        token
    }

    /// Checks the header `Authorization`.
    pub(super) fn admit(&self, header: Option<&str>, now: Duration) -> bool {
        header
            .and_then(|header| header.split_once(' '))
            .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
            .and_then(|(_, token)| self.until.get(token.trim()))
            .is_some_and(|until| now < *until)
    }

    pub(super) fn revoke_all(&mut self) {
        self.until.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FORM: Option<&str> = Some("application/x-www-form-urlencoded");
    // RFC 6749, section 2.3.1.
    const BASIC: Option<&str> = Some("Basic czZCaGRSa3F0Mzo3RmpmcDBaQnIxS3REUmJuZlZkbUl3");

    fn status(authorization: Option<&str>, content_type: Option<&str>, body: &str) -> u16 {
        let client = Client {
            id: "s6BhdRkqt3".to_owned(),
            secret: "7Fjfp0ZBr1KtDRbnfVdmIw".to_owned(),
        };
        let request = TokenRequest {
            authorization,
            media: Media::of(content_type),
            body: body.as_bytes(),
            now: 0,
        };
        match request.check(&client, &Variants::default()) {
            Ok(()) => 200,
            Err(reply) => reply.status.as_u16(),
        }
    }

    #[test]
    fn a_token_is_for_the_client_and_its_own_credentials_alone() {
        let grant = "grant_type=client_credentials";
        let post = format!("{grant}&client_id=s6BhdRkqt3&client_secret=7Fjfp0ZBr1KtDRbnfVdmIw");
        for (authorization, content_type, body, expected) in [
            (BASIC, FORM, grant, 200),
            (None, FORM, &*post, 200),
            (
                None,
                Some("application/x-www-form-urlencoded; charset=UTF-8"),
                &*post,
                200,
            ),
            (None, FORM, grant, 401),
            (Some("Basic czZC"), FORM, grant, 401),
            (Some("Basic ***"), FORM, grant, 401),
            (Some("Bearer x"), FORM, &*post, 401),
            (None, FORM, "client_id=s6BhdRkqt3&client_secret=other", 401),
            (BASIC, FORM, "grant_type=password", 400),
            (BASIC, FORM, "", 400),
            (BASIC, Some("application/json"), "{}", 400),
            (BASIC, None, grant, 400),
        ] {
            assert_eq!(
                status(authorization, content_type, body),
                expected,
                "{body}"
            );
        }
    }

    #[test]
    fn a_token_is_worth_something_until_its_life_is_over_or_it_is_revoked() {
        let secs = Duration::from_secs;
        let mut tokens = Tokens::default();
        let token = tokens.issue(secs(10), secs(5));
        let header = format!("Bearer {token}");
        assert!(tokens.admit(Some(&header), secs(14)));
        assert!(!tokens.admit(Some(&header), secs(15)));
        assert!(!tokens.admit(Some(&token), secs(5)));
        assert!(!tokens.admit(Some("Bearer sandbox.0"), secs(5)));
        assert!(!tokens.admit(None, secs(5)));
        tokens.revoke_all();
        assert!(!tokens.admit(Some(&header), secs(5)));
    }
}
