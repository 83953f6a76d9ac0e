//! A ledger without a file, for tests of what is told to it: the rules are the real one's.

use std::collections::HashMap;
use std::fmt;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::batch::{Committed, Intent, Recorded, Settled};
use super::error::{Error, Flaw};
use super::rules;
use super::undo::{self, UndoNote};
use super::users::NotedMfa;
use crate::model::code::INTERRUPTED;
use crate::model::entry::{DeviceState, LedgerEntry, Moment};
use crate::model::ids::{DeviceId, RunId, UserId};
use crate::model::mfa::MfaNote;
use crate::model::outcome::Answer;
use crate::model::request::DeviceKey;

/// What a ledger knows of every device.
#[derive(Clone, Debug, Default)]
pub(crate) struct InMemory {
    entries: HashMap<DeviceKey, LedgerEntry>,
    users: HashMap<UserId, NotedMfa>,
}

impl InMemory {
    /// Begins a run: what the one before left in flight is unresolved.
    pub(crate) fn begin(&mut self, now: &Moment) {
        for entry in self.entries.values_mut() {
            if entry.state == DeviceState::InFlight {
                entry.state = DeviceState::Unresolved;
                entry.answer = Answer {
                    code: Some(INTERRUPTED.to_owned()),
                    correlation_id: entry.answer.correlation_id.take(),
                    ..Answer::default()
                };
                if let Some(doubt) = &mut entry.doubt {
                    doubt.last_send = now.clone();
                }
            }
        }
    }

    pub(crate) fn entry(&self, key: &DeviceKey) -> Option<&LedgerEntry> {
        self.entries.get(key)
    }

    pub(crate) fn entry_mut(&mut self, key: &DeviceKey) -> Option<&mut LedgerEntry> {
        self.entries.get_mut(key)
    }

    pub(crate) fn mfa(&self, user: UserId) -> Option<NotedMfa> {
        self.users.get(&user).copied()
    }

    pub(crate) fn has_elsewhere(&self, id: DeviceId, key: &DeviceKey) -> bool {
        let mut entries = self.entries.iter();
        entries.any(|(of, entry)| entry.device == Some(id) && of != key)
    }

    /// Writes all of it down, or nothing.
    pub(crate) fn commit(
        &mut self,
        run: RunId,
        (noted, settled): (&[MfaNote], &[Settled]),
        intents: Vec<Intent>,
        now: &Moment,
    ) -> Result<Committed, Error> {
        let mut after = self.clone();
        for note in noted {
            let before = after.mfa(note.user).map(|known| known.state);
            let known = NotedMfa {
                state: note.state.over(before),
                noted_ms: now.wall_ms,
            };
            after.users.insert(note.user, known);
        }
        let settled = settled.iter().map(|end| after.settle(run, end, now));
        let settled = settled.collect::<Result<_, _>>().map_err(refused)?;
        let recorded = intents
            .into_iter()
            .map(|intent| after.intend(run, intent, now));
        let recorded = recorded.collect::<Result<_, _>>().map_err(refused)?;
        *self = after;
        Ok(Committed {
            recorded,
            settled,
            disk_full: false,
        })
    }

    fn settle(&mut self, run: RunId, end: &Settled, now: &Moment) -> Result<u64, String> {
        let before = self.entries.get(&end.key).cloned();
        let was_final = before
            .as_ref()
            .map(|entry| entry.state)
            .filter(|state| state.is_final());
        if was_final.is_some_and(|state| state != end.state) {
            return Err("a settled device never changes its state".to_owned());
        }
        let entry = rules::settled(before, end, run, now)?;
        if let Some(id) = entry.device
            && self.has_elsewhere(id, &end.key)
        {
            return Err("one device ID for two devices".to_owned());
        }
        Ok(self.write(&end.key, entry))
    }

    fn intend(&mut self, run: RunId, intent: Intent, now: &Moment) -> Result<Recorded, String> {
        let key = intent.request.key.clone();
        let before = self.entries.get(&key).cloned();
        let entry = rules::intended(before, &intent, run, now)?;
        let attempt = entry.attempts;
        Ok(Recorded {
            request: intent.request,
            entry: self.write(&key, entry),
            attempt,
        })
    }

    /// Writes all that is said of devices which are undone, or nothing.
    pub(super) fn undo(&mut self, notes: &[UndoNote], now: &Moment) -> Result<(), Error> {
        let mut after = self.clone();
        for note in notes {
            let before = after.entries.get(&note.key).cloned();
            let entry = undo::stepped(before, note, now).map_err(refused)?;
            after.write(&note.key, entry);
        }
        *self = after;
        Ok(())
    }

    fn write(&mut self, key: &DeviceKey, mut entry: LedgerEntry) -> u64 {
        if entry.number == 0 {
            entry.number = self.entries.len() as u64 + 1;
        }
        let number = entry.number;
        self.entries.insert(key.clone(), entry);
        number
    }
}

/// A ledger in memory that a run has begun on.
///
/// A commit takes its time, before and after the moment from which it holds. Nothing is written
/// once one failed.
#[derive(Clone)]
pub(crate) struct Begun {
    pub(crate) ledger: Arc<Mutex<InMemory>>,
    pub(crate) run: RunId,
    pub(crate) disk: Arc<dyn Fn() -> Writing + Send + Sync>,
}

/// How a commit goes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Writing {
    /// How long it takes until it holds.
    pub(crate) before: Duration,
    /// How long until that is known.
    pub(crate) after: Duration,
    pub(crate) fate: Fate,
}

/// What becomes of a commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    Holds,
    /// It holds some time after it was said to.
    HoldsLater,
    /// There is no room for an intent.
    DiskFull,
    /// It fails; whether it holds all the same, nobody knows.
    Fails {
        holds: bool,
    },
}

impl fmt::Debug for Begun {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Begun").finish_non_exhaustive()
    }
}

impl Begun {
    pub(super) fn entry(&self, key: &DeviceKey) -> Option<LedgerEntry> {
        self.with(|ledger| ledger.entry(key).cloned())
    }

    pub(super) fn mfa(&self, user: UserId) -> Option<NotedMfa> {
        self.with(|ledger| ledger.mfa(user))
    }

    pub(super) fn has_elsewhere(&self, id: DeviceId, key: &DeviceKey) -> bool {
        self.with(|ledger| ledger.has_elsewhere(id, key))
    }

    pub(super) fn any_device(&self) -> bool {
        self.with(|ledger| ledger.entries.values().any(|entry| entry.state.is_final()))
    }

    pub(super) async fn commit(
        &self,
        noted: Vec<MfaNote>,
        settled: Vec<Settled>,
        mut intents: Vec<Intent>,
        now: Moment,
    ) -> Result<Committed, Error> {
        let Writing {
            before,
            after,
            fate,
        } = (self.disk)();
        tokio::time::sleep(before).await;
        let (holds, fails) = match fate {
            Fate::HoldsLater => return self.commit_later((noted, settled), intents, now, after),
            Fate::Holds | Fate::DiskFull => (true, false),
            Fate::Fails { holds } => (holds, true),
        };
        let disk_full = fate == Fate::DiskFull;
        if disk_full {
            intents.clear();
        }
        let committed = holds.then(|| {
            self.with(|ledger| ledger.commit(self.run, (&noted, &settled), intents, &now))
        });
        tokio::time::sleep(after).await;
        match committed {
            Some(committed) if !fails => Ok(Committed {
                disk_full,
                ..committed?
            }),
            Some(_) | None => Err(Flaw::Poisoned.of(Path::new(""))),
        }
    }

    pub(super) async fn undo(&self, notes: Vec<UndoNote>, now: Moment) -> Result<bool, Error> {
        let Writing {
            before,
            after,
            fate,
        } = (self.disk)();
        tokio::time::sleep(before).await;
        let (holds, fails) = match fate {
            Fate::DiskFull if notes.iter().all(UndoNote::begins) => return Ok(false),
            Fate::Holds | Fate::HoldsLater | Fate::DiskFull => (true, false),
            Fate::Fails { holds } => (holds, true),
        };
        let written = holds.then(|| self.with(|ledger| ledger.undo(&notes, &now)));
        tokio::time::sleep(after).await;
        match written {
            Some(written) if !fails => written.map(|()| true),
            Some(_) | None => Err(Flaw::Poisoned.of(Path::new(""))),
        }
    }

    /// What a ledger does that must not be trusted.
    fn commit_later(
        &self,
        (noted, settled): (Vec<MfaNote>, Vec<Settled>),
        intents: Vec<Intent>,
        now: Moment,
        after: Duration,
    ) -> Result<Committed, Error> {
        let copies = intents.iter().map(|intent| Intent {
            request: intent.request.clone(),
            ..*intent
        });
        let copies = copies.collect();
        let mut copy = self.with(|ledger| ledger.clone());
        let committed = copy.commit(self.run, (&noted, &settled), intents, &now);
        let begun = self.clone();
        tokio::spawn(async move {
            tokio::time::sleep(after + Duration::from_millis(100)).await;
            let run = begun.run;
            begun
                .with(|ledger| ledger.commit(run, (&noted, &settled), copies, &now))
                .ok();
        });
        committed
    }

    fn with<T>(&self, work: impl FnOnce(&mut InMemory) -> T) -> T {
        work(&mut self.ledger.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

fn refused(what: String) -> Error {
    Flaw::Invariant(what).of(Path::new(""))
}
