//! What the README tells a reader to type does what it says.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;

use wavepair::testing::settings::read;

use crate::support::binary::root;
use crate::support::readme::{heading, pages, under};
use crate::support::rehearsal::{Rehearsal, rows};
use crate::support::shell::exports;

/// The first block of shell commands below a heading, line by line, without its indentation.
fn commands(title: &str) -> Vec<String> {
    let text = under(title);
    let (_, rest) = text.split_once("```sh\n").expect(title);
    let (block, _) = rest.split_once("```").unwrap();
    block.lines().map(|line| line.trim().to_owned()).collect()
}

#[test]
fn the_steps_into_a_real_tenant_go_through_as_they_are_written() {
    let rehearsal = Rehearsal::new();
    std::fs::write(rehearsal.path("2026-11.csv"), rows(8)).unwrap();
    let typed: Vec<String> = commands("A real tenant")
        .iter()
        .filter_map(|line| line.strip_prefix("wavepair "))
        .map(|line| line.split('#').next().unwrap().trim().to_owned())
        .collect();
    let codes: Vec<_> = typed
        .iter()
        .map(|words| {
            let words: Vec<_> = words.split_whitespace().collect();
            let output = rehearsal.bare(&words).output().unwrap();
            (words.join(" "), output.status.code())
        })
        .collect();
    let expected = [
        ("doctor", 0),
        ("run 2026-11.csv --dry-run", 0),
        ("run 2026-11.csv --dry-run --online", 0),
        ("run 2026-11.csv --limit 5", 7),
        ("run 2026-11.csv", 0),
        ("verify 2026-11.csv --now", 0),
    ];
    assert_eq!(
        codes,
        expected.map(|(words, code)| (words.to_owned(), Some(code)))
    );
    assert_eq!(rehearsal.creates(), 8);
}

#[test]
fn the_line_for_cron_runs_a_wave_with_nothing_but_a_home_and_says_nothing() {
    let rehearsal = Rehearsal::new();
    std::fs::write(rehearsal.path("2026-11.csv"), rows(2)).unwrap();
    let home = rehearsal.folder();
    std::fs::write(home.join(".wavepair.env"), exports(&rehearsal)).unwrap();
    let bin = home.join(".cargo/bin");
    std::fs::create_dir_all(&bin).unwrap();
    symlink(env!("CARGO_BIN_EXE_wavepair"), bin.join("wavepair")).unwrap();
    let line = commands("Every night: cron, systemd, Kubernetes").remove(0);
    let command = line.strip_prefix("0 1 * * * ").unwrap();
    let wave = rehearsal.path("2026-11.csv").display().to_string();
    let command = command.replace("/srv/waves/2026-11.csv", &wave);
    let output = Command::new("/bin/sh")
        .args(["-c", &command])
        .env_clear()
        .env("HOME", home)
        .env("TZ", "UTC")
        .current_dir("/")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!((output.status.code(), said.as_ref()), (Some(0), ""));
    assert_eq!(output.stdout, b"");
    assert_eq!(rehearsal.results("2026-11.results.csv").len(), 2);
    let mode = std::fs::metadata(rehearsal.path("2026-11.results.csv")).unwrap();
    assert_eq!(mode.permissions().mode() & 0o777, 0o600);
}

/// The headings of a page with their levels; what stands in a block of code is none.
fn headings(text: &str) -> Vec<(usize, &str)> {
    let mut is_code = false;
    let lines = text.lines().filter(|line| {
        is_code ^= line.trim_start().starts_with("```");
        !is_code
    });
    lines.filter_map(heading).collect()
}

/// What a link to a heading ends with: small letters, hyphens for blanks, and no other mark.
fn anchor(title: &str) -> String {
    let kept = title
        .chars()
        .filter(|c| c.is_alphanumeric() || " -_".contains(*c));
    kept.collect::<String>().to_lowercase().replace(' ', "-")
}

/// Where the links of a page lead, web pages left out.
fn links(text: &str) -> impl Iterator<Item = &str> {
    let targets = text
        .split("](")
        .skip(1)
        .filter_map(|rest| rest.split(')').next());
    targets.filter(|target| !target.starts_with("http"))
}

#[test]
fn every_link_of_a_page_leads_to_a_heading_or_a_file_that_is_there() {
    let pages = pages();
    let mut anchors = BTreeMap::new();
    for (path, text) in &pages {
        let found: BTreeSet<_> = headings(text)
            .iter()
            .map(|(_, title)| anchor(title))
            .collect();
        anchors.insert(path.clone(), found);
    }
    for (path, text) in &pages {
        for link in links(text) {
            let (file, place) = link.split_once('#').unwrap_or((link, ""));
            let beside = path.parent().unwrap_or(Path::new(""));
            let target = if file.is_empty() {
                path.clone()
            } else if let Some(above) = file.strip_prefix("../") {
                PathBuf::from(above)
            } else {
                beside.join(file)
            };
            assert!(root().join(&target).exists(), "{}: {link}", path.display());
            let there = anchors
                .get(&target)
                .is_none_or(|found| found.contains(place));
            assert!(place.is_empty() || there, "{}: {link}", path.display());
        }
    }
}

#[test]
fn the_contents_list_every_chapter_of_the_readme_and_every_page() {
    let (pages, contents) = (pages(), under("Contents"));
    let listed: BTreeSet<_> = links(&contents).collect();
    let chapters = headings(&pages[0].1).into_iter();
    let chapters = chapters.filter(|(level, title)| *level == 2 && *title != "Contents");
    let mut expected: BTreeSet<_> = chapters
        .map(|(_, title)| format!("#{}", anchor(title)))
        .collect();
    expected.extend(
        pages[1..]
            .iter()
            .map(|(path, _)| path.display().to_string()),
    );
    let missing: Vec<_> = expected
        .iter()
        .filter(|link| !listed.contains(link.as_str()))
        .collect();
    assert_eq!(missing, Vec::<&String>::new());
}

#[test]
fn every_command_that_a_page_shows_can_be_typed() {
    let mut shown = 0;
    for (path, text) in pages() {
        let blocks = text.split("```sh\n").skip(1);
        let lines = blocks.flat_map(|rest| rest.split("```").next().unwrap().lines());
        for line in lines.map(str::trim) {
            let words = words(line);
            if words.first().is_none_or(|word| word != "wavepair") {
                continue;
            }
            let read = read(&words);
            assert!(read.is_ok(), "{}: {line}: {read:?}", path.display());
            shown += 1;
        }
    }
    assert!(shown > 30, "{shown}");
}

/// The words of a line as a shell splits it, up to a comment or a pipe.
fn words(line: &str) -> Vec<OsString> {
    let script = format!("set -f; for word in {line}\ndo printf '%s\\0' \"$word\"; done");
    let end = line.find([';', '|', '>', '<']).unwrap_or(line.len());
    let script = script.replacen(line, &line[..end], 1);
    let said = Command::new("/bin/sh")
        .args(["-c", &script])
        .output()
        .unwrap();
    let words = said
        .stdout
        .split(|byte| *byte == 0)
        .filter(|word| !word.is_empty());
    words
        .map(|word| OsStr::from_bytes(word).to_owned())
        .collect()
}
