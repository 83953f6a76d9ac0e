//! What is said of a ledger that cannot be used, and whose fault that is.

use std::io;

use super::super::error::Lacks;
use super::*;

fn of(flaw: Flaw) -> Error {
    flaw.of(Path::new("ledger.db"))
}

fn unusable(kind: io::ErrorKind) -> Error {
    of(Flaw::Unusable(kind.into()))
}

#[test]
fn a_place_without_leave_to_write_is_the_callers_and_a_full_disk_is_not() {
    use io::ErrorKind as Kind;
    for (kind, is_usage) in [
        (Kind::PermissionDenied, true),
        (Kind::ReadOnlyFilesystem, true),
        (Kind::NotADirectory, true),
        (Kind::NotFound, true),
        (Kind::StorageFull, false),
        (Kind::QuotaExceeded, false),
        (Kind::FileTooLarge, false),
    ] {
        assert_eq!(unusable(kind).is_usage(), is_usage, "{kind}");
    }
}

#[test]
fn the_hint_about_an_older_ledger_holds_for_every_way_to_run() {
    let older = of(Flaw::Older {
        lacks: Lacks::Runs { known: 1, of: 2 },
        counter: PathBuf::from("ledger.db.runs"),
    });
    let hint = older.hint().unwrap();
    for says in [
        "delete ledger.db.runs",
        "with `--existing skip`",
        "never with another",
    ] {
        assert!(hint.contains(says), "{hint}");
    }
}

#[test]
fn whoever_named_a_ledger_that_is_not_trusted_is_told_what_to_do() {
    let (theirs, ours) = (binding(), binding());
    for (error, says) in [
        (of(Flaw::Outdated(3)), "next run"),
        (of(Flaw::SeveralNames(2)), "-samefile"),
        (of(Flaw::MountPoint), "mount the folder"),
        (unusable(io::ErrorKind::PermissionDenied), "--ledger"),
        (unusable(io::ErrorKind::FileTooLarge), "ulimit -f"),
        (of(Flaw::Foreign { theirs, ours }), "one environment"),
        (of(Flaw::NotALedger("a folder")), "--ledger"),
        (of(Flaw::Newer(2)), "newer"),
        (of(Flaw::Network("NFS")), "local disk"),
    ] {
        let hint = error.hint().unwrap();
        assert!(hint.contains(says), "{error}: {hint}");
    }
}

#[test]
fn every_failure_that_can_be_mended_says_how_and_the_first_one_said_it() {
    let denied = io::ErrorKind::PermissionDenied.into();
    for (flaw, says) in [
        (Flaw::Held(None), Some("wait")),
        (Flaw::Damaged(String::new()), Some("backup")),
        (Flaw::Io(denied), Some("permissions")),
        (
            Flaw::Sqlite(rusqlite::Error::InvalidQuery),
            Some("free space"),
        ),
        (Flaw::Invariant(String::new()), Some("report")),
        (Flaw::Poisoned, None),
    ] {
        let error = of(flaw);
        let hint = error.hint();
        assert_eq!(hint.is_some(), says.is_some(), "{error}");
        assert!(
            hint.unwrap_or_default().contains(says.unwrap_or_default()),
            "{error}"
        );
    }
}
