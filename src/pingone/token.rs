//! Which access token is used, and when another one is needed.
//!
//! A state machine for a single owner: it sends nothing, waits for nothing and
//! asks nobody what time it is.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::grant::{Bearer, Granted};

/// An access token in use.
#[derive(Debug)]
pub struct AccessToken {
    bearer: Bearer,
    generation: u64,
    fetched: Instant,
    life: Duration,
}

impl AccessToken {
    /// Which of the tokens of this run it is, from 1; a refusal is reported by it.
    pub fn generation(&self) -> u64 {
        self.generation
    }

    pub(super) fn bearer(&self) -> &Bearer {
        &self.bearer
    }
}

/// What the owner of the cache has to do before it can send.
#[derive(Clone, Debug)]
pub enum TokenState {
    /// Use this one.
    Use(Arc<AccessToken>),
    /// Use this one, and fetch the next meanwhile, unless that is going on already.
    UseAndRefresh(Arc<AccessToken>),
    /// Fetch one first.
    Fetch,
}

/// What follows a 401.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AfterRefusal {
    /// Ask [`TokenCache::state`] for a token again; the request may be repeated with it.
    FetchAgain,
    /// The credentials themselves are refused: end the run.
    Stop,
}

/// The current token.
#[derive(Debug, Default)]
pub struct TokenCache {
    current: Option<Arc<AccessToken>>,
    refresh_after: Duration,
    generation: u64,
    fixed: bool,
    /// The first generation since a 401, until PingOne accepts one that is no older.
    on_trial: Option<u64>,
}

impl TokenCache {
    /// A cache that holds one given token for ever and never asks for another.
    pub fn fixed(bearer: Bearer, now: Instant) -> Self {
        let token = AccessToken {
            bearer,
            generation: 1,
            fetched: now,
            life: Duration::MAX,
        };
        Self {
            current: Some(Arc::new(token)),
            fixed: true,
            generation: 1,
            ..Self::default()
        }
    }

    /// A cache of its own for the same client: it holds a given token too, and fetches others anew.
    #[must_use]
    pub fn sibling(&self) -> Self {
        if !self.fixed {
            return Self::default();
        }
        Self {
            current: self.current.clone(),
            fixed: true,
            generation: self.generation,
            ..Self::default()
        }
    }

    /// What to do for a token now.
    ///
    /// A token is used while at least a fifth of its life is left, or a minute
    /// where that is shorter, so that it outlives the request it is sent with.
    pub fn state(&self, now: Instant) -> TokenState {
        let Some(token) = &self.current else {
            return TokenState::Fetch;
        };
        if self.fixed {
            return TokenState::Use(Arc::clone(token));
        }
        let age = now.saturating_duration_since(token.fetched);
        let left = token.life.saturating_sub(age);
        if left < (token.life / 5).min(Duration::from_mins(1)) {
            TokenState::Fetch
        } else if age >= self.refresh_after {
            TokenState::UseAndRefresh(Arc::clone(token))
        } else {
            TokenState::Use(Arc::clone(token))
        }
    }

    /// Takes a token over.
    ///
    /// `requested` is the instant at which it was requested, since its life may count
    /// from there. `jitter`, from `0.0..1.0`, spreads the renewal over 75 to 80 %
    /// of the life, so that many runs do not renew at once.
    pub fn granted(&mut self, granted: Granted, requested: Instant, jitter: f64) {
        self.generation += 1;
        self.refresh_after = granted.life.mul_f64(0.75 + 0.05 * jitter.clamp(0.0, 1.0));
        self.current = Some(Arc::new(AccessToken {
            bearer: granted.token,
            generation: self.generation,
            fetched: requested,
            life: granted.life,
        }));
    }

    /// Notes a 401 on a request that was sent with the token of this generation.
    ///
    /// | the token was | follows |
    /// | --- | --- |
    /// | given, not fetched | stop |
    /// | older than the current one | fetch again; the current one stays |
    /// | the current one | fetch again; it is dropped |
    /// | the current one, fetched after a 401 and never accepted since | stop |
    pub fn refused(&mut self, generation: u64) -> AfterRefusal {
        if self.fixed {
            return AfterRefusal::Stop;
        }
        let current = self.current.as_ref().map(|token| token.generation);
        if current != Some(generation) {
            return AfterRefusal::FetchAgain;
        }
        self.current = None;
        if self.on_trial.is_some_and(|first| generation >= first) {
            return AfterRefusal::Stop;
        }
        self.on_trial = Some(generation + 1);
        AfterRefusal::FetchAgain
    }

    /// Notes that PingOne accepted the token of this generation: any answer but a 401.
    pub fn accepted(&mut self, generation: u64) {
        if self.on_trial.is_some_and(|first| generation >= first) {
            self.on_trial = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock;
    use crate::model::secret::Secret;

    fn bearer() -> Bearer {
        Bearer::new(Secret::new("t.o-k_en".to_owned())).unwrap()
    }

    fn lives(life: Duration) -> Granted {
        Granted {
            token: bearer(),
            life,
            date_ms: None,
        }
    }

    fn granted(cache: &mut TokenCache, requested: Instant) {
        cache.granted(lives(Duration::from_hours(1)), requested, 0.5);
    }

    fn word(cache: &TokenCache, now: Instant) -> (&'static str, u64) {
        match cache.state(now) {
            TokenState::Use(token) => ("use", token.generation()),
            TokenState::UseAndRefresh(token) => ("refresh", token.generation()),
            TokenState::Fetch => ("fetch", 0),
        }
    }

    #[test]
    fn a_token_is_renewed_early_and_not_used_to_the_end() {
        let start = clock::now();
        for (life, after, expected) in [
            (3600.0, 0.0, "use"),
            (3600.0, 0.77, "use"),
            (3600.0, 0.78, "refresh"),
            (3600.0, 0.98, "refresh"),
            (3600.0, 0.99, "fetch"),
            (3600.0, 5.0, "fetch"),
            (100.0, 0.77, "use"),
            (100.0, 0.78, "refresh"),
            (100.0, 0.79, "refresh"),
            (100.0, 0.81, "fetch"),
            (1.0, 0.5, "use"),
            (1.0, 0.9, "fetch"),
        ] {
            let mut cache = TokenCache::default();
            assert_eq!(word(&cache, start).0, "fetch");
            let life = Duration::from_secs_f64(life);
            cache.granted(lives(life), start, 0.5);
            let now = start + life.mul_f64(after);
            assert_eq!(word(&cache, now).0, expected, "{life:?} × {after}");
        }
    }

    #[test]
    fn the_jitter_moves_the_renewal_between_75_and_80_percent() {
        let start = clock::now();
        for (jitter, percent) in [(0.0, 75.0), (1.0, 80.0), (-9.0, 75.0), (9.0, 80.0)] {
            let mut cache = TokenCache::default();
            let life = Duration::from_secs(1000);
            cache.granted(lives(life), start, jitter);
            let at = |percent: f64| start + life.mul_f64(percent / 100.0);
            assert_eq!(word(&cache, at(percent - 0.1)).0, "use", "{jitter}");
            assert_eq!(word(&cache, at(percent + 0.1)).0, "refresh", "{jitter}");
        }
    }

    #[test]
    fn a_refused_token_is_dropped_once_however_many_requests_it_was_sent_with() {
        let now = clock::now();
        let mut cache = TokenCache::default();
        granted(&mut cache, now);
        assert_eq!(cache.refused(1), AfterRefusal::FetchAgain);
        assert_eq!(word(&cache, now).0, "fetch");
        assert_eq!(cache.refused(1), AfterRefusal::FetchAgain);
        granted(&mut cache, now);
        assert_eq!(cache.refused(1), AfterRefusal::FetchAgain);
        assert_eq!(
            word(&cache, now),
            ("use", 2),
            "a late 401 spares its successor"
        );
    }

    #[test]
    fn a_second_refusal_with_a_fresh_token_is_the_last() {
        let now = clock::now();
        let mut cache = TokenCache::default();
        granted(&mut cache, now);
        assert_eq!(cache.refused(1), AfterRefusal::FetchAgain);
        granted(&mut cache, now);
        cache.accepted(1);
        assert_eq!(
            cache.refused(2),
            AfterRefusal::Stop,
            "its predecessor's success does not count"
        );
    }

    #[test]
    fn a_fresh_token_that_was_accepted_may_be_refused_later() {
        let now = clock::now();
        let mut cache = TokenCache::default();
        granted(&mut cache, now);
        assert_eq!(cache.refused(1), AfterRefusal::FetchAgain);
        granted(&mut cache, now);
        cache.accepted(2);
        assert_eq!(cache.refused(2), AfterRefusal::FetchAgain);
    }

    #[test]
    fn a_renewal_does_not_end_the_trial() {
        let now = clock::now();
        let mut cache = TokenCache::default();
        granted(&mut cache, now);
        assert_eq!(cache.refused(1), AfterRefusal::FetchAgain);
        granted(&mut cache, now);
        granted(&mut cache, now);
        assert_eq!(
            cache.refused(2),
            AfterRefusal::FetchAgain,
            "it is not the current one"
        );
        assert_eq!(cache.refused(3), AfterRefusal::Stop);
    }

    #[test]
    fn a_given_token_is_never_renewed_and_its_refusal_ends_the_run() {
        let now = clock::now();
        let mut cache = TokenCache::fixed(bearer(), now);
        assert_eq!(word(&cache, now + Duration::from_secs(1 << 40)), ("use", 1));
        assert_eq!(cache.refused(1), AfterRefusal::Stop);
    }

    #[test]
    fn debug_output_shows_no_token() {
        let cache = TokenCache::fixed(bearer(), clock::now());
        assert!(!format!("{cache:?}").contains("t.o-k_en"));
    }
}
