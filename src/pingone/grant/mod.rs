//! What the answer to a token request means (RFC 6749, section 5).

use std::time::Duration;

use bytes::Bytes;

use crate::model::secret::Secret;

use super::head::{BodyFault, Head};
use super::transport::{Fault, FaultKind};
use super::{hint, redact, wire};

/// The longest token that is taken: PingOne refuses requests whose headers are longer.
pub const LONGEST_TOKEN: usize = 6 * 1024;
/// The life of a token that does not say how long it lives.
pub(crate) const ASSUMED_LIFE: Duration = Duration::from_mins(5);
/// The longest life that is believed.
pub(crate) const LONGEST_LIFE: Duration = Duration::from_hours(24);

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
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct TokenError {
    /// What may follow.
    pub failure: TokenFailure,
    /// What was seen, as a fragment; no secret in it.
    pub message: String,
    /// What to do about it.
    pub hint: &'static str,
}

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
        if let TokenFailure::Transient { .. } = failure {
            let hint = hint::NO_ANSWER;
            return Self { hint, ..error };
        }
        error
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
    let description =
        refusal(body).map(|description| redact::without(&description, secret.expose()));
    let failure = match head.status {
        300..=399 => TokenFailure::Redirected,
        511 => TokenFailure::CaptivePortal,
        408 | 429 | 500..=599 => transient,
        _ if description.as_deref().is_some_and(is_about_method) => TokenFailure::Unsupported,
        400..=499 | 200 => TokenFailure::Refused,
        _ => TokenFailure::Malformed,
    };
    let message = match description {
        Some(description) => format!("status {}, {}", head.status, redact::harmless(&description)),
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
    let refused: wire::TokenRefused = serde_json::from_slice(body).ok()?;
    let error = refused.error.filter(|error| !error.is_empty());
    match (error, refused.error_description) {
        (Some(error), Some(description)) => Some(format!("{error}: {description}")),
        (one, other) => one.or(other),
    }
}

fn is_about_method(description: &str) -> bool {
    description
        .to_ascii_lowercase()
        .contains("unsupported authentication method")
}

#[cfg(test)]
mod tests;
