//! What is found where a ledger is named, and how a run begins on it.

use std::fs;
use std::os::unix::fs::MetadataExt;

use super::identity::{beside, closed, killed, mode, seen};
use super::*;
use crate::model::stop::{StopCode, Stopped};

#[test]
fn nothing_is_made_where_a_ledger_is_looked_for_and_all_where_it_begins() {
    let place = place();
    let above = place.path.parent().unwrap().parent().unwrap();
    let before = seen(above);
    let found = Found::look(&place.path, &binding()).unwrap();
    assert!(found.is_new() && !found.has_looked() && !found.has_lost_its_counter());
    assert!(Check::look(&place.path, &binding()).unwrap().is_new);
    assert!(Reader::open(&place.path, None).unwrap().is_none());
    assert!(seen(above) == before);
    drop(found.begin(&run(1), &moment(0)).unwrap());
    assert!(!Found::look(&place.path, &binding()).unwrap().is_new());
}

#[test]
fn an_empty_file_is_a_new_ledger_unless_there_was_one() {
    let place = place();
    fs::create_dir(place.path.parent().unwrap()).unwrap();
    mode(place.path.parent().unwrap(), 0o700);
    fs::write(&place.path, "").unwrap();
    let found = Found::look(&place.path, &binding()).unwrap();
    assert!(found.is_new());
    let held = Found::look(&place.path, &binding()).unwrap_err();
    assert!(matches!(held.flaw, Flaw::Held(_)), "{held}");
    let opened = found.begin(&run(1), &moment(0)).unwrap();
    let held = Found::look(&place.path, &binding()).unwrap_err();
    assert!(matches!(held.flaw, Flaw::Held(Some(_))), "{held}");
    drop(opened);
    let mode = fs::metadata(&place.path).unwrap().mode();
    assert_eq!(mode & 0o7777, 0o600);
}

#[test]
fn of_two_that_found_no_ledger_the_second_does_not_replace_the_first_ones() {
    let place = place();
    let [first, second] = [(); 2].map(|()| Found::look(&place.path, &binding()).unwrap());
    first
        .begin(&run(1), &moment(0))
        .unwrap()
        .ledger
        .close(ended(0), &moment(1))
        .unwrap();
    let refused = second.begin(&run(2), &moment(2)).unwrap_err();
    assert!(matches!(refused.flaw, Flaw::Held(_)), "{refused}");
    let found = Found::look(&place.path, &binding()).unwrap();
    assert!(found.knows_run(run(1).id) && !found.knows_run(run(2).id));
}

#[tokio::test]
async fn what_a_killed_run_left_half_made_is_removed_by_the_next() {
    let place = closed().await;
    for ending in [".new", ".runs.new"] {
        fs::write(beside(&place, ending), "half").unwrap();
        mode(&beside(&place, ending), 0o600);
    }
    fs::write(beside(&place, ".ballast"), "half").unwrap();
    drop(open(&place, 2));
    let mut left: Vec<_> = fs::read_dir(place.path.parent().unwrap())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    left.sort();
    let expected = ["", ".ballast", ".lock", ".runs"].map(|ending| format!("ledger.db{ending}"));
    assert_eq!(left, expected);
}

#[tokio::test]
async fn only_a_run_that_looked_first_and_came_to_its_end_proves_a_ledger() {
    for (looks_first, exit_code, proves) in [
        (true, 0, true),
        (true, 3, true),
        (true, 4, true),
        (true, 1, false),
        (true, 5, false),
        (true, 7, false),
        (true, 143, false),
        (false, 0, false),
    ] {
        let place = place();
        let run = RunRecord {
            looks_first,
            undoes: None,
            ..run(1)
        };
        let opened = begin(&place.path, &binding(), &run, &moment(0)).unwrap();
        opened.ledger.close(ended(exit_code), &moment(1)).unwrap();
        let found = Found::look(&place.path, &binding()).unwrap();
        assert_eq!(found.has_looked(), proves, "{looks_first} {exit_code}");
    }
    let place = place();
    let opened = begin(&place.path, &binding(), &run(1), &moment(0)).unwrap();
    let stopped = Stopped::new(StopCode::Unavailable, "no answer", None);
    let end = RunEnd {
        stopped: Some(stopped),
        ..ended(4)
    };
    let closed = opened.ledger.close(end, &moment(1));
    closed.unwrap();
    let found = Found::look(&place.path, &binding()).unwrap();
    assert!(!found.has_looked(), "it stopped before its wave did");
    let place = killed().await;
    let found = Found::look(&place.path, &binding()).unwrap();
    assert!(!found.has_looked(), "it did not end");
    assert!(!found.has_lost_its_counter());
    drop(found);
    fs::remove_file(beside(&place, ".runs")).unwrap();
    let found = Found::look(&place.path, &binding()).unwrap();
    assert!(found.has_lost_its_counter());
}

#[test]
fn the_one_who_holds_a_ledger_is_named() {
    let place = place();
    let opened = begin(&place.path, &binding(), &run(1), &moment(0)).unwrap();
    let error = begin(&place.path, &binding(), &run(2), &moment(0)).unwrap_err();
    let expected = format!(
        "another run holds the ledger {}: process {}, since 2025-11-24 16:00:00 UTC, \
         with the wave /waves/a.csv",
        place.path.display(),
        std::process::id()
    );
    assert_eq!(error.to_string(), expected);
    drop(opened);
}
