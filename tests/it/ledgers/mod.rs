//! Which ledger is trusted, and which is refused and left as it is.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::support::rehearsal::{Ended, Rehearsal};
use crate::support::skipped;
use crate::support::tampering_proxy::Then;

mod places;

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

/// A rehearsal of thirty rows, and its run: it has made ten devices, and hears of no more while this is
/// set.
pub(crate) fn stuck() -> (Rehearsal, Child, Arc<AtomicBool>) {
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
    (rehearsal, run, holding)
}

/// The same, whose run was killed when ten devices were made and others asked for.
fn killed() -> Rehearsal {
    let (rehearsal, mut run, holding) = stuck();
    run.kill().unwrap();
    run.wait().unwrap();
    holding.store(false, Ordering::SeqCst);
    rehearsal
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
        let said = ended.said();
        assert!(
            said.contains("is not a wavepair ledger"),
            "{words:?}: {said}"
        );
        assert!(seen(&folder) == before, "{words:?}");
    }
    assert_eq!(rehearsal.creates(), 0);
}

#[test]
fn a_lost_ledger_is_refused_by_every_command_and_no_empty_one_replaces_it() {
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
            let said = ended.said();
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
