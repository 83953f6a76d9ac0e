//! Which room may use which.

use std::collections::BTreeSet;

use super::house::{HOUSE, House, Mention};
use super::source::Source;

/// Each room with the rooms that it may use, all of which stand above it.
///
/// `sandbox` is a PingOne of its own: it shares the shapes on the wire with `pingone`,
/// and no behavior that could hide a mistake of either.
const ROOMS: [(&str, &[&str]); 20] = [
    ("exit", &[]),
    ("model", &["exit"]),
    ("clock", &["model"]),
    ("plan", &["model"]),
    ("retry", &["model"]),
    ("pace", &["clock", "model"]),
    ("input", &["model"]),
    ("pingone::wire", &[]),
    ("pingone", &["model", "clock"]),
    ("ledger", &["exit", "model"]),
    ("sandbox", &["pingone::wire"]),
    ("subprocess", &[]),
    (
        "engine",
        &[
            "model",
            "clock",
            "plan",
            "retry",
            "pace",
            "pingone",
            "pingone::wire",
            "ledger",
        ],
    ),
    (
        "lookup",
        &["model", "pingone", "pingone::wire", "ledger", "engine"],
    ),
    (
        "probe",
        &[
            "model",
            "clock",
            "retry",
            "pace",
            "pingone",
            "pingone::wire",
            "engine",
        ],
    ),
    ("report", &["exit", "model", "clock", "plan"]),
    (
        "settings",
        &[
            "exit",
            "model",
            "plan",
            "retry",
            "pace",
            "pingone",
            "ledger",
            "engine",
            "report",
            "sandbox",
            "subprocess",
            "clock",
        ],
    ),
    (
        "error",
        &[
            "exit", "model", "input", "pingone", "ledger", "sandbox", "engine", "probe", "report",
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
            "pace",
            "input",
            "pingone",
            "pingone::wire",
            "ledger",
            "sandbox",
            "subprocess",
            "engine",
            "lookup",
            "probe",
            "report",
            "error",
            "settings",
        ],
    ),
    (
        "program",
        &[
            "exit", "model", "clock", "report", "error", "settings", "commands",
        ],
    ),
];

fn room(module: &[String]) -> String {
    match module {
        [first, second, ..] if first == "pingone" && second == "wire" => "pingone::wire".to_owned(),
        [first, ..] => first.clone(),
        [] => "lib".to_owned(),
    }
}

/// Which room speaks of which, and where.
fn uses(house: &House) -> BTreeSet<(String, String, String)> {
    let outside = |mention: Mention| {
        let (from, to) = (room(&mention.speaker), room(&mention.module));
        let is_inside = from.split("::").next() == to.split("::").next();
        // `lib` wires nothing, and `testing` shows everything.
        let counts = !is_inside && !["lib", "testing"].contains(&from.as_str());
        counts.then_some((from, to, mention.from))
    };
    house.mentions().into_iter().filter_map(outside).collect()
}

#[test]
fn rooms_use_only_rooms_above_them_that_they_may() {
    let uses = uses(&HOUSE);
    let wrong: Vec<_> = uses
        .iter()
        .filter(|(room, used, _)| {
            let known = ROOMS.iter().find(|(name, _)| name == room);
            let (_, granted) = known.unwrap_or_else(|| panic!("the table has no room `{room}`"));
            !granted.contains(&used.as_str())
        })
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn the_table_of_rooms_has_no_way_back_and_grants_nothing_that_is_not_used() {
    let uses = uses(&HOUSE);
    for (at, (room, granted)) in ROOMS.iter().enumerate() {
        for target in *granted {
            assert!(
                ROOMS[..at].iter().any(|(above, _)| above == target),
                "{target} does not stand above {room}"
            );
            assert!(
                uses.iter()
                    .any(|(user, used, _)| user == room && used == target),
                "{room} does not use {target}; take the grant away"
            );
        }
    }
}

#[test]
fn what_a_room_uses_is_found_by_use_and_by_path() {
    let text = "use crate::b; use crate::{c, d::{e, f}, pingone::wire::G}; \
                fn x() { crate::h::i(); j!(crate::k::L) } use clap::M; pub(in crate) mod y;";
    let mut files = vec![Source::new("a.rs", text)];
    let others = ["b", "c", "d", "h", "k", "clap", "pingone/wire"];
    files.extend(others.map(|name| Source::new(format!("{name}.rs"), "")));
    let found = uses(&House::new(files))
        .into_iter()
        .map(|(_, used, _)| used);
    let found: Vec<_> = found.collect();
    assert_eq!(found, ["b", "c", "d", "h", "k", "pingone::wire"]);
}
