//! Which files are taken for a ledger, and which are refused and left as they are.

use std::os::unix::fs::PermissionsExt;

use super::*;

#[test]
fn a_ledger_serves_one_environment_on_one_host() {
    let place = place();
    drop(open(&place, 1));
    for other in [
        Binding {
            api_host: "api.pingone.com".to_owned(),
            ..binding()
        },
        Binding {
            environment: EnvironmentId::from_bytes([3; 16]),
            ..binding()
        },
    ] {
        let writing = begin(&place.path, &other, &run(2), &moment(0)).unwrap_err();
        assert!(matches!(writing.flaw, Flaw::Foreign { .. }));
        let both = format!(
            "belongs to environment {} on api.pingone.eu, and this run is for environment {} on {}",
            binding().environment,
            other.environment,
            other.api_host
        );
        assert!(writing.to_string().ends_with(&both), "{writing}");
        let reading = Reader::open(&place.path, Some(&other));
        assert!(matches!(flaw(reading), Flaw::Foreign { .. }));
    }
}

#[test]
fn what_is_no_ledger_is_refused_and_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let text = folder.path().join("text.db");
    std::fs::write(
        &text,
        "This is somebody's file, and longer than a header of SQLite has to be.",
    )
    .unwrap();
    let link = folder.path().join("link.db");
    std::os::unix::fs::symlink(&text, &link).unwrap();
    let theirs = folder.path().join("theirs.db");
    Connection::open(&theirs)
        .unwrap()
        .execute_batch("CREATE TABLE theirs (x)")
        .unwrap();
    for path in [text.as_path(), &link, &theirs, folder.path()] {
        let before = std::fs::read(path).ok();
        let error = begin(path, &binding(), &run(1), &moment(0)).unwrap_err();
        assert!(matches!(error.flaw, Flaw::NotALedger(_)), "{error}");
        assert_eq!(std::fs::read(path).ok(), before);
    }
}

#[test]
fn a_link_is_not_followed_even_to_a_ledger() {
    let place = place();
    drop(open(&place, 1));
    let link = place.path.with_file_name("link.db");
    std::os::unix::fs::symlink(&place.path, &link).unwrap();
    let written = begin(&link, &binding(), &run(2), &moment(0)).unwrap_err();
    let read = Reader::open(&link, Some(&binding())).unwrap_err();
    for error in [written, read] {
        assert!(
            error.to_string().contains("a symbolic link"),
            "{error}, not a ledger"
        );
    }
}

#[test]
fn a_file_with_the_version_of_another_program_is_not_taken_for_empty() {
    let place = place();
    std::fs::create_dir(place.path.parent().unwrap()).unwrap();
    Connection::open(&place.path)
        .unwrap()
        .pragma_update(None, "user_version", 1)
        .unwrap();
    let error = begin(&place.path, &binding(), &run(1), &moment(0)).unwrap_err();
    assert!(matches!(error.flaw, Flaw::NotALedger(_)), "{error}");
}

#[test]
fn a_ledger_from_a_newer_wavepair_is_not_touched() {
    let place = place();
    drop(open(&place, 1));
    Connection::open(&place.path)
        .unwrap()
        .pragma_update(None, "user_version", 99)
        .unwrap();
    let error = begin(&place.path, &binding(), &run(2), &moment(0)).unwrap_err();
    assert!(matches!(error.flaw, Flaw::Newer(99)));
}

#[test]
fn a_damaged_ledger_is_refused_before_anything_is_sent() {
    let place = place();
    drop(open(&place, 1));
    // The run was not closed, so the file is checked as a whole.
    Connection::open(&place.path)
        .unwrap()
        .pragma_update(None, "wal_checkpoint", "TRUNCATE")
        .unwrap();
    let mut bytes = std::fs::read(&place.path).unwrap();
    for byte in &mut bytes[4096..] {
        *byte = !*byte;
    }
    std::fs::write(&place.path, bytes).unwrap();
    let error = begin(&place.path, &binding(), &run(2), &moment(0)).unwrap_err();
    assert!(matches!(error.flaw, Flaw::Damaged(_)), "{error:?}");
}

#[test]
fn damage_where_no_run_would_look_is_found_if_the_last_run_was_not_closed() {
    let place = place();
    drop(open(&place, 1));
    let page: u32 = Connection::open(&place.path)
        .unwrap()
        .query_row(
            "SELECT rootpage FROM sqlite_schema WHERE name = 'events'",
            [],
            |row| row.get(0),
        )
        .unwrap();
    let mut bytes = std::fs::read(&place.path).unwrap();
    for byte in bytes.chunks_exact_mut(4096).nth(page as usize - 1).unwrap() {
        *byte = !*byte;
    }
    std::fs::write(&place.path, bytes).unwrap();
    let error = begin(&place.path, &binding(), &run(2), &moment(0)).unwrap_err();
    assert!(matches!(error.flaw, Flaw::Damaged(_)), "{error:?}");
}

#[test]
fn every_file_of_a_ledger_is_private() {
    let place = place();
    let ledger = open(&place, 1);
    let folder = place.path.parent().unwrap();
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(folder), 0o700);
    let files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|file| file.unwrap().path())
        .collect();
    assert!(files.len() >= 3, "database, write-ahead log and lock");
    let known = companions(&place.path).map(|(_, path)| path);
    for file in files {
        assert_eq!(mode(&file), 0o600, "{}", file.display());
        assert!(file == place.path || known.contains(&file), "{file:?}");
    }
    drop(ledger);
}

#[test]
fn a_ledger_that_others_may_read_is_ours_alone_from_the_next_run_on() {
    for (mode, then) in [
        (0o644, 0o600),
        (0o660, 0o600),
        (0o601, 0o600),
        (0o400, 0o400),
    ] {
        let place = place();
        drop(open(&place, 1));
        let given = std::fs::Permissions::from_mode(mode);
        std::fs::set_permissions(&place.path, given).unwrap();
        // Without the right to write there is no run; root has it nevertheless.
        drop(begin(&place.path, &binding(), &run(2), &moment(0)));
        let mode = std::fs::metadata(&place.path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, then, "{mode:o}");
    }
}

#[test]
fn the_bundled_sqlite_is_one_without_the_wal_reset_bug() {
    assert!(
        rusqlite::version_number() >= 3_051_003,
        "{}",
        rusqlite::version()
    );
}

fn lacks(error: &Error) -> String {
    let Flaw::Older { lacks, .. } = error.flaw else {
        panic!("{error:?}");
    };
    lacks.to_string()
}

#[tokio::test]
async fn a_backup_that_was_made_during_the_last_run_is_refused_as_well() {
    let place = place();
    let ledger = open(&place, 1);
    intend(&ledger, vec![intent(7)]).await.unwrap();
    let backup = crashed(&place);
    intend(&ledger, vec![intent(8)]).await.unwrap();
    ledger.close(ended(0), &moment(2)).unwrap();
    let counter = place.path.with_file_name("ledger.db.runs");
    std::fs::copy(counter, backup.path.with_file_name("ledger.db.runs")).unwrap();
    let error = begin(&backup.path, &binding(), &run(2), &moment(0)).unwrap_err();
    assert_eq!(lacks(&error), "holds 1 event out of 2");
}

#[tokio::test]
async fn a_crashed_ledger_whose_latest_commits_were_damaged_is_refused() {
    let place = place();
    let ledger = open(&place, 1);
    for user in 1..=8 {
        intend(&ledger, vec![intent(user)]).await.unwrap();
    }
    drop(open(&crashed(&place), 2));
    let last_byte = |log: &mut Vec<u8>| *log.last_mut().unwrap() ^= 1;
    let cut_off = |log: &mut Vec<u8>| log.truncate(log.len() - 100);
    for damage in [&last_byte as &dyn Fn(&mut Vec<u8>), &cut_off] {
        let crashed = crashed(&place);
        let path = crashed.path.with_file_name("ledger.db-wal");
        let mut log = std::fs::read(&path).unwrap();
        damage(&mut log);
        std::fs::write(&path, log).unwrap();
        let error = begin(&crashed.path, &binding(), &run(2), &moment(0)).unwrap_err();
        assert_eq!(lacks(&error), "holds 7 events out of 8");
    }
}

#[test]
fn a_ledger_from_a_backup_is_refused_until_a_person_says_it_is_meant() {
    let place = place();
    open(&place, 1).close(ended(0), &moment(1)).unwrap();
    let backup = std::fs::read(&place.path).unwrap();
    drop(open(&place, 2));
    std::fs::write(&place.path, backup).unwrap();
    let error = begin(&place.path, &binding(), &run(3), &moment(0)).unwrap_err();
    assert!(lacks(&error).contains("1 run out of 2"), "{error:?}");
    std::fs::remove_file(place.path.with_file_name("ledger.db.runs")).unwrap();
    assert_eq!(open(&place, 3).entry(&request(7).key).unwrap(), None);
}

#[test]
fn a_ledger_that_was_deleted_is_not_replaced_by_an_empty_one() {
    let place = place();
    drop(open(&place, 1));
    std::fs::remove_file(&place.path).unwrap();
    let error = begin(&place.path, &binding(), &run(2), &moment(0)).unwrap_err();
    assert!(lacks(&error).contains("0 runs out of 1"), "{error:?}");
    assert!(error.hint().unwrap().contains("ledger.db.runs"));
}
