//! The plan that the README shows, made and carried out as it is written.

use std::fs;

use crate::support::binary::root;
use crate::support::readme::{block, under};
use crate::support::rehearsal::Rehearsal;
use crate::support::shell::typed;

/// The blocks of the chapter: their languages, and what is in them.
fn blocks() -> Vec<(String, String)> {
    let chapter = under("A plan that two people review");
    let (mut found, mut lines) = (Vec::new(), chapter.lines());
    while let Some(line) = lines.next() {
        if let Some((language, text)) = block(line, &mut lines) {
            found.push((language.to_owned(), text));
        }
    }
    found
}

#[test]
fn the_plan_of_the_readme_is_made_refused_carried_out_and_gone_on_with() {
    let rehearsal = Rehearsal::new();
    fs::copy(root().join("samples/wave.csv"), rehearsal.path("wave.csv")).unwrap();
    let (mut codes, mut said) = (Vec::new(), String::new());
    for (language, text) in blocks() {
        match language.as_str() {
            "sh" => {
                let ended = typed(&rehearsal, &text);
                codes.push(ended.code.unwrap());
                said = ended.stderr;
            }
            "text" => assert!(said.contains(&text), "{text}\nis not in\n{said}"),
            "json" => {
                let plan = fs::read_to_string(rehearsal.path("wave.plan.jsonl")).unwrap();
                assert!(plan.contains(&text), "{text}\nis not in\n{plan}");
            }
            _ => panic!("nobody tests `{language}`"),
        }
    }
    assert_eq!(codes, [0, 2, 0, 0]);
    assert_eq!(rehearsal.creates(), 22);
}
