//! Users and policies by their names.

mod directory;
mod failing;
mod many;
mod outdated;
mod planned;
mod remembered;

use std::fs;
use std::path::Path;
use std::process::Command;

use self::directory::{Directory, Person};
use crate::support::binary::{Ran, ran, wavepair};
use crate::support::texts::{self, Row, column};

fn id(number: usize) -> String {
    format!("9f1c2a34-5b6d-4e7f-8a90-{number:012x}")
}

fn person(number: usize, username: &str) -> Person {
    Person {
        id: id(number),
        username: username.to_owned(),
        email: format!("{username}@example.com"),
    }
}

/// A wave with a row for each of these users.
fn wave(column: &str, names: &[&str]) -> String {
    let mut out = csv::Writer::from_writer(Vec::new());
    out.write_record([column, "phone"]).unwrap();
    for (number, name) in names.iter().enumerate() {
        out.write_record([name, &*format!("+1512555{number:04}")])
            .unwrap();
    }
    String::from_utf8(out.into_inner().unwrap()).unwrap()
}

fn folder_with(wave: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("wave.csv"), wave).unwrap();
    folder
}

fn rows(folder: &Path, name: &str) -> Vec<Row> {
    texts::rows(&fs::read(folder.join(name)).unwrap_or_default())
}

/// Runs the wave of a folder to its end; gives how it ended, and its results.
#[track_caller]
fn run(directory: &Directory, folder: &Path, more: &[&str]) -> (Ran, Vec<Row>) {
    let words = ["run", "wave.csv", "--rate", "max", "--settle", "1s"];
    let mut command: Command = directory.command(folder, &[&words, more].concat());
    let ended = ran(&mut command);
    (ended, rows(folder, "wave.results.csv"))
}

/// Asserts that `results` writes the same bytes again, without asking anybody.
#[track_caller]
fn writes_results_again(directory: &Directory, folder: &Path) {
    let path = folder.join("wave.results.csv");
    let (before, asked) = (fs::read(&path).unwrap(), directory.looked_up());
    fs::remove_file(&path).unwrap();
    let ledger = format!("state/wavepair/{}.db", directory::ENVIRONMENT);
    let words = ["results", "wave.csv", "--ledger", &ledger];
    let again = ran(wavepair(folder).args(words));
    assert_eq!(again.code, Some(0), "{}", again.stderr);
    assert_eq!(
        String::from_utf8(fs::read(&path).unwrap()).unwrap(),
        String::from_utf8(before).unwrap()
    );
    assert_eq!(directory.looked_up(), asked);
}
