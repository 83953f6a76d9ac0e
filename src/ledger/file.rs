//! The files of a ledger: how they are named and made, and how SQLite is to keep the one it knows.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags};

use super::error::{Error, Flaw};
use super::schema;

/// The folder that a file is in; a bare name is in the current one.
pub(super) fn folder(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    }
}

/// What is put behind the name of a file until it is whole.
const NEW: &str = ".new";

/// What a run that is killed may leave unfinished beside its ledger: the ledger itself, and its counter.
pub(super) const UNFINISHED: [&str; 2] = [".new", ".runs.new"];

/// The files that lie beside a ledger and belong to it, SQLite's own among them, each with its ending.
pub(crate) fn companions(ledger: &Path) -> [(&'static str, PathBuf); 8] {
    [
        "-wal",
        "-shm",
        "-journal",
        ".lock",
        ".runs",
        ".ballast",
        ".new",
        ".runs.new",
    ]
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

/// Device and inode of a file: what it is, wherever it is moved to.
pub(super) fn identity(file: &File) -> io::Result<(u64, u64)> {
    let metadata = file.metadata()?;
    Ok((metadata.dev(), metadata.ino()))
}

/// What was found; nothing where nothing is there.
pub(super) fn if_there<T>(found: io::Result<T>) -> io::Result<Option<T>> {
    match found {
        Ok(found) => Ok(Some(found)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Removes a file; one that is not there is as good as removed.
pub(super) fn remove_if_there(path: &Path) -> io::Result<()> {
    if_there(std::fs::remove_file(path)).map(drop)
}

/// Makes a file that nobody else can read, where there is none.
pub(super) fn create_private(path: &Path) -> io::Result<File> {
    OpenOptions::new()
        .read(true)
        .write(true)
        .create_new(true)
        .mode(0o600)
        .custom_flags(no_follow())
        .open(path)
}

/// Gives a file this content, whole or not at all, and durably; it is private whatever the umask.
///
/// Only for whoever holds the ledger's lock: what another run left unfinished is removed.
pub(super) fn replace(path: &Path, content: &[u8]) -> io::Result<File> {
    let unfinished = beside(path, NEW);
    remove_if_there(&unfinished)?;
    let mut file = create_private(&unfinished)?;
    let written = file
        .set_permissions(std::fs::Permissions::from_mode(0o600))
        .and_then(|()| file.write_all(content))
        .and_then(|()| file.sync_all())
        .and_then(|()| std::fs::rename(&unfinished, path))
        .and_then(|()| File::open(folder(path))?.sync_all());
    if let Err(error) = written {
        // On a full disk nothing else is to be in its way.
        std::fs::remove_file(&unfinished).ok();
        return Err(error);
    }
    Ok(file)
}

/// Makes a folder and those above it, private and durably.
pub(super) fn make_folder(path: &Path) -> io::Result<()> {
    if path.is_dir() {
        return Ok(());
    }
    let above = folder(path);
    make_folder(above)?;
    match std::fs::DirBuilder::new().mode(0o700).create(path) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
        Ok(()) | Err(_) => {}
    }
    // Or a power cut may take the folder, and the ledger in it, after devices were made.
    File::open(above)?.sync_all()
}

/// Older ones may lose a commit when the write-ahead log is reset.
const OLDEST_SQLITE: i32 = 3_051_003;

/// The version of SQLite that is compiled in.
pub(crate) fn sqlite_version() -> &'static str {
    rusqlite::version()
}

fn is_sound(sqlite: i32) -> bool {
    sqlite >= OLDEST_SQLITE
}

/// Opens a ledger that is there; whoever closes it last folds its log into it.
pub(super) fn connect(path: &Path) -> Result<Connection, Error> {
    // SQLite's own check refuses a link anywhere in the path, a linked home folder too.
    let real = path.canonicalize().map_err(Error::unusable(path))?;
    open(path, &real, OpenFlags::SQLITE_OPEN_READ_WRITE)
}

/// Whether the log stays when the connection is closed, even where that is the last one.
pub(super) fn keep_log(connection: &Connection, keep: bool) -> rusqlite::Result<()> {
    let set = connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, keep);
    set.map(drop)
}

/// How long a writer waits for a reader that looks at the state from before it: `results` of a long wave.
const PATIENCE_WITH_READERS: Duration = Duration::from_mins(1);

/// Folds the log into the main file, all of it, and empties it.
///
/// Readers that look at an older state are waited for.
pub(super) fn fold_log(connection: &Connection) -> rusqlite::Result<()> {
    connection.busy_timeout(PATIENCE_WITH_READERS)?;
    let busy: bool =
        connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
    connection.busy_timeout(BUSY)?;
    if busy {
        let busy = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_BUSY);
        return Err(rusqlite::Error::SqliteFailure(busy, None));
    }
    Ok(())
}

/// Opens a ledger for a look, as a URI says.
pub(super) fn connect_by_uri(path: &Path, uri: &str) -> Result<Connection, Error> {
    let read = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI;
    open(path, Path::new(uri), read)
}

fn open(path: &Path, name: &Path, access: OpenFlags) -> Result<Connection, Error> {
    if !is_sound(rusqlite::version_number()) {
        let why = io::Error::other("this build has an SQLite older than 3.51.3");
        return Err(Flaw::Io(why).of(path));
    }
    let flags = access | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_NOFOLLOW;
    let connection =
        Connection::open_with_flags(name, flags).map_err(|source| opening(path, source))?;
    connection
        .busy_timeout(BUSY)
        .map_err(|source| opening(path, source))?;
    Ok(connection)
}

/// How long another program's lock is waited for.
pub(super) const BUSY: Duration = Duration::from_secs(5);

/// Each commit is on the disk before it is acknowledged.
pub(super) const SYNCHRONOUS: &str = "FULL";

/// Sets the connection up to write a ledger of ours, and brings that up to date.
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
    if application != schema::APPLICATION_ID || version == 0 {
        let what = if tables > 0 || version > 0 || application != 0 {
            "a SQLite file of another program"
        } else {
            "a SQLite file with nothing in it"
        };
        return Err(Flaw::NotALedger(what).of(path));
    }
    if version > schema::current_version() {
        return Err(Flaw::Newer(version).of(path));
    }
    Ok(version)
}

/// What a failed statement means before a run has begun: a lock is somebody else's then, and a place
/// that cannot be written to was named wrongly.
pub(super) fn opening(path: &Path, source: rusqlite::Error) -> Error {
    match source.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Flaw::Held(None).of(path),
        Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => {
            Error::unusable(path)(io::Error::other(source))
        }
        _ => sqlite(path, source),
    }
}

/// What a failed statement means in a run, which has the ledger to itself.
pub(super) fn sqlite(path: &Path, source: rusqlite::Error) -> Error {
    use rusqlite::Error as E;
    if let E::FromSqlConversionFailure(_, _, cause) = &source {
        return Flaw::Damaged(cause.to_string()).of(path);
    }
    let is_misread = matches!(
        source,
        E::InvalidColumnType(..) | E::IntegralValueOutOfRange(..) | E::Utf8Error(..)
    );
    if is_misread || source.sqlite_error_code() == Some(ErrorCode::DatabaseCorrupt) {
        return Flaw::Damaged(source.to_string()).of(path);
    }
    match source.sqlite_error_code() {
        Some(ErrorCode::NotADatabase) => Flaw::NotALedger("not a SQLite file").of(path),
        _ => Flaw::Sqlite(source).of(path),
    }
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
    fn a_file_gets_its_content_whole_whatever_was_left_of_an_earlier_try() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        for content in ["first", "second"] {
            // A link in its place is removed, and not written through.
            let elsewhere = folder.path().join("elsewhere");
            std::fs::write(&elsewhere, "kept").unwrap();
            std::os::unix::fs::symlink(&elsewhere, beside(&path, NEW)).unwrap();
            replace(&path, content.as_bytes()).unwrap();
            assert_eq!(std::fs::read_to_string(&path).unwrap(), content);
            assert_eq!(std::fs::read_to_string(&elsewhere).unwrap(), "kept");
            assert_eq!(std::fs::metadata(&path).unwrap().mode() & 0o7777, 0o600);
            assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2);
        }
        std::fs::remove_file(&path).unwrap();
        std::fs::create_dir(&path).unwrap();
        assert!(replace(&path, b"third").is_err());
        assert!(!beside(&path, NEW).exists(), "nothing is left behind");
    }

    #[test]
    fn a_folder_is_made_private_with_those_above_it() {
        let folder = tempfile::tempdir().unwrap();
        let deep = folder.path().join("a/b/c");
        make_folder(&deep).unwrap();
        for made in ["a", "a/b", "a/b/c"] {
            let mode = std::fs::metadata(folder.path().join(made)).unwrap().mode();
            assert_eq!(mode & 0o7777, 0o700, "{made}");
        }
        make_folder(&deep).unwrap();
        std::fs::write(folder.path().join("file"), "").unwrap();
        assert!(make_folder(&folder.path().join("file/d")).is_err());
    }

    #[test]
    fn a_lock_is_anothers_before_a_run_a_fault_in_it_and_damage_is_always_so() {
        use rusqlite::ffi;
        let word = |error: &Error| {
            let flaw = format!("{:?}", error.flaw);
            flaw.split('(').next().unwrap_or_default().to_owned()
        };
        for (code, before, within) in [
            (ffi::SQLITE_BUSY, "Held", "Sqlite"),
            (ffi::SQLITE_LOCKED, "Held", "Sqlite"),
            (ffi::SQLITE_CORRUPT, "Damaged", "Damaged"),
            (ffi::SQLITE_NOTADB, "NotALedger", "NotALedger"),
            (ffi::SQLITE_READONLY, "Unusable", "Sqlite"),
            // A place without the right to write is found before; without room it is a full disk.
            (ffi::SQLITE_CANTOPEN, "Sqlite", "Sqlite"),
            (ffi::SQLITE_PERM, "Unusable", "Sqlite"),
            (ffi::SQLITE_FULL, "Sqlite", "Sqlite"),
        ] {
            let failure = || rusqlite::Error::SqliteFailure(ffi::Error::new(code), None);
            let path = Path::new("ledger.db");
            assert_eq!(word(&opening(path, failure())), before, "{code}");
            assert_eq!(word(&sqlite(path, failure())), within, "{code}");
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
