//! One access token for all who ask: fetched once, renewed early, dropped when refused.
//!
//! It sends nothing and waits for nothing: it says what its owner has to do.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::guard::Kind;
use super::options::LONGEST_HOLD;
use super::reasons::{no_token, tokens_too_short, unauthorized};
use crate::model::outcome::{Answer, AttemptOutcome, Refusal};
use crate::model::stop::StopReason;
use crate::model::why_nothing::{MayTellNothing, WhyNothing};
use crate::pingone::Answered;
use crate::pingone::grant::{Granted, TokenError, TokenFailure};
use crate::pingone::token::{AccessToken, AfterRefusal, TokenCache, TokenState};
use crate::retry::backoff;

/// How often a token is asked for in a row: with the waits between, for half a minute at most.
const TRIES: u32 = 5;
/// The shortest wait before it is asked for again.
const SHORTEST: Duration = Duration::from_secs(1);
/// The longest wait that is not asked for.
const LONGEST: Duration = Duration::from_secs(30);

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
        Self::of(answered.outcome == refused, &answered.answer)
    }

    /// What any other answer says of its token.
    pub(super) fn of_other<T: MayTellNothing>(answered: &Answered<T>) -> Self {
        let nothing = answered.outcome.nothing();
        Self::of(nothing == Some(WhyNothing::Unauthorized), &answered.answer)
    }

    fn of(is_refused: bool, answer: &Answer) -> Self {
        if is_refused {
            TokenVerdict::Refused
        } else if answer.http_status.is_some() {
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

    /// Takes note of what a request told of its token.
    pub(super) fn heard(
        &mut self,
        kind: Kind,
        generation: u64,
        verdict: TokenVerdict,
    ) -> AfterVerdict {
        if kind == Kind::Create && verdict != TokenVerdict::Unheard {
            self.create_refused = verdict == TokenVerdict::Refused;
        }
        match verdict {
            TokenVerdict::Unheard => AfterVerdict::GoOn,
            // That a listing is allowed says nothing of a token that may not create.
            TokenVerdict::Accepted if self.create_refused => AfterVerdict::GoOn,
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
    // Without a token nothing is sent at all, so no setting makes this wait longer.
    let wait = || backoff(SHORTEST, tries, SHORTEST..=LONGEST, jitter);
    match failure {
        TokenFailure::Transient { .. } if tries >= TRIES => None,
        TokenFailure::Transient {
            retry_after: Some(delay),
        } if delay > LONGEST_HOLD => None,
        TokenFailure::Transient { retry_after } => {
            Some(retry_after.map_or_else(wait, |delay| delay.max(SHORTEST)))
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::samples::{answer, answered, device, now};
    use crate::model::outcome::LookOutcome;
    use crate::model::secret::Secret;
    use crate::model::stop::StopCode;
    use crate::pingone::grant::Bearer;

    const SECOND: Duration = Duration::from_secs(1);
    const HOUR: Duration = Duration::from_hours(1);

    fn granted(life: Duration) -> Granted {
        Granted {
            token: Bearer::new(Secret::new("token".to_owned())).unwrap(),
            life,
            date_ms: None,
        }
    }

    fn failed(failure: TokenFailure) -> TokenError {
        TokenError {
            failure,
            message: "no answer".to_owned(),
            hint: "wait",
        }
    }

    /// Tokens that got one for an hour.
    fn fetched(start: Instant) -> Tokens {
        let mut tokens = Tokens::new(TokenCache::default());
        let (token, fetch) = tokens.get(start);
        assert!(token.is_none() && fetch);
        tokens.asked();
        assert_eq!(
            tokens.answered(Ok(granted(HOUR)), start, start, 0.0),
            Ok(())
        );
        tokens
    }

    #[test]
    fn a_token_is_fetched_once_for_all_and_renewed_before_it_ends() {
        let start = now();
        let mut tokens = Tokens::new(TokenCache::default());
        assert!(tokens.get(start).1, "there is none");
        assert!(!tokens.get(start).1, "it is being fetched");
        let mut tokens = fetched(start);
        for (age, fetch) in [(44, false), (45, true), (46, false)] {
            let (token, fetches) = tokens.get(start + Duration::from_mins(age));
            assert!(token.is_some());
            assert_eq!(fetches, fetch, "{age} min");
        }
    }

    #[test]
    fn a_failure_that_may_pass_is_tried_five_times_with_growing_waits() {
        let (start, transient) = (now(), TokenFailure::Transient { retry_after: None });
        let mut tokens = Tokens::new(TokenCache::default());
        for wait in [2, 4, 8, 16] {
            tokens.asked();
            let taken = tokens.answered(Err(failed(transient)), start, start, 1.0);
            assert_eq!(taken, Ok(()));
            let due = start + wait * SECOND;
            assert_eq!(tokens.due(), Some(due));
            assert!(!tokens.is_due(due - SECOND) && tokens.is_due(due));
            assert_eq!(tokens.due(), None, "it is asked for now");
        }
        tokens.asked();
        let end = tokens.answered(Err(failed(transient)), start, start, 1.0);
        assert_eq!(end.unwrap_err().code(), StopCode::Unavailable);
        let mut again = fetched(start);
        again.asked();
        assert_eq!(
            again.answered(Err(failed(transient)), start, start, 1.0),
            Ok(())
        );
        assert_eq!(again.due(), Some(start + 2 * SECOND), "it began anew");
    }

    #[test]
    fn what_a_failure_says_decides_how_soon_it_is_tried_again_if_at_all() {
        use TokenFailure::{Malformed, Redirected, Refused, Transient, Unsupported, Untrusted};
        let wait = |seconds| Transient {
            retry_after: Some(seconds * SECOND),
        };
        for (failure, tries, expected) in [
            (wait(7), 1, Some(7)),
            (wait(0), 1, Some(1)),
            (wait(300), 1, Some(300)),
            (wait(301), 1, None),
            (wait(7), 5, None),
            (Transient { retry_after: None }, 9, None),
            (Unsupported, 1, Some(1)),
            (Unsupported, 2, None),
            (Refused, 1, None),
            (Untrusted, 1, None),
            (Redirected, 1, None),
            (Malformed, 1, None),
        ] {
            let after = retry_after(failure, tries, 0.0);
            let expected = expected.map(Duration::from_secs);
            assert_eq!(after, expected, "{failure:?}, {tries}");
        }
        let late = retry_after(Transient { retry_after: None }, 4, 1.0);
        assert_eq!(late, Some(16 * SECOND));
    }

    #[test]
    fn five_tokens_that_are_good_for_nothing_end_the_run() {
        let start = now();
        let mut tokens = Tokens::new(TokenCache::default());
        let late = start + HOUR;
        for _ in 1..TRIES {
            tokens.asked();
            assert_eq!(
                tokens.answered(Ok(granted(SECOND)), start, late, 0.0),
                Ok(())
            );
            assert!(tokens.is_due(late), "another one is asked for at once");
        }
        tokens.asked();
        let end = tokens.answered(Ok(granted(SECOND)), start, late, 0.0);
        assert_eq!(end.unwrap_err().code(), StopCode::TokensTooShort);
    }

    #[test]
    fn a_second_refusal_ends_the_run_unless_the_token_was_accepted_between() {
        use TokenVerdict::{Accepted, Refused, Unheard};
        for (between, ends) in [(Unheard, true), (Accepted, false)] {
            let start = now();
            let mut tokens = fetched(start);
            assert_eq!(tokens.heard(Kind::Create, 1, Refused), AfterVerdict::Probe);
            assert!(tokens.get(start).1, "a new one is fetched");
            tokens.asked();
            tokens
                .answered(Ok(granted(HOUR)), start, start, 0.0)
                .unwrap();
            assert_eq!(tokens.heard(Kind::Create, 2, between), AfterVerdict::GoOn);
            let after = tokens.heard(Kind::Create, 2, Refused);
            assert_eq!(matches!(after, AfterVerdict::Stop(_)), ends);
        }
    }

    #[test]
    fn a_listing_that_is_allowed_says_nothing_of_a_token_that_may_not_create() {
        use TokenVerdict::{Accepted, Refused};
        let start = now();
        let mut tokens = fetched(start);
        assert_eq!(tokens.heard(Kind::Create, 1, Refused), AfterVerdict::Probe);
        tokens.get(start);
        tokens.asked();
        tokens
            .answered(Ok(granted(HOUR)), start, start, 0.0)
            .unwrap();
        assert_eq!(tokens.heard(Kind::Look, 2, Accepted), AfterVerdict::GoOn);
        let after = tokens.heard(Kind::Create, 2, Refused);
        assert!(matches!(after, AfterVerdict::Stop(_)), "{after:?}");
        let mut reads = fetched(start);
        assert_eq!(reads.heard(Kind::Look, 1, Refused), AfterVerdict::Probe);
    }

    #[test]
    fn an_answer_refuses_or_accepts_a_token_and_silence_does_neither() {
        let refused = answered(AttemptOutcome::NotCreated(Refusal::Unauthorized));
        let made = answered(AttemptOutcome::Created(device(1)));
        assert_eq!(TokenVerdict::of_create(&refused), TokenVerdict::Refused);
        assert_eq!(TokenVerdict::of_create(&made), TokenVerdict::Accepted);
        let silent = Answered {
            answer: Answer {
                http_status: None,
                ..answer(0, "CODE")
            },
            ..made
        };
        assert_eq!(TokenVerdict::of_create(&silent), TokenVerdict::Unheard);
        let of_other = |why| TokenVerdict::of_other(&answered(LookOutcome::Nothing(why)));
        assert_eq!(of_other(WhyNothing::Unauthorized), TokenVerdict::Refused);
        assert_eq!(of_other(WhyNothing::Forbidden), TokenVerdict::Accepted);
    }
}
