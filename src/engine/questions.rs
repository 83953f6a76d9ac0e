//! Asking without changing anything: for `doctor` and `--dry-run --online`.
//!
//! Every question goes through the gate, the tokens and the answers of a run.

use std::cell::RefCell;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use serde::de::DeserializeOwned;
use tokio::sync::{Mutex, Notify};

use super::answers::{self, Context, Then};
pub(crate) use super::finding::Finding;
use super::finding::{finding, unsent};
use super::gate::{Gate, Leave};
use super::guard::{Guard, Kind};
pub(crate) use super::read_fault::ReadFault;
use super::read_fault::{again, verdict_of};
use super::reasons::{forbidden, mixed_up, out_of_trust};
use super::row::{Phase, Row};
use super::shared_tokens;
use super::tokens::{AfterVerdict, TokenVerdict, Tokens};
use crate::clock;
use crate::model::event::{Event, RequestKind};
use crate::model::ids::PolicyId;
use crate::model::outcome::LookOutcome;
use crate::model::pace_reading::PaceReading;
use crate::model::rate_group::RateGroup;
use crate::model::request::DeviceKey;
use crate::model::stop::StopReason;
use crate::model::why_nothing::WhyNothing;
use crate::pace::Pacing;
use crate::pingone::Answered;
use crate::pingone::classify::Listed;
use crate::pingone::client::Client;
use crate::pingone::connections::Connection;
use crate::pingone::read::{ListedPolicies, ReadError};
use crate::pingone::tenant::{self, Part, Shown};
use crate::pingone::token::{AccessToken, TokenCache};
use crate::pingone::wire::{MfaSettings, Policy};
use crate::retry::RetryPolicy;

/// Asks questions of one tenant.
pub(crate) struct Questions<'a> {
    client: &'a Client,
    retry: RetryPolicy,
    gate: RefCell<Gate>,
    /// An answer came: there may be room for another request, or for more than one.
    answered: Notify,
    tokens: Mutex<Tokens>,
    report: RefCell<&'a mut dyn FnMut(&Event)>,
}

impl std::fmt::Debug for Questions<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Questions")
    }
}

impl<'a> Questions<'a> {
    /// Sets questions up, so many at once at most; asks nothing yet.
    pub(crate) fn new(
        client: &'a Client,
        tokens: TokenCache,
        retry: RetryPolicy,
        (pacing, concurrency): (Pacing, usize),
        report: &'a mut dyn FnMut(&Event),
    ) -> Self {
        let guard = Guard::of_questions(concurrency, client.address());
        Self {
            client,
            retry,
            gate: RefCell::new(Gate::new(guard, pacing, None)),
            answered: Notify::new(),
            tokens: Mutex::new(Tokens::new(tokens)),
            report: RefCell::new(report),
        }
    }

    /// What it asks by.
    pub(super) fn client(&self) -> &'a Client {
        self.client
    }

    /// A token that is good for a while yet, fetched once for all who ask.
    ///
    /// # Errors
    ///
    /// There is none to be had; the reason says whether a later try may help.
    pub(crate) async fn token(&self) -> Result<Arc<AccessToken>, StopReason> {
        shared_tokens::fetched(&self.tokens, self.client, |event| self.tell(event)).await
    }

    /// The device authentication policies of the environment.
    ///
    /// # Errors
    ///
    /// They were not given.
    pub(crate) async fn policies(&self) -> Result<Vec<Policy>, ReadFault> {
        let mut before = None;
        loop {
            let pages = before.as_ref();
            let page = self.read(RequestKind::Read, |token| async move {
                self.client.policies(pages, &token).await
            });
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
    pub(crate) async fn policy(&self, id: PolicyId) -> Result<Policy, ReadFault> {
        self.read(RequestKind::Read, |token| async move {
            self.client.policy(id, &token).await
        })
        .await
    }

    /// The MFA settings of the environment.
    ///
    /// # Errors
    ///
    /// They were not given.
    pub(crate) async fn mfa_settings(&self) -> Result<MfaSettings, ReadFault> {
        self.read(RequestKind::Read, |token| async move {
            self.client.mfa_settings(&token).await
        })
        .await
    }

    /// A part of what PingOne shows of the tenant as a whole.
    ///
    /// # Errors
    ///
    /// It was not given.
    pub(crate) async fn tenant<T: DeserializeOwned>(
        &self,
        part: Part,
    ) -> Result<Shown<T>, ReadFault> {
        self.read(RequestKind::Read, |token| async move {
            tenant::read(self.client, part, &token).await
        })
        .await
    }

    /// Asks a question that may be asked again where it was not answered; it is told of as a request of
    /// this kind.
    ///
    /// # Errors
    ///
    /// It was not answered.
    pub(super) async fn read<T, F>(
        &self,
        kind: RequestKind,
        ask: impl Fn(Arc<AccessToken>) -> F,
    ) -> Result<T, ReadFault>
    where
        F: Future<Output = Result<T, ReadError>>,
    {
        let mut tries = 0;
        loop {
            let asked = self.read_once(kind, &ask);
            let (seq, answer) = asked.await.map_err(ReadFault::Stop)?;
            let heard = self.heard_read((kind.group(), seq), answer.as_ref().err());
            heard.map_err(ReadFault::Stop)?;
            let error = match answer {
                Ok(answer) => return Ok(answer),
                // Its group is held: to be throttled costs no try.
                Err(error) if error.is_throttle() => continue,
                Err(error) => error,
            };
            tries += 1;
            match self.again(&error, tries) {
                Some(wait) => tokio::time::sleep(wait).await,
                None => return Err(ReadFault::Refused(error)),
            }
        }
    }

    /// Asks once; a token that is refused is not used again. Gives the number of the request too.
    ///
    /// # Errors
    ///
    /// There is no token to be had.
    pub(super) async fn read_once<T, F>(
        &self,
        kind: RequestKind,
        ask: &impl Fn(Arc<AccessToken>) -> F,
    ) -> Result<(u64, Result<T, ReadError>), StopReason>
    where
        F: Future<Output = Result<T, ReadError>>,
    {
        self.ask_once(kind, ask, verdict_of).await
    }

    /// Sends one request; `verdict` is what its answer says of the token. Gives its number too.
    async fn ask_once<T, F>(
        &self,
        kind: RequestKind,
        ask: impl FnOnce(Arc<AccessToken>) -> F,
        verdict: impl FnOnce(&T) -> TokenVerdict,
    ) -> Result<(u64, T), StopReason>
    where
        F: Future<Output = T>,
    {
        let token = self.token().await?;
        let seq = self.pass(kind.group()).await;
        self.tell(&Event::Sent(kind));
        let generation = token.generation();
        let answer = ask(token).await;
        self.came_back(kind.group());
        self.heard_token(generation, verdict(&answer)).await?;
        Ok((seq, answer))
    }

    /// After how long something is asked again that was asked so often; nothing where it is not.
    pub(super) fn again(&self, error: &ReadError, tries: u32) -> Option<Duration> {
        again(&self.retry, error, tries)
    }

    /// What PingOne lists of a device, by the rules of a row that was never sent.
    ///
    /// # Errors
    ///
    /// Going on is pointless.
    pub(crate) async fn device(
        &self,
        key: &DeviceKey,
        transaction: &str,
    ) -> Result<Finding, StopReason> {
        let mut row = Row::new(unsent(key), Phase::Look, None);
        loop {
            let (answered, devices) = self.list(&mut row, transaction).await?;
            match &answered.outcome {
                LookOutcome::Nothing(WhyNothing::Forbidden) => return Err(forbidden()),
                LookOutcome::Nothing(
                    WhyNothing::Untrusted | WhyNothing::Redirected | WhyNothing::CaptivePortal,
                ) => {
                    return Err(out_of_trust(&answered.outcome, &answered.answer));
                }
                LookOutcome::Nothing(WhyNothing::MixedUp) => return Err(mixed_up()),
                LookOutcome::Seen(_)
                | LookOutcome::UserUnknown
                | LookOutcome::Nothing(
                    WhyNothing::Throttled { .. }
                    | WhyNothing::Unauthorized
                    | WhyNothing::NoInformation
                    | WhyNothing::Unreadable
                    | WhyNothing::Unproven,
                ) => {}
            }
            let after = match self.take(&mut row, &answered)? {
                Then::Go { after } | Then::Defer { after } => after,
                Then::End(end) | Then::EndAndRecheck(end) => {
                    return Ok(finding(end.outcome, answered));
                }
                Then::Next | Then::Nothing => Duration::ZERO,
            };
            if row.phase.kind() == Kind::Create {
                return Ok(Finding::ready(devices));
            }
            tokio::time::sleep(after).await;
        }
    }

    /// Lists the devices of a row's user, page by page.
    async fn list(
        &self,
        row: &mut Row,
        transaction: &str,
    ) -> Result<(Answered<LookOutcome>, Option<u64>), StopReason> {
        let (client, mut pages) = (self.client, None);
        let verdict = |listed: &Listed| match listed {
            Listed::GoesOn(_) => TokenVerdict::Accepted,
            Listed::Whole(answered, _) => TokenVerdict::of_other(answered),
        };
        loop {
            let (key, connection, before) = (&row.request.key, row.connection, pages.take());
            let ask = async |token: Arc<AccessToken>| {
                let listed = client.list_devices(key, before, &token, transaction, connection);
                listed.await
            };
            let (seq, listed) = self.ask_once(RequestKind::List, ask, verdict).await?;
            row.seq = seq;
            match listed {
                Listed::GoesOn(more) => pages = Some(more),
                Listed::Whole(answered, devices) => {
                    row.connection = Connection::Kept;
                    return Ok((answered, devices));
                }
            }
        }
    }

    /// Takes an answer in; tells what the row does.
    fn take(&self, row: &mut Row, answered: &Answered<LookOutcome>) -> Result<Then, StopReason> {
        let context = Context {
            now: clock::now(),
            moment: clock::moment(),
            took: Duration::ZERO,
            others_succeed: false,
            affords_retry: true,
            jitter: fastrand::f64(),
        };
        let subject = row.subject(&answered.answer, context.took);
        let effects = answers::after_look(&self.retry, row, answered, &context);
        let mut gate = self.gate.borrow_mut();
        let stop = gate.heard_look(subject, answered, None, context.now);
        self.answered.notify_waiters();
        if let Some(delay) = effects.hold {
            let (group, delay) = gate.hold_for(Kind::Look, &answered.answer, delay);
            self.tell(&Event::Held { group, delay });
            self.tell(&Event::Paced(gate.paces()));
        }
        stop.map_or(Ok(effects.then), Err)
    }

    /// Takes note of an answered read; holds its group where PingOne asks for that.
    fn heard_read(
        &self,
        asked: (RateGroup, u64),
        error: Option<&ReadError>,
    ) -> Result<(), StopReason> {
        let (usual, now) = (self.retry.base_delay, clock::now());
        let heard = self.gate.borrow_mut().heard_read(asked, error, usual, now);
        if let Some(delay) = heard? {
            self.tell(&Event::Throttled);
            let group = Some(asked.0);
            self.tell(&Event::Held { group, delay });
        }
        self.answered.notify_waiters();
        Ok(())
    }

    async fn heard_token(&self, generation: u64, verdict: TokenVerdict) -> Result<(), StopReason> {
        let mut tokens = self.tokens.lock().await;
        match tokens.heard(Kind::Look, generation, verdict) {
            AfterVerdict::GoOn => Ok(()),
            AfterVerdict::Probe => {
                self.gate.borrow_mut().probe();
                Ok(())
            }
            AfterVerdict::Stop(reason) => Err(reason),
        }
    }

    /// Waits until a read may be sent; gives its number.
    async fn pass(&self, group: RateGroup) -> u64 {
        loop {
            let answered = self.answered.notified();
            let leave = self.gate.borrow_mut().ask(group, clock::now());
            match leave {
                Leave::Now(seq) => return seq,
                Leave::At(moment) => tokio::time::sleep_until(moment).await,
                Leave::AfterAnswer => answered.await,
            }
        }
    }

    /// Takes note that a read is not on its way any more.
    fn came_back(&self, group: RateGroup) {
        self.gate.borrow_mut().came_back(group);
        self.answered.notify_waiters();
    }

    /// Ends them; tells how that of the listings went.
    pub(crate) fn end(self) -> PaceReading {
        self.gate.into_inner().paces().of(RateGroup::Lists)
    }

    /// Tells who hears of requests.
    pub(crate) fn tell(&self, event: &Event) {
        (self.report.borrow_mut())(event);
    }
}
