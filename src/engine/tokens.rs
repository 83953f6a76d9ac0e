//! One access token for all who ask: fetched once, renewed early, dropped when refused.
//!
//! It sends nothing and waits for nothing: it says what its owner has to do.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::options::LONGEST_HOLD;
use super::reasons::{no_token, tokens_too_short, unauthorized};
use crate::model::outcome::{AttemptOutcome, LookOutcome, Refusal};
use crate::model::stop::StopReason;
use crate::pingone::Answered;
use crate::pingone::grant::{Granted, TokenError, TokenFailure};
use crate::pingone::token::{AccessToken, AfterRefusal, TokenCache, TokenState};

/// How often a token is asked for in a row.
const TRIES: u32 = 5;

/// The access token of a run, and what is known of it.
#[derive(Debug)]
pub(super) struct Tokens {
    cache: TokenCache,
    /// How often one was asked for in a row without getting one that can be used.
    tries: u32,
    /// Whether one is being asked for, or will be at `due`.
    wanted: bool,
    due: Option<Instant>,
    /// Whether the last create that was answered was refused for its token.
    create_refused: bool,
}

/// What a request told of the token that it was sent with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TokenVerdict {
    /// It was refused: a 401.
    Refused,
    /// It was accepted: any other answer.
    Accepted,
    /// There was no answer.
    Unheard,
}

impl TokenVerdict {
    /// What an answered create says of its token.
    pub(super) fn of_create(answered: &Answered<AttemptOutcome>) -> Self {
        let refused = AttemptOutcome::NotCreated(Refusal::Unauthorized);
        Self::of(answered, &refused)
    }

    /// What an answered listing says of its token.
    pub(super) fn of_look(answered: &Answered<LookOutcome>) -> Self {
        Self::of(answered, &LookOutcome::Unauthorized)
    }

    fn of<T: PartialEq>(answered: &Answered<T>, refused: &T) -> Self {
        if answered.outcome == *refused {
            TokenVerdict::Refused
        } else if answered.answer.http_status.is_some() {
            TokenVerdict::Accepted
        } else {
            TokenVerdict::Unheard
        }
    }
}

/// What follows for the run.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum AfterVerdict {
    /// Nothing.
    GoOn,
    /// A new token is fetched: one request goes first with it.
    Probe,
    /// The run must end.
    Stop(StopReason),
}

impl Tokens {
    pub(super) fn new(cache: TokenCache) -> Self {
        Self {
            cache,
            tries: 0,
            wanted: false,
            due: None,
            create_refused: false,
        }
    }

    /// A token that is good for a while yet, and whether one has to be fetched now.
    pub(super) fn get(&mut self, now: Instant) -> (Option<Arc<AccessToken>>, bool) {
        let (token, fetch) = match self.cache.state(now) {
            TokenState::Use(token) => (Some(token), false),
            TokenState::UseAndRefresh(token) => (Some(token), true),
            TokenState::Fetch => (None, true),
        };
        let fetch = fetch && !self.wanted;
        self.wanted |= fetch;
        (token, fetch)
    }

    /// When a token is asked for again.
    pub(super) fn due(&self) -> Option<Instant> {
        self.due
    }

    /// Whether it is time to ask again.
    pub(super) fn is_due(&mut self, now: Instant) -> bool {
        self.due.take_if(|due| *due <= now).is_some()
    }

    /// Takes note that a token is asked for now.
    pub(super) fn asked(&mut self) {
        self.tries += 1;
    }

    /// Takes the answer; `asked` is when the token was asked for, since its life may count from there.
    ///
    /// # Errors
    ///
    /// No token is to be had that can be used: the run must end.
    pub(super) fn answered(
        &mut self,
        result: Result<Granted, TokenError>,
        asked: Instant,
        now: Instant,
        jitter: f64,
    ) -> Result<(), StopReason> {
        match result {
            Ok(granted) => {
                self.cache.granted(granted, asked, jitter);
                if !matches!(self.cache.state(now), TokenState::Fetch) {
                    self.tries = 0;
                    self.wanted = false;
                } else if self.tries >= TRIES {
                    return Err(tokens_too_short(TRIES));
                } else {
                    // It was good for no request: that is no better than none.
                    self.due = Some(now);
                }
            }
            Err(error) => match retry_after(error.failure, self.tries, jitter) {
                Some(after) => self.due = Some(now + after),
                None => return Err(no_token(&error)),
            },
        }
        Ok(())
    }

    /// Takes note of what a create told of its token.
    pub(super) fn heard_create(&mut self, generation: u64, verdict: TokenVerdict) -> AfterVerdict {
        if verdict != TokenVerdict::Unheard {
            self.create_refused = verdict == TokenVerdict::Refused;
        }
        self.heard(generation, verdict)
    }

    /// Takes note of what a read told of its token.
    pub(super) fn heard_read(&mut self, generation: u64, verdict: TokenVerdict) -> AfterVerdict {
        // That a listing is allowed says nothing of a token that may not create.
        if self.create_refused && verdict == TokenVerdict::Accepted {
            return AfterVerdict::GoOn;
        }
        self.heard(generation, verdict)
    }

    fn heard(&mut self, generation: u64, verdict: TokenVerdict) -> AfterVerdict {
        match verdict {
            TokenVerdict::Unheard => AfterVerdict::GoOn,
            TokenVerdict::Accepted => {
                self.cache.accepted(generation);
                AfterVerdict::GoOn
            }
            TokenVerdict::Refused => match self.cache.refused(generation) {
                AfterRefusal::FetchAgain => AfterVerdict::Probe,
                AfterRefusal::Stop => AfterVerdict::Stop(unauthorized()),
            },
        }
    }
}

/// How soon a token is asked for again after a failure, if at all.
fn retry_after(failure: TokenFailure, tries: u32, jitter: f64) -> Option<Duration> {
    const LONGEST: Duration = Duration::from_secs(30);
    const SHORTEST: Duration = Duration::from_secs(1);
    let backoff = SHORTEST
        .saturating_mul(1 << tries.min(5))
        .min(LONGEST)
        .mul_f64(jitter)
        .max(SHORTEST);
    match failure {
        TokenFailure::Transient { .. } if tries >= TRIES => None,
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
