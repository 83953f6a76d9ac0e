//! The file itself: where it lies, whose it is, and how SQLite is to keep it.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use rusqlite::{Connection, ErrorCode, OpenFlags};

use super::{Error, schema};

/// The folder that a file is in; a bare name is in the current one.
pub(super) fn folder(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    }
}

/// The files that lie beside a ledger and belong to it, SQLite's own among them, each with its ending.
pub fn companions(ledger: &Path) -> [(&'static str, PathBuf); 6] {
    ["-wal", "-shm", "-journal", ".lock", ".runs", ".ballast"]
        .map(|ending| (ending, beside(ledger, ending)))
}

/// A file that belongs to a ledger and lies beside it.
pub(super) fn beside(ledger: &Path, ending: &str) -> PathBuf {
    let mut name = ledger.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

pub(super) fn no_follow() -> i32 {
    // `O_NOFOLLOW` fits an `i32` on every platform that has it.
    i32::try_from(rustix::fs::OFlags::NOFOLLOW.bits()).unwrap_or(0)
}

/// Opens the file, making it where it is not there, which it tells. It is private whatever
/// the umask, and locked: the lock file beside it is one that somebody may remove.
pub(super) fn make_file(path: &Path) -> Result<(File, bool), Error> {
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
    let (file, made) = match made {
        Ok(file) => {
            file.set_permissions(std::fs::Permissions::from_mode(0o600))
                .map_err(io)?;
            file.sync_all().map_err(io)?;
            (file, true)
        }
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            check_kind(path)?;
            (open_private(path)?, false)
        }
        Err(error) => return Err(io(error)),
    };
    match file.try_lock() {
        Ok(()) => Ok((file, made)),
        Err(TryLockError::WouldBlock) => Err(Error::Held {
            path: path.to_owned(),
        }),
        Err(TryLockError::Error(error)) => Err(io(error)),
    }
}

/// Device and inode of a file: what it is, wherever it is moved to.
pub(super) fn identity(file: &File) -> io::Result<(u64, u64)> {
    let metadata = file.metadata()?;
    Ok((metadata.dev(), metadata.ino()))
}

/// Opens a ledger that is there: it holds phones, so it must be ours, and nobody else's to read.
fn open_private(path: &Path) -> Result<File, Error> {
    let io = |source| Error::Io {
        path: path.to_owned(),
        source,
    };
    let file = OpenOptions::new()
        .read(true)
        .write(true)
        .custom_flags(no_follow())
        .open(path)
        .map_err(io)?;
    let metadata = file.metadata().map_err(io)?;
    if metadata.uid() != rustix::process::geteuid().as_raw() {
        return Err(Error::NotALedger {
            path: path.to_owned(),
            what: "another user's file".to_owned(),
        });
    }
    if metadata.mode() & 0o077 != 0 {
        file.set_permissions(std::fs::Permissions::from_mode(0o600))
            .map_err(io)?;
    }
    Ok(file)
}

pub(super) fn check_kind(path: &Path) -> Result<(), Error> {
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

/// Older ones may lose a commit when the write-ahead log is reset.
const OLDEST_SQLITE: i32 = 3_051_003;

fn is_sound(sqlite: i32) -> bool {
    sqlite >= OLDEST_SQLITE
}

pub(super) fn connect(path: &Path, access: OpenFlags) -> Result<Connection, Error> {
    if !is_sound(rusqlite::version_number()) {
        return Err(Error::Io {
            path: path.to_owned(),
            source: io::Error::other("this build has an SQLite older than 3.51.3"),
        });
    }
    let flags = access | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_NOFOLLOW;
    // SQLite's own check refuses a link anywhere in the path, a linked home folder too.
    let real = path.canonicalize().map_err(|source| Error::Io {
        path: path.to_owned(),
        source,
    })?;
    let connection =
        Connection::open_with_flags(real, flags).map_err(|source| opening(path, source))?;
    connection
        .busy_timeout(std::time::Duration::from_secs(5))
        .map_err(|source| opening(path, source))?;
    Ok(connection)
}

/// Each commit is on the disk before it is acknowledged.
pub(super) const SYNCHRONOUS: &str = "FULL";

/// Checks that a file is a ledger of ours, sound and current, and sets the connection up to write it.
pub(super) fn prepare(path: &Path, connection: &mut Connection) -> Result<(), Error> {
    let wrap = |source| opening(path, source);
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
pub(super) fn check_format(path: &Path, connection: &Connection) -> Result<usize, Error> {
    let wrap = |source| opening(path, source);
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

/// What a failed statement means before a run has begun: a lock is somebody else's then.
pub(super) fn opening(path: &Path, source: rusqlite::Error) -> Error {
    match source.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Error::Held {
            path: path.to_owned(),
        },
        _ => sqlite(path, source),
    }
}

/// What a failed statement means in a run, which has the ledger to itself.
pub(super) fn sqlite(path: &Path, source: rusqlite::Error) -> Error {
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
        _ => Error::Sqlite { path, source },
    }
}

/// Refuses file systems on which `flock` or `fsync` do not hold across hosts.
#[cfg(target_os = "linux")]
pub(super) fn refuse_network(path: &Path, folder: &Path) -> Result<(), Error> {
    let found = rustix::fs::statfs(folder).map_err(|source| Error::Io {
        path: path.to_owned(),
        source: source.into(),
    })?;
    match network(found.f_type.into()) {
        Some(kind) => Err(Error::Network {
            path: path.to_owned(),
            kind,
        }),
        None => Ok(()),
    }
}

/// The name of a network file system, by the magic number of statfs(2).
#[cfg(target_os = "linux")]
fn network(magic: i128) -> Option<&'static str> {
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
    // The type differs between architectures, and some magic numbers have the sign bit set.
    let magic = u32::try_from(magic & 0xFFFF_FFFF).unwrap_or(0);
    let found = NETWORK.iter().find(|(known, _)| *known == magic);
    found.map(|(_, name)| *name)
}

#[cfg(not(target_os = "linux"))]
pub(super) fn refuse_network(_path: &Path, _folder: &Path) -> Result<(), Error> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bare_name_is_in_the_current_folder() {
        for (path, expected) in [
            ("ledger.db", "."),
            ("./ledger.db", "."),
            ("state/ledger.db", "state"),
            ("/ledger.db", "/"),
            ("/", "."),
        ] {
            assert_eq!(folder(Path::new(path)), Path::new(expected), "{path}");
        }
    }

    #[test]
    fn a_file_that_cannot_be_made_is_refused_with_the_reason_of_the_attempt() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a name of a folder/");
        let reason = File::create_new(&path).unwrap_err();
        let Err(Error::Io { source, .. }) = make_file(&path) else {
            panic!("a folder cannot be made as a file");
        };
        assert_eq!(source.kind(), reason.kind());
    }

    #[test]
    fn a_lock_is_somebody_elses_before_the_run_and_a_fault_in_it_and_damage_is_damage_always() {
        use rusqlite::ffi;
        let words = |error: &Error| match error {
            Error::Held { .. } => "held",
            Error::Damaged { .. } => "damaged",
            Error::NotALedger { .. } => "not a ledger",
            Error::Sqlite { .. } => "sqlite",
            Error::Foreign { .. }
            | Error::Newer { .. }
            | Error::Older { .. }
            | Error::Network { .. }
            | Error::Io { .. }
            | Error::Invariant { .. }
            | Error::Poisoned { .. } => "something else",
        };
        for (code, before, within) in [
            (ffi::SQLITE_BUSY, "held", "sqlite"),
            (ffi::SQLITE_LOCKED, "held", "sqlite"),
            (ffi::SQLITE_CORRUPT, "damaged", "damaged"),
            (ffi::SQLITE_NOTADB, "not a ledger", "not a ledger"),
            (ffi::SQLITE_FULL, "sqlite", "sqlite"),
        ] {
            let failure = || rusqlite::Error::SqliteFailure(ffi::Error::new(code), None);
            let path = Path::new("ledger.db");
            assert_eq!(words(&opening(path, failure())), before, "{code}");
            assert_eq!(words(&sqlite(path, failure())), within, "{code}");
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_network_file_system_is_told_by_its_number_whatever_the_width_and_sign_of_that() {
        for (magic, name) in [
            (0x6969, Some("NFS")),
            (0xFF53_4D42, Some("CIFS")),
            (i128::from(0xFF53_4D42_u32.cast_signed()), Some("CIFS")),
            (i128::from(0xFE53_4D42_u32.cast_signed()), Some("SMB2")),
            (0xEF53, None),
            (0x5846_5342, None),
        ] {
            assert_eq!(network(magic), name, "{magic:#x}");
        }
    }

    #[test]
    fn an_sqlite_that_may_lose_a_commit_is_told_by_its_version() {
        for (version, sound) in [
            (3_051_002, false),
            (3_051_003, true),
            (3_052_000, true),
            (3_046_001, false),
        ] {
            assert_eq!(is_sound(version), sound, "{version}");
        }
    }
}
