//! What an answer changes: the ledger, the row, the pace, and whether to go on.

use std::time::Duration;

use tokio::time::Instant;

use super::audit;
use super::budget::Retried;
use super::guard::{Kind, LONGEST_HOLD, Subject, too_long};
use super::job::Done;
use super::task::{LastSend, Step, Task};
use super::{Engine, Error};
use crate::clock;
use crate::ledger::Settled;
use crate::model::code;
use crate::model::entry::DeviceState;
use crate::model::event::{Event, Next};
use crate::model::outcome::{Answer, AttemptOutcome, Listing, LookOutcome, Proof, Refusal};
use crate::model::stop::StopReason;
use crate::pingone::Answered;
use crate::pingone::connections::Connection;
use crate::retry::{Decision, Verdict};

/// The most rows without news whose settling time is waited for while others are worked at.
const DEFERRED_MAX: usize = 10_000;

impl Engine<'_> {
    pub(super) fn take(&mut self, done: Done) -> Result<(), Error> {
        match done {
            Done::Create {
                task,
                attempt,
                token_generation,
                answered,
                took,
            } => {
                self.creating -= 1;
                let unauthorized = AttemptOutcome::NotCreated(Refusal::Unauthorized);
                if answered.answer.http_status.is_some() {
                    self.create_refused = answered.outcome == unauthorized;
                    self.heed_token(token_generation, self.create_refused);
                }
                let answered = self.unless_made_for_another(&task.request.key, answered)?;
                self.take_create(task, attempt, answered, took);
            }
            Done::Look {
                task,
                token_generation,
                answered,
                took,
            } => {
                self.looking -= 1;
                let refused = answered.outcome == LookOutcome::Unauthorized;
                let heard = answered.answer.http_status.is_some();
                if refused || heard && !self.create_refused {
                    // That a listing is allowed says nothing of a token that may not create.
                    self.heed_token(token_generation, refused);
                }
                let answered = self.unless_listed_for_another(&task.request.key, answered)?;
                self.take_look(task, answered, took);
            }
            Done::Page {
                task,
                token_generation,
            } => {
                self.looking -= 1;
                if !self.create_refused {
                    self.heed_token(token_generation, false);
                }
                self.go_on_with_pages(task);
            }
            Done::Token { asked, result } => self.take_token(asked, result),
        }
        Ok(())
    }

    /// Asks for the next page of a listing as soon as the pace allows: until then it tells nothing.
    fn go_on_with_pages(&mut self, task: Box<Task>) {
        if self.is_wanted(&task) {
            self.looks.push_front(task);
        } else {
            self.free(&task);
            self.give_up(&task);
        }
    }

    pub(super) fn take_create(
        &mut self,
        mut task: Box<Task>,
        attempt: u32,
        answered: Answered<AttemptOutcome>,
        took: Duration,
    ) {
        let now = clock::now();
        let Answered {
            outcome,
            answer,
            pause,
            proof,
            date_ms,
        } = answered;
        self.remote.hear(now, date_ms);
        let subject = subject(&task, &answer, took);
        let mut decision = self.options.retry.after_create(
            &mut task.history,
            &outcome,
            proof,
            task.intent_ms,
            self.guard.any_created(),
            fastrand::f64(),
        );
        let stop = self.guard.on_create(subject, &outcome, &answer, now);
        let stop = stop.or_else(|| too_long(pause));
        if let AttemptOutcome::NotCreated(Refusal::Throttled { .. }) = outcome {
            decision = self.hold_for(decision);
        } else if let Some(pause) = pause {
            self.hold(pause);
        }
        decision = self.within_budget(&outcome, &answer, decision, now);
        let stop = stop.or_else(|| self.heed_budget(Kind::Create, &answer, now));
        if let AttemptOutcome::Created(device) = &outcome {
            decision = audit::look_for_id(&mut task, device).unwrap_or(decision);
        }
        let (state, device) = match (&outcome, &decision) {
            (AttemptOutcome::Created(device), _) => (DeviceState::Created, Some(device.clone())),
            (AttemptOutcome::Indeterminate(_), _) => (DeviceState::Unresolved, None),
            (AttemptOutcome::NotCreated(_), Decision::Finish(verdict)) => (verdict.state, None),
            (AttemptOutcome::NotCreated(_), _) => (DeviceState::Failed, None),
        };
        let last_send = (state == DeviceState::Unresolved).then(|| {
            let moment = clock::moment();
            task.last_send = Some(LastSend {
                at: now,
                age: Duration::ZERO,
                moment: moment.clone(),
            });
            moment
        });
        task.looked = false;
        if last_send.is_some() || proof != Proof::Proven {
            task.connection = Connection::Fresh;
        }
        if matches!(outcome, AttemptOutcome::NotCreated(_)) {
            self.devices = self.devices.saturating_sub(1);
            task.failed = true;
            task.step = Step::Create { resend: false };
            task.refused_as.clone_from(&answer.code);
        }
        let audit_owed =
            state == DeviceState::Created && task.history.is_audit_owed(device.as_ref());
        let lost = task.last_send.as_ref().map(|sent| sent.moment.clone());
        let lost = lost.filter(|_| audit_owed);
        let unproven = is_refusal(state) && task.history.unproven_since_ms.is_some();
        task.answer = answer.clone();
        (self.report)(&Event::AttemptEnded {
            who: task.label(),
            attempt,
            outcome,
            answer: answer.clone(),
            took,
            next: next(&decision),
        });
        self.pending.settle(
            task.request.row,
            Settled {
                key: task.request.key.clone(),
                request: task.request.digest(),
                state,
                device,
                last_send,
                recheck_owed: audit_owed,
                lost,
                unproven,
                answer,
            },
        );
        self.follow(task, decision);
        self.stop_for(stop);
    }

    /// Gives up a retry that the run cannot afford: most of its requests fail.
    fn within_budget(
        &mut self,
        outcome: &AttemptOutcome,
        answer: &Answer,
        decision: Decision,
        now: Instant,
    ) -> Decision {
        match outcome {
            AttemptOutcome::Created(_) => self.budget.succeeded(),
            AttemptOutcome::NotCreated(Refusal::Unreachable | Refusal::OutOfResources) => {
                let why = match answer.code.as_deref() {
                    Some(code::CONNECT_TIMEOUT) => Retried::TimedOut,
                    _ => Retried::NotSent,
                };
                let retried = matches!(decision, Decision::Create { .. });
                if retried && !self.budget.pay_for_retry(why, now) {
                    return Decision::Finish(Verdict {
                        state: DeviceState::Failed,
                        device: None,
                    });
                }
            }
            AttemptOutcome::NotCreated(_) | AttemptOutcome::Indeterminate(_) => {}
        }
        decision
    }

    fn heed_budget(&mut self, kind: Kind, answer: &Answer, now: Instant) -> Option<StopReason> {
        if !self.budget.is_exhausted(now) {
            return None;
        }
        self.guard.on_exhausted(kind, answer, now)
    }

    pub(super) fn take_look(
        &mut self,
        mut task: Box<Task>,
        answered: Answered<LookOutcome>,
        took: Duration,
    ) {
        let Answered {
            outcome,
            answer,
            pause,
            proof: _,
            date_ms,
        } = answered;
        let now = clock::now();
        self.remote.hear(now, date_ms);
        let subject = subject(&task, &answer, took);
        let in_doubt = task.history.doubt.is_some();
        let first_look = task.history.is_not_looked_for();
        // PingOne looked at some time between the question and the answer: the question counts.
        let asked = now.checked_sub(took).unwrap_or(now);
        let age = task.age(now).saturating_sub(took);
        let jitter = fastrand::f64();
        let retry = &self.options.retry;
        let mut decision = if let Some(made) = &task.made {
            // When an earlier run asked for it is not known: then only its absence before says that it is ours.
            let intent_ms = Some(task.intent_ms).filter(|&ms| ms != 0);
            let intent_ms = intent_ms.unwrap_or(i64::MAX);
            retry.after_audit(&mut task.history, &outcome, made, intent_ms, jitter)
        } else {
            let others_succeed = self.guard.any_created();
            retry.after_look(&mut task.history, &outcome, age, others_succeed, jitter)
        };
        if outcome == LookOutcome::UserUnknown {
            task.refused_as.clone_from(&answer.code);
        }
        task.looked |= matches!(outcome, LookOutcome::Seen(_) | LookOutcome::UserUnknown);
        if outcome == LookOutcome::Unproven {
            task.connection = Connection::Fresh;
        }
        let mut stop = self.guard.on_look(subject, &outcome, &answer, now);
        if task.history.conflict && first_look && outcome == LookOutcome::Seen(Listing::Absent) {
            stop = stop.or_else(|| self.guard.on_empty_conflict(subject, &task.answer, now));
        }
        let stop = stop.or_else(|| too_long(pause));
        if let LookOutcome::Throttled { .. } = outcome {
            decision = self.hold_for(decision);
        } else if let Some(pause) = pause {
            self.hold(pause);
        }
        if outcome == LookOutcome::NoInformation {
            self.budget.pay_for_look(now);
        }
        let stop = stop.or_else(|| self.heed_budget(Kind::Look, &answer, now));
        (self.report)(&Event::LookEnded {
            who: task.label(),
            outcome,
            took,
            next: next(&decision),
        });
        match decision {
            Decision::Finish(verdict) if task.made.is_some() => {
                self.end_audit(&mut task, &verdict, &answer, asked);
            }
            Decision::Finish(verdict) => {
                self.settle_by_look(&mut task, &verdict, in_doubt, answer);
                self.finish_with(task, &verdict);
            }
            Decision::Create { .. } | Decision::Look { .. } | Decision::Defer { .. } => {
                self.follow(task, decision);
            }
        }
        self.stop_for(stop);
    }

    /// Writes down what a listing settled. What stays unknown, or several, is on disk already.
    fn settle_by_look(
        &mut self,
        task: &mut Task,
        verdict: &Verdict,
        in_doubt: bool,
        answer: Answer,
    ) {
        let told_nothing_new = match verdict.state {
            DeviceState::Unresolved => true,
            DeviceState::Several => verdict.device.is_none(),
            DeviceState::InFlight
            | DeviceState::Created
            | DeviceState::Found
            | DeviceState::Rejected
            | DeviceState::Failed => false,
        };
        if told_nothing_new {
            return;
        }
        let answer = match verdict.state {
            DeviceState::Several => Answer {
                code: Some(code::DUPLICATE_FOUND.to_owned()),
                message: Some(audit::SEVERAL.to_owned()),
                ..answer
            },
            DeviceState::Created if task.history.unproven_since_ms.is_some() => Answer {
                message: Some(
                    "the refusal was the answer to another request; PingOne's listing shows the \
                     device"
                        .to_owned(),
                ),
                ..answer
            },
            DeviceState::Created if in_doubt => Answer {
                message: Some("the answer was lost; PingOne's listing shows the device".to_owned()),
                ..answer
            },
            // The refusal that led to this look says more than the listing does.
            DeviceState::Rejected | DeviceState::Failed if task.history.refusal.is_some() => {
                task.answer.clone()
            }
            DeviceState::InFlight
            | DeviceState::Created
            | DeviceState::Found
            | DeviceState::Rejected
            | DeviceState::Failed
            | DeviceState::Unresolved => answer,
        };
        task.answer = answer.clone();
        let device = verdict.device.clone();
        let ours = verdict.state == DeviceState::Created;
        let audit_owed = ours && task.history.is_audit_owed(device.as_ref());
        let lost = task.last_send.as_ref().map(|sent| sent.moment.clone());
        self.pending.settle(
            task.request.row,
            Settled {
                key: task.request.key.clone(),
                request: task.request.digest(),
                state: verdict.state,
                recheck_owed: audit_owed,
                device,
                last_send: None,
                lost: lost.filter(|_| audit_owed),
                unproven: is_refusal(verdict.state) && task.history.unproven_since_ms.is_some(),
                answer,
            },
        );
    }

    /// Holds every request as long as a throttled one was told to wait; the row itself is free to go then.
    fn hold_for(&mut self, decision: Decision) -> Decision {
        let (delay, decision) = match decision {
            Decision::Create { after, resend } => (
                after,
                Decision::Create {
                    after: Duration::ZERO,
                    resend,
                },
            ),
            Decision::Look { after } => (
                after,
                Decision::Look {
                    after: Duration::ZERO,
                },
            ),
            Decision::Finish(_) | Decision::Defer { .. } => return decision,
        };
        self.hold(delay);
        decision
    }

    pub(super) fn hold(&mut self, delay: Duration) {
        let delay = delay.clamp(Duration::from_secs(1), LONGEST_HOLD);
        // Every client that was throttled would otherwise come back in the same instant.
        let delay = delay + delay.mul_f64(fastrand::f64() * 0.1);
        self.limiter.hold(clock::now() + delay);
        self.guard.probe();
        (self.report)(&Event::Held { delay });
    }

    /// Does what was decided; under a stop, ends the row as far as it has come.
    pub(super) fn follow(&mut self, mut task: Box<Task>, decision: Decision) {
        if let Decision::Finish(verdict) = decision {
            self.finish_with(task, &verdict);
            return;
        }
        task.step = match decision {
            Decision::Create { resend, .. } => Step::Create { resend },
            Decision::Finish(_) | Decision::Look { .. } | Decision::Defer { .. } => Step::Look,
        };
        if !self.is_wanted(&task) {
            self.free(&task);
            self.give_up(&task);
            return;
        }
        let now = clock::now();
        match decision {
            Decision::Finish(_) => {}
            Decision::Create { after, .. } | Decision::Look { after } => {
                self.after_wait(now, after, task);
            }
            Decision::Defer { after } => {
                self.free(&task);
                // What an earlier run left in doubt says nothing of how this one goes.
                let of_this_run = task.intent_ms != 0;
                let stop = of_this_run.then(|| self.guard.on_unsettled()).flatten();
                if self.deferred.len() < DEFERRED_MAX && self.winding_down.is_none() {
                    self.deferred.add(now + after, task);
                } else {
                    self.finish_unknown(&task);
                }
                if let Some(reason) = stop {
                    self.wind_down(reason);
                }
            }
        }
    }

    fn after_wait(&mut self, now: Instant, after: Duration, task: Box<Task>) {
        if after.is_zero() {
            self.enqueue(task);
        } else {
            self.waiting.add(now + after, task);
        }
    }
}

/// Whether a device in this state may be asked for again.
fn is_refusal(state: DeviceState) -> bool {
    match state {
        DeviceState::Failed | DeviceState::Rejected => true,
        DeviceState::InFlight
        | DeviceState::Created
        | DeviceState::Found
        | DeviceState::Several
        | DeviceState::Unresolved => false,
    }
}

fn subject(task: &Task, answer: &Answer, took: Duration) -> Subject {
    Subject {
        row: task.request.row,
        user: task.request.key.user,
        policy: task.request.policy,
        launch: task.launch,
        refused_before: task.refused_as.is_some() && task.refused_as == answer.code,
        took,
    }
}

fn next(decision: &Decision) -> Next {
    match decision {
        Decision::Finish(_) => Next::Finish,
        Decision::Create { after, .. } => Next::Create(*after),
        Decision::Look { after } | Decision::Defer { after } => Next::Look(*after),
    }
}
