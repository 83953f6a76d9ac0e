//! A profile of Ping CLI: what of it is used, what wins over it, and what is refused.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::support::binary::{Ran, folder_with, ran, wavepair};
use crate::support::rehearsal::Rehearsal;

const HOME: &str = "9f1c2a34-5b6d-4e7f-8a90-b1c2d3e4f506";

/// Ping CLI's file with two profiles: `worker` as 0.x writes it, `service` as 1.x does.
fn file(environment: &str, client: &str, secret: &str) -> String {
    format!(
        "activeProfile: service
worker:
    service:
        pingone:
            authentication:
                type: worker
                worker:
                    clientid: {client}
                    clientsecret: {secret}
                    environmentid: {environment}
            regioncode: EU
service:
    description: the nightly wave
    service:
        pingOne:
            authentication:
                type: client_credentials
                environmentID: {environment}
                clientCredentials:
                    clientID: {client}
                    clientSecret: {secret}
            endpoint:
                rootDomain: pingone.eu
"
    )
}

fn sound() -> String {
    file(HOME, "worker", "s3cr3t")
}

fn write(path: &Path, text: &str, mode: u32) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
    fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

/// Calls the binary with a file of Ping CLI at its usual place.
fn with(text: &str, mode: u32, words: &[&str], change: impl FnOnce(&mut Command)) -> Ran {
    let folder = folder_with(&["wave.csv"]);
    write(&folder.path().join(".pingcli/config.yaml"), text, mode);
    let mut command = wavepair(folder.path());
    command.args(words).env("HOME", folder.path());
    change(&mut command);
    let mut ran = ran(&mut command);
    // A line may be broken at any blank.
    ran.stderr = ran.stderr.split_whitespace().collect::<Vec<_>>().join(" ");
    let shown = format!("{}{}", ran.stdout, ran.stderr);
    assert!(!shown.contains("s3cr3t"), "{shown}");
    ran
}

#[test]
fn a_wave_is_run_and_a_doctor_content_by_a_profile_alone() {
    for profile in ["worker", "service", "-"] {
        let rehearsal = Rehearsal::new();
        rehearsal.rows(3);
        let of = |name: &str| {
            let bare = rehearsal.bare(&[]);
            let mut all = bare.get_envs();
            let found = all.find(|(known, _)| *known == name).unwrap().1.unwrap();
            found.to_str().unwrap().to_owned()
        };
        let text = file(
            &of("PINGONE_ENVIRONMENT_ID"),
            &of("PINGONE_CLIENT_ID"),
            &of("PINGONE_CLIENT_SECRET"),
        );
        write(&rehearsal.path("ping.yaml"), &text, 0o600);
        for words in [&["run", "wave.csv", "--rate", "max"][..], &["doctor"]] {
            let ran = ran(wavepair(rehearsal.folder())
                .args(words)
                .args(["--pingcli-profile", profile])
                .env("PINGCLI_CONFIG", "ping.yaml")
                // Not PingOne's hosts, but the sandbox's.
                .env("WAVEPAIR_API_URL", of("WAVEPAIR_API_URL"))
                .env("WAVEPAIR_TOKEN_URL", of("WAVEPAIR_TOKEN_URL"))
                .env("XDG_STATE_HOME", rehearsal.path("state")));
            assert_eq!(ran.code, Some(0), "{profile} {words:?}: {}", ran.stderr);
        }
        assert_eq!(rehearsal.creates(), 3, "{profile}");
        let after = fs::read_to_string(rehearsal.path("ping.yaml")).unwrap();
        assert_eq!(after, text, "it was written");
    }
}

/// What `config show` says of these settings: the value, and what gives it.
fn shown(words: &[&str], change: impl FnOnce(&mut Command)) -> Value {
    let words = [&["config", "show", "--format", "json"], words].concat();
    let ran = with(&sound(), 0o600, &words, change);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    serde_json::from_str(&ran.stdout).unwrap()
}

fn setting<'a>(all: &'a Value, name: &str) -> (&'a Value, &'a Value) {
    let settings = all["settings"].as_array().unwrap();
    let found = settings.iter().find(|one| one["setting"] == name).unwrap();
    (&found["value"], &found["source"])
}

#[test]
fn options_and_variables_win_over_it_and_it_wins_over_a_settings_file() {
    let all = shown(&["--region", "ca", "--config", "c.toml"], |command| {
        let folder = command.get_current_dir().unwrap().to_owned();
        let text =
            "pingcli_profile = 'worker'\nworker_environment = 'x'\nregion = 'na'\npolicy = 'P'";
        write(&folder.join("c.toml"), text, 0o600);
        command.env("PINGONE_CLIENT_ID", "another");
    });
    for (name, value, source) in [
        ("region", "ca", "option"),
        ("client_id", "another", "variable"),
        ("worker_environment", HOME, "pingcli"),
        ("PINGONE_CLIENT_SECRET", "set", "pingcli"),
        ("policy", "P", "file"),
        ("pingcli_profile", "worker", "file"),
    ] {
        let (found, by) = setting(&all, name);
        assert_eq!((found, by), (&value.into(), &source.into()), "{name}");
    }
    assert_eq!(all["pingcli"]["profile"], "worker");
}

#[test]
fn config_show_names_file_profile_and_line_of_each_value() {
    let words = ["config", "show"];
    let ran = with(&sound(), 0o600, &words, |command| {
        command.env("WAVEPAIR_PINGCLI_PROFILE", "-");
    });
    let lines: Vec<_> = ran.stdout.lines().collect();
    assert!(lines[1].starts_with("Ping CLI's file: /"), "{}", lines[1]);
    assert!(
        lines[1].ends_with("config.yaml, profile service"),
        "{}",
        lines[1]
    );
    let words = |line: &&str| line.split_whitespace().collect::<Vec<_>>().join(" ");
    let lines: Vec<_> = lines.iter().map(words).collect();
    for line in [
        &format!("worker_environment {HOME} Ping CLI, service, line 18"),
        "client_id worker Ping CLI, service, line 20",
        "PINGONE_CLIENT_SECRET set Ping CLI, service, line 21",
        "region eu Ping CLI, service, line 23",
        "pingcli_profile - WAVEPAIR_PINGCLI_PROFILE",
    ] {
        assert!(
            lines.iter().any(|told| told == line),
            "{line}:\n{}",
            ran.stdout
        );
    }
}

#[test]
fn a_ledger_is_found_by_a_profile_without_its_secret() {
    let text = sound().replace("s3cr3t", "''");
    let words = ["status", "--pingcli-profile", "worker"];
    let ran = with(&text, 0o600, &words, |_| {});
    assert_eq!(ran.code, Some(2), "there is no ledger yet");
    assert!(ran.stderr.contains(&format!("{HOME}.db")), "{}", ran.stderr);
}

#[test]
fn a_secret_in_a_keychain_or_a_person_is_refused_with_the_way_round() {
    let no_secret = sound().replace("s3cr3t", "\"\"");
    let no_client = no_secret.replace("clientID: worker", "clientID: ''");
    let person = no_client.replace("type: client_credentials", "type: authorization_code");
    for (text, why, hint) in [
        (
            &no_secret,
            "has no `service.pingOne.authentication.clientCredentials.clientSecret`: a secret that lies in a keychain is not read",
            "`PINGONE_CLIENT_SECRET_FILE`",
        ),
        (
            &person,
            "(`service.pingOne.authentication.type` is `authorization_code`), with tokens in a keychain",
            "name a profile of `client_credentials`",
        ),
        (
            &no_client,
            "PINGONE_CLIENT_ID is not set, and Ping CLI's profile service (",
            "pingcli config set --profile service service.pingOne",
        ),
    ] {
        for command in ["run", "doctor"] {
            let mut words = vec![command, "--pingcli-profile", "-"];
            words.extend((command == "run").then_some("wave.csv"));
            let ran = with(text, 0o600, &words, |_| {});
            assert_eq!(ran.code, Some(2), "{}", ran.stderr);
            assert!(ran.stderr.contains(why), "{}", ran.stderr);
            assert!(ran.stderr.contains(hint), "{}", ran.stderr);
        }
    }
    // The way round.
    let way = with(
        &no_secret,
        0o600,
        &[
            "run",
            "wave.csv",
            "--dry-run",
            "--online",
            "--pingcli-profile",
            "-",
        ],
        |command| {
            command.env("PINGONE_CLIENT_SECRET", "not-it");
            command.env("WAVEPAIR_API_URL", "http://127.0.0.1:9/v1");
            command.env("WAVEPAIR_TOKEN_URL", "http://127.0.0.1:9/as/token");
        },
    );
    assert_eq!(way.code, Some(4), "{}", way.stderr);
}

/// Asserts that a run and a doctor end with 2, and say why and what to do.
#[track_caller]
fn refused(text: &str, mode: u32, profile: &str, said: [&str; 2]) {
    for command in [&["run", "wave.csv"][..], &["doctor"]] {
        let words = [command, &["--pingcli-profile", profile]].concat();
        let ran = with(text, mode, &words, |_| {});
        assert_eq!(ran.code, Some(2), "{said:?}: {}", ran.stderr);
        for words in said {
            assert!(ran.stderr.contains(words), "{words}: {}", ran.stderr);
        }
    }
}

#[test]
fn a_file_that_is_not_private_is_refused() {
    for (mode, why) in [
        (0o644, "can be read by others"),
        (0o660, "can be read by its group"),
        (0o602, "can be written by others"),
    ] {
        refused(&sound(), mode, "-", [why, "chmod 600 /"]);
    }
}

#[test]
fn a_profile_that_is_not_there_and_a_file_that_is_none_are_refused() {
    let sound = sound();
    let cut = sound.replace("worker:\n    service", "worker\n    service");
    let nowhere = sound.replace("rootDomain: pingone.eu", "rootDomain: pingone.mars");
    let long = format!("{sound}# {}", "x".repeat(1 << 20));
    let (why, hint) = ("names the profile 'servce'", "did you mean `service`?");
    refused(&sound, 0o600, "servce", [why, hint]);
    let (why, hint) = ("has none of that name", "it has worker, service");
    refused(&sound, 0o600, "prod", [why, hint]);
    let (why, hint) = (
        "config.yaml, line 3, column ",
        "pingcli config profiles list",
    );
    refused(&cut, 0o600, "-", [why, hint]);
    refused(&long, 0o600, "-", ["is longer than 1048576 bytes", ""]);
    let why = "'pingone.mars' for `service.pingOne.endpoint.rootDomain` (";
    refused(&nowhere, 0o600, "-", [why, "such as pingone.com"]);
}

#[test]
fn a_file_that_is_not_there_is_refused() {
    let words = ["run", "wave.csv", "--pingcli-profile", "-"];
    let none = with(&sound(), 0o600, &words, |command| {
        command.env("PINGCLI_CONFIG", "none.yaml");
    });
    let homeless = with(&sound(), 0o600, &words, |command| {
        command.env_remove("HOME");
    });
    for (ran, why) in [
        (none, "there is no file none.yaml"),
        (homeless, "neither `PINGCLI_CONFIG` nor `HOME`"),
    ] {
        assert_eq!(ran.code, Some(2), "{}", ran.stderr);
        assert!(ran.stderr.contains(why), "{}", ran.stderr);
    }
}

#[test]
fn nothing_is_written_over_it() {
    let words = [
        "run",
        "wave.csv",
        "--dry-run",
        "--pingcli-profile",
        "-",
        "-o",
        ".pingcli/config.yaml",
    ];
    let refused = with(&sound(), 0o600, &words, |_| {});
    assert_eq!(refused.code, Some(2), "{}", refused.stderr);
    assert!(
        refused.stderr.contains("Ping CLI's file"),
        "{}",
        refused.stderr
    );
}
