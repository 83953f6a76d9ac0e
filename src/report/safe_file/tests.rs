//! What is left of a file, and where.

use super::*;
use crate::report::fixture::names;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;

#[test]
fn a_file_appears_complete_and_private_or_not_at_all() {
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join("results.csv");
    fs::write(&target, "old").unwrap();

    let mut dropped = SafeFile::create(&target).unwrap();
    dropped.write_all(b"half").unwrap();
    drop(dropped);
    assert_eq!(fs::read_to_string(&target).unwrap(), "old");
    assert_eq!(names(folder.path()), ["results.csv"]);

    let mut file = SafeFile::create(&target).unwrap();
    file.write_all(b"new").unwrap();
    assert_eq!(fs::read_to_string(&target).unwrap(), "old");
    file.commit().unwrap();
    assert_eq!(fs::read_to_string(&target).unwrap(), "new");
    assert_eq!(fs::metadata(&target).unwrap().mode() & 0o7777, 0o600);
    assert_eq!(names(folder.path()), ["results.csv"]);
}

#[test]
fn what_is_no_regular_file_is_refused_and_left_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    fs::write(at("precious"), "precious").unwrap();
    symlink(at("precious"), at("link")).unwrap();
    symlink(at("nowhere"), at("dangling")).unwrap();
    fs::create_dir(at("folder")).unwrap();
    let _socket = UnixListener::bind(at("socket")).unwrap();
    for name in ["link", "dangling", "folder", "socket"] {
        let error = SafeFile::create(&at(name)).unwrap_err();
        assert!(matches!(error, Error::Occupied { .. }), "{name}: {error}");
    }
    assert!(SafeFile::create(Path::new("..")).is_err());
    assert!(SafeFile::create(&at("no such folder/x")).is_err());
    assert_eq!(fs::read_to_string(at("precious")).unwrap(), "precious");
    assert!(!at("nowhere").exists());
}

#[test]
fn a_link_that_appears_before_the_rename_is_not_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join("results.csv");
    let file = SafeFile::create(&target).unwrap();
    symlink("/dev/null", &target).unwrap();
    assert!(matches!(file.commit(), Err(Error::Occupied { .. })));
    assert_eq!(names(folder.path()), ["results.csv"]);
}

#[test]
fn leftovers_of_the_dead_are_removed_and_files_of_the_living_are_not() {
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join("results.csv");
    let alive = SafeFile::create(&target).unwrap();
    let random = "0123456789abcdef0123456789abcdef";
    let dead = format!(".results.csv.{random}.wavepair-tmp");
    let other = format!(".other.csv.{random}.wavepair-tmp");
    let foreign = ".results.csv.mine.wavepair-tmp";
    for name in [&dead, &other, foreign] {
        fs::write(folder.path().join(name), "x").unwrap();
    }
    let second = SafeFile::create(&target).unwrap();
    let left = names(folder.path());
    assert!(!left.contains(&dead), "{left:?}");
    assert_eq!(
        left.len(),
        4,
        "two living, another target's, a stranger's: {left:?}"
    );
    alive.commit().unwrap();
    second.commit().unwrap();
}

#[test]
fn the_longest_name_that_a_folder_takes_can_be_written() {
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join("x".repeat(255));
    SafeFile::create(&target).unwrap().commit().unwrap();
    assert!(target.is_file());
}
