//! Which file the rejects become, and what is in it.

use super::*;
use crate::model::dialect::{Dialect, LineEnd};
use crate::report::fixture::{broken_row, header, names, row};
use crate::report::known_state::Mode;
use std::fs;

fn wave() -> OsString {
    "wave.csv".into()
}

fn refused(number: u64, record: &str, message: &str) -> (KnownRow, ResultRow) {
    let row = broken_row(row(number, &[record]), message);
    let result = ResultRow::of(&row, &Mode::DryRun);
    (row, result)
}

#[test]
fn rejected_rows_keep_their_bytes_and_the_others_stay_out() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("wave.rejects.csv");
    let mut rejects = Rejects::new(
        path.clone(),
        wave(),
        &header(&["user_id", "my, phone"]),
        false,
    );
    for (row, result) in [
        refused(1, " x,\"+44 7911\"", "2 fields, not 3"),
        refused(2, "x", "=1+1"),
        refused(3, "x,\"open", "a quote"),
    ] {
        rejects.take(&row, &result).unwrap();
    }
    let (row, mut fine) = refused(4, "y,z", "");
    fine.finished.outcome = Outcome::Failed;
    rejects.take(&row, &fine).unwrap();

    let written = rejects.commit().unwrap();
    assert_eq!(written.path, Some(path.clone()));
    insta::assert_snapshot!(fs::read_to_string(&path).unwrap(), @r#"
    user_id,"my, phone",wavepair_outcome,wavepair_code,wavepair_message
     x,"+44 7911",invalid,field_count,"2 fields, not 3"
    x,,invalid,field_count,'=1+1
    "x,""open",,invalid,field_count,a quote
    "#);
}

#[test]
fn it_has_the_mark_and_the_line_ends_of_the_input() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("wave.rejects.csv");
    let header = header(&["user_id", "=note"]).in_dialect(Dialect {
        marked: true,
        line_end: LineEnd::CrLf,
        ..Dialect::default()
    });
    for (raw_cells, note) in [(false, "'=note"), (true, "=note")] {
        let mut rejects = Rejects::new(path.clone(), wave(), &header, raw_cells);
        let (row, result) = refused(1, "x,\"a\nb\"", "m");
        rejects.take(&row, &result).unwrap();
        rejects.commit().unwrap();
        assert_eq!(
            fs::read_to_string(&path).unwrap(),
            format!(
                "\u{feff}user_id,{note},wavepair_outcome,wavepair_code,wavepair_message\r\n\
                 x,\"a\nb\",invalid,field_count,m\r\n"
            )
        );
    }
}

/// Writes rejects of a wave with these messages; tells by file names where they are and what stayed.
fn commit(path: &Path, wave: &str, messages: &[&str]) -> (Option<String>, Vec<String>) {
    let header = header(&["user_id"]);
    let mut rejects = Rejects::new(path.to_owned(), wave.into(), &header, false);
    for message in messages {
        let (row, result) = refused(1, "x", message);
        rejects.take(&row, &result).unwrap();
    }
    let written = rejects.commit().unwrap();
    let name = |path: PathBuf| path.file_name().unwrap().to_str().unwrap().to_owned();
    (
        written.path.map(name),
        written.kept.into_iter().map(name).collect(),
    )
}

fn found(path: &str, kept: &[&str]) -> (Option<String>, Vec<String>) {
    let kept = kept.iter().map(|&name| name.to_owned()).collect();
    (Some(path.to_owned()).filter(|path| !path.is_empty()), kept)
}

#[test]
fn what_is_as_it_was_written_is_replaced_and_goes_if_nothing_is_rejected() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("wave.rejects.csv");
    assert_eq!(commit(&path, "wave.csv", &[]), found("", &[]));
    for messages in [&["a"][..], &["b", "c"], &["b", "c"]] {
        let written = commit(&path, "wave.csv", messages);
        assert_eq!(written, found("wave.rejects.csv", &[]));
        assert_eq!(names(folder.path()), ["wave.rejects.csv"]);
        let lines = fs::read_to_string(&path).unwrap().lines().count();
        assert_eq!(lines, messages.len() + 1);
    }
    assert_eq!(commit(&path, "wave.csv", &[]), found("", &[]));
    assert_eq!(names(folder.path()), Vec::<String>::new());
}

#[test]
fn what_somebody_edited_stays_and_the_new_file_has_the_next_name() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let path = at("wave.rejects.csv");
    commit(&path, "wave.csv", &["a"]);
    fs::write(&path, "mended\n").unwrap();
    let second = found("wave.rejects-2.csv", &["wave.rejects.csv"]);
    assert_eq!(commit(&path, "wave.csv", &["b"]), second);
    // Nobody has worked on the second one yet.
    assert_eq!(commit(&path, "wave.csv", &["c"]), second);
    fs::write(at("wave.rejects-2.csv"), "mended too\n").unwrap();
    assert_eq!(
        commit(&path, "wave.csv", &["d"]),
        found(
            "wave.rejects-3.csv",
            &["wave.rejects.csv", "wave.rejects-2.csv"]
        )
    );
    // Nothing is left to reject.
    let both = ["wave.rejects.csv", "wave.rejects-2.csv"];
    assert_eq!(commit(&path, "wave.csv", &[]), found("", &both));
    assert_eq!(
        names(folder.path()),
        ["wave.rejects-2.csv", "wave.rejects.csv"]
    );
    assert_eq!(fs::read_to_string(&path).unwrap(), "mended\n");

    // Whoever worked on the first one takes it away: its name is free again.
    commit(&path, "wave.csv", &["e"]);
    fs::remove_file(&path).unwrap();
    let first = found("wave.rejects.csv", &[]);
    assert_eq!(commit(&path, "wave.csv", &["f"]), first);
    assert_eq!(
        fs::read_to_string(at("wave.rejects-2.csv")).unwrap(),
        "mended too\n"
    );
}

#[test]
fn of_two_waves_with_one_rejects_path_none_replaces_or_removes_the_others() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rejects");
    assert_eq!(commit(&path, "a.csv", &["a"]), found("rejects", &[]));
    let second = found("rejects-2", &["rejects"]);
    assert_eq!(commit(&path, "b.csv", &["b"]), second);
    assert_eq!(commit(&path, "a.csv", &["a2"]), found("rejects", &[]));
    assert_eq!(commit(&path, "b.csv", &["b2"]), second);
    assert_eq!(commit(&path, "b.csv", &[]), found("", &["rejects"]));
    assert_eq!(names(folder.path()), ["rejects"]);
}

#[test]
fn a_file_that_wavepair_did_not_write_stays() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("wave.rejects.csv");
    fs::write(&path, "user_id,phone\nx,y\n").unwrap();
    let real = folder.path().join("real.csv");
    fs::write(&real, "x").unwrap();
    std::os::unix::fs::symlink(&real, folder.path().join("wave.rejects-2.csv")).unwrap();
    let kept = ["wave.rejects.csv", "wave.rejects-2.csv"];
    assert_eq!(commit(&path, "wave.csv", &[]), found("", &kept));
    assert_eq!(fs::read_to_string(&real).unwrap(), "x");
    assert_eq!(fs::read_to_string(&path).unwrap(), "user_id,phone\nx,y\n");
}
