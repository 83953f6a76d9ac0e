//! One device: looked at, written down, deleted, and looked at again where that is not clear.

use super::Fate;
use super::asking::{Asking, Permit, unanswered};
use crate::clock;
use crate::engine::guard::Kind;
use crate::engine::reasons;
use crate::ledger::{self, Deletable, Ledger, MadeDevice, UndoNote, UndoStep};
use crate::model::entry::DeviceState;
use crate::model::event::{Event, RequestKind};
use crate::model::ids::DeviceId;
use crate::model::outcome::Answer;
use crate::model::request::DeviceKey;
use crate::model::undo::{DeviceOutcome, ShownDevice, UndoVerdict};
use crate::model::why_nothing::WhyNothing;
use crate::pingone::Answered;
use crate::pingone::connections::Connection;
use crate::pingone::one_device;
use crate::plan::undo::why_kept;

/// What a look at a device told.
enum Looked {
    There(Box<ShownDevice>),
    Gone(Answer),
    /// Nothing, however often it was tried.
    Failed(Answer),
    /// It was not made: nothing more is sent.
    Stopped,
}

/// What a deletion told.
enum Deleted {
    Gone(Answer),
    /// It was certainly refused, for good.
    Refused(Answer),
    /// It is to be tried again, after a look at the device; whether it had an effect is not known.
    Again {
        answer: Answer,
        in_doubt: bool,
        costs_try: bool,
    },
    /// Nothing more is sent.
    Stopped,
}

/// Whether an answer that told nothing of a deletion says that this certainly had no effect.
fn had_no_effect(why: WhyNothing) -> bool {
    match why {
        WhyNothing::Throttled { .. }
        | WhyNothing::Unauthorized
        | WhyNothing::Forbidden
        | WhyNothing::Untrusted => true,
        WhyNothing::NoInformation
        | WhyNothing::Unreadable
        | WhyNothing::Redirected
        | WhyNothing::CaptivePortal
        | WhyNothing::Unproven
        | WhyNothing::MixedUp => false,
    }
}

/// A device that is worked at.
struct Undoing<'a, 'b> {
    asking: &'a Asking<'b>,
    ledger: Option<&'a Ledger>,
    made: &'a MadeDevice,
    key: DeviceKey,
    id: DeviceId,
    /// Whether it is on disk that the device is about to be deleted.
    begun: bool,
    /// Whether a request may yet delete it.
    in_doubt: bool,
}

/// Undoes one device of a run, as far as that goes.
///
/// # Errors
///
/// The ledger failed: the command must end.
pub(super) async fn undo(
    asking: &Asking<'_>,
    ledger: Option<&Ledger>,
    made: &MadeDevice,
) -> Result<Fate, ledger::Error> {
    if made.entry.state == DeviceState::Undone {
        return Ok(earlier(made));
    }
    let Some(id) = made.entry.device else {
        let message = "PingOne never told the ID of this device; run the wave again, which learns it, and \
                       give the same command again";
        return Ok(fate(UndoVerdict::Kept, Some(message.to_owned())));
    };
    let Some(key) = made.key() else {
        let message = "its phone or mailbox was purged from the ledger, so nothing shows whether it is still \
                       the same device; look at it in PingOne, and delete it there if it is to go";
        return Ok(fate(UndoVerdict::Kept, Some(message.to_owned())));
    };
    let begun = made.entry.state == DeviceState::Undoing;
    let doubt = made.entry.doubt.as_ref().filter(|_| begun);
    let settle = asking.options.retry.settle;
    let in_doubt =
        doubt.is_some_and(|doubt| clock::age(&doubt.last_send, &clock::moment()) < settle);
    let undoing = Undoing {
        asking,
        ledger,
        made,
        key,
        id,
        begun,
        in_doubt,
    };
    undoing.run().await
}

/// What became of a device that an earlier command was done with.
fn earlier(made: &MadeDevice) -> Fate {
    let is_others = made.entry.answer.code.as_deref() == Some(UndoVerdict::AlreadyGone.as_str());
    if is_others {
        fate(UndoVerdict::AlreadyGone, None)
    } else {
        fate(UndoVerdict::Deleted, None)
    }
}

fn fate(verdict: UndoVerdict, message: Option<String>) -> Fate {
    Fate { verdict, message }
}

impl Undoing<'_, '_> {
    async fn run(mut self) -> Result<Fate, ledger::Error> {
        let (mut tries, most) = (0, self.asking.options.retry.attempts.get());
        loop {
            match self.look().await {
                Looked::Stopped => return self.leaves(UndoVerdict::Pending, None).await,
                Looked::Failed(answer) => {
                    return self
                        .leaves(UndoVerdict::Failed, Some(unanswered(&answer)))
                        .await;
                }
                Looked::Gone(answer) => return self.settle_gone(answer).await,
                Looked::There(shown) => {
                    let allowed = &self.asking.options.allowed;
                    if let Some(kept) = why_kept(&self.made.entry, &shown, allowed) {
                        return self.leaves(UndoVerdict::Kept, Some(kept.message())).await;
                    }
                }
            }
            if self.ledger.is_none() {
                let message = "it is as the run left it; it would be deleted";
                return Ok(fate(UndoVerdict::Pending, Some(message.to_owned())));
            }
            match self.delete().await? {
                Deleted::Gone(answer) => return self.settle_gone(answer).await,
                Deleted::Refused(answer) => {
                    return self
                        .leaves(UndoVerdict::Failed, Some(unanswered(&answer)))
                        .await;
                }
                Deleted::Stopped => return self.leaves(UndoVerdict::Pending, None).await,
                Deleted::Again {
                    answer,
                    in_doubt,
                    costs_try,
                } => {
                    self.in_doubt |= in_doubt;
                    tries += u32::from(costs_try);
                    if tries >= most {
                        return self.gives_up(&answer).await;
                    }
                    let delay = self.asking.options.retry.between_tries(tries);
                    self.asking.wait(delay).await;
                }
            }
        }
    }

    /// Looks once more, for what the last deletion came to; then it is left.
    async fn gives_up(self, answer: &Answer) -> Result<Fate, ledger::Error> {
        match self.look().await {
            Looked::Gone(answer) => self.settle_gone(answer).await,
            Looked::There(_) | Looked::Failed(_) | Looked::Stopped => {
                self.leaves(UndoVerdict::Failed, Some(unanswered(answer)))
                    .await
            }
        }
    }

    /// Looks at the device until there is an answer that can be used.
    async fn look(&self) -> Looked {
        let (mut tries, mut connection) = (0, Connection::Kept);
        let retry = &self.asking.options.retry;
        loop {
            let Some(permit) = self.asking.permit(Kind::Look).await else {
                return Looked::Stopped;
            };
            self.asking.tell(&Event::Sent(RequestKind::Read));
            let (of, name) = ((&self.key, self.id), self.name("look"));
            let client = self.asking.client;
            let answered = one_device::read(client, of, &permit.token, &name, connection).await;
            self.asking.heard(&permit, self.made, &answered).await;
            let Answered {
                outcome, answer, ..
            } = answered;
            let why = match outcome {
                DeviceOutcome::There(shown) => return Looked::There(shown),
                DeviceOutcome::Gone => return Looked::Gone(answer),
                DeviceOutcome::Refused | DeviceOutcome::Nothing(WhyNothing::Forbidden) => {
                    return Looked::Failed(answer);
                }
                DeviceOutcome::Nothing(why) => why,
            };
            // Its turn comes again when the hold is over; that costs no try.
            if matches!(why, WhyNothing::Throttled { .. }) {
                continue;
            }
            if why == WhyNothing::Unproven {
                connection = Connection::Fresh;
            }
            tries += 1;
            if tries >= retry.attempts.get() {
                return Looked::Failed(answer);
            }
            // Another connection, or another token, may tell more at once.
            if !matches!(why, WhyNothing::Unproven | WhyNothing::Unauthorized) {
                self.asking.wait(retry.between_tries(tries)).await;
            }
        }
    }

    /// Writes down that the device is about to be deleted, and asks for it, once.
    async fn delete(&mut self) -> Result<Deleted, ledger::Error> {
        let (Some(ledger), Some(permit)) = (self.ledger, self.asking.permit(Kind::Create).await)
        else {
            return Ok(Deleted::Stopped);
        };
        let begun = ledger.begin_undo(&self.key, self.id, clock::moment());
        let Some(deletable) = begun.await? else {
            self.asking.give_back(&permit);
            self.asking.stop_for(Some(reasons::disk_full()));
            return Ok(Deleted::Stopped);
        };
        self.begun = true;
        if self.asking.withholds(&permit) {
            self.asking.give_back(&permit);
            return Ok(Deleted::Again {
                answer: Answer::default(),
                in_doubt: false,
                costs_try: false,
            });
        }
        Ok(self.send(&deletable, &permit).await)
    }

    /// The only place that asks for a deletion. Takes the proof that it is on disk.
    async fn send(&self, deletable: &Deletable, permit: &Permit) -> Deleted {
        self.asking.tell(&Event::Sent(RequestKind::Delete));
        let of = (deletable.key(), deletable.device());
        let name = self.name("undo");
        let sent = one_device::delete(self.asking.client, of, &permit.token, &name);
        let answered = sent.await;
        self.asking.heard(permit, self.made, &answered).await;
        let Answered {
            outcome, answer, ..
        } = answered;
        match outcome {
            DeviceOutcome::Gone => Deleted::Gone(answer),
            DeviceOutcome::Refused | DeviceOutcome::Nothing(WhyNothing::Forbidden) => {
                Deleted::Refused(answer)
            }
            DeviceOutcome::There(_) => Deleted::Again {
                answer,
                in_doubt: true,
                costs_try: true,
            },
            DeviceOutcome::Nothing(why) => Deleted::Again {
                answer,
                in_doubt: !had_no_effect(why),
                costs_try: !matches!(why, WhyNothing::Throttled { .. }),
            },
        }
    }

    /// Writes down that the device is there no more.
    async fn settle_gone(self, answer: Answer) -> Result<Fate, ledger::Error> {
        let verdict = if self.begun {
            UndoVerdict::Deleted
        } else {
            UndoVerdict::AlreadyGone
        };
        let Some(ledger) = self.ledger else {
            return Ok(fate(verdict, None));
        };
        let answer = Answer {
            code: Some(verdict.as_str().to_owned()),
            message: None,
            ..answer
        };
        let mut notes = Vec::new();
        if !self.begun {
            notes.push(self.note(UndoStep::Begins));
        }
        notes.push(self.note(UndoStep::Gone(answer)));
        ledger.undo(notes, clock::moment()).await?;
        Ok(fate(verdict, None))
    }

    /// Leaves the device as it is. Where no request may delete it any more, the ledger says again that
    /// it is there.
    async fn leaves(
        self,
        verdict: UndoVerdict,
        message: Option<String>,
    ) -> Result<Fate, ledger::Error> {
        let stays = self.begun && !self.in_doubt;
        // What was begun before and never looked at is not known to be there.
        let is_known =
            self.made.entry.state != DeviceState::Undoing || verdict == UndoVerdict::Kept;
        if let Some(ledger) = self.ledger.filter(|_| stays && is_known) {
            let answer = Answer::default();
            let note = self.note(UndoStep::Stays(answer));
            ledger.undo(vec![note], clock::moment()).await?;
        }
        Ok(fate(verdict, message))
    }

    fn note(&self, step: UndoStep) -> UndoNote {
        UndoNote {
            key: self.key.clone(),
            device: self.id,
            step,
        }
    }

    /// What a request is called in PingOne's audit log.
    fn name(&self, what: &str) -> String {
        let (run, number) = (self.asking.options.run, self.made.entry.number);
        format!("{run}-{number}-{what}")
    }
}
