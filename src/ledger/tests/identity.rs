//! By which signs a ledger is known, and that one which is refused stays as it was.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};

use super::*;

/// All that can be seen of a folder and what is in it: name, kind, mode, links and bytes.
pub(super) fn seen(folder: &Path) -> BTreeMap<PathBuf, (u32, u64, Vec<u8>)> {
    let mut found = BTreeMap::new();
    for path in fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .chain([folder.to_owned()])
    {
        let there = fs::symlink_metadata(&path).unwrap();
        let bytes = if there.is_file() {
            fs::read(&path).unwrap()
        } else if there.is_symlink() {
            fs::read_link(&path)
                .unwrap()
                .into_os_string()
                .into_encoded_bytes()
        } else {
            // When something was made, removed or renamed in it.
            format!("{} {}", there.mtime(), there.mtime_nsec()).into_bytes()
        };
        found.insert(path, (there.mode(), there.nlink(), bytes));
    }
    found
}

pub(super) fn mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

/// A ledger with a device in flight, as a run that was killed leaves it: with its log.
pub(super) async fn killed() -> Place {
    let place = place();
    let ledger = open(&place, 1);
    intend(&ledger, vec![intent(7)]).await.unwrap();
    let copy = crashed(&place);
    drop(ledger);
    assert!(beside(&copy, "-wal").metadata().unwrap().len() > 0);
    copy
}

/// A ledger that a run has left in good order.
pub(super) async fn closed() -> Place {
    let place = place();
    let ledger = open(&place, 1);
    intend(&ledger, vec![intent(7)]).await.unwrap();
    settle(&ledger, settled(7, DeviceState::Created)).await;
    ledger.close(ended(0), &moment(3)).unwrap();
    place
}

pub(super) fn beside(place: &Place, ending: &str) -> PathBuf {
    file::beside(&place.path, ending)
}

/// What is done to a ledger, and what is said of it then.
type Case = (&'static str, fn(&Place), &'static str);

const CASES: [Case; 22] = [
    (
        "it has a second name",
        |place| fs::hard_link(&place.path, place.path.with_file_name("twin")).unwrap(),
        "2 names",
    ),
    (
        "it belongs to another tenant",
        |place| {
            let sql = "UPDATE binding SET api_host = 'api.pingone.com'";
            change(place, sql);
        },
        "belongs to environment",
    ),
    (
        "a newer wavepair wrote it",
        |place| change(place, "PRAGMA user_version = 99"),
        "newer wavepair",
    ),
    (
        "another program wrote it",
        |place| change(place, "PRAGMA application_id = 7"),
        "not a wavepair ledger",
    ),
    (
        "it is text",
        |place| {
            let text = "text, and more than a hundred bytes of it".repeat(9);
            fs::write(&place.path, text).unwrap();
        },
        "not a wavepair ledger",
    ),
    (
        "it is readable to others, and another program's",
        |place| {
            change(place, "PRAGMA application_id = 7");
            mode(&place.path, 0o644);
        },
        "not a wavepair ledger",
    ),
    (
        "it was put back from before",
        |place| fs::write(beside(place, ".runs"), "2 9\n").unwrap(),
        "older than it once was",
    ),
    (
        "it is gone",
        |place| {
            fs::remove_file(&place.path).unwrap();
            fs::remove_file(beside(place, "-wal")).ok();
        },
        "older than it once was",
    ),
    (
        "it is gone with its counter, and its log is there",
        |place| {
            fs::remove_file(&place.path).unwrap();
            fs::remove_file(beside(place, ".runs")).unwrap();
            fs::write(beside(place, "-wal"), "a log").unwrap();
            mode(&beside(place, "-wal"), 0o600);
        },
        "damaged",
    ),
    (
        "a page of it is torn",
        |place| {
            // Only a run that did not end has the whole file checked.
            change(
                place,
                "UPDATE runs SET finished_at = NULL, exit_code = NULL",
            );
            let page: u16 = Connection::open(&place.path)
                .unwrap()
                .query_row(
                    "SELECT rootpage - 1 FROM sqlite_schema WHERE name = 'devices'",
                    [],
                    |row| row.get(0),
                )
                .unwrap();
            let page = usize::from(page);
            let mut bytes = fs::read(&place.path).unwrap();
            bytes[4096 * page + 8..4096 * (page + 1)].fill(0x5a);
            fs::write(&place.path, bytes).unwrap();
        },
        "damaged",
    ),
    (
        "its run did not end, and its log and counter are missing",
        |place| {
            change(
                place,
                "UPDATE runs SET finished_at = NULL, exit_code = NULL",
            );
            fs::remove_file(beside(place, ".runs")).unwrap();
        },
        "its log (`-wal`) is missing",
    ),
    (
        "its run did not end, and its log is missing with what was sent last",
        |place| {
            change(
                place,
                "UPDATE runs SET finished_at = NULL, exit_code = NULL",
            );
            fs::write(beside(place, ".runs"), "1 9\n").unwrap();
        },
        "its log (`-wal`) is missing",
    ),
    (
        "others have rights on its log",
        |place| {
            fs::write(beside(place, "-wal"), "").unwrap();
            mode(&beside(place, "-wal"), 0o666);
        },
        "a file that others have rights on",
    ),
    (
        "others have rights on its index",
        |place| {
            fs::write(beside(place, "-shm"), "").unwrap();
            mode(&beside(place, "-shm"), 0o640);
        },
        "a file that others have rights on",
    ),
    (
        "others have rights on its lock",
        |place| mode(&beside(place, ".lock"), 0o602),
        "a file that others have rights on",
    ),
    (
        "its lock has a second name",
        |place| fs::hard_link(beside(place, ".lock"), place.path.with_file_name("twin")).unwrap(),
        "more than one name",
    ),
    (
        "its counter is a link",
        |place| {
            let elsewhere = place.path.with_file_name("elsewhere");
            fs::rename(beside(place, ".runs"), &elsewhere).unwrap();
            symlink(elsewhere, beside(place, ".runs")).unwrap();
        },
        "a symbolic link",
    ),
    (
        "its ballast is a link",
        |place| {
            fs::remove_file(beside(place, ".ballast")).unwrap();
            symlink("elsewhere", beside(place, ".ballast")).unwrap();
        },
        "a symbolic link",
    ),
    (
        "a folder has the name of a file that is not whole yet",
        |place| fs::create_dir(beside(place, ".runs.new")).unwrap(),
        "a folder",
    ),
    (
        "there is a journal to be rolled back",
        |place| {
            fs::write(beside(place, "-journal"), "a journal").unwrap();
            mode(&beside(place, "-journal"), 0o600);
        },
        "a journal that another program left",
    ),
    (
        "others may write to its folder",
        |place| mode(place.path.parent().unwrap(), 0o770),
        "a folder that others may write to",
    ),
    (
        "anybody may write to its folder",
        |place| mode(place.path.parent().unwrap(), 0o777),
        "a folder that others may write to",
    ),
];

fn change(place: &Place, sql: &str) {
    Connection::open(&place.path)
        .unwrap()
        .execute_batch(sql)
        .unwrap();
}

#[tokio::test]
async fn a_ledger_that_is_refused_stays_as_it_was_whatever_it_was_opened_for() {
    for (what, spoil, said) in CASES {
        let place = closed().await;
        spoil(&place);
        let before = seen(place.path.parent().unwrap());
        let run = begin(&place.path, &binding(), &run(2), &moment(9)).map(drop);
        let check = Check::look(&place.path, &binding()).map(drop);
        let read = Reader::open(&place.path, Some(&binding())).map(drop);
        for (by, refused) in [("a run", run), ("the doctor", check), ("a reader", read)] {
            let error = refused.expect_err(&format!("{what}: {by}"));
            assert!(error.to_string().contains(said), "{what}: {by}: {error}");
            let remedy = match said {
                "a folder that others may write to" => "chmod go-w",
                "a file that others have rights on" => "chmod 600",
                "a journal that another program left" => "newest copy",
                _ => "",
            };
            assert!(error.hint().unwrap().contains(remedy), "{what}: {error}");
        }
        assert!(seen(place.path.parent().unwrap()) == before, "{what}");
    }
}

#[tokio::test]
async fn a_ledger_with_a_log_is_refused_without_the_log_being_folded_in() {
    let other = Binding {
        api_host: "api.pingone.com".to_owned(),
        ..binding()
    };
    // With the index of the log that a process leaves that is killed, and without.
    for has_index in [true, false] {
        let place = killed().await;
        if !has_index {
            fs::remove_file(beside(&place, "-shm")).unwrap();
        }
        let before = seen(place.path.parent().unwrap());
        for refused in [
            begin(&place.path, &other, &run(2), &moment(9)).map(drop),
            Reader::open(&place.path, Some(&other)).map(drop),
        ] {
            assert!(matches!(flaw(refused), Flaw::Foreign { .. }));
        }
        fs::write(beside(&place, ".runs"), "1 99\n").unwrap();
        for refused in [
            begin(&place.path, &binding(), &run(2), &moment(9)).map(drop),
            Reader::open(&place.path, Some(&binding())).map(drop),
        ] {
            assert!(matches!(flaw(refused), Flaw::Older { .. }));
        }
        fs::write(beside(&place, ".runs"), "1 1\n").unwrap();
        assert!(seen(place.path.parent().unwrap()) == before, "{has_index}");
        drop(open(&place, 2));
        assert_eq!(in_doubt(&place), 1, "what was in the log is known");
    }
}

#[tokio::test]
async fn a_reader_leaves_the_log_of_a_dead_run_to_the_next_run() {
    let place = killed().await;
    let before = fs::read(&place.path).unwrap();
    let log = fs::read(beside(&place, "-wal")).unwrap();
    let reader = read(&place);
    assert!(reader.entry(&request(7).key).unwrap().is_some());
    drop(reader);
    assert!(fs::read(&place.path).unwrap() == before);
    assert!(fs::read(beside(&place, "-wal")).unwrap() == log);
    drop(open(&place, 2));
    assert_eq!(in_doubt(&place), 1);
}

#[tokio::test]
async fn that_a_run_is_open_stands_in_the_file_itself_before_anything_is_sent() {
    let place = place();
    let opened = begin(&place.path, &binding(), &run(1), &moment(0)).unwrap();
    // The file alone, as a second name or a mount would have it.
    let alone = place.path.with_file_name("alone.db");
    fs::copy(&place.path, &alone).unwrap();
    let error = begin(&alone, &binding(), &run(2), &moment(1)).unwrap_err();
    assert!(matches!(error.flaw, Flaw::Damaged(_)), "{error}");
    drop(opened);
}

#[tokio::test]
async fn a_log_that_somebody_folded_in_is_not_missed() {
    let place = killed().await;
    // As `sqlite3` does when it is closed, or an SQLite that checks a backup.
    change(&place, "SELECT 1");
    assert!(!beside(&place, "-wal").exists());
    drop(open(&place, 2));
    assert_eq!(in_doubt(&place), 1);
}
