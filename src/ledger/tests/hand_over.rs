//! Giving what ledgers know to others, dropped anywhere.

use rusqlite::Connection;

use super::super::file::beside;
use super::super::hand_over::merge;
use super::*;
use crate::model::shard::Shard;

/// The tables that a hand-over knows of, the two of which each ledger has its own among them.
const KNOWN: [&str; 10] = [
    "binding",
    "decisions",
    "devices",
    "events",
    "hand_overs",
    "lookups",
    "paces",
    "purge_key",
    "runs",
    "users",
];

/// Two ledgers of two shards, on which a run has ended that created nothing.
fn two() -> (tempfile::TempDir, [PathBuf; 2], PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join("own").join(name);
    let ledgers = [at("1.db"), at("2.db")];
    for (number, path) in (1..).zip(&ledgers) {
        let shard = Shard::new(number, 2).unwrap();
        let found = Found::look(path, &binding())
            .unwrap()
            .of_shard(shard)
            .unwrap();
        let run = run(u8::try_from(number).unwrap());
        let opened = found.begin(&run, &moment(0)).unwrap();
        opened.ledger.close(ended(0), &moment(1)).unwrap();
    }
    let all = at("all.db");
    (folder, ledgers, all)
}

#[test]
fn every_table_is_handed_over() {
    let (_folder, ledgers, _) = two();
    let connection = Connection::open(&ledgers[0]).unwrap();
    let sql = "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name";
    let mut statement = connection.prepare(sql).unwrap();
    let names = statement
        .query_map([], |row| row.get::<_, String>(0))
        .unwrap();
    let names: Vec<_> = names.map(Result::unwrap).collect();
    assert_eq!(names, KNOWN);
}

#[test]
fn a_merge_that_was_killed_goes_on_by_the_same_command_and_no_run_begins() {
    for killed_before_it_had_its_name in [true, false] {
        let (_folder, ledgers, all) = two();
        merge(&ledgers, &all, run(7).id).unwrap();
        // As a kill leaves it that comes when the old ones are marked.
        for path in &ledgers {
            let connection = Connection::open(path).unwrap();
            connection
                .execute("UPDATE hand_overs SET done = 0", [])
                .unwrap();
        }
        if killed_before_it_had_its_name {
            std::fs::rename(&all, beside(&all, ".new")).unwrap();
            std::fs::remove_file(beside(&all, ".runs")).unwrap();
        }
        for path in &ledgers {
            let refused = Found::look(path, &binding()).map(drop);
            assert!(matches!(flaw(refused), Flaw::GivenAway(Some(_))));
        }
        let elsewhere = all.with_file_name("other.db");
        let refused = merge(&ledgers, &elsewhere, run(8).id);
        assert!(matches!(flaw(refused), Flaw::GivenAway(Some(_))));
        merge(&ledgers, &all, run(9).id).unwrap();
        let reader = Reader::open(&all, Some(&binding())).unwrap().unwrap();
        assert!(reader.shard().is_whole());
        for path in &ledgers {
            let connection = Connection::open(path).unwrap();
            let done: bool = connection
                .query_row("SELECT done FROM hand_overs", [], |row| row.get(0))
                .unwrap();
            assert!(done);
        }
    }
}

#[test]
fn a_merge_that_is_killed_while_it_marks_goes_on_too() {
    let (_folder, ledgers, all) = two();
    merge(&ledgers, &all, run(7).id).unwrap();
    // The first is marked, the second is not yet, and the new one has no name.
    for (path, sql) in ledgers
        .iter()
        .zip(["UPDATE hand_overs SET done = 0", "DELETE FROM hand_overs"])
    {
        Connection::open(path).unwrap().execute(sql, []).unwrap();
    }
    for file in [all.clone(), beside(&all, ".runs")] {
        std::fs::remove_file(file).unwrap();
    }
    merge(&ledgers, &all, run(8).id).unwrap();
    assert!(Reader::open(&all, Some(&binding())).unwrap().is_some());
}
