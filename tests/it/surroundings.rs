//! Where a run finds itself: beside others, without room, without an environment, watched.

use std::os::unix::fs::MetadataExt;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, mpsc};

use rustix::process::{Pid, Signal, geteuid, kill_process};
use wavepair::testing::sandbox::Kind;

use crate::support::faults::fault;
use crate::support::rehearsal::{Rehearsal, until};
use crate::support::tampering_proxy::{TamperingProxy, Then};

/// The command of a rehearsal, run by a shell that sets a limit first.
fn limited(rehearsal: &Rehearsal, limit: &str, arguments: &[&str]) -> Command {
    let wanted = rehearsal.command(arguments);
    let mut command = Command::new("/bin/sh");
    command
        .args(["-c", &format!("{limit}; exec \"$@\""), "sh"])
        .arg(wanted.get_program())
        .args(wanted.get_args())
        .current_dir(rehearsal.folder())
        .env_clear()
        .stdin(Stdio::null())
        .stderr(Stdio::piped());
    for (name, value) in wanted.get_envs() {
        command.env(name, value.unwrap_or_default());
    }
    command
}

#[test]
fn of_twenty_runs_at_once_one_works_and_the_others_send_nothing() {
    let (open, opened) = mpsc::channel();
    let opened = Mutex::new(opened);
    let mut rehearsal = Rehearsal::new();
    let proxy = TamperingProxy::with(rehearsal.sandbox().address(), move |request, _| {
        if request.is_create() && request.number == 0 {
            opened.lock().unwrap().recv().unwrap();
        }
        Then::LetThrough
    });
    let api = format!("http://{}/v1", proxy.address());
    rehearsal.set("WAVEPAIR_API_URL", &api).rows(8);
    let mut runs: Vec<Child> = (0..20).map(|_| rehearsal.begin(&[])).collect();
    let mut codes = Vec::new();
    // The one that works is not done before every other has seen it.
    until(|| {
        runs.retain_mut(|run| {
            let status = run.try_wait().unwrap();
            codes.extend(status.map(|status| status.code()));
            status.is_none()
        });
        runs.len() <= 1
    });
    assert_eq!(codes, [Some(6); 19]);
    open.send(()).unwrap();
    let last = runs.pop().unwrap().wait_with_output().unwrap();
    let run = rehearsal.ended(&last).exits(0);
    rehearsal.check(&run, 8);
    assert_eq!(
        (rehearsal.creates(), rehearsal.stats().tokens_issued),
        (8, 1)
    );
}

#[test]
fn a_ledger_that_another_program_holds_is_waited_for_and_then_left_alone() {
    let rehearsal = Rehearsal::new();
    rehearsal.rows(1).run(&[]).exits(0);
    let before = rehearsal.stats();
    let other = rusqlite::Connection::open(rehearsal.ledger()).unwrap();
    other.execute_batch("BEGIN EXCLUSIVE").unwrap();
    let start = wavepair::testing::clock::now();
    let run = rehearsal.rows(3).run(&[]).exits(6);
    let took = wavepair::testing::clock::now()
        .duration_since(start)
        .as_millis();
    assert!((4_000..15_000).contains(&took), "{took}: {}", run.stderr);
    assert_eq!(rehearsal.stats(), before, "nothing was sent");
    other.execute_batch("ROLLBACK").unwrap();
    let run = rehearsal.run(&[]).exits(0);
    rehearsal.check(&run, 3);
}

#[test]
fn a_run_that_may_open_few_files_does_with_them_or_says_why_not() {
    for files in [16, 32, 64] {
        let rehearsal = Rehearsal::new();
        rehearsal.rows(40);
        let limit = format!("ulimit -n {files}");
        let output = limited(&rehearsal, &limit, &[]).output().unwrap();
        let run = rehearsal.ended(&output);
        assert!(matches!(run.code, Some(0 | 1)), "{files}: {}", run.stderr);
        if run.code == Some(0) {
            rehearsal.check(&run, 40);
        } else {
            assert!(
                run.stderr.contains("enough files"),
                "{files}: {}",
                run.stderr
            );
            assert_eq!(rehearsal.creates(), 0, "{files}");
        }
        let run = rehearsal.run(&[]).exits(0);
        rehearsal.check(&run, 40);
        assert_eq!(rehearsal.creates(), 40, "{files}");
    }
}

#[test]
fn a_limit_on_the_size_of_files_is_a_full_disk_and_kills_nothing() {
    // In blocks of 512 bytes: soon the log of the ledger has no more than its reserve.
    let rehearsal = Rehearsal::new();
    rehearsal.rows(400);
    let flags = ["--existing", "unchecked"];
    let output = limited(&rehearsal, "ulimit -f 2500", &flags)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let stopped = rehearsal.ended(&output);
    assert!(stopped.stderr.contains("ulimit -f"), "{}", stopped.stderr);
    let created = rehearsal.creates();
    assert!((1..400).contains(&created), "{created}: {}", stopped.stderr);
    // What was on the wire then is written down: nothing is left in doubt.
    rehearsal.check(&stopped, 400);
    assert_eq!(stopped.count("unknown"), 0, "{}", stopped.stderr);
    let run = rehearsal.run(&[]).exits(0);
    rehearsal.check(&run, 400);
    assert_eq!(rehearsal.creates(), 400);
}

#[test]
fn where_the_size_limit_leaves_no_room_nothing_is_sent_and_none_is_left() {
    let rehearsal = Rehearsal::new();
    rehearsal.rows(3);
    let output = limited(&rehearsal, "ulimit -f 1000", &[]).output().unwrap();
    let run = rehearsal.ended(&output).exits(1);
    assert!(run.stderr.contains("ulimit -f"), "{}", run.stderr);
    assert_eq!(rehearsal.creates(), 0);
    let folder = rehearsal.ledger().parent().unwrap().to_owned();
    let left: Vec<_> = std::fs::read_dir(folder).unwrap().collect();
    assert!(left.len() <= 1, "but the lock: {left:?}");
    let run = rehearsal.run(&[]).exits(0);
    rehearsal.check(&run, 3);
}

#[test]
fn an_output_that_gets_too_long_is_an_error_and_what_was_there_stays() {
    let rehearsal = Rehearsal::new();
    rehearsal.rows(400);
    std::fs::write(rehearsal.path("wave.dry-run.csv"), "kept").unwrap();
    let output = limited(&rehearsal, "ulimit -f 20", &["--dry-run"])
        .output()
        .unwrap();
    let run = rehearsal.ended(&output).exits(1);
    assert!(run.stderr.contains("too large"), "{}", run.stderr);
    assert_eq!(rehearsal.bytes("wave.dry-run.csv"), b"kept");
    let left = std::fs::read_dir(rehearsal.folder()).unwrap();
    let left = left.filter(|entry| {
        let name = entry.as_ref().unwrap().file_name();
        name.to_string_lossy().contains("wavepair-tmp")
    });
    assert_eq!(left.count(), 0, "nothing half-written");
}

#[test]
fn a_run_needs_no_home_no_path_and_no_folder_of_its_own() {
    let mut rehearsal = Rehearsal::new();
    rehearsal.unset("XDG_STATE_HOME").rows(3);
    let run = rehearsal.run(&[]).exits(2);
    assert!(run.stderr.contains("--ledger"), "{}", run.stderr);
    let (wave, ledger) = (rehearsal.path("wave.csv"), rehearsal.path("ledger.db"));
    let mut command = rehearsal.bare(&["run"]);
    command.arg(wave).arg("--ledger").arg(ledger);
    let run = rehearsal.ended(&command.current_dir("/").output().unwrap());
    let run = run.exits(0);
    rehearsal.check(&run, 3);
}

#[test]
fn a_run_that_crashes_leaves_no_core_behind() {
    let rehearsal = Rehearsal::with_faults(&fault("on = 'create'\nstatus = 429\nretry_after = 60"));
    rehearsal.rows(1);
    let mut run = limited(&rehearsal, "ulimit -c unlimited 2>/dev/null", &[])
        .spawn()
        .unwrap();
    until(|| rehearsal.stats().answered(Kind::Create, 429) == 1);
    let about = |name: &str| format!("/proc/{}/{name}", run.id());
    let limits = std::fs::read_to_string(about("limits")).unwrap();
    let core = limits
        .lines()
        .find_map(|line| line.strip_prefix("Max core file size"));
    let core: Vec<_> = core.unwrap().split_whitespace().collect();
    assert_eq!(core, ["0", "0", "bytes"]);
    kill_process(Pid::from_child(&run), Signal::ABORT).unwrap();
    let status = run.wait().unwrap();
    assert_eq!(status.signal(), Some(Signal::ABORT.as_raw()));
    assert!(!status.core_dumped());
}

#[test]
fn a_run_cannot_be_looked_into_by_others_of_its_own_user() {
    let rehearsal = Rehearsal::with_faults(&fault("on = 'create'\nstatus = 429\nretry_after = 60"));
    rehearsal.rows(1);
    let mut command = rehearsal.command(&[]);
    if geteuid().is_root() {
        // Root owns what may be looked into and what may not: so somebody else has to run it.
        command = by_nobody(&rehearsal, &command);
    }
    let user = if geteuid().is_root() {
        NOBODY
    } else {
        geteuid().as_raw()
    };
    let mut run = command.spawn().unwrap();
    until(|| rehearsal.stats().answered(Kind::Create, 429) == 1);
    let owner = |name: &str| {
        let about = format!("/proc/{}/{name}", run.id());
        std::fs::metadata(about).unwrap().uid()
    };
    assert_eq!(owner(""), user, "the folder of a process is its user's");
    assert_eq!(owner("environ"), 0, "what is in it is root's");
    kill_process(Pid::from_child(&run), Signal::KILL).unwrap();
    run.wait().unwrap();
}

/// A user who owns nothing.
const NOBODY: u32 = 65_534;

/// The same command, run by [`NOBODY`] with a copy of the program that they can reach.
fn by_nobody(rehearsal: &Rehearsal, command: &Command) -> Command {
    let program = rehearsal.path("wavepair");
    std::fs::copy(command.get_program(), &program).unwrap();
    for path in [rehearsal.folder(), &rehearsal.path("wave.csv")] {
        std::os::unix::fs::chown(path, Some(NOBODY), Some(NOBODY)).unwrap();
    }
    let mut other = Command::new(program);
    other
        .args(command.get_args())
        .current_dir(rehearsal.folder())
        .env_clear()
        .stdin(Stdio::null())
        .stderr(Stdio::piped())
        .uid(NOBODY)
        .gid(NOBODY);
    for (name, value) in command.get_envs() {
        other.env(name, value.unwrap_or_default());
    }
    other
}

#[test]
fn the_doctor_says_how_a_ledger_is_kept_once_there_is_one() {
    let rehearsal = Rehearsal::new();
    let doctor = || {
        let output = rehearsal.bare(&["doctor"]).output().unwrap();
        rehearsal.ended(&output).exits(0).said()
    };
    assert!(doctor().contains("is not there yet"));
    rehearsal.rows(1).run(&[]).exits(0);
    let said = doctor();
    let kept = format!(
        "SQLite {}, journal_mode=wal, synchronous=FULL",
        rusqlite::version()
    );
    assert!(said.contains(&kept), "{said}");
}

#[test]
fn a_quiet_doctor_says_only_what_is_wrong() {
    let rehearsal = Rehearsal::new();
    let output = rehearsal.bare(&["doctor", "-q"]).output().unwrap();
    let doctor = rehearsal.ended(&output).exits(0);
    assert!(!doctor.stderr.contains("ok "), "{}", doctor.stderr);
    let output = rehearsal.bare(&["doctor"]).output().unwrap();
    assert!(rehearsal.ended(&output).stderr.contains("ok      settings"));
}
