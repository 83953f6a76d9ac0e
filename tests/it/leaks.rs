//! No secret, no token and no full phone is seen where it has no business.

use std::fmt::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use wavepair::testing::sandbox::WAVE_POLICY;

use crate::support::rehearsal::{Rehearsal, rows, user};

const PHONE: &str = "15125557391";
const SPELLED: &str = "+1.512.555.7391";

/// Reads every file in a folder and in those in it.
pub(crate) fn everything_below(folder: &Path, seen: &mut Vec<(String, Vec<u8>)>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            everything_below(&path, seen);
        } else {
            seen.push((path.display().to_string(), std::fs::read(&path).unwrap()));
        }
    }
}

pub(crate) fn holds(text: &[u8], needle: &str) -> bool {
    text.windows(needle.len())
        .any(|window| window == needle.as_bytes())
}

#[test]
fn secrets_tokens_and_phones_reach_no_output_however_much_is_logged() {
    let mut rehearsal = Rehearsal::with_faults(
        "[[fault]]\non = 'create'\nafter = 2\nfirst = 1\nwhen = 'after'\ndrop = 'close'\n\
         [[fault]]\non = 'create'\nafter = 4\nfirst = 1\nstatus = 400\n\
         [[fault]]\non = 'create'\nafter = 6\nfirst = 1\nrevoke_tokens = true\n",
    );
    rehearsal
        .set("RUST_LOG", "trace")
        .set("RUST_BACKTRACE", "1")
        .set("SSLKEYLOGFILE", "keys");
    let mut wave = rows(10);
    write!(
        wave,
        "{},{SPELLED},{WAVE_POLICY}\n{},{SPELLED}x,\n",
        user(90),
        user(91)
    )
    .unwrap();
    let arguments = [
        "-vv",
        "--log-file",
        "run.log",
        "--results-phone",
        "masked",
        "--log-format",
        "json",
    ];
    let run = rehearsal.wave(&wave).run(&arguments);
    assert_eq!(run.rows.len(), 12, "{}", run.stderr);
    let secret = rehearsal.sandbox().client_secret().to_owned();
    let mut seen = vec![
        ("standard output".to_owned(), run.stdout.into_bytes()),
        ("standard error".to_owned(), run.stderr.into_bytes()),
    ];
    everything_below(rehearsal.folder(), &mut seen);
    assert!(
        seen.iter()
            .any(|(name, text)| name.ends_with("run.log") && !text.is_empty())
    );
    for (name, text) in &seen {
        for needle in [secret.as_str(), "Bearer ", "eyJ", "for url ("] {
            assert!(!holds(text, needle), "{name} holds {needle}");
        }
        let may_hold_phones = name.ends_with("wave.csv")
            || name.ends_with("wave.rejects.csv")
            || name.contains(".db");
        if !may_hold_phones {
            for needle in [PHONE, SPELLED, "512.555.7391", "5557391"] {
                assert!(!holds(text, needle), "{name} holds a phone");
            }
        }
    }
    assert!(!rehearsal.path("keys").exists(), "no TLS keys are written");
}

#[test]
fn every_file_is_private_whatever_the_umask() {
    let rehearsal = Rehearsal::new();
    let mut wave = rows(3);
    wave.push_str("x,y,z\n");
    rehearsal.wave(&wave);
    let shell = format!(
        "umask 000; exec '{}' run wave.csv --rate max --summary summary.json --log-file run.log",
        env!("CARGO_BIN_EXE_wavepair")
    );
    let mut command = std::process::Command::new("/bin/sh");
    let settings: Vec<_> = rehearsal
        .bare(&[])
        .get_envs()
        .filter_map(|(name, value)| Some((name.to_owned(), value?.to_owned())))
        .collect();
    command
        .args(["-c", &shell])
        .env_clear()
        .envs(settings)
        .current_dir(rehearsal.folder());
    assert_eq!(command.output().unwrap().status.code(), Some(3));
    let mut seen = Vec::new();
    everything_below(rehearsal.folder(), &mut seen);
    let ours: Vec<_> = seen
        .into_iter()
        .filter(|(name, _)| !name.ends_with("/wave.csv"))
        .collect();
    assert!(
        ours.len() >= 7,
        "results, rejects, summary, log, ledger and what belongs to it"
    );
    for (name, _) in ours {
        let mode = std::fs::metadata(&name).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{name}");
    }
}

#[test]
fn a_symbolic_link_in_place_of_an_output_is_never_followed() {
    for name in [
        "wave.results.csv",
        "wave.rejects.csv",
        "summary.json",
        "run.log",
    ] {
        let rehearsal = Rehearsal::new();
        rehearsal.wave("user_id,phone,policy_id\nx,y,z\n");
        std::fs::write(rehearsal.path("precious"), "kept").unwrap();
        std::os::unix::fs::symlink(rehearsal.path("precious"), rehearsal.path(name)).unwrap();
        let run = rehearsal
            .command(&[
                "--rejects",
                "wave.rejects.csv",
                "--summary",
                "summary.json",
                "--log-file",
                "run.log",
            ])
            .output()
            .unwrap();
        assert_eq!(
            run.status.code(),
            Some(2),
            "{name}: {}",
            String::from_utf8_lossy(&run.stderr)
        );
        assert_eq!(
            std::fs::read_to_string(rehearsal.path("precious")).unwrap(),
            "kept",
            "{name}"
        );
        assert_eq!(rehearsal.creates(), 0, "{name}: nothing was sent");
    }
}

#[test]
fn nothing_but_https_is_spoken_to_any_other_host() {
    let mut rehearsal = Rehearsal::new();
    for (name, address) in [
        ("WAVEPAIR_API_URL", "http://api.example.org/v1"),
        ("WAVEPAIR_TOKEN_URL", "http://auth.example.org/as/token"),
        ("WAVEPAIR_API_URL", "https://api.pingone.com.evil.invalid"),
        ("WAVEPAIR_API_URL", "https://user:hunter2@api.example.org"),
    ] {
        let mut other = Rehearsal::new();
        other.set(name, address);
        let run = other.rows(1).run(&[]);
        assert_eq!(run.code, Some(2), "{address}: {}", run.stderr);
        assert!(!run.stderr.contains("hunter2"));
    }
    assert_eq!(
        rehearsal.set("NO_COLOR", "1").rows(1).run(&[]).code,
        Some(0)
    );
}

#[test]
fn a_closed_standard_output_or_error_fails_no_run() {
    let rehearsal = Rehearsal::new();
    rehearsal.rows(5);
    for redirect in [
        "1>&-",
        "2>&-",
        "1>/dev/full 2>/dev/full",
        "1>&- 2>&- 0>&-",
        "2>&1 | head -c 1",
    ] {
        let shell = format!(
            "'{}' run wave.csv --rate max -vv {redirect}; exit 0",
            env!("CARGO_BIN_EXE_wavepair")
        );
        let settings: Vec<_> = rehearsal
            .bare(&[])
            .get_envs()
            .filter_map(|(name, value)| Some((name.to_owned(), value?.to_owned())))
            .collect();
        let mut command = std::process::Command::new("/bin/sh");
        command
            .args(["-c", &shell])
            .env_clear()
            .env("PATH", "/usr/bin:/bin")
            .envs(settings)
            .current_dir(rehearsal.folder());
        command.output().unwrap();
        assert_eq!(rehearsal.results("wave.results.csv").len(), 5, "{redirect}");
        std::fs::remove_file(rehearsal.path("wave.results.csv")).unwrap();
    }
    assert_eq!(rehearsal.creates(), 5);
}
