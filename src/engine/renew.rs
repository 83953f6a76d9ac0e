//! Keeping an access token at hand: asked for once for all, renewed early, dropped when refused.

use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt;
use tokio::time::Instant;

use super::Engine;
use super::guard::{LONGEST_HOLD, pointless};
use super::job::Job;
use super::questions::unauthorized;
use crate::clock;
use crate::model::event::{Event, RequestKind};
use crate::model::stop::{StopCode, StopReason};
use crate::pingone::grant::{Granted, TokenError, TokenFailure};
use crate::pingone::token::{AccessToken, AfterRefusal, TokenState};

/// How often a token is asked for in a row.
pub(super) const TOKEN_TRIES: u32 = 5;

impl Engine<'_> {
    /// A token that is good for a while yet; asks for one where there is none.
    pub(super) fn token(&mut self, now: Instant) -> Option<Arc<AccessToken>> {
        let (token, fetch) = match self.tokens.state(now) {
            TokenState::Use(token) => (Some(token), false),
            TokenState::UseAndRefresh(token) => (Some(token), true),
            TokenState::Fetch => (None, true),
        };
        if fetch && !self.token_wanted {
            self.token_wanted = true;
            self.fetch_token();
        }
        token
    }

    pub(super) fn fetch_token(&mut self) {
        self.token_tries += 1;
        (self.report)(&Event::Sent(RequestKind::Token));
        self.jobs
            .push(Job::Token.perform(self.client).boxed_local());
    }

    pub(super) fn heed_token(&mut self, generation: u64, refused: bool) {
        if !refused {
            self.tokens.accepted(generation);
            return;
        }
        match self.tokens.refused(generation) {
            AfterRefusal::FetchAgain => self.guard.probe(),
            AfterRefusal::Stop => self.request_stop(unauthorized()),
        }
    }

    pub(super) fn take_token(&mut self, asked: Instant, result: Result<Granted, TokenError>) {
        match result {
            Ok(granted) => {
                self.remote.hear(clock::now(), granted.date_ms);
                self.tokens.granted(granted, asked, fastrand::f64());
                if !matches!(self.tokens.state(clock::now()), TokenState::Fetch) {
                    self.token_tries = 0;
                    self.token_wanted = false;
                } else if self.token_tries >= TOKEN_TRIES {
                    self.request_stop(too_short());
                } else {
                    // It was good for no request: that is no better than none.
                    self.token_due = Some(clock::now());
                }
            }
            Err(error) => {
                if self.reason.is_some() {
                    return;
                }
                match token_retry(error.failure, self.token_tries, fastrand::f64()) {
                    Some(after) => self.token_due = Some(clock::now() + after),
                    None => self.request_stop(token_stop(&error)),
                }
            }
        }
    }
}

/// The end of a run that gets tokens and can use none of them.
pub(super) fn too_short() -> StopReason {
    pointless(
        StopCode::TokensTooShort,
        format!("{TOKEN_TRIES} access tokens in a row had expired before they could be used"),
        "raise the life of access tokens in PingOne (the environment's settings), or look for what makes the token endpoint slow: a proxy, `--token-url`",
    )
}

/// How soon a token is asked for again, if at all.
pub(super) fn token_retry(failure: TokenFailure, tries: u32, jitter: f64) -> Option<Duration> {
    const LONGEST: Duration = Duration::from_secs(30);
    const SHORTEST: Duration = Duration::from_secs(1);
    let backoff = SHORTEST
        .saturating_mul(1 << tries.min(5))
        .min(LONGEST)
        .mul_f64(jitter)
        .max(SHORTEST);
    match failure {
        TokenFailure::Transient { .. } if tries >= TOKEN_TRIES => None,
        TokenFailure::Transient {
            retry_after: Some(delay),
        } if delay > LONGEST_HOLD => None,
        TokenFailure::Transient { retry_after } => {
            Some(retry_after.unwrap_or(backoff).max(SHORTEST))
        }
        // A new application says this while it spreads.
        TokenFailure::Unsupported if tries < 2 => Some(SHORTEST),
        TokenFailure::Unsupported
        | TokenFailure::Refused
        | TokenFailure::Untrusted
        | TokenFailure::Redirected
        | TokenFailure::CaptivePortal
        | TokenFailure::Malformed => None,
    }
}

pub(super) fn token_stop(error: &TokenError) -> StopReason {
    let what = format!("no access token: {error}");
    match error.failure {
        TokenFailure::Transient { .. } => StopReason::Unavailable { what },
        TokenFailure::Unsupported | TokenFailure::Refused => {
            pointless(StopCode::CredentialsRefused, what, error.hint)
        }
        TokenFailure::Untrusted => pointless(StopCode::NotTrusted, what, error.hint),
        TokenFailure::Redirected | TokenFailure::CaptivePortal | TokenFailure::Malformed => {
            pointless(StopCode::WrongHost, what, error.hint)
        }
    }
}
