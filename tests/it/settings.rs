//! Settings from outside: what is given is checked, whatever is done with it.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::process::Command;
use std::sync::LazyLock;

use wavepair::testing::settings::{COMMANDS, Takes, VARIABLES};

use crate::support::binary::{folder_with, ran, wavepair};

const ID: &str = "9f1c2a34-5b6d-4e7f-8a90-b1c2d3e4f506";

/// Settings of a tenant that nothing is wrong with.
const SOUND: [(&str, &str); 5] = [
    ("PINGONE_ENVIRONMENT_ID", ID),
    ("PINGONE_REGION_CODE", "eu"),
    ("PINGONE_CLIENT_ID", "client"),
    ("PINGONE_CLIENT_SECRET", "s3cr3t"),
    ("HOME", "/nonexistent"),
];

/// A proxy that lets nobody through: the doctor goes on to ask where it can, and the host is PingOne's.
static NO_WAY_OUT: LazyLock<String> = LazyLock::new(|| {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for mut asking in listener.incoming().flatten() {
            let _read = asking.read(&mut [0; 1024]);
            let _written = asking.write_all(b"HTTP/1.1 403 Forbidden\r\n\r\n");
        }
    });
    format!("http://{address}")
});

const RUNS: [&str; 3] = [
    "run wave.csv --dry-run",
    "run wave.csv --sandbox",
    "run wave.csv",
];

/// Calls the binary with sound settings and one more, and asserts that it ends with 2 and says why.
#[track_caller]
fn refused(mode: &str, option: &[&str], variable: Option<(&str, &str)>, why: &str) {
    let folder = folder_with(&["wave.csv"]);
    let wrong = ran(wavepair(folder.path())
        .args(mode.split_whitespace())
        .args(option)
        .envs(SOUND)
        .env("HTTPS_PROXY", &*NO_WAY_OUT)
        .envs(variable));
    // A line of the doctor may be broken at any blank.
    let said: Vec<_> = wrong.stderr.split_whitespace().collect();
    let said = said.join(" ");
    assert_eq!(
        wrong.code,
        Some(2),
        "{mode} {option:?} {variable:?}: {said}"
    );
    assert!(said.contains(why), "{mode} {option:?} {variable:?}: {said}");
    let files = std::fs::read_dir(folder.path()).unwrap().count();
    assert_eq!(
        files, 1,
        "{mode} {option:?} {variable:?}: something was written"
    );
}

#[test]
fn every_option_is_checked_by_a_dry_run_and_a_rehearsal_as_by_a_run() {
    for mode in RUNS {
        for (option, value) in [
            ("--rate", "25ps"),
            ("--concurrency", "many"),
            ("--attempts", "0"),
            ("--timeout", "30"),
            ("--connect-timeout", "0s"),
            ("--settle", "soon"),
            ("--existing", "x"),
            ("--canary", "-1"),
            ("--max-errors", "0"),
            ("--max-duration", "1 day and a bit"),
            ("--deadline", "25:00"),
            ("--deadline", "2020-01-01T06:00Z"),
            ("--limit", "0"),
            ("--expect-rows", "5..4"),
            ("--type", "Text"),
            ("--status", "READY"),
            ("--policy", "6f1b3c52-8a0e-4d39-9c47"),
            ("--column", "tel=Phone"),
            ("--region", "mars"),
            ("--environment", "test"),
            ("--client-auth", "digest"),
            ("--source-address", "here"),
            ("--source-address", "0.0.0.0"),
            // Of a network for documentation (RFC 5737), which no machine is in.
            ("--source-address", "192.0.2.7"),
        ] {
            let joined = format!("{option}={value}");
            refused(mode, &[&joined], None, &format!("'{value}' for {option}"));
        }
        for option in ["--api-url", "--token-url"] {
            let why = format!("invalid value for {option}:");
            refused(mode, &[option, "http://192.0.2.1"], None, &why);
        }
    }
}

#[test]
fn every_variable_is_checked_whatever_the_command() {
    for mode in RUNS.into_iter().chain(["results wave.csv", "doctor"]) {
        for (variable, value) in [
            ("WAVEPAIR_RATE", "25ps"),
            ("WAVEPAIR_CONCURRENCY", "0"),
            ("WAVEPAIR_EXISTING", "x"),
            ("WAVEPAIR_POLICY", "6f1b3c52-8a0e-4d39-9c47-2e5d1a7b9f1O"),
            ("WAVEPAIR_ENVIRONMENT", "test"),
            ("WAVEPAIR_CLIENT_AUTH", "digest"),
            ("PINGONE_REGION_CODE", "mars"),
            ("PINGONE_ENVIRONMENT_ID", "home"),
            ("TZ", "Europe/Berln"),
        ] {
            let why = format!("invalid value '{value}' for {variable}");
            refused(mode, &[], Some((variable, value)), &why);
        }
        for variable in ["WAVEPAIR_API_URL", "WAVEPAIR_TOKEN_URL"] {
            let why = format!("invalid value for {variable}:");
            refused(mode, &[], Some((variable, "http://x:y@192.0.2.1")), &why);
        }
        for variable in [
            "PINGONE_CLIENT_ID",
            "PINGONE_CLIENT_SECRET",
            "PINGONE_API_ACCESS_TOKEN",
        ] {
            let why = format!("{variable} holds a character that no credential has");
            refused(mode, &[], Some((variable, "\u{feff}hush")), &why);
        }
    }
}

/// Each way to call a command that takes settings.
const MODES: [(&str, &str); 7] = [
    ("run", "run wave.csv"),
    ("run", "run wave.csv --dry-run"),
    ("run", "run wave.csv --dry-run --online"),
    ("run", "run wave.csv --sandbox"),
    ("results", "results wave.csv"),
    ("doctor", "doctor"),
    ("sandbox", "sandbox"),
];

#[test]
fn no_option_of_the_table_takes_nonsense_in_any_mode() {
    for (command, mode) in MODES {
        let usage = COMMANDS.iter().find(|usage| usage.name == command);
        let settings = usage
            .unwrap()
            .groups
            .iter()
            .flat_map(|group| group.settings);
        let options = settings.filter_map(|about| match about.takes {
            Takes::Text(_) | Takes::Texts(_) | Takes::Word(..) => about.option(),
            // Nothing to be wrong, and whatever a file may be called.
            Takes::Nothing
            | Takes::Count
            | Takes::Path(_)
            | Takes::Paths(_)
            | Takes::Program(_) => None,
        });
        // Any text may be the name of a policy.
        let options = options.filter(|option| *option != "--policy");
        for option in options.chain(["--log-format"]) {
            refused(mode, &[&format!("{option}=?")], None, option);
        }
    }
}

#[test]
fn no_variable_of_the_table_takes_nonsense_in_any_mode() {
    // Any text may name a file.
    let paths = ["WAVEPAIR_LEDGER", "PINGONE_CLIENT_SECRET_FILE"];
    let names = VARIABLES.iter().map(|variable| variable.name);
    let ours = names.filter(|name| {
        ["WAVEPAIR_", "PINGONE_"]
            .iter()
            .any(|of| name.starts_with(of))
    });
    for name in ours.filter(|name| !paths.contains(name)) {
        for (_, mode) in MODES.iter().filter(|(command, _)| *command != "sandbox") {
            refused(mode, &[], Some((name, "\u{feff}?")), name);
        }
    }
}

#[test]
fn what_is_sound_and_nothing_at_all_is_enough_for_a_dry_run() {
    let folder = folder_with(&["wave.csv"]);
    let options = [
        "--rate=25",
        "--timeout=90s",
        "--settle=1d",
        "--max-duration=1h 30m",
        "--deadline=6:00Z",
        "--deadline=2099-12-01 06:00:30+01:00",
        "--limit=1",
        "--output=plan.csv",
    ];
    for option in options {
        let mut command = wavepair(folder.path());
        command.args(["run", "wave.csv", "--dry-run", option]);
        let dry = ran(&mut command);
        assert_eq!(dry.code, Some(0), "{option}: {}", dry.stderr);
    }
    assert!(folder.path().join("plan.csv").exists());
}

#[test]
fn a_level_that_there_is_not_is_refused_whatever_the_command() {
    let folder = folder_with(&["wave.csv"]);
    for words in [
        "run wave.csv --sandbox",
        "run wave.csv --dry-run",
        "results wave.csv",
        "doctor",
    ] {
        let wrong = ran(wavepair(folder.path())
            .args(words.split_whitespace())
            .env("RUST_LOG", "wavepair=loud"));
        assert_eq!(wrong.code, Some(2), "{words}: {}", wrong.stderr);
        assert!(wrong.stderr.contains("'loud'"), "{words}: {}", wrong.stderr);
    }
}

#[test]
fn a_run_says_when_it_stops_with_the_name_of_the_zone() {
    for (zone, deadline, said) in [
        ("Europe/Berlin", "06:00", "06:00 Europe/Berlin (in "),
        ("Europe/Berlin", "6:00Z", "06:00 UTC (in "),
        (
            "Asia/Kolkata",
            "2099-12-01 06:00",
            "2099-12-01 06:00 Asia/Kolkata (in ",
        ),
        ("EST5", "06:00:30", "06:00:30 UTC-05:00 (in "),
    ] {
        let folder = folder_with(&["wave.csv"]);
        let run = ran(wavepair(folder.path())
            .args([
                "run",
                "wave.csv",
                "--sandbox",
                "--rate",
                "max",
                "--deadline",
                deadline,
            ])
            .env("TZ", zone));
        assert_eq!(run.code, Some(0), "{}", run.stderr);
        let shown: Vec<_> = run.stderr.split_whitespace().collect();
        let shown = shown.join(" ");
        assert!(shown.contains(&format!("tops at {said}")), "{shown}");
    }
}

#[test]
fn without_zone_files_a_local_time_is_refused_and_an_offset_is_taken() {
    let folder = folder_with(&["wave.csv"]);
    let hidden = |zone: &[&str], deadline: &str| {
        let mut command = Command::new("unshare");
        command
            .args(["--mount", "sh", "-c"])
            .arg("mount -t tmpfs none /usr/share/zoneinfo && exec \"$@\"")
            .args(["sh", "env", "-i"])
            .args(zone)
            .arg(env!("CARGO_BIN_EXE_wavepair"))
            .args(["run", "wave.csv", "--dry-run", "--deadline", deadline])
            .current_dir(folder.path());
        command.output().ok()
    };
    // Whoever may not mount has no such machine.
    if !hidden(&[], "06:00Z").is_some_and(|output| output.status.success()) {
        return;
    }
    for zone in [[].as_slice(), &["TZ=Europe/Berlin"]] {
        let output = hidden(zone, "06:00").unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{zone:?}: {said}");
        let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(said.contains("`06:00+01:00`"), "{zone:?}: {said}");
    }
    for zone in [[].as_slice(), &["TZ=Europe/Berlin"]] {
        let output = hidden(zone, "06:00+01:00").unwrap();
        assert!(output.status.success(), "{zone:?}");
    }
}
