//! The plan that the README shows, made and carried out as it is written.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::support::binary::root;
use crate::support::rehearsal::Rehearsal;

/// The blocks of the chapter: their languages, and what is in them.
fn blocks() -> Vec<(String, String)> {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let (_, rest) = readme
        .split_once("\n## A plan that two people review\n")
        .unwrap();
    let (chapter, _) = rest.split_once("\n## ").unwrap();
    let (mut found, mut lines) = (Vec::new(), chapter.lines());
    while let Some(line) = lines.next() {
        if let Some(language) = line.strip_prefix("```") {
            let block: Vec<_> = lines.by_ref().take_while(|line| *line != "```").collect();
            found.push((language.to_owned(), block.join("\n") + "\n"));
        }
    }
    found
}

#[test]
fn the_plan_of_the_readme_is_made_refused_carried_out_and_gone_on_with_as_it_is_written() {
    let rehearsal = Rehearsal::new();
    fs::copy(root().join("samples/wave.csv"), rehearsal.path("wave.csv")).unwrap();
    let program = Path::new(env!("CARGO_BIN_EXE_wavepair"));
    let (mut codes, mut said) = (Vec::new(), String::new());
    for (language, text) in blocks() {
        match language.as_str() {
            "sh" => {
                let mut command = Command::new("/bin/sh");
                command.args(["-c", &text]).env_clear();
                for (name, value) in rehearsal.bare(&[]).get_envs() {
                    command.env(name, value.unwrap());
                }
                let output = command
                    .env("PATH", program.parent().unwrap())
                    .current_dir(rehearsal.folder())
                    .output()
                    .unwrap();
                codes.push(output.status.code().unwrap());
                said = String::from_utf8(output.stderr).unwrap();
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
