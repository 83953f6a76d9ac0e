//! Reading what is known, beside whoever writes.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

use rusqlite::Connection;

use super::binding::{self, Binding};
use super::counter::extent;
use super::devices;
use super::digests::Digests;
use super::dossier::{self, Dossier, Sought};
use super::earlier;
use super::error::{Error, Flaw};
use super::file::{connect, keep_log, opening, sqlite};
use super::keys::{Key, StoredKey};
use super::look::has_log;
use super::lookups::{self, Remembered};
use super::made::{self, MadeDevice};
use super::paces;
use super::place::{Place, Purpose, check_shard};
use super::purge;
use super::read_ahead::{ReadAhead, ReadRange};
use super::run_entry::{self, RunEntry, SoFar};
use super::runs::{self, LastRun};
use super::schema;
use super::storage::{self, Storage};
use super::users::{self, NotedMfa};
use super::verified;
use crate::model::earlier_use::EarlierUse;
use crate::model::entry::LedgerEntry;
use crate::model::ids::{DeviceId, PolicyId, RunId, UserId};
use crate::model::ledger_mark::LedgerMark;
use crate::model::minute::Minute;
use crate::model::names::PolicyAnswer;
use crate::model::pace_reading::Millirate;
use crate::model::phone::E164;
use crate::model::policy_ref::PolicyRef;
use crate::model::purge::PurgeCounts;
use crate::model::rate_group::RateGroup;
use crate::model::request::DeviceKey;
use crate::model::shard::Shard;
use crate::model::user_name::UserName;
use crate::model::verdict::Verdict;

/// A ledger, open for reading.
#[derive(Debug)]
pub struct Reader {
    path: PathBuf,
    /// Which shard of its waves it is for.
    shard: Shard,
    connection: Connection,
    /// Whether one state of the file is being looked at; that saves taking a lock for each entry.
    snapshot: Cell<bool>,
    ahead: RefCell<ReadAhead>,
    /// Those of what was purged, in that state of the file.
    digests: RefCell<Option<Digests>>,
    /// Whether anything is noted of any user, once somebody has asked: mostly nothing is.
    knows_users: Cell<Option<bool>>,
}

impl Reader {
    /// Opens a ledger that is there; `None` where there is none yet.
    ///
    /// Without a `binding` it may be bound to any tenant. One that is refused stays as it was.
    ///
    /// # Errors
    ///
    /// It is damaged, older than it once was, newer, from an earlier wavepair, bound to another
    /// tenant, not a ledger, or not ours alone.
    pub fn open(path: &Path, binding: Option<&Binding>) -> Result<Option<Self>, Error> {
        let has_log = has_log(path);
        // The file that it looks at is closed again before SQLite has it open: closing any copy
        // of a file drops the locks that this process has on it.
        let Some(facts) = Place::look_at(path, binding, Purpose::Reading)?.facts else {
            return Ok(None);
        };
        if facts.version < schema::current_version() {
            // Only a run brings it up to date.
            return Err(Flaw::Outdated(facts.version).of(path));
        }
        let reader = Self::beside_writer(path)?;
        if has_log {
            // What a run left is the next run's to fold in.
            let kept = keep_log(&reader.connection, true);
            kept.map_err(|source| opening(path, source))?;
        }
        Ok(Some(reader))
    }

    /// Refuses it to whoever looks at another shard than it is for.
    ///
    /// # Errors
    ///
    /// It is for another shard.
    pub(crate) fn check_shard(&self, shard: Shard) -> Result<(), Error> {
        check_shard(&self.path, self.shard, shard)
    }

    /// Which tenant it is bound to, once it is.
    ///
    /// # Errors
    ///
    /// The file cannot be read.
    pub(crate) fn binding(&self) -> Result<Option<Binding>, Error> {
        self.unless_unreadable(Binding::read(&self.connection))
    }

    /// Which shard of its waves it is for.
    pub(crate) fn shard(&self) -> Shard {
        self.shard
    }

    /// Opens a ledger that a run of this process has just begun on.
    pub(super) fn beside_writer(path: &Path) -> Result<Self, Error> {
        // Not opened read-only: whoever closes the file last folds the write-ahead log into it.
        let connection = connect(path)?;
        connection
            .execute_batch("PRAGMA query_only = ON; PRAGMA cache_size = -2048")
            .map_err(|source| opening(path, source))?;
        let shard = binding::shard(&connection, schema::current_version());
        Ok(Self {
            path: path.to_owned(),
            shard: shard.map_err(|source| opening(path, source))?,
            connection,
            snapshot: Cell::new(false),
            ahead: RefCell::default(),
            digests: RefCell::default(),
            knows_users: Cell::default(),
        })
    }

    /// Looks at the latest state from now on; until then all entries are of one state of the
    /// file, whatever is written meanwhile.
    ///
    /// # Errors
    ///
    /// The file cannot be read.
    pub(super) fn refresh(&self) -> Result<(), Error> {
        if !self.snapshot.replace(false) {
            return Ok(());
        }
        self.ahead.borrow_mut().forget();
        self.knows_users.set(None);
        self.unless_unreadable(self.connection.execute_batch("COMMIT"))
    }

    /// What is known of a device, in the state of the file that the first call found.
    ///
    /// # Errors
    ///
    /// The file cannot be read.
    pub fn entry(&self, key: &DeviceKey) -> Result<Option<LedgerEntry>, Error> {
        self.unless_unreadable(self.find(&Key::from(key)))
    }

    /// What is noted of a user's MFA, in the state of the file that the first call found.
    ///
    /// # Errors
    ///
    /// The file cannot be read.
    pub(crate) fn mfa(&self, user: UserId) -> Result<Option<NotedMfa>, Error> {
        self.unless_unreadable(self.find_mfa(user))
    }

    fn find_mfa(&self, user: UserId) -> rusqlite::Result<Option<NotedMfa>> {
        self.keep_state()?;
        let knows = match self.knows_users.get() {
            Some(knows) => knows,
            None => users::any(&self.connection)?,
        };
        self.knows_users.set(Some(knows));
        if knows {
            users::find(&self.connection, user)
        } else {
            Ok(None)
        }
    }

    /// Looks at one state of the file from now on.
    fn keep_state(&self) -> rusqlite::Result<()> {
        if !self.snapshot.replace(true) {
            self.connection.execute_batch("BEGIN")?;
            *self.digests.borrow_mut() = Digests::of(&self.connection)?;
        }
        Ok(())
    }

    fn find(&self, key: &Key) -> rusqlite::Result<Option<LedgerEntry>> {
        self.keep_state()?;
        let mut ahead = self.ahead.borrow_mut();
        if let Some(entry) = ahead.take(key) {
            return Ok(Some(entry));
        }
        let found = devices::find(&self.connection, self.digests.borrow().as_ref(), key)?;
        // What was purged cannot be read ahead: it is told by its digest alone.
        let readable = found.as_ref().filter(|found| !found.is_purged());
        let range = readable.and_then(|found| ahead.looked_up(found.number));
        if let Some(ReadRange { after, count }) = range {
            let mut keep = |key: StoredKey, entry| {
                if let Some(key) = key.whole() {
                    ahead.keep(key, entry);
                }
            };
            devices::after(&self.connection, after, count, &mut keep)?;
        }
        Ok(found)
    }

    /// What was told last of a user's name.
    ///
    /// # Errors
    ///
    /// The file cannot be read.
    pub(crate) fn user_named(&self, name: &UserName) -> Result<Option<Remembered>, Error> {
        self.unless_unreadable(lookups::user(&self.connection, name))
    }

    /// What was told last of a policy that is not named by its ID.
    ///
    /// # Errors
    ///
    /// The file cannot be read.
    pub(crate) fn policy_named(&self, policy: &PolicyRef) -> Result<Option<PolicyAnswer>, Error> {
        self.unless_unreadable(lookups::policy(&self.connection, policy))
    }

    /// What policies are called, as far as they were looked up by a name.
    ///
    /// # Errors
    ///
    /// The file cannot be read.
    pub(crate) fn policy_names(&self) -> Result<HashMap<PolicyId, String>, Error> {
        self.unless_unreadable(lookups::policy_names(&self.connection))
    }

    /// The number of the last device that was known before a wave was first run.
    ///
    /// # Errors
    ///
    /// The file cannot be read.
    pub(crate) fn last_device_before(&self, wave: &str) -> Result<u64, Error> {
        self.unless_unreadable(earlier::last_before(&self.connection, wave))
    }

    /// Where another user has a phone, by the devices up to this number.
    ///
    /// # Errors
    ///
    /// The file cannot be read.
    pub(crate) fn earlier_use(
        &self,
        asked: (E164, UserId),
        last: u64,
    ) -> Result<Option<EarlierUse>, Error> {
        self.unless_unreadable(self.keep_state())?;
        let digests = self.digests.borrow();
        let found = earlier::find(&self.connection, digests.as_ref(), asked, last);
        self.unless_unreadable(found)
    }

    /// The rates that PingOne was found to refuse in the 24 hours before this moment.
    ///
    /// # Errors
    ///
    /// The file cannot be read.
    pub(crate) fn paces(&self, now_ms: i64) -> Result<Vec<(RateGroup, Millirate)>, Error> {
        self.unless_unreadable(paces::read(&self.connection, now_ms))
    }

    fn unless_unreadable<T>(&self, read: rusqlite::Result<T>) -> Result<T, Error> {
        read.map_err(|source| sqlite(&self.path, source))
    }

    /// Whether another device than this one has this ID, in the state that the first call found.
    ///
    /// # Errors
    ///
    /// The file cannot be read.
    pub(crate) fn has_elsewhere(&self, id: DeviceId, key: &DeviceKey) -> Result<bool, Error> {
        self.unless_unreadable(self.keep_state())?;
        let (key, digests) = (Key::from(key), self.digests.borrow());
        let found = devices::has_elsewhere(&self.connection, digests.as_ref(), (id, &key));
        self.unless_unreadable(found)
    }

    /// The devices that a run has created, in the order of their entries.
    ///
    /// # Errors
    ///
    /// The file cannot be read.
    pub(crate) fn made_by(&self, run: RunId) -> Result<Vec<MadeDevice>, Error> {
        self.unless_unreadable(made::made_by(&self.connection, run))
    }

    /// Whether any run has created or found a device.
    ///
    /// # Errors
    ///
    /// The file cannot be read.
    pub(super) fn any_device(&self) -> Result<bool, Error> {
        self.unless_unreadable(devices::any(&self.connection))
    }

    /// How the file is kept, and how much is in it.
    ///
    /// # Errors
    ///
    /// The file cannot be read.
    pub fn storage(&self) -> Result<Storage, Error> {
        self.unless_unreadable(storage::read(&self.connection))
    }

    /// How far the ledger has come.
    ///
    /// # Errors
    ///
    /// The file cannot be read.
    pub fn mark(&self) -> Result<LedgerMark, Error> {
        let last_run = self.unless_unreadable(runs::last_begun(&self.connection))?;
        let extent = self.unless_unreadable(extent(&self.connection))?;
        Ok(extent.mark(last_run))
    }

    /// Every run, the last one first.
    ///
    /// # Errors
    ///
    /// The file cannot be read.
    pub(crate) fn runs(&self) -> Result<Vec<RunEntry>, Error> {
        self.unless_unreadable(run_entry::all(&self.connection))
    }

    /// What the events of a run say of its rows; nothing of a run of an older wavepair.
    ///
    /// # Errors
    ///
    /// The file cannot be read.
    pub(crate) fn so_far(&self, run: &RunEntry) -> Result<Option<SoFar>, Error> {
        self.unless_unreadable(run_entry::so_far(&self.connection, run))
    }

    /// All that is known of the devices that somebody asks for.
    ///
    /// # Errors
    ///
    /// The file cannot be read.
    pub(crate) fn dossiers(&self, sought: Sought<'_>) -> Result<Vec<Dossier>, Error> {
        self.unless_unreadable(dossier::find(&self.connection, sought))
    }

    /// What a run did in each minute, by minutes since 1970; minutes without anything are left out.
    ///
    /// # Errors
    ///
    /// The file cannot be read.
    pub(crate) fn minutes(&self, run: &RunEntry) -> Result<BTreeMap<i64, Minute>, Error> {
        self.unless_unreadable(run_entry::minutes(&self.connection, run))
    }

    /// What a look from outside said last of each device, by the number of its entry, and when, in
    /// milliseconds since 1970.
    ///
    /// # Errors
    ///
    /// The file cannot be read.
    pub(crate) fn verified(&self) -> Result<BTreeMap<u64, (i64, Verdict)>, Error> {
        self.unless_unreadable(verified::verified(&self.connection))
    }

    /// What a purge would take out that was settled before this moment, in milliseconds since 1970.
    ///
    /// # Errors
    ///
    /// The file cannot be read.
    pub(crate) fn purge(&self, before_ms: i64) -> Result<PurgeCounts, Error> {
        self.unless_unreadable(purge::count(&self.connection, before_ms))
    }

    /// The last run of a wave, as far as it has come.
    ///
    /// # Errors
    ///
    /// The file cannot be read.
    pub fn last_run(&self, wave: &str) -> Result<Option<LastRun>, Error> {
        self.unless_unreadable(runs::last(&self.connection, wave))
    }
}
