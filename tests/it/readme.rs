//! What the README tells a reader to type does what it says.

use std::os::unix::fs::{PermissionsExt, symlink};
use std::process::Command;

use crate::support::readme::readme;
use crate::support::rehearsal::{Rehearsal, rows};

/// The block that stands under a heading or a sentence, line by line, without its indentation.
fn block(after: &str, language: &str) -> Vec<String> {
    let readme = readme();
    let (_, rest) = readme.split_once(after).expect(after);
    let (_, rest) = rest.split_once(&format!("```{language}\n")).unwrap();
    let (block, _) = rest.split_once("```").unwrap();
    block.lines().map(|line| line.trim().to_owned()).collect()
}

#[test]
fn the_steps_into_a_real_tenant_go_through_as_they_are_written() {
    let rehearsal = Rehearsal::new();
    std::fs::write(rehearsal.path("2026-11.csv"), rows(8)).unwrap();
    let typed: Vec<String> = block("## A real tenant\n", "sh")
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
    let settings: String = rehearsal
        .bare(&[])
        .get_envs()
        .filter_map(|(name, value)| {
            let (name, value) = (name.to_str()?, value?.to_str()?);
            Some(format!("export {name}='{value}'\n"))
        })
        .collect();
    std::fs::write(home.join(".wavepair.env"), settings).unwrap();
    let bin = home.join(".cargo/bin");
    std::fs::create_dir_all(&bin).unwrap();
    symlink(env!("CARGO_BIN_EXE_wavepair"), bin.join("wavepair")).unwrap();
    let line = block("### Every night\n", "sh").remove(0);
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
