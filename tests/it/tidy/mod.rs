//! Rules of the source that no compiler checks.

use std::fs;
use std::path::Path;

use crate::support::binary::root;

mod house;
mod rooms;
mod shape;
mod source;
mod today;

use source::sources;

#[test]
fn no_room_is_named_after_nothing() {
    for source in sources("src") {
        for part in &source.path {
            let name = part.to_str().unwrap().trim_end_matches(".rs");
            assert!(
                ![
                    "utils", "util", "helpers", "helper", "common", "misc", "types"
                ]
                .contains(&name),
                "{}: name it after what it holds",
                source.path.display()
            );
        }
    }
}

#[test]
fn a_device_is_created_from_one_place() {
    let code = |text: &str| -> String {
        let lines = text.lines().map(str::trim);
        lines.filter(|line| !line.starts_with("//")).collect()
    };
    let callers = |call: &str| -> Vec<_> {
        sources("src")
            .into_iter()
            .filter(|source| code(&source.text).contains(call))
            .map(|source| source.path)
            .collect()
    };
    assert_eq!(callers(".create_device("), [Path::new("engine/job.rs")]);
    // The probe's, of a test user: behind the line in its journal.
    assert_eq!(callers("raw::exchange("), [Path::new("probe/asker.rs")]);
    let makers = ["pingone/raw.rs", "probe/probing.rs"].map(Path::new);
    assert_eq!(callers("Exchange::Create("), makers);
}

#[test]
fn every_file_says_first_what_lives_in_it() {
    for source in sources("src") {
        assert!(
            ["//! ", "#![doc = include_str!("]
                .iter()
                .any(|head| source.text.starts_with(head)),
            "{}: begin with `//!`",
            source.path.display()
        );
    }
}

#[test]
fn every_planted_bug_still_has_a_place_in_the_code() {
    let folder = root().join("tests/planted");
    let patches = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
    let patches = patches.filter(|entry| entry.path().extension().is_some_and(|e| e == "patch"));
    let mut places = 0;
    for patch in patches {
        let text = fs::read_to_string(patch.path()).unwrap();
        for file in text.split("\n+++ b/").skip(1) {
            let (path, hunks) = file.split_once('\n').unwrap();
            let code = fs::read_to_string(root().join(path)).unwrap();
            for hunk in hunks
                .split("\n@@ ")
                .map(|hunk| hunk.split_once('\n').unwrap().1)
            {
                let before: Vec<&str> = hunk
                    .lines()
                    .take_while(|line| !line.starts_with("diff "))
                    .filter_map(|line| line.strip_prefix([' ', '-']))
                    .collect();
                let before = before.join("\n");
                let name = patch.file_name();
                assert!(code.contains(&before), "{name:?} at {path}:\n{before}");
                places += 1;
            }
        }
    }
    assert!(places >= 8, "{places}");
}
