//! Asking without changing anything: for `doctor` and `--dry-run --online`.
//!
//! Every question is paced and retried as in a run, and shares its rules.

use std::cell::RefCell;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Mutex;

use super::guard::{LONGEST_HOLD, Throttled, mixed_up, pointless};
use super::renew::{TOKEN_TRIES, token_retry, token_stop, too_short};
use crate::clock;
use crate::model::code;
use crate::model::entry::DeviceState;
use crate::model::event::{Event, RequestKind};
use crate::model::ids::PolicyId;
use crate::model::outcome::{Answer, Device, LookOutcome, Outcome};
use crate::model::request::DeviceKey;
use crate::model::stop::{StopCode, StopReason};
use crate::pingone::classify::Listed;
use crate::pingone::client::Client;
use crate::pingone::connections::Connection;
use crate::pingone::hint;
use crate::pingone::read::{ListedPolicies, ReadError, ReadFailure};
use crate::pingone::token::{AccessToken, AfterRefusal, TokenCache, TokenState};
use crate::pingone::wire::{MfaSettings, Policy};
use crate::rate_limit::{Rate, RateLimiter};
use crate::retry::{Decision, History, RetryPolicy};

/// Asks questions of one tenant.
pub struct Questions<'a> {
    client: &'a Client,
    retry: RetryPolicy,
    limiter: RefCell<RateLimiter>,
    tokens: Mutex<TokenCache>,
    report: RefCell<&'a mut dyn FnMut(&Event)>,
}

impl std::fmt::Debug for Questions<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Questions")
    }
}

/// What PingOne says of a device that nobody has asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What it means for the row: `ready`, `existing`, `rejected` or `failed`.
    pub outcome: Outcome,
    /// The device, where PingOne lists one.
    pub device: Option<Device>,
    /// What the answer said.
    pub answer: Answer,
}

impl<'a> Questions<'a> {
    /// Sets questions up; asks nothing yet.
    pub fn new(
        client: &'a Client,
        tokens: TokenCache,
        retry: RetryPolicy,
        rate: Rate,
        report: &'a mut dyn FnMut(&Event),
    ) -> Self {
        Self {
            client,
            retry,
            limiter: RefCell::new(RateLimiter::new(rate)),
            tokens: Mutex::new(tokens),
            report: RefCell::new(report),
        }
    }

    /// A token that is good for a while yet, fetched once for all who ask.
    ///
    /// # Errors
    ///
    /// There is none to be had; the reason says whether a later try may help.
    pub async fn token(&self) -> Result<Arc<AccessToken>, StopReason> {
        let mut tokens = self.tokens.lock().await;
        let mut tries = 0;
        loop {
            match tokens.state(clock::now()) {
                TokenState::Use(token) => return Ok(token),
                // It was fetched just now: there is no better one.
                TokenState::UseAndRefresh(token) if tries > 0 => return Ok(token),
                TokenState::UseAndRefresh(_) | TokenState::Fetch => {}
            }
            if tries >= TOKEN_TRIES {
                return Err(too_short());
            }
            tries += 1;
            self.sent(RequestKind::Token);
            let asked = clock::now();
            match self.client.fetch_token().await {
                Ok(granted) => tokens.granted(granted, asked, fastrand::f64()),
                Err(error) => match token_retry(error.failure, tries, fastrand::f64()) {
                    Some(after) => tokio::time::sleep(after).await,
                    None => return Err(token_stop(&error)),
                },
            }
        }
    }

    /// The device authentication policies of the environment.
    ///
    /// # Errors
    ///
    /// They were not given.
    pub async fn policies(&self) -> Result<Vec<Policy>, ReadFault> {
        let mut before = None;
        loop {
            let pages = before.as_ref();
            let page = self.read(|token| async move { self.client.policies(pages, &token).await });
            match page.await? {
                ListedPolicies::Whole(policies) => return Ok(policies),
                ListedPolicies::GoesOn(pages) => before = Some(pages),
            }
        }
    }

    /// The device authentication policy of an ID.
    ///
    /// # Errors
    ///
    /// It was not given, or is not there.
    pub async fn policy(&self, id: PolicyId) -> Result<Policy, ReadFault> {
        self.read(|token| async move { self.client.policy(id, &token).await })
            .await
    }

    /// The MFA settings of the environment.
    ///
    /// # Errors
    ///
    /// They were not given.
    pub async fn mfa_settings(&self) -> Result<MfaSettings, ReadFault> {
        self.read(|token| async move { self.client.mfa_settings(&token).await })
            .await
    }

    async fn read<T, F>(&self, ask: impl Fn(Arc<AccessToken>) -> F) -> Result<T, ReadFault>
    where
        F: Future<Output = Result<T, ReadError>>,
    {
        let mut tries = 0;
        loop {
            let token = self.token().await.map_err(ReadFault::Stop)?;
            self.pace().await;
            self.sent(RequestKind::Read);
            let generation = token.generation();
            let error = match ask(token).await {
                Ok(answer) => return Ok(answer),
                Err(error) => error,
            };
            tries += 1;
            match error.failure {
                ReadFailure::Unauthorized => {
                    self.refused(generation).await.map_err(ReadFault::Stop)?;
                }
                ReadFailure::Transient { retry_after } if tries < self.retry.attempts.get() => {
                    let backoff = self.retry.base_delay.saturating_mul(tries);
                    tokio::time::sleep(retry_after.unwrap_or(backoff).min(LONGEST_HOLD)).await;
                }
                ReadFailure::Transient { .. }
                | ReadFailure::Forbidden
                | ReadFailure::NotFound
                | ReadFailure::Untrusted
                | ReadFailure::Redirected
                | ReadFailure::CaptivePortal
                | ReadFailure::Malformed => return Err(ReadFault::Refused(error)),
            }
        }
    }

    /// What PingOne lists of a device, by the rules of a row that was never sent.
    ///
    /// # Errors
    ///
    /// Going on is pointless.
    pub async fn device(&self, key: &DeviceKey, row: &str) -> Result<Finding, StopReason> {
        let mut history = History::default();
        let mut connection = Connection::Kept;
        let mut throttled = Throttled::default();
        let mut before = None;
        loop {
            let token = self.token().await?;
            self.pace().await;
            self.sent(RequestKind::List);
            let listed = self
                .client
                .list_devices(key, before.take(), &token, row, connection);
            let answered = match listed.await {
                Listed::Whole(answered) => answered,
                Listed::GoesOn(pages) => {
                    before = Some(pages);
                    continue;
                }
            };
            connection = Connection::Kept;
            let is_throttle = matches!(answered.outcome, LookOutcome::Throttled { .. });
            if let Some(reason) = throttled.heard(is_throttle, clock::now()) {
                return Err(reason);
            }
            match &answered.outcome {
                LookOutcome::Unauthorized => self.refused(token.generation()).await?,
                LookOutcome::Forbidden => return Err(forbidden()),
                LookOutcome::Untrusted | LookOutcome::Redirected | LookOutcome::CaptivePortal => {
                    return Err(out_of_trust(&answered.outcome, answered.answer));
                }
                LookOutcome::MixedUp => return Err(mixed_up()),
                LookOutcome::Unproven => connection = Connection::Fresh,
                LookOutcome::Seen(_)
                | LookOutcome::UserUnknown
                | LookOutcome::Throttled { .. }
                | LookOutcome::NoInformation => {
                    self.tokens.lock().await.accepted(token.generation());
                }
            }
            let decision = self.retry.after_look(
                &mut history,
                &answered.outcome,
                Duration::ZERO,
                false,
                fastrand::f64(),
            );
            let wait = match decision {
                Decision::Finish(verdict) => {
                    return Ok(finding(verdict.state, verdict.device, answered.answer));
                }
                Decision::Create { .. } => {
                    let answer = Answer::default();
                    return Ok(Finding {
                        outcome: Outcome::Ready,
                        device: None,
                        answer,
                    });
                }
                Decision::Look { after } | Decision::Defer { after } => after,
            };
            if let LookOutcome::Throttled { .. } = answered.outcome {
                let delay = wait.clamp(Duration::from_secs(1), LONGEST_HOLD);
                self.limiter.borrow_mut().hold(clock::now() + delay);
                (self.report.borrow_mut())(&Event::Held { delay });
            } else {
                tokio::time::sleep(wait).await;
            }
        }
    }

    async fn refused(&self, generation: u64) -> Result<(), StopReason> {
        match self.tokens.lock().await.refused(generation) {
            AfterRefusal::FetchAgain => Ok(()),
            AfterRefusal::Stop => Err(unauthorized()),
        }
    }

    async fn pace(&self) {
        loop {
            let wait = match self.limiter.borrow().take() {
                Ok(()) => return,
                Err(wait) => wait,
            };
            tokio::time::sleep_until(wait.until()).await;
        }
    }

    fn sent(&self, kind: RequestKind) {
        (self.report.borrow_mut())(&Event::Sent(kind));
    }
}

/// Why a question was not answered.
#[derive(Debug)]
pub enum ReadFault {
    /// Nothing can be asked at all.
    Stop(StopReason),
    /// This question was refused.
    Refused(ReadError),
}

/// The end of a run whose token is refused twice.
pub(super) fn unauthorized() -> StopReason {
    pointless(
        StopCode::CredentialsRefused,
        "PingOne refuses a new access token (HTTP 401)".to_owned(),
        hint::UNAUTHORIZED,
    )
}

fn forbidden() -> StopReason {
    pointless(
        StopCode::PermissionMissing,
        "PingOne does not let this client list a user's devices (HTTP 403)".to_owned(),
        hint::FORBIDDEN,
    )
}

/// The end of a run that does not get to PingOne, or not to PingOne alone.
fn out_of_trust(outcome: &LookOutcome, answer: Answer) -> StopReason {
    let code = if *outcome == LookOutcome::Untrusted {
        StopCode::NotTrusted
    } else {
        StopCode::WrongHost
    };
    let advice = hint::of_look(outcome);
    let what = answer.message.or(answer.code).unwrap_or_default();
    pointless(code, hint::without_advice(&what, advice).to_owned(), advice)
}

fn finding(state: DeviceState, device: Option<Device>, answer: Answer) -> Finding {
    match state {
        DeviceState::Failed if answer.http_status == Some(404) => Finding {
            outcome: Outcome::Rejected,
            device,
            answer: Answer {
                code: Some(code::USER_NOT_FOUND.to_owned()),
                ..answer
            },
        },
        DeviceState::InFlight
        | DeviceState::Created
        | DeviceState::Found
        | DeviceState::Several
        | DeviceState::Rejected
        | DeviceState::Failed
        | DeviceState::Unresolved => Finding {
            outcome: state.outcome(),
            device,
            answer,
        },
    }
}
