//! What is known of every device, on disk, for ever: the only room that knows SQLite.
//!
//! The ledger remembers and refuses; it decides nothing. It is written before a
//! request is sent and after the answer came, by one thread that owns the one
//! writing connection: everything that is queued when it wakes shares a commit.
//! Readers (`results`, a dry run) are welcome beside it.
//!
//! `journal_mode=WAL` with `synchronous=FULL`: what was committed survives a
//! power cut. After a failed commit nothing more is written, because the next
//! one may seem to work on a disk that has already lost a page.

mod ballast;
mod counter;
mod error;
mod lock;
mod reader;
mod schema;
mod writer;

#[cfg(test)]
mod tests;

use std::fmt;
use std::fs::OpenOptions;
use std::io;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::thread::JoinHandle;

use rusqlite::{Connection, ErrorCode, OpenFlags};
use tokio::sync::oneshot;

pub use self::error::Error;
pub use self::reader::Reader;
use crate::model::entry::{DeviceState, Doubt, LedgerEntry, Moment};
use crate::model::ids::{EnvironmentId, RunId};
use crate::model::outcome::{Answer, Device};
use crate::model::request::{DeviceKey, DeviceRequest};

use self::ballast::Ballast;
use self::counter::Counter;
use self::lock::{Lock, LockError};
use self::writer::{Command, Writer};

/// Which tenant a ledger speaks of. One that speaks of another is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Binding {
    /// Host, and port where it is not the usual one, of the API.
    pub api_host: String,
    /// The environment whose users get devices.
    pub environment: EnvironmentId,
}

impl fmt::Display for Binding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "environment {} on {}", self.environment, self.api_host)
    }
}

/// What is written down of a run when it begins.
#[derive(Clone, Debug)]
pub struct RunRecord {
    /// The run.
    pub id: RunId,
    /// The wave, as an absolute path.
    pub wave: String,
    /// What `results` needs to judge the rows as this run did, in a form of the caller's.
    pub settings: String,
}

/// Proof that an intent is on disk: leave to send one create request.
///
/// Only [`Ledger::turn`] makes one, after its commit, and the function that
/// sends takes nothing less. "Sent before it was written down" does not compile.
#[derive(Debug)]
pub struct Recorded<T> {
    value: T,
    entry: u64,
    attempt: u32,
}

impl<T> Recorded<T> {
    /// What was recorded.
    pub fn value(&self) -> &T {
        &self.value
    }

    /// Gives it back; the leave to send is gone with it.
    pub fn into_value(self) -> T {
        self.value
    }

    /// The number of the device's entry.
    pub fn entry(&self) -> u64 {
        self.entry
    }

    /// The number of this attempt, counted over all runs, from 1.
    pub fn attempt(&self) -> u32 {
        self.attempt
    }
}

/// The wish to send one create request.
#[derive(Debug)]
pub struct Intent {
    /// What is to be sent.
    pub request: DeviceRequest,
    /// Whether it follows an unanswered attempt that was looked for in vain.
    pub resend: bool,
    /// Whether a listing has just shown that there is no such device.
    pub was_absent: bool,
    /// The identifier under which PingOne's audit log will know the request, without its attempt number.
    pub transaction: String,
}

/// What a turn gives once all of it is on disk.
#[derive(Debug)]
pub struct Receipt {
    /// Leave to send, for each intent in order.
    pub recorded: Vec<Recorded<DeviceRequest>>,
    /// The numbers of the entries, for each settled device in order.
    pub settled: Vec<u64>,
    /// Whether the disk is full: what was settled is written, and no leave is given any more.
    pub disk_full: bool,
}

/// What became of a device.
#[derive(Clone, Debug)]
pub struct Settled {
    /// Which device.
    pub key: DeviceKey,
    /// Its new state; anything but [`DeviceState::InFlight`].
    pub state: DeviceState,
    /// The device, where it is known.
    pub device: Option<Device>,
    /// When the last request could have been sent; with [`DeviceState::Unresolved`] only.
    pub last_send: Option<Moment>,
    /// What PingOne said.
    pub answer: Answer,
}

/// What a ledger is opened for, and what it found.
#[derive(Debug)]
pub struct Opened {
    /// The ledger.
    pub ledger: Ledger,
    /// How many devices an earlier run left in flight; they are unresolved now.
    pub left_in_flight: u64,
}

/// A ledger, open for one run.
#[derive(Debug)]
pub struct Ledger {
    path: PathBuf,
    reader: Reader,
    commands: Option<mpsc::Sender<Command>>,
    thread: Option<JoinHandle<()>>,
    _lock: Lock,
}

impl Ledger {
    /// Opens a ledger for a run, making it where there is none, and records that the run begins.
    ///
    /// # Errors
    ///
    /// Held by another run, bound to another tenant, damaged, newer, not a ledger, or not writable.
    /// Nothing has been sent by then.
    pub fn open(
        path: &Path,
        binding: &Binding,
        run: &RunRecord,
        now: &Moment,
    ) -> Result<Opened, Error> {
        let io = |source| Error::Io {
            path: path.to_owned(),
            source,
        };
        let folder = folder(path);
        std::fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder)
            .map_err(io)?;
        refuse_network(path, folder)?;
        let lock = Lock::take(path).map_err(|error| match error {
            LockError::Held => Error::Held {
                path: path.to_owned(),
            },
            LockError::Io(source) => Error::Io {
                path: path.to_owned(),
                source,
            },
        })?;
        let made = make_file(path)?;
        let mut connection = connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        prepare(path, &mut connection)?;
        if made {
            // SQLite's own sync of the folder may fail unnoticed.
            std::fs::File::open(folder)
                .and_then(|folder| folder.sync_all())
                .map_err(io)?;
        }
        let ballast = Ballast::load(path).map_err(io)?;
        let mut writer = Writer::new(connection, path, run.id, ballast)?;
        writer.bind(binding)?;
        let counter = Counter::of(path);
        let (known, runs) = (writer.runs()?, counter.read().map_err(io)?);
        if known < runs {
            let (path, counter) = (path.to_owned(), counter.path().to_owned());
            return Err(Error::Older {
                path,
                known,
                runs,
                counter,
            });
        }
        let left_in_flight = writer.begin_run(run, now)?;
        counter.write(known + 1).map_err(io)?;
        let reader = Reader::beside_writer(path)?;
        let (commands, queue) = mpsc::channel();
        let thread = std::thread::Builder::new()
            .name("ledger".to_owned())
            .spawn(move || writer.serve(&queue))
            .map_err(io)?;
        let ledger = Self {
            path: path.to_owned(),
            reader,
            commands: Some(commands),
            thread: Some(thread),
            _lock: lock,
        };
        Ok(Opened {
            ledger,
            left_in_flight,
        })
    }

    /// What is known of a device, as of the last commit.
    ///
    /// # Errors
    ///
    /// The file cannot be read.
    pub fn entry(&self, key: &DeviceKey) -> Result<Option<LedgerEntry>, Error> {
        self.reader.entry(key)
    }

    /// The reading side, for a pass over the whole wave.
    pub fn reader(&self) -> &Reader {
        &self.reader
    }

    /// Commits what became of devices, and the intents to send, in one transaction.
    ///
    /// Gives leave for each intent, in order, once all of it is on disk.
    ///
    /// # Errors
    ///
    /// Nothing of it was committed, and nothing will be any more: the run must end.
    pub async fn turn(
        &self,
        settled: Vec<Settled>,
        intents: Vec<Intent>,
        now: Moment,
    ) -> Result<Receipt, Error> {
        let poisoned = || Error::Poisoned {
            path: self.path.clone(),
        };
        let (reply, answer) = oneshot::channel();
        let command = Command::Turn {
            settled,
            intents,
            now,
            reply,
        };
        self.commands
            .as_ref()
            .ok_or_else(poisoned)?
            .send(command)
            .map_err(|_| poisoned())?;
        let receipt = answer.await.map_err(|_| poisoned())??;
        self.reader.refresh()?;
        Ok(receipt)
    }

    /// Records how the run ended and closes the file.
    ///
    /// # Errors
    ///
    /// The last write failed; everything committed before stands.
    pub fn close(mut self, exit_code: u8, now: &Moment) -> Result<(), Error> {
        let poisoned = || Error::Poisoned {
            path: self.path.clone(),
        };
        let (reply, answer) = mpsc::channel();
        let command = Command::Close {
            exit_code,
            now: now.clone(),
            reply,
        };
        self.commands
            .take()
            .ok_or_else(poisoned)?
            .send(command)
            .map_err(|_| poisoned())?;
        answer.recv().map_err(|_| poisoned())?
    }
}

impl Drop for Ledger {
    fn drop(&mut self) {
        drop(self.commands.take());
        if let Some(thread) = self.thread.take() {
            // The lock must outlive the writer. A panic in it has already poisoned the ledger.
            drop(thread.join());
        }
    }
}

/// The folder that a file is in; a bare name is in the current one.
fn folder(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    }
}

/// A file that belongs to a ledger and lies beside it.
fn beside(ledger: &Path, ending: &str) -> PathBuf {
    let mut name = ledger.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

fn no_follow() -> i32 {
    // `O_NOFOLLOW` fits an `i32` on every platform that has it.
    i32::try_from(rustix::fs::OFlags::NOFOLLOW.bits()).unwrap_or(0)
}

/// Makes the file, private whatever the umask; tells whether it was not there.
fn make_file(path: &Path) -> Result<bool, Error> {
    let io = |source| Error::Io {
        path: path.to_owned(),
        source,
    };
    let made = OpenOptions::new()
        .read(true)
        .write(true)
        .create_new(true)
        .mode(0o600)
        .custom_flags(no_follow())
        .open(path);
    match made {
        Ok(file) => {
            file.set_permissions(std::fs::Permissions::from_mode(0o600))
                .map_err(io)?;
            file.sync_all().map_err(io)?;
            Ok(true)
        }
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            check_kind(path)?;
            Ok(false)
        }
        Err(error) => Err(io(error)),
    }
}

fn check_kind(path: &Path) -> Result<(), Error> {
    let kind = std::fs::symlink_metadata(path)
        .map_err(|source| Error::Io {
            path: path.to_owned(),
            source,
        })?
        .file_type();
    if kind.is_file() {
        return Ok(());
    }
    let what = if kind.is_symlink() {
        "a symbolic link, which is not followed"
    } else if kind.is_dir() {
        "a folder"
    } else {
        "not a regular file"
    };
    Err(Error::NotALedger {
        path: path.to_owned(),
        what: what.to_owned(),
    })
}

fn connect(path: &Path, access: OpenFlags) -> Result<Connection, Error> {
    let flags = access | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_NOFOLLOW;
    // SQLite's own check refuses a link anywhere in the path, a linked home folder too.
    let real = path.canonicalize().map_err(|source| Error::Io {
        path: path.to_owned(),
        source,
    })?;
    let connection =
        Connection::open_with_flags(real, flags).map_err(|source| sqlite(path, source))?;
    connection
        .busy_timeout(std::time::Duration::from_secs(5))
        .map_err(|source| sqlite(path, source))?;
    Ok(connection)
}

/// Each commit is on the disk before it is acknowledged.
const SYNCHRONOUS: &str = "FULL";

/// Checks that a file is a ledger of ours, sound and current, and sets the connection up to write it.
fn prepare(path: &Path, connection: &mut Connection) -> Result<(), Error> {
    let wrap = |source| sqlite(path, source);
    let version = check_format(path, connection)?;
    connection
        .pragma_update(None, "journal_mode", "WAL")
        .map_err(wrap)?;
    for (name, value) in [
        ("synchronous", SYNCHRONOUS),
        ("foreign_keys", "ON"),
        ("trusted_schema", "OFF"),
        ("secure_delete", "ON"),
        ("cell_size_check", "ON"),
        ("fullfsync", "ON"),
        ("cache_size", "-4096"),
        ("temp_store", "MEMORY"),
    ] {
        connection.pragma_update(None, name, value).map_err(wrap)?;
    }
    if version < schema::current_version() {
        schema::migrate(connection, version).map_err(wrap)?;
    }
    Ok(())
}

/// Tells how many migrations a file has behind it, and refuses what is no ledger of ours.
fn check_format(path: &Path, connection: &Connection) -> Result<usize, Error> {
    let wrap = |source| sqlite(path, source);
    let version: i64 = connection
        .pragma_query_value(None, "user_version", |row| row.get(0))
        .map_err(wrap)?;
    let application: i32 = connection
        .pragma_query_value(None, "application_id", |row| row.get(0))
        .map_err(wrap)?;
    let tables: i64 = connection
        .query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))
        .map_err(wrap)?;
    let version = usize::try_from(version).unwrap_or(usize::MAX);
    if application != schema::APPLICATION_ID && (tables > 0 || version > 0) {
        let what = "a SQLite file of another program".to_owned();
        return Err(Error::NotALedger {
            path: path.to_owned(),
            what,
        });
    }
    if version > schema::current_version() {
        return Err(Error::Newer {
            path: path.to_owned(),
            found: version,
            known: schema::current_version(),
        });
    }
    Ok(version)
}

fn sqlite(path: &Path, source: rusqlite::Error) -> Error {
    let path = path.to_owned();
    match source.sqlite_error_code() {
        Some(ErrorCode::DatabaseCorrupt) => Error::Damaged {
            path,
            what: source.to_string(),
        },
        Some(ErrorCode::NotADatabase) => Error::NotALedger {
            path,
            what: "not a SQLite file".to_owned(),
        },
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Error::Held { path },
        _ => Error::Sqlite { path, source },
    }
}

/// Refuses file systems on which `flock` or `fsync` do not hold across hosts.
#[cfg(target_os = "linux")]
fn refuse_network(path: &Path, folder: &Path) -> Result<(), Error> {
    // Magic numbers of statfs(2).
    const NETWORK: &[(u32, &str)] = &[
        (0x6969, "NFS"),
        (0x517B, "SMB"),
        (0xFF53_4D42, "CIFS"),
        (0xFE53_4D42, "SMB2"),
        (0x0102_1997, "9P"),
        (0x00C3_6400, "Ceph"),
        (0x5346_414F, "AFS"),
        (0x0BD0_0BD0, "Lustre"),
    ];
    let found = rustix::fs::statfs(folder).map_err(|source| Error::Io {
        path: path.to_owned(),
        source: source.into(),
    })?;
    // The type differs between architectures, and some magic numbers have the sign bit set.
    let kind = u32::try_from(i128::from(found.f_type) & 0xFFFF_FFFF).unwrap_or(0);
    match NETWORK.iter().find(|(magic, _)| *magic == kind) {
        Some((_, kind)) => Err(Error::Network {
            path: path.to_owned(),
            kind,
        }),
        None => Ok(()),
    }
}

#[cfg(not(target_os = "linux"))]
fn refuse_network(_path: &Path, _folder: &Path) -> Result<(), Error> {
    Ok(())
}

/// The doubt of a device that was just sent, or whose answer was lost.
fn doubt(since_ms: i64, last_send: &Moment) -> Doubt {
    Doubt {
        since_ms,
        last_send: last_send.clone(),
    }
}
