//! A program is told of the end of a run, and changes nothing of it.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;
use std::thread::{self, JoinHandle};

use serde_json::Value;

use crate::support::binary::root;
use crate::support::rehearsal::{Ended, Rehearsal};
use crate::support::skipped;

/// Writes a program of a shell's words into the folder of the wave.
fn program(rehearsal: &Rehearsal, name: &str, script: &str) {
    let path = rehearsal.path(name);
    fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
}

/// What a program that was started wrote down: its environment, and what it read.
fn told(rehearsal: &Rehearsal) -> (String, Value) {
    let environment = fs::read_to_string(rehearsal.path("environment")).unwrap();
    let read = fs::read(rehearsal.path("read")).unwrap();
    (environment, serde_json::from_slice(&read).unwrap())
}

const WRITE_DOWN: &str = "env > environment; cat > read";

#[test]
fn it_reads_the_summary_and_gets_the_codes_of_this_run_and_the_one_before() {
    let rehearsal = Rehearsal::new();
    program(&rehearsal, "tell", WRITE_DOWN);
    rehearsal.rows(3);
    for (options, code, codes) in [
        (
            &["--limit", "1"][..],
            7,
            ["WAVEPAIR_EXIT_CODE=7", "WAVEPAIR_PREVIOUS_EXIT_CODE="],
        ),
        (
            &[],
            0,
            ["WAVEPAIR_EXIT_CODE=0", "WAVEPAIR_PREVIOUS_EXIT_CODE=7"],
        ),
    ] {
        let words = [options, &["--on-end", "./tell"]].concat();
        rehearsal.run(&words).exits(code);
        let (environment, read) = told(&rehearsal);
        for line in codes {
            assert!(environment.lines().any(|known| known == line), "{line}");
        }
        assert_eq!(read["exit_code"], code);
        assert_eq!(read["wave"], "wave.csv");
    }
}

#[test]
fn its_environment_is_that_of_the_run_without_any_secret() {
    let mut rehearsal = Rehearsal::new();
    rehearsal.set("HTTPS_PROXY", "http://name:pr0xy@127.0.0.1:9");
    rehearsal.set("TEAM", "people");
    program(&rehearsal, "tell", WRITE_DOWN);
    rehearsal.rows(1).run(&["--on-end", "./tell"]).exits(0);
    let (environment, _) = told(&rehearsal);
    let secret = rehearsal.bare(&[]);
    let secret = secret
        .get_envs()
        .find(|(name, _)| *name == "PINGONE_CLIENT_SECRET");
    let secret = secret.unwrap().1.unwrap().to_str().unwrap();
    for hidden in [secret, "PINGONE_CLIENT_SECRET", "pr0xy"] {
        assert!(!environment.contains(hidden), "{environment}");
    }
    assert!(environment.contains("TEAM=people"), "{environment}");
    assert!(environment.contains("PINGONE_CLIENT_ID="), "{environment}");

    rehearsal.unset("PINGONE_CLIENT_SECRET");
    rehearsal.unset("PINGONE_CLIENT_ID");
    rehearsal.set("PINGONE_API_ACCESS_TOKEN", &rehearsal.token());
    rehearsal.run(&["--on-end", "./tell"]).exits(0);
    let (environment, _) = told(&rehearsal);
    assert!(!environment.contains("ACCESS_TOKEN"), "{environment}");
}

#[test]
fn its_failure_is_a_warning_and_the_run_ends_as_it_did() {
    let rehearsal = Rehearsal::new();
    program(
        &rehearsal,
        "fails",
        "echo lost >&2; echo no room >&2; exit 9",
    );
    program(&rehearsal, "silent", "exit 9");
    rehearsal.rows(1);
    for (name, said) in [
        (
            "./fails",
            "./fails, has failed (exit status: 9) hint: it said: no room",
        ),
        (
            "./silent",
            "./silent, has failed (exit status: 9) hint: run it by hand",
        ),
        ("./missing", "./missing, cannot be started: "),
        // No shell takes it apart.
        ("./silent now", "./silent now, cannot be started: "),
    ] {
        let done = rehearsal.run(&["--on-end", name]).exits(0);
        let said = format!("warning: the program of --on-end, {said}");
        assert!(done.said().contains(&said), "{}", done.stderr);
        assert_eq!(done.count("created"), 1);
    }
}

#[test]
fn nothing_that_it_says_is_among_what_the_run_writes() {
    let rehearsal = Rehearsal::new();
    program(&rehearsal, "tell", "echo loud; echo louder >&2");
    rehearsal.rows(2);
    let words = ["--on-end", "./tell", "-o", "-", "--log-format", "json"];
    let done = rehearsal.run(&words).exits(0);
    assert!(!done.stdout.contains("loud"), "{}", done.stdout);
    for line in done.stderr.lines() {
        let object: Value = serde_json::from_str(line).unwrap();
        assert!(!object["message"].as_str().unwrap().contains("loud"));
    }
}

#[test]
fn a_settings_file_names_it_and_no_dry_run_or_untyped_rehearsal_starts_it() {
    let rehearsal = Rehearsal::new();
    fs::create_dir(rehearsal.path("etc")).unwrap();
    program(&rehearsal, "etc/tell", WRITE_DOWN);
    let settings = rehearsal.path("etc/config.toml");
    fs::write(&settings, "on_end = \"./tell\"\n").unwrap();
    fs::set_permissions(&settings, fs::Permissions::from_mode(0o600)).unwrap();
    rehearsal.rows(1);
    let config = ["--config", "etc/config.toml"];
    for silent in [
        &["--dry-run"][..],
        &["--dry-run", "--online"],
        &["--sandbox"],
    ] {
        rehearsal.run(&[&config[..], silent].concat()).exits(0);
        assert!(!rehearsal.path("read").exists(), "{silent:?}");
    }
    rehearsal.run(&config).exits(0);
    let (_, read) = told(&rehearsal);
    assert_eq!(read["ledger"], rehearsal.ledger().to_str().unwrap());
    let typed = ["--sandbox", "--on-end", "etc/tell"];
    rehearsal.run(&[&config[..], &typed].concat()).exits(0);
    let (_, read) = told(&rehearsal);
    assert_eq!(read["ledger"], Value::Null);
}

#[test]
fn nothing_is_written_over_it() {
    let rehearsal = Rehearsal::new();
    program(&rehearsal, "tell.csv", WRITE_DOWN);
    rehearsal.rows(1);
    let refused = rehearsal
        .run(&["--on-end", "./tell.csv", "-o", "tell.csv"])
        .exits(2);
    assert!(
        refused.said().contains("the program of --on-end"),
        "{}",
        refused.stderr
    );
}

/// Runs a wave that ends with 7, with 0, and with 0 again, with a program of `samples/on-end`.
fn three_runs(sample: &str, settings: &[(&str, &str)]) {
    let mut rehearsal = Rehearsal::new();
    for (name, value) in settings {
        rehearsal.set(name, value);
    }
    rehearsal.set("PATH", &std::env::var("PATH").unwrap());
    let path = root().join("samples/on-end").join(sample);
    let run = |options: &[&str]| -> Ended {
        let on_end = ["--on-end", path.to_str().unwrap()];
        rehearsal.run(&[&on_end[..], options].concat())
    };
    rehearsal.rows(2);
    for (options, code) in [(&["--limit", "1"][..], 7), (&[], 0), (&[], 0)] {
        let done = run(options).exits(code);
        assert!(!done.stderr.contains("--on-end,"), "{}", done.stderr);
    }
}

/// Whether curl is here, by which the samples send.
fn has_curl() -> bool {
    let found = Command::new("curl").arg("--version").output();
    let found = found.is_ok_and(|version| version.status.success());
    if !found {
        skipped("this machine has no curl");
    }
    found
}

/// Hears as many callers as are expected, each by what `hear` makes of it.
fn hears<T: Send + 'static>(
    callers: usize,
    hear: impl Fn(&TcpStream) -> T + Send + 'static,
) -> (String, JoinHandle<Vec<T>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let hearing = thread::spawn(move || {
        let callers = listener.incoming().take(callers);
        callers.map(|caller| hear(&caller.unwrap())).collect()
    });
    (address, hearing)
}

/// The body of a request, which is answered well.
fn body(mut caller: &TcpStream) -> Value {
    let mut reader = BufReader::new(caller);
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        let line = line.trim_end().to_ascii_lowercase();
        if let Some(value) = line.strip_prefix("content-length: ") {
            length = value.parse().unwrap();
        }
        if line.is_empty() {
            break;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok";
    caller.write_all(answer).unwrap();
    serde_json::from_slice(&body).unwrap()
}

/// What is mailed in a session of SMTP (RFC 5321), from `MAIL FROM` to the dot.
fn mail(mut caller: &TcpStream) -> String {
    let (mut reader, mut said) = (BufReader::new(caller), String::new());
    let mut answer = |line: &str| {
        let line = format!("{line}\r\n");
        caller.write_all(line.as_bytes()).unwrap();
    };
    answer("220 here");
    let mut in_data = false;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).unwrap() == 0 {
            return said;
        }
        let command = line.split([' ', '\r']).next().unwrap();
        match command {
            "." => {
                in_data = false;
                answer("250 taken");
            }
            _ if in_data => said += &line,
            "DATA" => {
                in_data = true;
                answer("354 go on");
            }
            "QUIT" => answer("221 bye"),
            "MAIL" | "RCPT" => {
                said += &line;
                answer("250 good");
            }
            _ => answer("250 good"),
        }
    }
}

#[test]
fn the_sample_for_a_chat_room_sends_one_message_for_each_change() {
    if !has_curl() {
        return;
    }
    let (address, hearing) = hears(2, body);
    let folder = tempfile::tempdir().unwrap();
    let webhook = folder.path().join("webhook");
    fs::write(&webhook, format!("http://{address}/hooks/s3cr3t\n")).unwrap();
    three_runs("chat.sh", &[("CHAT_WEBHOOK_FILE", text(&webhook))]);
    let said = hearing.join().unwrap();
    let texts: Vec<_> = said
        .iter()
        .map(|body| body["text"].as_str().unwrap())
        .collect();
    assert_eq!(
        texts,
        [
            "wavepair: wave.csv ended with code 7 (before: none)",
            "wavepair: wave.csv ended with code 0 (before: 7)"
        ]
    );
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[test]
fn the_sample_for_mail_sends_one_message_with_the_summary_for_each_change() {
    if !has_curl() {
        return;
    }
    let (address, hearing) = hears(2, mail);
    three_runs(
        "mail.sh",
        &[
            ("MAIL_SERVER", &format!("smtp://{address}")),
            ("MAIL_FROM", "wavepair@example.com"),
            ("MAIL_TO", "team@example.com"),
        ],
    );
    let [first, second] = &hearing.join().unwrap()[..] else {
        panic!("two mails");
    };
    assert!(first.contains("\r\nSubject: wavepair ended with code 7 (before: none)\r\n"));
    assert!(second.contains("\r\nSubject: wavepair ended with code 0 (before: 7)\r\n"));
    for mail in [first, second] {
        assert!(mail.contains("RCPT TO:<team@example.com>"), "{mail}");
        let (_, summary) = mail.split_once("\r\n\r\n").unwrap();
        let summary: Value = serde_json::from_str(summary).unwrap();
        assert_eq!(summary["rows"], 2);
    }
}
