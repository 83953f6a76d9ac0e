//! The settings file: where it is found, what it says, and what wins over it.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use wavepair::testing::settings::{Takes, VARIABLES, keyed};

use crate::readme_tables::flags;
use crate::support::binary::{Ran, folder_with, ran, root, run, wavepair};
use crate::support::readme::{readme, under};
use crate::support::rehearsal::Rehearsal;

/// Writes a file that others cannot write, and the folders above it.
fn write(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
    fs::set_permissions(path, Permissions::from_mode(0o600)).unwrap();
}

/// A dry run with a settings file of this text, and what else is given.
fn dry_run(text: &str, change: impl FnOnce(&mut Command)) -> Ran {
    let folder = folder_with(&["wave.csv"]);
    write(&folder.path().join("c.toml"), text);
    let mut command = wavepair(folder.path());
    command.args(["run", "wave.csv", "--dry-run", "--config", "c.toml"]);
    change(&mut command);
    let mut ran = ran(&mut command);
    // A line may be broken at any blank.
    ran.stderr = ran.stderr.split_whitespace().collect::<Vec<_>>().join(" ");
    ran
}

#[test]
fn a_file_is_found_at_its_usual_place_and_where_it_is_named() {
    for (place, variable, value) in [
        ("xdg/wavepair/config.toml", "XDG_CONFIG_HOME", "xdg"),
        ("home/.config/wavepair/config.toml", "HOME", "home"),
        ("any.toml", "WAVEPAIR_CONFIG", "any.toml"),
    ] {
        let folder = folder_with(&["wave.csv"]);
        let at = |name: &str| folder.path().join(name);
        write(&at(place), "results = 'out.csv'");
        let dry = ran(wavepair(folder.path())
            .args(["run", "wave.csv", "--dry-run"])
            .env(variable, at(value)));
        assert_eq!(dry.code, Some(0), "{variable}: {}", dry.stderr);
        // A path begins in the folder of the settings file.
        let beside = at(place).with_file_name("out.csv");
        assert!(beside.exists(), "{variable}");
        let none = ran(wavepair(folder.path())
            .args(["run", "wave.csv", "--dry-run", "--config", "/dev/null"])
            .env(variable, at(value)));
        assert_eq!(none.code, Some(0), "{variable}: {}", none.stderr);
        assert!(at("wave.dry-run.csv").exists(), "{variable}");
    }
}

#[test]
fn a_file_or_a_profile_that_is_named_and_not_there_is_refused() {
    let none = dry_run("", |command| {
        command.args(["--profile", "prod"]);
    });
    assert_eq!(none.code, Some(2));
    let why = "--profile names the profile 'prod', and the settings file c.toml has none";
    assert!(none.stderr.contains(why), "{}", none.stderr);
    let folder = folder_with(&["wave.csv"]);
    for (name, value, why) in [
        (
            "WAVEPAIR_CONFIG",
            "none.toml",
            "none.toml, which WAVEPAIR_CONFIG names",
        ),
        ("WAVEPAIR_PROFILE", "prod", "and there is no settings file"),
    ] {
        let refused = ran(wavepair(folder.path())
            .args(["run", "wave.csv", "--dry-run"])
            .env(name, value));
        assert_eq!(refused.code, Some(2), "{name}");
        assert!(refused.stderr.contains(why), "{}", refused.stderr);
    }
}

#[test]
fn what_is_typed_wins_over_variable_profile_and_top_level_in_this_order() {
    const TOP: &str = "rate = '1ps'";
    const ALL: &str = "rate = '1ps'\ndefault_profile = 'p'\n[profile.p]\nrate = '2ps'";
    for (text, variable, typed, named) in [
        (ALL, Some("3ps"), Some("4ps"), "'4ps' for --rate:"),
        (ALL, Some("3ps"), None, "'3ps' for WAVEPAIR_RATE:"),
        (
            ALL,
            None,
            None,
            "'2ps' for `rate` (c.toml, line 4, profile p):",
        ),
        (TOP, None, None, "'1ps' for `rate` (c.toml, line 1):"),
    ] {
        let refused = dry_run(text, |command| {
            command.args(typed.map(|rate| format!("--rate={rate}")));
            command.envs(variable.map(|rate| ("WAVEPAIR_RATE", rate)));
        });
        assert_eq!(refused.code, Some(2), "{named}");
        assert!(refused.stderr.contains(named), "{}", refused.stderr);
    }
}

#[test]
fn a_mistake_is_named_with_its_place_and_the_nearest_key() {
    let refused = dry_run("rate = 5\n  concurency = 8", |_| {});
    assert_eq!(refused.code, Some(2));
    let why = "the settings file c.toml, line 2, column 3: there is no setting `concurency`";
    assert!(refused.stderr.contains(why), "{}", refused.stderr);
    let hint = "hint: did you mean `concurrency`?";
    assert!(refused.stderr.contains(hint), "{}", refused.stderr);
}

#[test]
fn no_key_takes_nonsense_and_each_is_named_with_its_line() {
    // Any text may be the name of a policy, or a word of a program.
    let any = ["policy", "client_secret_command"];
    let runs = flags(&run(&root(), "run --help").stdout);
    let mut tried = 0;
    for (key, about) in keyed() {
        let is_word = matches!(
            about.takes,
            Takes::Text(_) | Takes::Texts(_) | Takes::Word(..)
        );
        let of_a_run = about.option().is_none_or(|option| runs.contains(option));
        if is_word && of_a_run && !any.contains(&&*key) {
            let refused = dry_run(&format!("\n{key} = \"\u{feff}?\""), |_| {});
            assert_eq!(refused.code, Some(2), "{key}: {}", refused.stderr);
            let named = format!("`{key}` (c.toml, line 2)");
            assert!(refused.stderr.contains(&named), "{key}: {}", refused.stderr);
            tried += 1;
        }
    }
    assert!(tried > 25, "{tried}");
}

#[test]
fn a_level_that_there_is_not_is_refused_in_the_file_and_not_in_rust_log() {
    for (value, wrong) in [
        ("loud", "`loud`"),
        ("wavepair", "`wavepair`"),
        ("info, hyper=loud", "`hyper=loud`"),
    ] {
        let refused = dry_run(&format!("\nlog_level = '{value}'"), |_| {});
        assert_eq!(refused.code, Some(2), "{value}: {}", refused.stderr);
        let why = format!(
            "invalid value '{value}' for `log_level` (c.toml, line 2): {wrong} is neither a level (off, \
             error, warn, info, debug, trace) nor a filter such as `wavepair=debug`"
        );
        assert!(refused.stderr.contains(&why), "{value}: {}", refused.stderr);
        let left = dry_run("", |command| {
            command.env("RUST_LOG", value);
        });
        assert_eq!(left.code, Some(0), "{value}: {}", left.stderr);
    }
    for value in ["debug", "wavepair=info", "hyper=trace, wavepair=off"] {
        let taken = dry_run(&format!("log_level = '{value}'"), |_| {});
        assert_eq!(taken.code, Some(0), "{value}: {}", taken.stderr);
    }
}

#[test]
fn a_switch_of_the_file_is_on_or_off_and_the_opposite_that_is_typed_wins() {
    let folder = folder_with(&["troubled.csv"]);
    let code = |text: &str, words: &str| {
        write(&folder.path().join("c.toml"), text);
        let words = format!("run troubled.csv --sandbox --config c.toml {words}");
        let ran = run(folder.path(), &words);
        (ran.code, ran.stderr)
    };
    for (text, creates) in [("strict = true", false), ("strict = false", true)] {
        let (code, said) = code(text, "");
        assert_eq!(code, Some(3), "{text}: {said}");
        assert_eq!(said.contains("  created "), creates, "{text}: {said}");
    }
    let (_, quiet) = code("quiet = true", "");
    let (_, verbose) = code("quiet = true", "-v");
    assert!(!quiet.contains("environment"), "{quiet}");
    assert!(verbose.contains("environment"), "{verbose}");
}

#[test]
fn a_file_that_others_can_write_is_refused_but_completions_still_work() {
    let folder = folder_with(&["wave.csv"]);
    let path = folder.path().join("c.toml");
    write(&path, "");
    fs::set_permissions(&path, Permissions::from_mode(0o620)).unwrap();
    for (words, code) in [
        ("run wave.csv --dry-run", 2),
        ("results wave.csv", 2),
        ("doctor", 2),
        ("sandbox --listen 127.0.0.1:0", 2),
        ("completions bash", 0),
        ("template", 0),
        ("man", 0),
    ] {
        let ran = ran(wavepair(folder.path())
            .args(words.split_whitespace())
            .env("WAVEPAIR_CONFIG", &path));
        assert_eq!(ran.code, Some(code), "{words}: {}", ran.stderr);
        if code == 2 {
            let hint = "chmod go-w /";
            assert!(ran.stderr.contains("can be written by others"), "{words}");
            assert!(ran.stderr.contains(hint), "{words}: {}", ran.stderr);
        }
    }
}

/// The settings of a rehearsal's tenant as a profile, with this way to the secret.
fn profile(rehearsal: &Rehearsal, secret: impl Fn(&str) -> String) -> String {
    let mut lines = vec!["default_profile = 'tenant'\nrate = 'max'\n[profile.tenant]\n".to_owned()];
    for (name, value) in rehearsal.bare(&[]).get_envs() {
        let (name, value) = (name.to_str().unwrap(), value.unwrap().to_str().unwrap());
        let mut keys = keyed();
        let known = keys.find(|(_, about)| about.variable.is_some_and(|it| it.name == name));
        match known {
            Some((key, _)) => lines.push(format!("{key} = '{value}'\n")),
            None if name == "PINGONE_CLIENT_SECRET" => lines.push(secret(value)),
            None => {}
        }
    }
    lines.concat()
}

#[test]
fn a_wave_is_run_by_a_profile_with_the_secret_in_a_file_or_from_a_program() {
    for by_program in [true, false] {
        let rehearsal = Rehearsal::new();
        rehearsal.rows(3);
        let secret = |value: &str| {
            write(&rehearsal.path("secret"), value);
            if by_program {
                "client_secret_command = ['cat', 'secret']\n".to_owned()
            } else {
                "client_secret_file = 'secret'\n".to_owned()
            }
        };
        let text = profile(&rehearsal, secret);
        write(&rehearsal.path("c.toml"), &text);
        let run = ran(wavepair(rehearsal.folder())
            .args(["run", "wave.csv", "--config", "c.toml"])
            .env("PATH", std::env::var_os("PATH").unwrap())
            .env("XDG_STATE_HOME", rehearsal.path("state")));
        assert_eq!(run.code, Some(0), "{}", run.stderr);
        assert_eq!(rehearsal.creates(), 3);
    }
}

#[test]
fn a_secret_of_the_environment_wins_and_no_program_is_run_then() {
    let rehearsal = Rehearsal::new();
    rehearsal.rows(1);
    let program = "client_secret_command = ['touch', 'was-run']\n";
    let text = profile(&rehearsal, |_| program.to_owned());
    write(&rehearsal.path("c.toml"), &text);
    let mut doctor = rehearsal.bare(&["run", "wave.csv", "--config", "c.toml"]);
    let run = ran(&mut doctor);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert!(!rehearsal.path("was-run").exists());
    let run = ran(wavepair(rehearsal.folder())
        .args(["run", "wave.csv", "--config", "c.toml"])
        .env("PATH", std::env::var_os("PATH").unwrap())
        .env("XDG_STATE_HOME", rehearsal.path("state")));
    assert_eq!(run.code, Some(2));
    assert!(rehearsal.path("was-run").exists());
    assert!(run.stderr.contains("has printed nothing"), "{}", run.stderr);
}

#[test]
fn results_never_go_over_the_settings_file() {
    let refused = dry_run("", |command| {
        command.args(["-o", "c.csv"]);
    });
    assert_eq!(refused.code, Some(0), "{}", refused.stderr);
    let folder = folder_with(&["wave.csv"]);
    write(&folder.path().join("c.csv"), "rate = 5");
    let refused = run(
        folder.path(),
        "run wave.csv --dry-run --config c.csv -o c.csv",
    );
    assert_eq!(refused.code, Some(2));
    assert!(
        refused.stderr.contains("the settings file"),
        "{}",
        refused.stderr
    );
}

#[test]
fn the_sample_and_the_readme_show_one_file_and_both_profiles_of_it_hold() {
    let sample = fs::read_to_string(root().join("samples/config.toml")).unwrap();
    let shown = readme();
    let shown = shown.split("```toml\n").nth(1).unwrap();
    let shown = shown.split("```").next().unwrap();
    assert!(sample.ends_with(shown), "{shown}");
    for (profile, environment) in [("test", "9f1c2a34"), ("prod", "1a2b3c4d")] {
        let dry = dry_run(&sample, |command| {
            command.args(["--profile", profile, "--expect-rows", "22"]);
            command.env("HOME", "/nonexistent");
        });
        assert_eq!(dry.code, Some(0), "{profile}: {}", dry.stderr);
        assert!(dry.stderr.contains(environment), "{}", dry.stderr);
    }
}

#[test]
fn the_readme_lists_each_key_that_is_not_the_name_of_an_option() {
    let table = under("A settings file");
    let alone = keyed().filter(|(_, about)| about.option().is_none());
    let mut listed = 0;
    for (key, about) in alone {
        let variable = about.variable.map_or("", |variable| variable.name);
        let line = table
            .lines()
            .find(|line| line.starts_with(&format!("| `{key}` |")));
        let line = line.unwrap_or_else(|| panic!("{key}"));
        assert!(line.contains(variable), "{line}");
        listed += 1;
    }
    assert_eq!(listed, 4);
    assert!(
        VARIABLES
            .iter()
            .any(|variable| variable.name == "WAVEPAIR_CONFIG")
    );
}

/// What `config show` says with this settings file, as lines of words.
fn told(text: &str, words: &str, variables: &[(&str, &str)]) -> (Vec<String>, String) {
    let folder = folder_with(&[]);
    write(&folder.path().join("c.toml"), text);
    let shown = ran(wavepair(folder.path())
        .args(["config", "show", "--config", "c.toml"])
        .args(words.split_whitespace())
        .envs(variables.iter().copied()));
    assert_eq!((shown.code, shown.stderr.as_str()), (Some(0), ""));
    let words = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
    (shown.stdout.lines().map(words).collect(), shown.stdout)
}

#[test]
fn config_show_tells_each_setting_with_its_value_and_what_gives_it() {
    let text = "rate = 5\ndefault_profile = 'p'\n[profile.p]\nregion = 'eu'\nstrict = true\n\
                column = ['phone=Mobile', 'nickname=N']\nclient_secret_command = ['pass', 'x']";
    let variables = [
        ("PINGONE_CLIENT_ID", "client"),
        ("PINGONE_API_ACCESS_TOKEN", "t0k3n"),
        ("WAVEPAIR_API_URL", "https://a:s3cr3t@example.org"),
    ];
    let (lines, all) = told(text, "--canary 3", &variables);
    for line in [
        "settings file: c.toml, profile p",
        "rate 5 line 1",
        "region eu p, line 4",
        "strict true p, line 5",
        "column phone=Mobile, nickname=N p, line 6",
        "client_secret_command pass … p, line 7",
        "canary 3 --canary",
        "client_id client PINGONE_CLIENT_ID",
        "PINGONE_API_ACCESS_TOKEN set PINGONE_API_ACCESS_TOKEN",
        "PINGONE_CLIENT_SECRET - not set",
        "api_url set WAVEPAIR_API_URL",
        "attempts 4 default",
        "worker_environment - not set",
    ] {
        assert!(lines.iter().any(|told| told == line), "{line}:\n{all}");
    }
    for secret in ["s3cr3t", "t0k3n"] {
        assert!(!all.contains(secret), "{all}");
    }
}

#[test]
fn config_show_as_json_is_one_object_of_the_same() {
    let (_, all) = told("[profile.p]\nrate = 5", "--profile p --format json", &[]);
    let all: serde_json::Value = serde_json::from_str(&all).unwrap();
    assert_eq!(all["file"], "c.toml");
    assert_eq!(all["profile"], "p");
    let settings = all["settings"].as_array().unwrap();
    let rate = settings
        .iter()
        .find(|one| one["setting"] == "rate")
        .unwrap();
    let expected = serde_json::json!({
        "setting": "rate", "value": "5", "source": "profile", "given_by": null, "line": 2,
    });
    assert_eq!(*rate, expected);
    let keys = keyed().map(|(key, _)| key);
    for key in keys {
        assert!(settings.iter().any(|one| one["setting"] == *key), "{key}");
    }
}
