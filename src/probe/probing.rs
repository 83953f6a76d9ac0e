//! What the probe does for its questions: creates, listings and deletions, each written down.

use std::collections::BTreeSet;
use std::time::Duration;

use super::account::{Intent, Line};
use super::asker::{Asker, Halt, Sent};
use super::evidence::{Came, Evidence, Shown};
use super::journal::{self, Journal};
use super::question::Question;
use crate::clock;
use crate::model::ids::{DeviceId, UserId};
use crate::pingone::raw::Exchange;
use crate::pingone::wire;

/// How often a create is sent again that was certainly refused for the pace or the token.
const AGAIN: u32 = 2;

/// So many looks are kept for creates whose answers were lost.
const LOOKS_FOR_LOST: usize = 4;

/// A probe that is going on, or one that is cleaned up.
#[derive(Debug)]
pub(crate) struct Probing<'a> {
    pub(super) asker: Asker<'a>,
    pub(super) journal: Journal,
    pub(super) user: UserId,
    /// What was seen.
    pub(super) evidence: Evidence,
    /// The devices that appeared meanwhile and are not ours.
    pub(super) others: BTreeSet<DeviceId>,
    /// The first line of the journal that could not be written.
    pub(super) unwritten: Option<journal::Error>,
}

impl<'a> Probing<'a> {
    /// Takes over what was seen while the user was checked.
    pub(crate) fn new(
        asker: Asker<'a>,
        journal: Journal,
        user: UserId,
        evidence: Evidence,
    ) -> Self {
        Self {
            asker,
            journal,
            user,
            evidence,
            others: BTreeSet::new(),
            unwritten: None,
        }
    }

    /// What was seen.
    pub(crate) fn evidence(&self) -> &Evidence {
        &self.evidence
    }

    /// How many requests were sent, the token's included.
    pub(crate) fn spent(&self) -> usize {
        self.asker.budget().spent()
    }

    /// Why the journal could not be written while devices were deleted.
    pub(crate) fn take_unwritten(&mut self) -> Option<journal::Error> {
        self.unwritten.take()
    }

    /// Whether so many requests may be sent besides those that delete what is there.
    pub(super) fn affords(&self, requests: usize) -> bool {
        let account = self.journal.account();
        let open = account.open().count();
        let looks = if open > 0 { LOOKS_FOR_LOST } else { 0 };
        let kept = account.there().len() + open + looks;
        self.asker.budget().affords(requests, kept)
    }

    /// Creates a device, once, and notes what came of it. What is about to be sent is on disk before it is.
    pub(super) async fn create(
        &mut self,
        question: Question,
        device: &wire::CreateDevice,
    ) -> Result<Came, Halt> {
        // The device itself has to be deleted, too.
        if !self.affords(2) {
            return Ok(Came::NotAsked("no request was left for it".to_owned()));
        }
        let asked = Exchange::Create(self.user, device.clone());
        for tries in 0.. {
            let token = self.asker.ready().await?;
            let n = self.journal.account().next();
            self.journal
                .note(&Line::Creates(intent(n, question, device)))?;
            let sent = self.asker.send(&asked, &token, &mut self.evidence).await;
            let answer = match sent {
                Ok(Sent::Answer(answer)) => answer,
                Ok(Sent::Again) => {
                    let why = "refused for the pace or the token".to_owned();
                    self.journal.note(&Line::NotMade { n, why })?;
                    if tries < AGAIN && self.affords(2) {
                        continue;
                    }
                    return Ok(Came::Silence("PingOne did not take the request".to_owned()));
                }
                Err(halt) => {
                    let why = "the probe ended".to_owned();
                    self.journal.note(&Line::Lost { n, why })?;
                    return Err(halt);
                }
            };
            let came = match &answer {
                Ok(answer) => Came::of(answer),
                Err(fault) if !fault.may_be_heard => {
                    let why = fault.message.clone();
                    self.journal.note(&Line::NotMade { n, why })?;
                    return Ok(Came::Silence(fault.message.clone()));
                }
                Err(fault) => Came::Silence(fault.message.clone()),
            };
            self.note(n, &came)?;
            if came.made().is_none() && came.may_have_made() {
                self.find().await?;
            }
            return Ok(came);
        }
        unreachable!("the loop ends by itself")
    }

    fn note(&mut self, n: u32, came: &Came) -> Result<(), journal::Error> {
        let why = || {
            came.seen()
                .map_or_else(|| "no answer".to_owned(), super::evidence::Seen::label)
        };
        self.journal.note(&match came.made() {
            Some(device) => Line::Made {
                n,
                device: device.id.to_string(),
            },
            None if came.may_have_made() => Line::Lost { n, why: why() },
            None => Line::NotMade { n, why: why() },
        })
    }

    /// Lists the user's devices, and takes down which of them are of creates whose answers were lost.
    pub(super) async fn find(&mut self) -> Result<Option<Vec<Shown>>, Halt> {
        let Some(listed) = self.list().await? else {
            return Ok(None);
        };
        let found = self.journal.account().compare(&listed);
        for (n, device) in found.made {
            let device = device.to_string();
            self.journal.note(&Line::Made { n, device })?;
        }
        self.others.extend(found.others);
        Ok(Some(listed))
    }

    /// Lists the user's devices; `None` where there is no listing that can be read whole.
    pub(super) async fn list(&mut self) -> Result<Option<Vec<Shown>>, Halt> {
        let asked = Exchange::Devices(self.user);
        let kept = self.journal.account().there().len();
        let answer = self.asker.ask(&asked, kept, &mut self.evidence).await?;
        let Ok(answer) = answer else {
            return Ok(None);
        };
        Ok(answer
            .body
            .filter(|_| answer.status == 200)
            .and_then(|body| listing(&body)))
    }

    /// Deletes one of our devices; a 2xx or a 404 says that it is gone.
    pub(super) async fn delete(&mut self, device: DeviceId) -> Result<Came, Halt> {
        let asked = Exchange::Delete(self.user, device);
        let kept = self.journal.account().there().len();
        let answer = self.asker.ask(&asked, kept, &mut self.evidence).await?;
        let came = match &answer {
            Ok(answer) => Came::of(answer),
            Err(fault) => Came::Silence(fault.message.clone()),
        };
        let is_gone = came
            .seen()
            .is_some_and(|seen| seen.status == 404 || (200..300).contains(&seen.status));
        if is_gone && self.journal.account().there().contains(&device) {
            let line = Line::Deleted {
                device: device.to_string(),
            };
            // What is gone is gone, whether or not it can be written down.
            if let Err(error) = self.journal.note(&line) {
                self.unwritten.get_or_insert(error);
            }
        }
        if is_gone && self.asker.doubted() {
            // An earlier try may have deleted it: the status of the last one answers no question.
            return Ok(Came::Silence("it had to be asked for again".to_owned()));
        }
        Ok(came)
    }

    /// Deletes all that was made so far.
    pub(super) async fn delete_all(&mut self) -> Result<(), Halt> {
        for device in self.journal.account().there() {
            self.delete(device).await?;
        }
        Ok(())
    }
}

/// The devices of a listing that is whole: PingOne documents no pages, so one that goes on is not believed.
fn listing(body: &serde_json::Value) -> Option<Vec<Shown>> {
    let next = body.get("_links").and_then(|links| links.get("next"));
    Shown::list(body).filter(|_| next.is_none_or(serde_json::Value::is_null))
}

fn intent(n: u32, question: Question, device: &wire::CreateDevice) -> Intent {
    Intent {
        n,
        at_ms: clock::wall().as_millisecond(),
        kind: device.kind.clone(),
        phone: device.phone.clone().unwrap_or_default(),
        asks: question.number().to_string(),
    }
}

/// How old an intent is by the wall clock; one of the future is of this moment.
pub(super) fn age(intent: &Intent) -> Duration {
    let age = clock::wall().as_millisecond().saturating_sub(intent.at_ms);
    Duration::from_millis(u64::try_from(age).unwrap_or(0))
}
