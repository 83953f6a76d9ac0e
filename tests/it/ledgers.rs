//! Which ledger is trusted, and which is refused and left as it is.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use wavepair::testing::sandbox::Kind;

use crate::support::rehearsal::{Ended, Rehearsal};
use crate::support::tampering_proxy::Then;

/// All that can be seen of a folder: what is in it, its modes and bytes, and when it was changed.
fn seen(folder: &Path) -> BTreeMap<PathBuf, (u32, u64, Vec<u8>)> {
    let inside = fs::read_dir(folder).unwrap();
    let inside = inside.map(|entry| entry.unwrap().path());
    inside
        .chain([folder.to_owned()])
        .map(|path| {
            let there = fs::symlink_metadata(&path).unwrap();
            let content = if there.is_file() {
                fs::read(&path).unwrap()
            } else {
                format!("{} {}", there.mtime(), there.mtime_nsec()).into_bytes()
            };
            (path, (there.mode(), there.nlink(), content))
        })
        .collect()
}

fn mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

fn beside(ledger: &Path, ending: &str) -> PathBuf {
    PathBuf::from(format!("{}{ending}", ledger.display()))
}

/// A rehearsal of thirty rows whose run was killed when ten devices were made and others asked for.
fn killed() -> Rehearsal {
    let holding = Arc::new(AtomicBool::new(true));
    let held = Arc::clone(&holding);
    let mut rehearsal = Rehearsal::new();
    rehearsal.behind(move |request, wire| {
        if held.load(Ordering::SeqCst) && request.is_create() && request.number >= 10 {
            // Until the run is dead.
            wire.read_exact(&mut [0]).ok();
            return Then::HangUp;
        }
        Then::LetThrough
    });
    let mut run = rehearsal.rows(30).begin(&[]);
    rehearsal.wait_for_creates(10, &mut run);
    run.kill().unwrap();
    run.wait().unwrap();
    holding.store(false, Ordering::SeqCst);
    rehearsal
}

/// What was said, however it was broken into lines.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Runs a command with the words of the binary behind it, in the place of the plain one.
fn by(rehearsal: &Rehearsal, program: &[&str], wanted: &Command) -> Ended {
    let mut command = Command::new(program[0]);
    command
        .args(&program[1..])
        .arg(wanted.get_program())
        .args(wanted.get_args())
        .current_dir(rehearsal.folder())
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .stdin(Stdio::null());
    for (name, value) in wanted.get_envs() {
        command.env(name, value.unwrap_or_default());
    }
    rehearsal.ended(&command.output().unwrap())
}

/// Says what this machine does not let a test do.
#[expect(clippy::print_stderr, reason = "whoever watches is to know")]
fn skipped(why: &str) {
    eprintln!("skipped: {why}");
}

/// Whether this machine lets a process have namespaces of its own.
fn may_unshare() -> bool {
    let probe = Command::new("unshare").args(["-rm", "true"]).output();
    let may = probe.is_ok_and(|probe| probe.status.success());
    if !may {
        skipped("this machine lets nobody mount");
    }
    may
}

/// Goes on where a killed run stopped: thirty devices, and none of them twice.
fn goes_on(rehearsal: &Rehearsal, what: &str) {
    let run = rehearsal.run(&[]).exits(0);
    rehearsal.check(&run, 30);
    assert_eq!(run.count("created"), 30, "{what}: {}", run.stderr);
    assert_eq!(rehearsal.held().len(), 30, "{what}");
}

#[test]
fn a_killed_run_is_not_gone_on_with_under_another_name_of_its_ledger() {
    let rehearsal = killed();
    let (ledger, twin) = (rehearsal.ledger(), rehearsal.path("twin.db"));
    fs::hard_link(&ledger, &twin).unwrap();
    let creates = rehearsal.creates();
    for name in [&twin, &ledger] {
        let name = name.to_str().unwrap();
        for existing in ["skip", "unchecked"] {
            let flags = ["--existing", existing, "--ledger", name];
            let run = rehearsal.run(&flags).exits(2);
            assert!(run.stderr.contains("2 names"), "{}", run.stderr);
        }
    }
    assert_eq!(rehearsal.creates(), creates, "nothing was sent");
    fs::remove_file(&twin).unwrap();
    goes_on(&rehearsal, "the other name is gone");
}

#[test]
fn a_killed_run_is_not_gone_on_with_on_its_ledger_alone() {
    let rehearsal = killed();
    let folder = rehearsal.path("elsewhere");
    fs::create_dir(&folder).unwrap();
    mode(&folder, 0o700);
    let alone = folder.join("alone.db");
    fs::copy(rehearsal.ledger(), &alone).unwrap();
    let creates = rehearsal.creates();
    let before = seen(&folder);
    for existing in ["skip", "unchecked"] {
        let flags = ["--existing", existing, "--ledger", alone.to_str().unwrap()];
        let run = rehearsal.run(&flags).exits(1);
        let log_is_missing = run.stderr.contains("its log (`-wal`) is missing");
        assert!(log_is_missing, "{}", run.stderr);
    }
    assert!(seen(&folder) == before, "it is left as it is");
    assert_eq!(rehearsal.creates(), creates, "nothing was sent");
    goes_on(&rehearsal, "with all of its files");
}

#[test]
fn a_killed_run_whose_log_was_lost_is_not_gone_on_with() {
    let rehearsal = killed();
    let log = beside(&rehearsal.ledger(), "-wal");
    let aside = rehearsal.path("aside");
    fs::rename(&log, &aside).unwrap();
    let creates = rehearsal.creates();
    let run = rehearsal.run(&[]).exits(1);
    assert!(run.stderr.contains("damaged"), "{}", run.stderr);
    assert_eq!(rehearsal.creates(), creates, "nothing was sent");
    fs::rename(&aside, &log).unwrap();
    goes_on(&rehearsal, "the log is back");
}

#[test]
fn a_ledger_that_was_mounted_as_a_single_file_is_refused() {
    if !may_unshare() {
        return;
    }
    let rehearsal = killed();
    let folder = rehearsal.path("container");
    fs::create_dir(&folder).unwrap();
    mode(&folder, 0o700);
    let point = folder.join("ledger.db");
    fs::write(&point, "").unwrap();
    let (ledger, point) = (rehearsal.ledger(), point.to_str().unwrap().to_owned());
    let script = r#"mount --bind "$1" "$2" && shift 2 && exec "$@""#;
    let ledger = ledger.to_str().unwrap();
    let program = ["unshare", "-rm", "sh", "-c", script, "sh", ledger, &point];
    let creates = rehearsal.creates();
    for existing in ["skip", "unchecked"] {
        let flags = ["--existing", existing, "--ledger", &point];
        let run = by(&rehearsal, &program, &rehearsal.command(&flags)).exits(2);
        assert!(run.stderr.contains("mount point"), "{}", run.stderr);
        assert!(run.stderr.contains("mount the folder"), "{}", run.stderr);
    }
    assert_eq!(rehearsal.creates(), creates, "nothing was sent");
    let script = r#"mount --bind "$1" "$2" && shift 2 && exec "$@""#;
    let whole = rehearsal.ledger().parent().unwrap().to_owned();
    let (whole, mounted) = (whole.to_str().unwrap(), folder.to_str().unwrap());
    let program = ["unshare", "-rm", "sh", "-c", script, "sh", whole, mounted];
    let name = rehearsal.ledger();
    let there = folder.join(name.file_name().unwrap());
    let flags = ["--ledger", there.to_str().unwrap()];
    let run = by(&rehearsal, &program, &rehearsal.command(&flags)).exits(0);
    rehearsal.check(&run, 30);
    assert_eq!(rehearsal.held().len(), 30, "the folder was mounted");
}

#[test]
fn a_refused_ledger_is_left_as_it_is_whichever_command_refuses_it() {
    let rehearsal = Rehearsal::new();
    rehearsal.rows(2);
    let folder = rehearsal.path("theirs");
    fs::create_dir(&folder).unwrap();
    let file = folder.join("notes.txt");
    fs::write(
        &file,
        "somebody's notes, and longer than the header of SQLite is",
    )
    .unwrap();
    mode(&file, 0o644);
    mode(&folder, 0o755);
    let before = seen(&folder);
    let name = file.to_str().unwrap();
    for (words, code) in [
        (&["run", "wave.csv", "--ledger", name][..], 2),
        (
            &[
                "run",
                "wave.csv",
                "--existing",
                "unchecked",
                "--ledger",
                name,
            ],
            2,
        ),
        (&["run", "wave.csv", "--sandbox", "--ledger", name], 2),
        (
            &["run", "wave.csv", "--dry-run", "--online", "--ledger", name],
            2,
        ),
        (&["results", "wave.csv", "--ledger", name], 2),
        (&["doctor", "--ledger", name], 5),
    ] {
        let output = rehearsal.bare(words).output().unwrap();
        let ended = rehearsal.ended(&output).exits(code);
        let said = one_line(&ended.stderr);
        assert!(
            said.contains("is not a wavepair ledger"),
            "{words:?}: {said}"
        );
        assert!(seen(&folder) == before, "{words:?}");
    }
    assert_eq!(rehearsal.creates(), 0);
}

#[test]
fn a_lost_ledger_is_refused_by_every_command_and_no_empty_one_takes_its_place() {
    let rehearsal = Rehearsal::new();
    rehearsal.rows(3).run(&[]).exits(0);
    let ledger = rehearsal.ledger();
    let older = fs::read(&ledger).unwrap();
    rehearsal.rows(5).run(&[]).exits(0);
    let written = rehearsal.bytes("wave.results.csv");
    let creates = rehearsal.creates();
    for lost in [true, false] {
        if lost {
            fs::remove_file(&ledger).unwrap();
        } else {
            fs::write(&ledger, &older).unwrap();
            mode(&ledger, 0o600);
        }
        let before = seen(ledger.parent().unwrap());
        for words in [
            &["run", "wave.csv"][..],
            &["run", "wave.csv", "--existing", "ledger"],
            &["run", "wave.csv", "--existing", "unchecked"],
            &["run", "wave.csv", "--dry-run", "--online"],
            &["results", "wave.csv"],
            &["doctor"],
        ] {
            let output = rehearsal.bare(words).output().unwrap();
            let ended = rehearsal.ended(&output).exits(5);
            let said = one_line(&ended.stderr);
            assert!(said.contains("older than it once was"), "{words:?}: {said}");
            let hint = "run with `--existing skip`, which lists the devices that exist; never";
            assert!(said.contains(hint), "{words:?}: {said}");
            assert!(seen(ledger.parent().unwrap()) == before, "{words:?}");
        }
        assert!(rehearsal.bytes("wave.results.csv") == written);
    }
    assert_eq!(rehearsal.creates(), creates);
}

#[test]
fn the_hint_about_a_lost_ledger_leads_to_no_device_twice() {
    let rehearsal = Rehearsal::new();
    rehearsal.rows(10).run(&[]).exits(0);
    fs::remove_file(rehearsal.ledger()).unwrap();
    fs::remove_file(beside(&rehearsal.ledger(), ".runs")).unwrap();
    for existing in ["ledger", "unchecked"] {
        let run = rehearsal.run(&["--existing", existing]).exits(2);
        assert!(run.stderr.contains("--existing skip"), "{}", run.stderr);
    }
    let run = rehearsal.run(&["--existing", "skip"]).exits(0);
    assert!(run.stderr.contains("does not know"), "{}", run.stderr);
    run.has(&[("existing", 10)]);
    assert_eq!(rehearsal.creates(), 10);
}

#[test]
fn a_ledger_is_trusted_alone_once_a_run_that_looked_first_has_finished_on_it() {
    let rehearsal = Rehearsal::new();
    let refused = |why: &str| {
        let before = rehearsal.stats();
        let run = rehearsal.run(&["--existing", "ledger"]).exits(2);
        assert!(run.stderr.contains(why), "{}", run.stderr);
        assert_eq!(rehearsal.stats(), before, "nothing was sent");
    };
    rehearsal.rows(4);
    refused("no run with `--existing skip` has finished");
    assert!(!rehearsal.ledger().exists(), "no empty ledger is left");
    rehearsal.run(&["--limit", "2"]).exits(7);
    refused("no run with `--existing skip` has finished");
    rehearsal.run(&[]).exits(0);
    let lists = rehearsal.stats().requests_of(Kind::List);
    rehearsal.rows(8).run(&["--existing", "ledger"]).exits(0);
    assert_eq!(rehearsal.stats().requests_of(Kind::List), lists);
    assert_eq!(rehearsal.creates(), 8);
    fs::remove_file(beside(&rehearsal.ledger(), ".runs")).unwrap();
    rehearsal.rows(9);
    refused(".db.runs is gone");
    rehearsal.run(&[]).exits(0).has(&[("created", 9)]);
    assert_eq!(rehearsal.stats().most_per_key, 1);
}

#[test]
fn the_same_command_with_another_ledger_says_so_and_makes_nothing_twice() {
    let mut rehearsal = Rehearsal::new();
    let first = rehearsal.rows(5).run(&[]).exits(0);
    let shown = format!("{} (new)", rehearsal.ledger().display());
    assert!(first.stderr.contains(&shown), "{}", first.stderr);
    let again = rehearsal.run(&[]).exits(0);
    assert!(!again.stderr.contains("(new)"), "{}", again.stderr);
    // As from cron: another home, and so another ledger.
    let elsewhere = rehearsal.path("elsewhere");
    rehearsal.set("XDG_STATE_HOME", elsewhere.to_str().unwrap());
    let unchecked = rehearsal.run(&["--existing", "unchecked"]).exits(2);
    assert!(
        unchecked.stderr.contains("--ledger"),
        "{}",
        unchecked.stderr
    );
    assert!(!elsewhere.exists(), "nothing is left of it");
    let run = rehearsal.run(&[]).exits(0);
    assert!(run.stderr.contains("(new)"), "{}", run.stderr);
    assert!(
        run.stderr.contains("another ledger was used"),
        "{}",
        run.stderr
    );
    run.has(&[("existing", 5)]);
    assert_eq!(rehearsal.stats().most_per_key, 1);
    // From then on this one is the one that is known.
    let run = rehearsal.run(&[]).exits(0);
    assert!(!run.stderr.contains("another ledger"), "{}", run.stderr);
}

#[test]
fn an_unchecked_run_says_that_nobody_looks() {
    let rehearsal = Rehearsal::new();
    let run = rehearsal.rows(1).run(&["--existing", "unchecked"]).exits(0);
    assert!(
        run.stderr.contains("--existing unchecked"),
        "{}",
        run.stderr
    );
    assert!(run.stderr.contains("created again"), "{}", run.stderr);
}

#[test]
fn who_holds_a_ledger_is_said_with_the_wave_and_since_when() {
    let rehearsal = Rehearsal::new();
    rehearsal.rows(40);
    let mut first = rehearsal.begin(&["--rate", "10/s"]);
    rehearsal.wait_for_creates(1, &mut first);
    let second = rehearsal.run(&[]).exits(6);
    let said = one_line(&second.stderr);
    assert!(
        said.contains(&format!("process {}, since 20", first.id())),
        "{said}"
    );
    assert!(said.contains(" UTC, with the wave /"), "{said}");
    assert!(said.contains("wave.csv"), "{said}");
    first.kill().unwrap();
    first.wait().unwrap();
    // What the dead one has left in its lock is nobody's name any more.
    let run = rehearsal.run(&[]).exits(0);
    rehearsal.check(&run, 40);
}

#[test]
fn a_place_where_no_ledger_can_be_is_for_the_caller_to_mend_and_nothing_is_sent() {
    let rehearsal = Rehearsal::new();
    rehearsal.rows(2);
    fs::write(rehearsal.path("file"), "").unwrap();
    fs::create_dir(rehearsal.path("folder.db")).unwrap();
    fs::create_dir(rehearsal.path("open")).unwrap();
    mode(&rehearsal.path("open"), 0o777);
    for place in [
        "file/ledger.db",
        "file/deeper/ledger.db",
        "folder.db",
        "open/ledger.db",
        "/dev/null",
    ] {
        let run = rehearsal.run(&["--ledger", place]).exits(2);
        assert!(run.stderr.contains("hint: "), "{place}: {}", run.stderr);
        let doctor = rehearsal.bare(&["doctor", "--ledger", place]).output();
        rehearsal.ended(&doctor.unwrap()).exits(5);
    }
    assert_eq!(rehearsal.creates(), 0);
    assert!(
        fs::read_dir(rehearsal.path("open"))
            .unwrap()
            .next()
            .is_none()
    );
}

#[test]
fn whoever_may_not_write_where_the_ledger_is_to_be_is_told_so_by_run_and_doctor() {
    if Command::new("setpriv").arg("--version").output().is_err() {
        skipped("there is no setpriv here");
        return;
    }
    let mut rehearsal = Rehearsal::new();
    rehearsal.rows(2);
    mode(rehearsal.folder(), 0o777);
    let home = rehearsal.path("home");
    fs::create_dir(&home).unwrap();
    mode(&home, 0o755);
    rehearsal.set("XDG_STATE_HOME", home.to_str().unwrap());
    let nobody = [
        "setpriv",
        "--reuid",
        "65534",
        "--regid",
        "65534",
        "--clear-groups",
    ];
    let run = by(&rehearsal, &nobody, &rehearsal.command(&["-o", "-"]));
    if run.stderr.contains("setpriv: ") {
        skipped(&run.stderr);
        return;
    }
    let run = run.exits(2);
    assert!(run.stderr.contains("Permission denied"), "{}", run.stderr);
    let doctor = by(&rehearsal, &nobody, &rehearsal.bare(&["doctor"])).exits(5);
    let said = one_line(&doctor.stderr);
    assert!(said.contains("failed ledger"), "{said}");
    assert!(said.contains("Permission denied"), "{said}");
    assert_eq!(fs::read_dir(&home).unwrap().count(), 0);
}

#[test]
fn a_ledger_that_is_named_is_enough_to_write_results_and_to_see_what_is_done() {
    let mut rehearsal = Rehearsal::new();
    let flags = ["--ledger", "named.db"];
    rehearsal.rows(4).run(&flags).exits(0);
    let written = rehearsal.bytes("wave.results.csv");
    for name in [
        "PINGONE_ENVIRONMENT_ID",
        "PINGONE_REGION_CODE",
        "WAVEPAIR_API_URL",
        "XDG_STATE_HOME",
    ] {
        rehearsal.unset(name);
    }
    let results = |words: &[&str], code| {
        let output = rehearsal.bare(words).output().unwrap();
        rehearsal.ended(&output).exits(code)
    };
    fs::remove_file(rehearsal.path("wave.results.csv")).unwrap();
    results(&["results", "wave.csv", "--ledger", "named.db"], 0);
    assert!(rehearsal.bytes("wave.results.csv") == written);
    let lost = results(&["results", "wave.csv"], 2);
    assert!(lost.stderr.contains("--ledger"), "{}", lost.stderr);
    let none = results(&["results", "wave.csv", "--ledger", "none.db"], 2);
    assert!(
        none.stderr.contains("there is no ledger"),
        "{}",
        none.stderr
    );
    let dry = rehearsal
        .rows(6)
        .run(&["--dry-run", "--ledger", "named.db"]);
    dry.exits(0);
    let outcomes: Vec<_> = rehearsal
        .results("wave.dry-run.csv")
        .into_iter()
        .map(|row| row["outcome"].clone())
        .collect();
    let [created, ready] = ["created", "ready"];
    assert_eq!(outcomes, [created, created, created, created, ready, ready]);
}

#[test]
fn a_dry_run_goes_on_without_a_ledger_that_a_run_would_be_refused_for() {
    let mut rehearsal = Rehearsal::new();
    rehearsal.rows(3).run(&["--ledger", "l.db"]).exits(0);
    let ledger = rehearsal.path("l.db");
    let dry_run = |rehearsal: &Rehearsal, why: &str| {
        let before = fs::read(&ledger).unwrap();
        let run = rehearsal.run(&["--dry-run", "--ledger", "l.db"]).exits(0);
        let said = one_line(&run.stderr);
        assert!(said.contains("goes on without the ledger"), "{said}");
        assert!(said.contains(why), "{said}");
        assert!(fs::read(&ledger).unwrap() == before);
        for row in rehearsal.results("wave.dry-run.csv") {
            assert_eq!(row["outcome"], "ready");
        }
    };
    fs::write(beside(&ledger, ".runs"), "7 99\n").unwrap();
    dry_run(&rehearsal, "older than it once was");
    fs::write(beside(&ledger, ".runs"), "1 1\n").unwrap();
    // A sandbox that was started again, on another port.
    rehearsal.set("WAVEPAIR_API_URL", "http://127.0.0.1:9/v1");
    dry_run(&rehearsal, "belongs to environment");
}

#[test]
fn a_dry_run_needs_no_place_for_a_ledger_and_says_that_it_sees_none() {
    let mut rehearsal = Rehearsal::new();
    rehearsal.unset("XDG_STATE_HOME").rows(3);
    for words in [&["--dry-run"][..], &["--dry-run", "--online"]] {
        let run = rehearsal.run(words).exits(0);
        let said = one_line(&run.stderr);
        assert!(said.contains("goes on without the ledger"), "{said}");
        assert!(
            said.contains("neither `XDG_STATE_HOME` nor `HOME`"),
            "{said}"
        );
        assert_eq!(rehearsal.results("wave.dry-run.csv").len(), 3);
    }
    let run = rehearsal.run(&[]).exits(2);
    assert!(run.stderr.contains("--ledger"), "{}", run.stderr);
}

#[test]
fn the_doctor_counts_the_devices_that_are_there_and_no_other_rows() {
    let rehearsal = Rehearsal::with_faults(
        "[[fault]]\non = 'create'\nafter = 3\nfirst = 1\nstatus = 423\n\
         [[fault]]\non = 'create'\nafter = 4\nfirst = 1\nstatus = 400\n",
    );
    let flags = ["--canary", "0", "--concurrency", "1"];
    let run = rehearsal.rows(7).run(&flags).exits(4);
    run.has(&[("created", 5), ("failed", 1), ("rejected", 1)]);
    let doctor = rehearsal.bare(&["doctor"]).output().unwrap();
    let said = one_line(&rehearsal.ended(&doctor).exits(0).stderr);
    let counted = "devices: 5 created, 0 existing, 0 in doubt";
    assert!(said.contains(counted), "{said}");
}
