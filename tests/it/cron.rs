//! The samples for cron: what they print, and with which code they end.

use std::process::{Command, Output};

use wavepair::testing::exit::ExitCode;

use crate::support::binary::root;
use crate::support::readme::readme;
use crate::support::rehearsal::Rehearsal;
use crate::support::shell::exports;

fn sample(name: &str) -> std::path::PathBuf {
    root().join("samples/cron").join(name)
}

/// Runs the wrapper as cron does: with a short `PATH`, a home, and what the file there exports.
fn night(rehearsal: &Rehearsal, options: &[&str]) -> Output {
    std::fs::write(rehearsal.path(".wavepair.env"), exports(rehearsal)).unwrap();
    let mut command = Command::new(sample("nightly.sh"));
    command
        .args(["wave.csv", "--rate", "max"])
        .args(options)
        .env_clear()
        .env("PATH", "/usr/bin:/bin")
        .env("HOME", rehearsal.folder())
        .env("TZ", "UTC")
        .env("WAVEPAIR", env!("CARGO_BIN_EXE_wavepair"))
        .current_dir(rehearsal.folder());
    command.output().unwrap()
}

#[test]
fn the_wrapper_prints_only_what_a_person_must_act_upon_and_keeps_the_code() {
    let rehearsal = Rehearsal::with_faults("[[fault]]\non = 'create'\nfirst = 1\nstatus = 400\n");
    rehearsal.rows(3);
    for (options, code, last) in [
        (&["--limit", "1"][..], 7, None),
        (
            &["--rate", "x"],
            2,
            Some("wavepair: mend this before the next night (exit code 2)"),
        ),
        (&[], 0, None),
    ] {
        let output = night(&rehearsal, options);
        let said = String::from_utf8(output.stdout).unwrap();
        assert_eq!(output.status.code(), Some(code), "{options:?}: {said}");
        assert_eq!(said.lines().last(), last, "{options:?}: {said}");
        assert_eq!(output.stderr, b"", "{options:?}");
    }
    rehearsal.wave("user_id,phone,policy_id\nx,y,z\n");
    let output = night(&rehearsal, &[]);
    let said = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(3), "{said}");
    assert!(
        said.ends_with("wavepair: correct the rejected rows (exit code 3)\n"),
        "{said}"
    );
    assert!(said.lines().count() > 1, "{said}");
}

#[test]
fn every_exit_code_has_its_place_in_the_wrapper() {
    let script = std::fs::read_to_string(sample("nightly.sh")).unwrap();
    let (_, cases) = script.split_once("case $code in\n").unwrap();
    let (cases, _) = cases.split_once("esac").unwrap();
    let mut named: Vec<u8> = cases
        .lines()
        .filter_map(|line| line.split_once(')'))
        .flat_map(|(codes, _)| codes.split('|'))
        .filter_map(|code| code.trim().parse().ok())
        .collect();
    named.sort_unstable();
    let all = ExitCode::ALL.map(ExitCode::code);
    // 1 is what is left: whatever it is, somebody is to look.
    let others: Vec<u8> = all.into_iter().filter(|code| *code != 1).collect();
    assert_eq!(named, others);
}

#[test]
fn the_crontab_has_one_line_at_one_in_the_night_that_names_whole_paths() {
    let text = std::fs::read_to_string(sample("crontab")).unwrap();
    let lines: Vec<_> = text
        .lines()
        .filter(|line| line.starts_with(|c: char| c.is_ascii_digit()))
        .collect();
    let [line] = lines[..] else { panic!("{text}") };
    let words: Vec<_> = line.split(' ').collect();
    assert_eq!(words[..5], ["0", "1", "*", "*", "*"]);
    assert!(
        words[5..].iter().all(|word| word.starts_with('/')),
        "{line}"
    );
    assert!(readme().contains("`samples/cron/`"));
}
