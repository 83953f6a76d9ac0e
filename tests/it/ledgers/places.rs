//! Where a ledger is, who holds it, and what it is good for.

use wavepair::testing::sandbox::Kind;

use super::*;
use crate::support::texts::column;

#[test]
fn a_ledger_is_trusted_alone_once_a_run_that_looked_first_finished_on_it() {
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
    let said = second.said();
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
fn a_place_where_no_ledger_can_be_is_for_the_caller_and_nothing_is_sent() {
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
fn who_may_not_write_where_the_ledger_is_to_be_is_told_by_run_and_doctor() {
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
    let said = doctor.said();
    assert!(said.contains("failed ledger"), "{said}");
    assert!(said.contains("Permission denied"), "{said}");
    assert_eq!(fs::read_dir(&home).unwrap().count(), 0);
}

#[test]
fn a_ledger_that_is_named_is_enough_for_results_and_to_see_what_is_done() {
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
    let rows = rehearsal.results("wave.dry-run.csv");
    let outcomes = column(&rows, "outcome");
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
        let said = run.said();
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
        let said = run.said();
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
    let said = rehearsal.ended(&doctor).exits(0).said();
    let counted = "devices: 5 created, 0 existing, 0 in doubt";
    assert!(said.contains(counted), "{said}");
}
