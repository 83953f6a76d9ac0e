//! What a second run does, for what a first one can leave.

use std::fmt::Write;
use std::process::Stdio;
use std::sync::mpsc;
use std::time::Duration;

use wavepair::testing::sandbox::Options;

use crate::support::rehearsal::{Rehearsal, rows, until, user};
use crate::support::tampering_proxy::Then;

#[test]
fn what_failed_or_was_refused_is_tried_again_and_what_is_done_is_not() {
    let rehearsal = Rehearsal::with_faults(
        "[[fault]]\non = 'create'\nafter = 3\nfirst = 1\nstatus = 423\n\
         [[fault]]\non = 'create'\nafter = 4\nfirst = 1\nstatus = 400\n",
    );
    let first = rehearsal.rows(6).run(&["--concurrency", "1"]);
    assert_eq!(first.code, Some(4), "{}", first.stderr);
    assert_eq!(
        (
            first.count("created"),
            first.count("failed"),
            first.count("rejected")
        ),
        (4, 1, 1)
    );
    let second = rehearsal.run(&[]);
    assert_eq!(
        (second.code, second.count("created")),
        (Some(0), 6),
        "{}",
        second.stderr
    );
    assert_eq!(rehearsal.creates(), 8);
    rehearsal.check(&second, 6);
}

#[test]
fn an_unknown_user_fails_at_first_and_is_rejected_by_the_next_run() {
    let rehearsal = Rehearsal::with(Options {
        users: wavepair::testing::sandbox::Users::Exactly(3),
        ..Options::default()
    });
    let users = rehearsal.sandbox().users();
    let mut wave = "user_id,phone,policy_id\n".to_owned();
    let policy = wavepair::testing::sandbox::WAVE_POLICY;
    writeln!(wave, "{},+15125551230,{policy}", user(9)).unwrap();
    for (number, user) in users.iter().enumerate() {
        writeln!(wave, "{user},+1512555123{number},{policy}").unwrap();
    }
    let first = rehearsal.wave(&wave).run(&[]);
    assert_eq!(
        first.outcomes(),
        ["failed", "created", "created", "created"],
        "{}",
        first.stderr
    );
    assert_eq!(
        (first.code, first.rows[0]["code"].as_str()),
        (Some(4), "NOT_FOUND")
    );
    let second = rehearsal.run(&[]);
    assert_eq!(
        second.outcomes(),
        ["rejected", "created", "created", "created"]
    );
    assert_eq!(
        (second.code, rehearsal.creates()),
        (Some(3), 3),
        "nothing was sent for that user"
    );
}

#[test]
fn of_two_runs_at_once_one_works_and_the_other_sends_nothing() {
    let rehearsal = Rehearsal::new();
    rehearsal.rows(100);
    let mut first = rehearsal.begin(&["--rate", "50/s"]);
    rehearsal.wait_for_creates(3, &mut first);
    let second = rehearsal
        .command(&["--rate", "50/s", "-o", "other.csv"])
        .stderr(Stdio::piped())
        .output()
        .unwrap();
    assert_eq!(second.status.code(), Some(6));
    assert!(String::from_utf8_lossy(&second.stderr).contains("another run holds"));
    let reading = rehearsal
        .bare(&["results", "wave.csv", "-o", "reading.csv"])
        .output()
        .unwrap();
    assert_eq!(
        reading.status.code(),
        Some(0),
        "reading is welcome beside it"
    );
    assert_eq!(rehearsal.results("reading.csv").len(), 100);
    let end = rehearsal.ended(&first.wait_with_output().unwrap());
    assert_eq!((end.code, end.count("created")), (Some(0), 100));
    rehearsal.check(&end, 100);
}

#[test]
fn a_ledger_of_another_environment_is_refused_before_anything_is_sent() {
    let mut rehearsal = Rehearsal::new();
    let ledger = rehearsal.path("one.db");
    let ledger = ledger.to_str().unwrap();
    rehearsal.rows(2).run(&["--ledger", ledger]);
    let creates = rehearsal.creates();
    rehearsal.set(
        "WAVEPAIR_ENVIRONMENT",
        "b30ac647-e33e-464f-a6ea-0275082d4c26",
    );
    let run = rehearsal.run(&["--ledger", ledger]);
    assert_eq!(run.code, Some(2), "{}", run.stderr);
    assert!(
        run.stderr.contains("belongs to environment"),
        "{}",
        run.stderr
    );
    assert_eq!(rehearsal.creates(), creates);
}

#[test]
fn a_ledger_that_is_older_than_the_last_run_is_not_trusted() {
    let rehearsal = Rehearsal::new();
    rehearsal.rows(2).run(&[]);
    let copy = std::fs::read(rehearsal.ledger()).unwrap();
    rehearsal.rows(4).run(&[]);
    std::fs::write(rehearsal.ledger(), copy).unwrap();
    let creates = rehearsal.creates();
    let refused = rehearsal.run(&["--existing", "unchecked"]);
    assert_eq!(
        (refused.code, rehearsal.creates()),
        (Some(5), creates),
        "{}",
        refused.stderr
    );
    assert!(refused.stderr.contains(".runs"), "{}", refused.stderr);
}

#[test]
fn a_damaged_ledger_is_refused_before_anything_is_sent() {
    let rehearsal = Rehearsal::new();
    rehearsal.rows(2).run(&[]);
    let mut bytes = std::fs::read(rehearsal.ledger()).unwrap();
    for byte in &mut bytes[..200] {
        *byte = !*byte;
    }
    std::fs::write(rehearsal.ledger(), bytes).unwrap();
    let creates = rehearsal.creates();
    let run = rehearsal.run(&[]);
    assert!(
        matches!(run.code, Some(1 | 2)),
        "{:?} {}",
        run.code,
        run.stderr
    );
    assert!(run.stderr.contains("hint:"), "{}", run.stderr);
    assert_eq!(rehearsal.creates(), creates);
}

#[test]
fn a_wave_that_grew_is_gone_on_with_and_old_rows_cost_nothing() {
    let rehearsal = Rehearsal::new();
    rehearsal.rows(50).run(&[]);
    let requests = rehearsal
        .stats()
        .requests_of(wavepair::testing::sandbox::Kind::List);
    let run = rehearsal.wave(&rows(53)).run(&[]);
    assert_eq!((run.code, run.count("created")), (Some(0), 53));
    assert_eq!(
        rehearsal
            .stats()
            .requests_of(wavepair::testing::sandbox::Kind::List),
        requests + 3
    );
    assert_eq!(rehearsal.creates(), 53);
}

#[test]
fn a_clock_that_was_set_back_does_not_hold_a_row_through_short_runs() {
    let rehearsal =
        Rehearsal::with_faults("[[fault]]\non = 'create'\nafter = 1\nfirst = 1\nstatus = 503");
    rehearsal
        .rows(3)
        .run(&["--settle", "1h", "--max-duration", "1s"]);
    let open = || rusqlite::Connection::open(rehearsal.ledger()).unwrap();
    let ahead = "UPDATE devices SET last_send_wall = 4294967296000, last_send_boot_id = 'before'
                 WHERE doubt_since IS NOT NULL";
    open().execute(ahead, []).unwrap();
    rehearsal.run(&["--settle", "1h", "--max-duration", "1s"]);
    let since: i64 = open()
        .query_row(
            "SELECT last_send_wall FROM devices WHERE doubt_since IS NOT NULL",
            [],
            |row| row.get(0),
        )
        .unwrap();
    assert!(since < 4_294_967_296_000, "it settles from that run on");
}

#[test]
fn rows_that_were_refused_before_neither_hold_up_new_ones_nor_stop_a_run() {
    let rehearsal = Rehearsal::new();
    let rows = |from: u32, to: u32, policy: &str| -> String {
        let row = |n: u32| format!("{},+1512555{n:04},{policy}\n", user(n));
        (from..to).map(row).collect()
    };
    let policy = wavepair::testing::sandbox::WAVE_POLICY;
    let mut wave = "user_id,phone,policy_id\n".to_owned();
    for block in 0..5 {
        wave += &rows(block * 10, block * 10 + 8, policy);
        wave += &rows(
            block * 10 + 8,
            block * 10 + 10,
            wavepair::testing::sandbox::SMS_ONLY_POLICY,
        );
    }
    let first = rehearsal.wave(&wave).run(&[]).exits(3);
    let first = first.has(&[("created", 40), ("rejected", 10)]);
    assert_eq!(first.outcomes()[8], "rejected");
    wave += &rows(50, 60, policy);
    for _ in 0..2 {
        let next = rehearsal.wave(&wave).run(&[]).exits(3);
        next.has(&[("created", 50), ("rejected", 10)]);
    }
}

#[test]
fn users_that_are_gone_do_not_keep_the_devices_of_others_from_being_found() {
    let rehearsal = Rehearsal::with(Options {
        users: wavepair::testing::sandbox::Users::Exactly(60),
        ..Options::default()
    });
    let mut wave = "user_id,phone,policy_id\n".to_owned();
    for (n, there) in (0_u32..).zip(rehearsal.sandbox().users()) {
        rehearsal.pair(&there, "WHATSAPP", &format!("+1512555{n:04}"));
        let gone = if n % 5 == 0 { user(900 + n) } else { there };
        let policy = wavepair::testing::sandbox::WAVE_POLICY;
        writeln!(wave, "{gone},+1512555{n:04},{policy}").unwrap();
    }
    for (code, gone) in [(4, "failed"), (3, "rejected"), (3, "rejected")] {
        let run = rehearsal.wave(&wave).run(&[]).exits(code);
        run.has(&[("existing", 48), (gone, 12)]);
    }
    assert_eq!(rehearsal.creates(), 60, "the test's own alone");
}

#[test]
fn a_device_that_somebody_else_made_between_two_runs_is_not_claimed() {
    let rehearsal = Rehearsal::with_faults(
        "[[fault]]\non = 'create'\nfirst = 1\nstatus = 410\n\
         [[fault]]\non = 'create'\nafter = 1\nfirst = 1\nstatus = 503",
    );
    rehearsal.rows(1).run(&[]).exits(4).has(&[("failed", 1)]);
    let connection = rusqlite::Connection::open(rehearsal.ledger()).unwrap();
    let was_absent = |connection: &rusqlite::Connection| -> bool {
        let sql = "SELECT was_absent FROM devices";
        connection.query_row(sql, [], |row| row.get(0)).unwrap()
    };
    assert!(was_absent(&connection), "as the first run saw");
    let second = rehearsal.run(&["--existing", "unchecked", "--max-duration", "1s"]);
    assert_eq!(second.outcomes(), ["unknown"]);
    assert!(
        !was_absent(&connection),
        "nobody looked before the second request"
    );
}

#[test]
fn a_ledger_whose_lock_file_somebody_removed_is_still_locked() {
    let rehearsal = Rehearsal::new();
    rehearsal.rows(40);
    let mut first = rehearsal.begin(&["--rate", "20/s"]);
    rehearsal.wait_for_creates(1, &mut first);
    let lock = format!("{}.lock", rehearsal.ledger().display());
    std::fs::remove_file(lock).unwrap();
    let second = rehearsal.bare(&["run", "wave.csv"]).output().unwrap();
    assert_eq!(second.status.code(), Some(6));
    let first = rehearsal.ended(&first.wait_with_output().unwrap());
    first.exits(0).has(&[("created", 40)]);
    assert_eq!(rehearsal.creates(), 40);
}

#[test]
fn a_ledger_that_is_moved_in_the_middle_ends_the_run_and_goes_on_there() {
    let rehearsal = Rehearsal::new();
    rehearsal.rows(100);
    let mut run = rehearsal.begin(&["--rate", "20/s"]);
    rehearsal.wait_for_creates(3, &mut run);
    let aside = rehearsal.path("aside.db");
    for ending in ["", "-wal", "-shm"] {
        let name = |path: &std::path::Path| format!("{}{ending}", path.display());
        std::fs::rename(name(&rehearsal.ledger()), name(&aside)).unwrap();
    }
    let stopped = rehearsal.ended(&run.wait_with_output().unwrap()).exits(1);
    assert!(
        stopped.stderr.contains("it was moved or removed"),
        "{}",
        stopped.stderr
    );
    assert!(rehearsal.creates() < 20, "{}", rehearsal.creates());
    let aside = aside.display().to_string();
    let end = rehearsal.run(&["--ledger", &aside]).exits(0);
    end.has(&[("created", 100)]);
    assert_eq!(rehearsal.stats().most_per_key, 1);
}

#[test]
fn a_ledger_that_others_may_read_is_made_private_again() {
    use std::os::unix::fs::PermissionsExt;
    let rehearsal = Rehearsal::new();
    rehearsal.rows(1).run(&[]).exits(0);
    let mode = |mode| std::fs::Permissions::from_mode(mode);
    std::fs::set_permissions(rehearsal.ledger(), mode(0o644)).unwrap();
    rehearsal.run(&[]).exits(0);
    let now = std::fs::metadata(rehearsal.ledger()).unwrap().permissions();
    assert_eq!(now.mode() & 0o777, 0o600);
}

#[test]
fn an_id_that_was_never_told_is_learned_by_the_next_run() {
    let (ask, asked) = mpsc::channel();
    let mut rehearsal =
        Rehearsal::with_faults("[[fault]]\non = 'create'\nwhen = 'after'\nbody = 'cut'\n");
    // The first listing is never answered: the run is killed while it waits for it.
    let _proxy = rehearsal.behind(move |request, wire| {
        if !request.is_list() || request.number > 0 {
            return Then::LetThrough;
        }
        ask.send(()).ok();
        wire.read_exact(&mut [0]).ok();
        Then::HangUp
    });
    let known = || -> (bool, Option<Vec<u8>>, String) {
        let ledger = rusqlite::Connection::open(rehearsal.ledger()).unwrap();
        let sql = "SELECT doubt_since IS NULL, device, hex(runs.id)
                   FROM devices JOIN runs ON number = run";
        ledger
            .query_row(sql, [], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
            .unwrap()
    };
    let mut first = rehearsal.rows(1).begin(&["--existing", "unchecked"]);
    asked.recv_timeout(Duration::from_secs(30)).unwrap();
    until(|| known().0);
    first.kill().unwrap();
    first.wait().unwrap();
    let (_, device, run) = known();
    assert_eq!(device, None);
    let second = rehearsal.run(&["--existing", "unchecked"]).exits(0);
    rehearsal.check(&second, 1);
    assert_eq!(second.outcomes(), ["created"]);
    let created_by = second.rows[0]["run_id"].replace('-', "").to_uppercase();
    assert_eq!(created_by, run);
}

#[test]
fn results_are_of_the_run_that_began_last_though_the_clock_went_back() {
    let rehearsal = Rehearsal::new();
    let policy = wavepair::testing::sandbox::WAVE_POLICY;
    rehearsal.wave(&format!("user_id,phone\n{},+15125551234\n", user(1)));
    for kind in ["SMS", "WHATSAPP"] {
        let run = rehearsal.run(&["--type", kind, "--policy", policy]);
        run.exits(0).has(&[("created", 1)]);
    }
    let written = rehearsal.bytes("wave.results.csv");
    // As if the clock had been years ahead when the first run began: its ID is the greater one.
    rusqlite::Connection::open(rehearsal.ledger())
        .unwrap()
        .execute_batch(
            "UPDATE runs SET id = x'7fffffffffff7fff8fffffffffffffff', started_at = 99999999999999
                 WHERE number = 1",
        )
        .unwrap();
    let again = rehearsal.bare(&["results", "wave.csv"]).output().unwrap();
    rehearsal.ended(&again).exits(0);
    assert!(rehearsal.bytes("wave.results.csv") == written);
}
