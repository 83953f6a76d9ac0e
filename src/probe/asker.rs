//! Sends one request after the other, at the pace, within the budget; repeats what may be repeated.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;
use uuid::Uuid;

use super::budget::Budget;
use super::evidence::Evidence;
use super::journal;
use crate::clock;
use crate::engine::Stop;
use crate::model::request::Address;
use crate::model::stop::StopReason;
use crate::pace::{Meter, Pacing};
use crate::pingone::client::Client;
use crate::pingone::grant::TokenFailure;
use crate::pingone::hint;
use crate::pingone::raw::{self, Exchange, Exchanged, NoAnswer, Said};
use crate::pingone::token::{AccessToken, AfterRefusal, TokenCache, TokenState};

/// How often a token, or what changes nothing when it is asked twice, is asked for.
const TRIES: u32 = 3;
/// The longest pause that is waited for; with a longer one the probe ends.
const LONGEST_PAUSE: Duration = Duration::from_mins(1);
/// The wait after a 429 that names none.
const USUAL_PAUSE: Duration = Duration::from_secs(2);
/// The words that a header about limits has in its name.
const LIMIT_WORDS: [&str; 3] = ["limit", "quota", "retry"];

/// Why the probe does not go on.
#[derive(Debug)]
pub(crate) enum Halt {
    /// A signal.
    Stopped(StopReason),
    /// Nothing can be asked: what was seen, and what to do about it.
    Pointless(String, &'static str),
    /// PingOne asks for a longer pause than is waited for, or does not answer.
    Unavailable(String),
    /// The journal cannot be written.
    Journal(journal::Error),
}

impl From<journal::Error> for Halt {
    fn from(error: journal::Error) -> Self {
        Self::Journal(error)
    }
}

/// What sends.
pub(crate) struct Asker<'a> {
    client: &'a Client,
    tokens: TokenCache,
    meter: Meter,
    stop: Stop,
    own: Address,
    /// What the requests of this probe are called in PingOne's audit log.
    name: String,
    budget: Budget,
    /// Whether it cleans up: then nothing stops it, and a deletion may be repeated beyond the budget.
    cleaning: bool,
    /// Whether the last question was asked again though it may have been heard before.
    doubted: bool,
}

impl fmt::Debug for Asker<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Asker")
            .field("budget", &self.budget)
            .finish_non_exhaustive()
    }
}

impl<'a> Asker<'a> {
    /// Sends nothing yet. `own` is the phone that nothing may show.
    pub(crate) fn new(
        client: &'a Client,
        tokens: TokenCache,
        pacing: Pacing,
        stop: Stop,
        own: Address,
    ) -> Self {
        Self {
            client,
            tokens,
            meter: Meter::new(pacing, clock::now()),
            stop,
            own,
            name: format!("wavepair-probe-{}", Uuid::new_v4().simple()),
            budget: Budget::new(),
            cleaning: false,
            doubted: false,
        }
    }

    /// What was spent so far.
    pub(crate) fn budget(&self) -> Budget {
        self.budget
    }

    /// Whether the last question was asked again though it may have been heard before.
    pub(crate) fn doubted(&self) -> bool {
        self.doubted
    }

    /// From now on neither a signal nor the budget keeps anything from being deleted.
    pub(crate) fn clean_up(&mut self) {
        self.cleaning = true;
    }

    /// Asks what changes nothing when it is asked twice; repeats it where there is no answer.
    ///
    /// `kept` requests are not spent on repeating it.
    ///
    /// # Errors
    ///
    /// Nothing can be asked any more.
    pub(crate) async fn ask(
        &mut self,
        asked: &Exchange,
        kept: usize,
        evidence: &mut Evidence,
    ) -> Result<Result<Exchanged, NoAnswer>, Halt> {
        let mut tries = 0;
        self.doubted = false;
        loop {
            let token = self.ready().await?;
            let answer = self.send(asked, &token, evidence).await?;
            tries += 1;
            let again = match &answer {
                Sent::Again => true,
                Sent::Answer(answer) => answer.as_ref().map_or(true, |answer| answer.status >= 500),
            };
            // One report in five seconds is allowed: asked for at once again, it would be refused for that.
            let again = again && *asked != Exchange::Report;
            let affordable = self.cleaning || self.budget.affords(1, kept);
            match answer {
                Sent::Again if affordable && tries <= TRIES => {}
                Sent::Again => {
                    return Ok(Err(NoAnswer {
                        message: "PingOne did not take the request".to_owned(),
                        may_be_heard: false,
                        is_distrust: false,
                    }));
                }
                Sent::Answer(answer) => {
                    if !again || !affordable || tries >= TRIES {
                        return Ok(answer);
                    }
                    self.doubted = true;
                    self.sleep_until(clock::now() + Duration::from_secs(u64::from(tries)))
                        .await?;
                }
            }
        }
    }

    /// Waits for token and pace: what is sent next may be sent at once.
    ///
    /// # Errors
    ///
    /// There is no token, or a signal came.
    pub(crate) async fn ready(&mut self) -> Result<Arc<AccessToken>, Halt> {
        let token = self.token().await?;
        self.go_on()?;
        while let Err(wait) = self.meter.take(clock::now()) {
            self.sleep_until(wait.until()).await?;
        }
        Ok(token)
    }

    /// Sends a request, once. [`Sent::Again`] is for what certainly had no effect.
    ///
    /// # Errors
    ///
    /// The answer says that no other will be better.
    pub(crate) async fn send(
        &mut self,
        asked: &Exchange,
        token: &AccessToken,
        evidence: &mut Evidence,
    ) -> Result<Sent, Halt> {
        self.budget.spend();
        let name = format!("{}-{}", self.name, self.budget.spent());
        let answer = raw::exchange(self.client, asked, &self.own, token, &name).await;
        let answer = match answer {
            Err(fault) if fault.is_distrust => {
                return Err(Halt::Pointless(fault.message, hint::UNTRUSTED));
            }
            Err(fault) => return Ok(Sent::Answer(Err(fault))),
            Ok(answer) => answer,
        };
        note(&answer, evidence);
        match answer.status {
            401 => match self.tokens.refused(token.generation()) {
                AfterRefusal::FetchAgain => Ok(Sent::Again),
                AfterRefusal::Stop => Err(Halt::Pointless(
                    "PingOne does not accept the access token (HTTP 401)".to_owned(),
                    hint::UNAUTHORIZED,
                )),
            },
            429 if answer.error.as_ref().is_some_and(Said::is_about_rate) => {
                let (times, _) = evidence.throttled.unwrap_or_default();
                evidence.throttled = Some((times + 1, answer.retry_after));
                let pause = answer.retry_after.unwrap_or(USUAL_PAUSE);
                if pause > LONGEST_PAUSE {
                    let pause = pause.as_secs();
                    return Err(Halt::Unavailable(format!(
                        "PingOne asks for a pause of {pause} s (HTTP 429)"
                    )));
                }
                let now = clock::now();
                self.meter.hold(now + pause, now);
                Ok(Sent::Again)
            }
            300..=399 => Err(Halt::Pointless(
                format!("PingOne's address leads elsewhere (HTTP {})", answer.status),
                hint::WRONG_HOST,
            )),
            _ => {
                self.tokens.accepted(token.generation());
                Ok(Sent::Answer(Ok(answer)))
            }
        }
    }

    async fn token(&mut self) -> Result<Arc<AccessToken>, Halt> {
        let mut tries = 0;
        loop {
            if let TokenState::Use(token) | TokenState::UseAndRefresh(token) =
                self.tokens.state(clock::now())
            {
                return Ok(token);
            }
            self.go_on()?;
            self.budget.spend();
            let asked = clock::now();
            let result = self.client.fetch_token().await;
            tries += 1;
            match result {
                Ok(granted) => self.tokens.granted(granted, asked, fastrand::f64()),
                Err(error) => match error.failure {
                    TokenFailure::Transient { retry_after } if tries < TRIES => {
                        let wait = retry_after.unwrap_or(USUAL_PAUSE).min(LONGEST_PAUSE);
                        self.sleep_until(clock::now() + wait).await?;
                        continue;
                    }
                    TokenFailure::Transient { .. } => {
                        return Err(Halt::Unavailable(error.to_string()));
                    }
                    TokenFailure::Refused
                    | TokenFailure::Unsupported
                    | TokenFailure::Untrusted
                    | TokenFailure::Redirected
                    | TokenFailure::CaptivePortal
                    | TokenFailure::Malformed => {
                        return Err(Halt::Pointless(error.to_string(), error.hint));
                    }
                },
            }
            if tries >= TRIES && matches!(self.tokens.state(clock::now()), TokenState::Fetch) {
                let what = "access tokens expire before they can be used".to_owned();
                return Err(Halt::Pointless(what, hint::UNAUTHORIZED));
            }
        }
    }

    /// Waits; a signal ends the wait.
    ///
    /// # Errors
    ///
    /// A signal came.
    pub(crate) async fn sleep_until(&mut self, until: Instant) -> Result<(), Halt> {
        self.go_on()?;
        if self.cleaning {
            tokio::time::sleep_until(until).await;
            return Ok(());
        }
        tokio::select! {
            () = self.stop.requested() => self.go_on(),
            () = tokio::time::sleep_until(until) => Ok(()),
        }
    }

    fn go_on(&self) -> Result<(), Halt> {
        match self.stop.reason() {
            Some(reason) if !self.cleaning => Err(Halt::Stopped(reason)),
            Some(_) | None => Ok(()),
        }
    }
}

/// What came of sending a request.
#[derive(Debug)]
pub(crate) enum Sent {
    /// It certainly had no effect, and may be sent again.
    Again,
    /// This came.
    Answer(Result<Exchanged, NoAnswer>),
}

/// Takes down what any answer tells, whatever was asked.
fn note(answer: &Exchanged, evidence: &mut Evidence) {
    if answer.repeats_transaction {
        evidence.transactions.0 += 1;
    } else {
        evidence.transactions.1 += 1;
    }
    if (200..300).contains(&answer.status) && evidence.limit_headers.is_none() {
        let about_limits =
            |(name, _): &&(String, String)| LIMIT_WORDS.iter().any(|word| name.contains(word));
        evidence.limit_headers = Some(
            answer
                .headers
                .iter()
                .filter(about_limits)
                .cloned()
                .collect(),
        );
    }
}
