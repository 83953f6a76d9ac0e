//! What is said of a ledger that cannot be used, and whose fault that is.

use std::io;

use super::super::error::Lacks;
use super::*;

fn path() -> PathBuf {
    PathBuf::from("ledger.db")
}

fn unusable(kind: io::ErrorKind) -> Error {
    Error::unusable(&path())(kind.into())
}

#[test]
fn a_place_that_cannot_be_written_to_is_for_the_caller_and_a_full_disk_is_not() {
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
    let older = Error::Older {
        path: path(),
        lacks: Lacks::Runs { known: 1, of: 2 },
        counter: PathBuf::from("ledger.db.runs"),
    };
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
    for (error, says) in [
        (
            Error::Outdated {
                path: path(),
                found: 3,
                known: 4,
            },
            "next run",
        ),
        (
            Error::SeveralNames {
                path: path(),
                names: 2,
            },
            "-samefile",
        ),
        (Error::MountPoint { path: path() }, "mount the folder"),
        (unusable(io::ErrorKind::PermissionDenied), "--ledger"),
        (unusable(io::ErrorKind::FileTooLarge), "ulimit -f"),
        (
            Error::Foreign {
                path: path(),
                theirs: binding(),
                ours: binding(),
            },
            "one environment",
        ),
        (
            Error::NotALedger {
                path: path(),
                what: "a folder",
            },
            "--ledger",
        ),
        (
            Error::Newer {
                path: path(),
                found: 2,
                known: 1,
            },
            "newer",
        ),
        (
            Error::Network {
                path: path(),
                kind: "NFS",
            },
            "local disk",
        ),
    ] {
        let hint = error.hint().unwrap();
        assert!(hint.contains(says), "{error}: {hint}");
    }
}

#[test]
fn every_failure_that_a_person_can_mend_says_how_and_what_failed_first_has_said_it() {
    for (error, says) in [
        (
            Error::Held {
                path: path(),
                holder: None,
            },
            Some("wait"),
        ),
        (
            Error::Damaged {
                path: path(),
                what: String::new(),
            },
            Some("backup"),
        ),
        (
            Error::Io {
                path: path(),
                source: io::ErrorKind::PermissionDenied.into(),
            },
            Some("permissions"),
        ),
        (
            Error::Sqlite {
                path: path(),
                source: rusqlite::Error::InvalidQuery,
            },
            Some("free space"),
        ),
        (
            Error::Invariant {
                path: path(),
                what: String::new(),
            },
            Some("report"),
        ),
        (Error::Poisoned { path: path() }, None),
    ] {
        let hint = error.hint();
        assert_eq!(hint.is_some(), says.is_some(), "{error}");
        assert!(
            hint.unwrap_or_default().contains(says.unwrap_or_default()),
            "{error}"
        );
    }
}
