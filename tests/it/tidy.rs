//! Rules of the source that no compiler checks.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::support::binary::root;

/// Each room with the rooms that it may use, all of which stand above it.
///
/// `sandbox` is a PingOne of its own: it shares the shapes on the wire with `pingone`,
/// and no behavior that could hide a mistake of either.
const ROOMS: [(&str, &[&str]); 18] = [
    ("exit", &[]),
    ("model", &["exit"]),
    ("clock", &["model"]),
    ("plan", &["model"]),
    ("retry", &["model"]),
    ("rate_limit", &["clock"]),
    ("input", &["model"]),
    ("pingone::wire", &[]),
    ("pingone", &["model", "clock"]),
    ("ledger", &["model"]),
    ("sandbox", &["pingone::wire"]),
    (
        "engine",
        &[
            "model",
            "clock",
            "plan",
            "retry",
            "rate_limit",
            "pingone",
            "pingone::wire",
            "ledger",
        ],
    ),
    ("report", &["exit", "model", "clock", "plan"]),
    ("cli", &[]),
    (
        "settings",
        &[
            "exit",
            "model",
            "plan",
            "retry",
            "rate_limit",
            "pingone",
            "ledger",
            "engine",
            "report",
            "sandbox",
            "clock",
            "cli",
        ],
    ),
    (
        "error",
        &[
            "exit", "model", "input", "pingone", "ledger", "sandbox", "engine", "report",
            "settings",
        ],
    ),
    (
        "commands",
        &[
            "exit",
            "model",
            "clock",
            "plan",
            "rate_limit",
            "input",
            "pingone",
            "pingone::wire",
            "ledger",
            "sandbox",
            "engine",
            "report",
            "error",
            "settings",
        ],
    ),
    (
        "main",
        &[
            "exit", "clock", "report", "error", "cli", "settings", "commands",
        ],
    ),
];

/// A file of `src`, by its path in there.
struct Source {
    path: PathBuf,
    text: String,
}

impl Source {
    fn room(&self) -> String {
        if self.path == Path::new("pingone/wire.rs") {
            return "pingone::wire".to_owned();
        }
        let first = self.path.iter().next().unwrap().to_str().unwrap();
        first.trim_end_matches(".rs").to_owned()
    }

    /// The code without its comments and white space: enough to find paths in it.
    fn code(&self) -> String {
        self.text
            .lines()
            .map(str::trim)
            .filter(|line| !line.starts_with("//"))
            .collect::<Vec<_>>()
            .join(" ")
    }
}

fn sources() -> Vec<Source> {
    let src = root().join("src");
    let mut found = Vec::new();
    let mut folders = vec![src.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                found.push(Source {
                    text: fs::read_to_string(&path).unwrap(),
                    path: path.strip_prefix(&src).unwrap().to_owned(),
                });
            }
        }
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

/// The rooms that a text reaches into, by paths from the root of the crate.
fn used(code: &str, root: &str) -> BTreeSet<String> {
    let mut rooms = BTreeSet::new();
    for (at, _) in code.match_indices(root) {
        let before = code[..at].chars().next_back();
        if before.is_some_and(|c| c.is_alphanumeric() || c == '_') {
            continue;
        }
        let path = &code[at + root.len()..];
        match path.strip_prefix('{') {
            Some(group) => rooms.extend(group_members(group).into_iter().map(room_of)),
            None => {
                rooms.insert(room_of(path));
            }
        }
    }
    rooms
}

/// The members of a `{…}` group, up to its closing brace.
fn group_members(group: &str) -> Vec<&str> {
    let mut members = Vec::new();
    let (mut depth, mut start) = (0_u32, 0);
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            ',' if depth == 0 => {
                members.push(group[start..at].trim());
                start = at + 1;
            }
            '}' if depth == 0 => {
                members.push(group[start..at].trim());
                break;
            }
            '}' => depth -= 1,
            _ => {}
        }
    }
    members.retain(|member| !member.is_empty());
    members
}

fn room_of(path: &str) -> String {
    let name = |text: &str| -> String {
        text.chars()
            .take_while(|c| c.is_alphanumeric() || *c == '_')
            .collect()
    };
    let first = name(path);
    let second = path[first.len()..].strip_prefix("::").map(name);
    if first == "pingone" && second.as_deref() == Some("wire") {
        return "pingone::wire".to_owned();
    }
    first
}

/// What a path to another room begins with: the binary sees the library from outside.
fn start_of_paths(room: &str) -> &'static str {
    if room == "main" {
        "wavepair::"
    } else {
        "crate::"
    }
}

#[test]
fn rooms_use_only_rooms_above_them_that_they_may() {
    let mut wrong = Vec::new();
    for source in sources() {
        if source.path == Path::new("lib.rs") {
            continue;
        }
        let room = source.room();
        let known = ROOMS.iter().find(|(name, _)| *name == room);
        let (_, granted) = known.unwrap_or_else(|| panic!("the table has no room `{room}`"));
        for target in used(&source.code(), start_of_paths(&room)) {
            let own = target == room || target.split("::").next() == Some(&room);
            if !own && !granted.contains(&target.as_str()) {
                wrong.push(format!("{}: {room} -> {target}", source.path.display()));
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn the_table_of_rooms_has_no_way_back_and_grants_nothing_that_is_not_used() {
    let sources = sources();
    for (at, (room, granted)) in ROOMS.iter().enumerate() {
        let reached: BTreeSet<String> = sources
            .iter()
            .filter(|source| source.room() == *room)
            .flat_map(|source| used(&source.code(), start_of_paths(room)))
            .collect();
        for target in *granted {
            assert!(
                ROOMS[..at].iter().any(|(above, _)| above == target),
                "{target} does not stand above {room}"
            );
            assert!(
                reached.contains(*target),
                "{room} does not use {target}; take the grant away"
            );
        }
    }
}

#[test]
fn paths_are_found_one_by_one_and_in_groups() {
    let code = "use crate::a; use crate::{b, c::{d, e}, pingone::wire::F}; crate::g::h(); \
                use pingone_crate::x; pub(in crate) mod y;";
    let found: Vec<_> = used(code, "crate::").into_iter().collect();
    assert_eq!(found, ["a", "b", "c", "g", "pingone::wire"]);
}

#[test]
fn no_room_is_named_after_nothing() {
    for source in sources() {
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
    let callers: Vec<_> = sources()
        .into_iter()
        .filter(|source| source.code().contains(".create_device("))
        .map(|source| source.path)
        .collect();
    assert_eq!(callers, [Path::new("engine/job.rs")]);
}

#[test]
fn every_file_says_first_what_lives_in_it() {
    for source in sources() {
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
