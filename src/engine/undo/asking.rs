//! One request about a device: let through by the gate, sent, and heard.

use std::cell::{Cell, RefCell};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Mutex, Notify, watch};
use tokio::time::Instant;

use super::UndoOptions;
use crate::clock;
use crate::engine::gate::{Gate, Leave};
use crate::engine::guard::{Guard, Kind, Subject};
use crate::engine::reasons;
use crate::engine::shared_tokens;
use crate::engine::tokens::{AfterVerdict, TokenVerdict, Tokens};
use crate::ledger::MadeDevice;
use crate::model::event::Event;
use crate::model::ids::PolicyId;
use crate::model::outcome::{
    Ambiguity, Answer, AttemptOutcome, Device, Listing, LookOutcome, Refusal,
};
use crate::model::row::RowNumber;
use crate::model::stop::StopReason;
use crate::model::undo::DeviceOutcome;
use crate::model::why_nothing::WhyNothing;
use crate::pingone::Answered;
use crate::pingone::client::Client;
use crate::pingone::token::{AccessToken, TokenCache};

/// How many refusals in a row are about the tenant, and not about devices: as many as of creates.
const SAME: u64 = 10;

/// Leave to send one request.
#[derive(Debug)]
pub(super) struct Permit {
    pub(super) token: Arc<AccessToken>,
    pub(super) seq: u64,
    kind: Kind,
    since: Instant,
}

/// What all requests of an undo go through.
pub(super) struct Asking<'a> {
    pub(super) client: &'a Client,
    pub(super) options: UndoOptions,
    gate: RefCell<Gate>,
    tokens: Mutex<Tokens>,
    /// An answer came: there may be room for another request.
    answered: Notify,
    /// Why nothing more is sent, once that is so.
    stopped: watch::Sender<Option<StopReason>>,
    refusals: Cell<u64>,
    report: RefCell<&'a mut dyn FnMut(&Event)>,
}

impl<'a> Asking<'a> {
    /// Asks nothing yet.
    pub(super) fn new(
        client: &'a Client,
        tokens: TokenCache,
        options: UndoOptions,
        report: &'a mut dyn FnMut(&Event),
    ) -> Self {
        let guard = Guard::new(options.guard, client.address(), true);
        Self {
            client,
            gate: RefCell::new(Gate::new(guard, options.pacing, None)),
            tokens: Mutex::new(Tokens::new(tokens)),
            answered: Notify::new(),
            stopped: watch::channel(None).0,
            refusals: Cell::new(0),
            report: RefCell::new(report),
            options,
        }
    }

    /// How many devices may be worked at.
    pub(super) fn width(&self) -> usize {
        if self.options.looks_only {
            return self.options.guard.concurrency;
        }
        self.gate.borrow().create_width()
    }

    /// Whether nothing more is sent.
    pub(super) fn is_stopping(&self) -> bool {
        self.stopped.borrow().is_some()
    }

    /// Why it stopped before all was done, if it did.
    pub(super) fn into_reason(self) -> Option<StopReason> {
        self.stopped.borrow().clone()
    }

    /// Stops where there is a reason to; the first one stays.
    pub(super) fn stop_for(&self, reason: Option<StopReason>) {
        let Some(reason) = reason else { return };
        let is_news = self.stopped.send_if_modified(|stopped| {
            let first = stopped.is_none();
            stopped.get_or_insert_with(|| reason.clone());
            first
        });
        if is_news {
            let in_flight = self.gate.borrow().in_flight();
            self.tell(&Event::StopRequested { reason, in_flight });
        }
    }

    /// Waits for so long; not at all once it stops. Tells whether it goes on.
    pub(super) async fn wait(&self, delay: Duration) -> bool {
        self.until(clock::now() + delay).await
    }

    async fn until(&self, moment: Instant) -> bool {
        let mut stopped = self.stopped.subscribe();
        tokio::select! {
            biased;
            _ = stopped.wait_for(Option::is_some) => false,
            () = tokio::time::sleep_until(moment) => true,
        }
    }

    /// Waits until a request of this kind may be sent; none once it stops.
    pub(super) async fn permit(&self, kind: Kind) -> Option<Permit> {
        let mut stopped = self.stopped.subscribe();
        let token = tokio::select! {
            biased;
            _ = stopped.wait_for(Option::is_some) => return None,
            token = self.token() => token?,
        };
        loop {
            if self.is_stopping() {
                return None;
            }
            let answered = self.answered.notified();
            let leave = self.gate.borrow_mut().ask(kind.group(), clock::now());
            match leave {
                Leave::Now(seq) => {
                    let since = clock::now();
                    return Some(Permit {
                        token,
                        seq,
                        kind,
                        since,
                    });
                }
                Leave::At(moment) => {
                    self.until(moment).await;
                }
                Leave::AfterAnswer => tokio::select! {
                    biased;
                    _ = stopped.wait_for(Option::is_some) => return None,
                    () = answered => {}
                },
            }
        }
    }

    /// Gives a permit back that was not used.
    pub(super) fn give_back(&self, permit: &Permit) {
        match permit.kind {
            Kind::Create => self.gate.borrow_mut().take_back_create(),
            Kind::Look | Kind::Mfa => self.gate.borrow_mut().came_back(permit.kind.group()),
        }
        self.answered.notify_waiters();
    }

    /// Whether a deletion that has a permit must not be sent: since then everything is held, or one is to
    /// go first.
    pub(super) fn withholds(&self, permit: &Permit) -> bool {
        self.is_stopping() || self.gate.borrow().withholds(permit.seq, clock::now())
    }

    /// A token for the next request; none where there is none to be had, and it stops.
    async fn token(&self) -> Option<Arc<AccessToken>> {
        let tell = |event: &Event| self.tell(event);
        match shared_tokens::fetched(&self.tokens, self.client, tell).await {
            Ok(token) => Some(token),
            Err(reason) => {
                self.stop_for(Some(reason));
                None
            }
        }
    }

    /// Takes note of the answer to a request that had this permit, before anything follows from it.
    pub(super) async fn heard(
        &self,
        permit: &Permit,
        made: &MadeDevice,
        answered: &Answered<DeviceOutcome>,
    ) {
        self.gate.borrow_mut().came_back(permit.kind.group());
        let verdict = TokenVerdict::of_other(answered);
        let generation = permit.token.generation();
        let after = self
            .tokens
            .lock()
            .await
            .heard(permit.kind, generation, verdict);
        match after {
            AfterVerdict::GoOn => {}
            AfterVerdict::Probe => self.gate.borrow_mut().probe(),
            AfterVerdict::Stop(reason) => self.stop_for(Some(reason)),
        }
        let now = clock::now();
        let subject = Subject {
            row: made.row.unwrap_or(RowNumber(made.entry.number)),
            user: made.user,
            policy: PolicyId::from_bytes([0; 16]),
            seq: permit.seq,
            refused_before: false,
            is_remembered: false,
            took: now - permit.since,
        };
        let stop = match permit.kind {
            Kind::Create => {
                let answered = with(answered, as_create(&answered.outcome));
                let mut gate = self.gate.borrow_mut();
                gate.heard_create(subject, &answered, None, now)
            }
            Kind::Look | Kind::Mfa => {
                let answered = with(answered, as_look(&answered.outcome));
                let mut gate = self.gate.borrow_mut();
                gate.heard_look(subject, &answered, None, now)
            }
        };
        self.stop_for(stop);
        self.count_refusals(answered);
        self.hold_for(permit.kind, answered);
        self.answered.notify_waiters();
    }

    fn hold_for(&self, kind: Kind, answered: &Answered<DeviceOutcome>) {
        let delay = if let DeviceOutcome::Nothing(WhyNothing::Throttled { retry_after }) =
            answered.outcome
        {
            self.tell(&Event::Throttled);
            Some(retry_after.unwrap_or(self.options.retry.base_delay))
        } else {
            answered.pause
        };
        let Some(delay) = delay else { return };
        let (held, pace) = {
            let mut gate = self.gate.borrow_mut();
            (gate.hold_for(kind, &answered.answer, delay), gate.paces())
        };
        let (group, delay) = held;
        self.tell(&Event::Held { group, delay });
        self.tell(&Event::Paced(pace));
    }

    /// Stops where PingOne refuses one device after the other.
    fn count_refusals(&self, answered: &Answered<DeviceOutcome>) {
        if answered.outcome == DeviceOutcome::Gone {
            self.refusals.set(0);
        }
        if answered.outcome != DeviceOutcome::Refused {
            return;
        }
        let refusals = self.refusals.get() + 1;
        self.refusals.set(refusals);
        if refusals >= SAME {
            self.stop_for(Some(reasons::deletions_refused(refusals, &answered.answer)));
        }
    }

    /// Tells how the pace goes.
    pub(super) fn tell_pace(&self) {
        let pace = self.gate.borrow().paces();
        self.tell(&Event::Paced(pace));
    }

    /// Tells who hears of requests.
    pub(super) fn tell(&self, event: &Event) {
        (self.report.borrow_mut())(event);
    }
}

fn with<T>(answered: &Answered<DeviceOutcome>, outcome: T) -> Answered<T> {
    Answered {
        outcome,
        answer: answered.answer.clone(),
        pause: answered.pause,
        proof: answered.proof,
        date_ms: answered.date_ms,
        fault: answered.fault,
    }
}

/// What a deletion says of how the run goes, in the words of a create: both change something, go
/// to the same part of PingOne, and fail for the same reasons.
fn as_create(outcome: &DeviceOutcome) -> AttemptOutcome {
    use AttemptOutcome::{Indeterminate, NotCreated};
    let why = match outcome {
        DeviceOutcome::There(_) | DeviceOutcome::Gone => {
            return AttemptOutcome::Created(Device::default());
        }
        // Counted apart: it is about no policy.
        DeviceOutcome::Refused => return NotCreated(Refusal::Withheld),
        DeviceOutcome::Nothing(why) => *why,
    };
    match why {
        WhyNothing::Throttled { retry_after } => NotCreated(Refusal::Throttled { retry_after }),
        WhyNothing::Unauthorized => NotCreated(Refusal::Unauthorized),
        WhyNothing::Forbidden => NotCreated(Refusal::Forbidden),
        WhyNothing::Untrusted => NotCreated(Refusal::Untrusted),
        WhyNothing::NoInformation | WhyNothing::Unproven => Indeterminate(Ambiguity::ServerError),
        WhyNothing::Unreadable => Indeterminate(Ambiguity::UnexpectedStatus),
        WhyNothing::Redirected => Indeterminate(Ambiguity::Redirected),
        WhyNothing::CaptivePortal => Indeterminate(Ambiguity::CaptivePortal),
        WhyNothing::MixedUp => Indeterminate(Ambiguity::MixedUp),
    }
}

/// What a look at a device says of how the run goes, in the words of a listing.
fn as_look(outcome: &DeviceOutcome) -> LookOutcome {
    match outcome {
        DeviceOutcome::There(_) | DeviceOutcome::Gone | DeviceOutcome::Refused => {
            LookOutcome::Seen(Listing::Absent)
        }
        DeviceOutcome::Nothing(why) => LookOutcome::Nothing(*why),
    }
}

/// What is said of a device that PingOne did not answer about.
pub(super) fn unanswered(answer: &Answer) -> String {
    let what = answer.message.as_deref();
    let what =
        what.unwrap_or("PingOne gave no answer that can be used; give the same command again");
    match &answer.code {
        Some(code) => format!("{code}: {what}"),
        None => what.to_owned(),
    }
}
