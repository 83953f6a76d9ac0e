//! What the answer to a token request means (RFC 6749, section 5).

use std::fmt;
use std::time::Duration;

use bytes::Bytes;

use crate::model::secret::Secret;

use super::head::{BodyFault, Head};
use super::transport::{Fault, FaultKind};
use super::{hint, redact, wire};

/// The longest token that is taken: PingOne refuses requests whose headers are longer.
pub const LONGEST_TOKEN: usize = 6 * 1024;
/// The life of a token that does not say how long it lives.
pub const ASSUMED_LIFE: Duration = Duration::from_mins(5);
/// The longest life that is believed.
pub const LONGEST_LIFE: Duration = Duration::from_hours(24);

/// An access token that can be sent: visible ASCII, at most [`LONGEST_TOKEN`] bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bearer(Secret);

impl Bearer {
    /// Takes a token; `None` where it could not stand in a header.
    pub fn new(token: Secret) -> Option<Self> {
        let text = token.expose();
        let sound =
            (1..=LONGEST_TOKEN).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic());
        sound.then_some(Self(token))
    }

    pub(super) fn expose(&self) -> &str {
        self.0.expose()
    }
}

/// A token as it was granted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Granted {
    /// The token.
    pub token: Bearer,
    /// How long it lives, counted from the request.
    pub life: Duration,
    /// The endpoint's clock, in milliseconds since 1970, where the answer has a `Date`.
    pub date_ms: Option<i64>,
}

/// What kind of failure a token request met, by what may follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenFailure {
    /// It may pass: no connection, no answer, a 408, a 429 or a 5xx. Five tries.
    Transient {
        /// The wait that PingOne asks for, where it names one; unclamped.
        retry_after: Option<Duration>,
    },
    /// The client is refused. No further try: PingOne may lock it out.
    Refused,
    /// The application authenticates in another way. One further try: a new application
    /// says this while it spreads.
    Unsupported,
    /// Certificate, plain-text peer, proxy refusal.
    Untrusted,
    /// A 3xx, never followed: the form may hold the secret.
    Redirected,
    /// A 511: a network wants somebody to sign in first.
    CaptivePortal,
    /// A 200 that holds no token that could be used.
    Malformed,
}

/// A token request that gave no token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenError {
    /// What may follow.
    pub failure: TokenFailure,
    /// What was seen, as a fragment; no secret in it.
    pub message: String,
    /// What to do about it.
    pub hint: &'static str,
}

impl fmt::Display for TokenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for TokenError {}

impl TokenError {
    fn new(failure: TokenFailure, message: String) -> Self {
        let hint = match failure {
            TokenFailure::Transient { .. } => hint::LATER,
            TokenFailure::Refused => {
                "check `PINGONE_CLIENT_ID`, the client secret, `PINGONE_ENVIRONMENT_ID` (the worker application's own environment) and `PINGONE_REGION_CODE`, and that the application is enabled"
            }
            TokenFailure::Unsupported => {
                "set `--client-auth` to the application's token endpoint authentication method: `basic` for Client Secret Basic, `post` for Client Secret Post; a new application may need a minute"
            }
            TokenFailure::Untrusted => hint::UNTRUSTED,
            TokenFailure::CaptivePortal => hint::CAPTIVE_PORTAL,
            TokenFailure::Redirected | TokenFailure::Malformed => hint::WRONG_HOST,
        };
        Self {
            failure,
            message,
            hint,
        }
    }

    /// There is nothing to ask with: a token was given, and it is the only one.
    pub(super) fn without_credentials() -> Self {
        Self {
            hint: hint::UNAUTHORIZED,
            ..Self::new(
                TokenFailure::Refused,
                "the given access token cannot be renewed".to_owned(),
            )
        }
    }

    pub(super) fn of_fault(fault: &Fault) -> Self {
        let failure = if fault.kind.is_distrust() {
            TokenFailure::Untrusted
        } else if fault.kind == FaultKind::Unreadable {
            // What speaks no HTTP is no token endpoint, and will not become one by waiting.
            TokenFailure::Malformed
        } else {
            TokenFailure::Transient { retry_after: None }
        };
        let error = Self::new(failure, fault.message());
        match failure {
            TokenFailure::Transient { .. } => Self {
                hint: hint::NO_ANSWER,
                ..error
            },
            TokenFailure::Refused
            | TokenFailure::Unsupported
            | TokenFailure::Untrusted
            | TokenFailure::Redirected
            | TokenFailure::CaptivePortal
            | TokenFailure::Malformed => error,
        }
    }
}

/// Reads the answer to a token request; `secret` is kept out of the error.
///
/// # Errors
///
/// A [`TokenError`] for anything but a 200 with a bearer token that can be sent.
pub fn token_answer(
    head: &Head,
    body: &Result<Bytes, BodyFault>,
    secret: &Secret,
) -> Result<Granted, TokenError> {
    let transient = TokenFailure::Transient {
        retry_after: head.pause(),
    };
    let fail = |failure, message: &str| Err(TokenError::new(failure, message.to_owned()));
    let body = match (head.status, body) {
        (200, Ok(body)) if refusal(body).is_none() => return granted(body, head.date_ms),
        (200, Err(BodyFault::TooLong)) => {
            return fail(TokenFailure::Malformed, "the answer is too long");
        }
        (200, Err(BodyFault::TimedOut | BodyFault::CutOff)) => {
            return fail(transient, "the answer was cut off");
        }
        // A refusal too, where a gateway makes a 200 of everything.
        (_, body) => body.as_deref().unwrap_or_default(),
    };
    let said = refusal(body).map(|said| redact::without(&said, secret.expose()));
    let failure = match head.status {
        300..=399 => TokenFailure::Redirected,
        511 => TokenFailure::CaptivePortal,
        408 | 429 | 500..=599 => transient,
        _ if said.as_deref().is_some_and(is_about_method) => TokenFailure::Unsupported,
        400..=499 | 200 => TokenFailure::Refused,
        _ => TokenFailure::Malformed,
    };
    let message = match said {
        Some(said) => format!("status {}, {}", head.status, redact::harmless(&said)),
        None => format!("status {}", head.status),
    };
    Err(TokenError::new(failure, message))
}

fn granted(body: &[u8], date_ms: Option<i64>) -> Result<Granted, TokenError> {
    let malformed = |what: &str| TokenError::new(TokenFailure::Malformed, what.to_owned());
    let grant: wire::TokenGranted =
        serde_json::from_slice(body).map_err(|_| malformed("the answer is not JSON"))?;
    let bearer = |kind: String| kind.eq_ignore_ascii_case("bearer");
    if !grant.token_type.is_some_and(bearer) {
        return Err(malformed("the answer holds no token of type `Bearer`"));
    }
    let token = grant.access_token.map(Secret::new);
    let token = token.ok_or_else(|| malformed("the answer holds no token"))?;
    Ok(Granted {
        token: Bearer::new(token)
            .ok_or_else(|| malformed("the token is empty, too long or not visible ASCII"))?,
        life: life(grant.expires_in.as_ref()),
        date_ms,
    })
}

/// `expires_in`: a short life is believed, a long one up to a day, and anything else is five minutes.
fn life(seconds: Option<&serde_json::Value>) -> Duration {
    match seconds.and_then(serde_json::Value::as_f64) {
        Some(seconds) if seconds >= 1.0 => {
            Duration::from_secs_f64(seconds.min(LONGEST_LIFE.as_secs_f64()))
        }
        Some(_) | None => ASSUMED_LIFE,
    }
}

/// What an OAuth error says (RFC 6749, section 5.2).
fn refusal(body: &[u8]) -> Option<String> {
    let said: wire::TokenRefused = serde_json::from_slice(body).ok()?;
    let error = said.error.filter(|error| !error.is_empty());
    match (error, said.error_description) {
        (Some(error), Some(description)) => Some(format!("{error}: {description}")),
        (one, other) => one.or(other),
    }
}

fn is_about_method(said: &str) -> bool {
    said.to_ascii_lowercase()
        .contains("unsupported authentication method")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::outcome::Proof;

    fn read(status: u16, body: &str) -> Result<Granted, TokenError> {
        let head = Head {
            status,
            retry_after: Some(Duration::from_secs(9)),
            correlation_id: None,
            from_gateway: false,
            proof: Proof::Proven,
            date_ms: None,
        };
        let secret = Secret::new("hush".to_owned());
        token_answer(&head, &Ok(body.to_owned().into()), &secret)
    }

    fn grant(expires_in: &str) -> String {
        format!(r#"{{"access_token":"a.b-c","token_type":"bearer"{expires_in}}}"#)
    }

    #[test]
    fn a_life_is_believed_where_it_is_one_and_five_minutes_are_assumed_otherwise() {
        for (expires_in, seconds) in [
            ("", 300),
            (r#","expires_in":3600"#, 3600),
            (r#","expires_in":1"#, 1),
            (r#","expires_in":0"#, 300),
            (r#","expires_in":-5"#, 300),
            (r#","expires_in":null"#, 300),
            (r#","expires_in":"soon""#, 300),
            (r#","expires_in":[]"#, 300),
            (r#","expires_in":1e99"#, 86_400),
            (r#","expires_in":99999999999999999999"#, 86_400),
        ] {
            let granted = read(200, &grant(expires_in)).unwrap();
            assert_eq!(granted.life.as_secs(), seconds, "{expires_in}");
            assert_eq!(granted.token.expose(), "a.b-c");
        }
    }

    #[test]
    fn a_200_without_a_token_that_can_be_sent_is_malformed() {
        let long = format!(
            r#"{{"access_token":"{}","token_type":"Bearer"}}"#,
            "a".repeat(LONGEST_TOKEN + 1)
        );
        for body in [
            "",
            "<html>",
            "{}",
            r#"{"access_token":"a"}"#,
            r#"{"token_type":"Bearer"}"#,
            r#"{"access_token":"a","token_type":"mac"}"#,
            r#"{"access_token":"","token_type":"Bearer"}"#,
            r#"{"access_token":"a\r\nX: y","token_type":"Bearer"}"#,
            r#"{"access_token":"a b","token_type":"Bearer"}"#,
            r#"{"access_token":"ä","token_type":"Bearer"}"#,
            r#"{"access_token":7,"token_type":"Bearer"}"#,
            &long,
        ] {
            let error = read(200, body).unwrap_err();
            assert_eq!(error.failure, TokenFailure::Malformed, "{body:.60}");
        }
    }

    #[test]
    fn a_refusal_ends_the_run_and_trouble_may_pass() {
        let oauth = |error: &str, text: &str| {
            format!(r#"{{"error":"{error}","error_description":"{text}"}}"#)
        };
        let soon = TokenFailure::Transient {
            retry_after: Some(Duration::from_secs(9)),
        };
        let later = TokenFailure::Transient { retry_after: None };
        for (status, body, failure) in [
            (401, oauth("invalid_client", "no"), TokenFailure::Refused),
            (400, oauth("invalid_scope", "no"), TokenFailure::Refused),
            (
                400,
                oauth("unsupported_grant_type", "no"),
                TokenFailure::Refused,
            ),
            (
                403,
                oauth("unauthorized_client", "no"),
                TokenFailure::Refused,
            ),
            (404, String::new(), TokenFailure::Refused),
            (
                401,
                oauth(
                    "invalid_client",
                    "Unsupported authentication method (Correlation ID: x)",
                ),
                TokenFailure::Unsupported,
            ),
            (302, String::new(), TokenFailure::Redirected),
            (307, String::new(), TokenFailure::Redirected),
            (511, String::new(), TokenFailure::CaptivePortal),
            (408, String::new(), later),
            (429, String::new(), soon),
            (500, oauth("server_error", "x"), later),
            (503, "<html>".to_owned(), soon),
            (204, String::new(), TokenFailure::Malformed),
            (999, String::new(), TokenFailure::Malformed),
        ] {
            assert_eq!(
                read(status, &body).unwrap_err().failure,
                failure,
                "{status} {body}"
            );
        }
    }

    #[test]
    fn a_200_that_is_an_oauth_error_is_a_refusal_in_its_own_words() {
        let refused = read(
            200,
            r#"{"error":"invalid_client","error_description":"No 'hush' here"}"#,
        )
        .unwrap_err();
        assert_eq!(refused.failure, TokenFailure::Refused);
        assert_eq!(
            refused.to_string(),
            "status 200, invalid_client: No '***' here"
        );
        let method =
            r#"{"error":"invalid_client","error_description":"Unsupported authentication method"}"#;
        let error = read(200, method).unwrap_err();
        assert_eq!(error.failure, TokenFailure::Unsupported);
        let both = grant(r#","error":"""#);
        assert!(read(200, &both).is_ok(), "an empty error is none");
    }

    #[test]
    fn a_token_endpoint_that_speaks_no_http_is_not_asked_again() {
        for (kind, failure) in [
            (FaultKind::Unreadable, TokenFailure::Malformed),
            (FaultKind::Tls, TokenFailure::Untrusted),
            (
                FaultKind::Lost,
                TokenFailure::Transient { retry_after: None },
            ),
        ] {
            let detail = String::new();
            assert_eq!(
                TokenError::of_fault(&Fault { kind, detail }).failure,
                failure
            );
        }
    }

    #[test]
    fn an_answer_that_is_cut_off_may_be_asked_for_again() {
        let head = Head {
            status: 200,
            retry_after: None,
            correlation_id: None,
            from_gateway: false,
            proof: Proof::Proven,
            date_ms: None,
        };
        let secret = Secret::new("hush".to_owned());
        for (fault, failure) in [
            (
                BodyFault::CutOff,
                TokenFailure::Transient { retry_after: None },
            ),
            (
                BodyFault::TimedOut,
                TokenFailure::Transient { retry_after: None },
            ),
            (BodyFault::TooLong, TokenFailure::Malformed),
        ] {
            let error = token_answer(&head, &Err(fault), &secret).unwrap_err();
            assert_eq!(error.failure, failure, "{fault:?}");
        }
    }

    #[test]
    fn what_pingone_says_is_shown_with_its_reference_and_without_the_secret() {
        let body = r#"{"error":"invalid_client","error_description":"Bad 'hush'\u001b[2J (Correlation ID: 3f0d9a52-7c1e-4a55-9d0e-6f8c3f0b1a2d)"}"#;
        assert_eq!(
            read(401, body).unwrap_err().to_string(),
            "status 401, invalid_client: Bad '***'\\u{1b}[2J (Correlation ID: 3f0d9a52-7c1e-4a55-9d0e-6f8c3f0b1a2d)"
        );
    }
}
