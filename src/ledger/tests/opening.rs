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
        let writing = Ledger::open(&place.path, &other, &run(2), &moment(0)).unwrap_err();
        assert!(matches!(writing, Error::Foreign { .. }));
        let both = format!(
            "belongs to environment {} on api.pingone.eu, and this run is for environment {} on {}",
            binding().environment,
            other.environment,
            other.api_host
        );
        assert!(writing.to_string().ends_with(&both), "{writing}");
        assert!(matches!(
            Reader::open(&place.path, &other),
            Err(Error::Foreign { .. })
        ));
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
        let error = Ledger::open(path, &binding(), &run(1), &moment(0)).unwrap_err();
        assert!(matches!(error, Error::NotALedger { .. }), "{error}");
        assert_eq!(std::fs::read(path).ok(), before);
    }
}

#[test]
fn a_link_is_not_followed_even_to_a_ledger() {
    let place = place();
    drop(open(&place, 1));
    let link = place.path.with_file_name("link.db");
    std::os::unix::fs::symlink(&place.path, &link).unwrap();
    let written = Ledger::open(&link, &binding(), &run(2), &moment(0)).unwrap_err();
    let read = Reader::open(&link, &binding()).unwrap_err();
    for error in [written, read] {
        assert!(
            error.to_string().contains("a symbolic link"),
            "{error}, not a ledger"
        );
    }
}

#[test]
fn a_file_that_another_program_has_put_its_version_on_is_not_taken_for_an_empty_one() {
    let place = place();
    std::fs::create_dir(place.path.parent().unwrap()).unwrap();
    Connection::open(&place.path)
        .unwrap()
        .pragma_update(None, "user_version", 1)
        .unwrap();
    let error = Ledger::open(&place.path, &binding(), &run(1), &moment(0)).unwrap_err();
    assert!(matches!(error, Error::NotALedger { .. }), "{error}");
}

#[test]
fn a_ledger_from_a_newer_wavepair_is_not_touched() {
    let place = place();
    drop(open(&place, 1));
    Connection::open(&place.path)
        .unwrap()
        .pragma_update(None, "user_version", 99)
        .unwrap();
    let error = Ledger::open(&place.path, &binding(), &run(2), &moment(0)).unwrap_err();
    assert!(matches!(error, Error::Newer { found: 99, .. }));
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
    let error = Ledger::open(&place.path, &binding(), &run(2), &moment(0)).unwrap_err();
    assert!(matches!(error, Error::Damaged { .. }), "{error:?}");
}

#[test]
fn damage_where_a_run_would_not_look_is_found_if_the_run_before_was_not_closed() {
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
    let error = Ledger::open(&place.path, &binding(), &run(2), &moment(0)).unwrap_err();
    assert!(matches!(error, Error::Damaged { .. }), "{error:?}");
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
fn the_bundled_sqlite_is_one_without_the_wal_reset_bug() {
    assert!(
        rusqlite::version_number() >= 3_051_003,
        "{}",
        rusqlite::version()
    );
}

#[test]
fn a_ledger_that_was_put_back_from_a_backup_is_refused_until_a_person_says_that_it_is_meant() {
    let place = place();
    drop(open(&place, 1));
    let backup = std::fs::read(&place.path).unwrap();
    drop(open(&place, 2));
    std::fs::write(&place.path, backup).unwrap();
    let error = Ledger::open(&place.path, &binding(), &run(3), &moment(0)).unwrap_err();
    assert!(
        matches!(
            error,
            Error::Older {
                known: 1,
                runs: 2,
                ..
            }
        ),
        "{error:?}"
    );
    std::fs::remove_file(place.path.with_file_name("ledger.db.runs")).unwrap();
    assert_eq!(
        open(&place, 3).reader().entry(&request(7).key).unwrap(),
        None
    );
}

#[test]
fn a_ledger_that_was_deleted_is_not_replaced_by_an_empty_one() {
    let place = place();
    drop(open(&place, 1));
    std::fs::remove_file(&place.path).unwrap();
    let error = Ledger::open(&place.path, &binding(), &run(2), &moment(0)).unwrap_err();
    assert!(
        matches!(
            error,
            Error::Older {
                known: 0,
                runs: 1,
                ..
            }
        ),
        "{error:?}"
    );
    assert!(error.hint().unwrap().contains("ledger.db.runs"));
}
