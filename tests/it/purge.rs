//! `wavepair purge`: no digit of a phone is left in any file of a ledger, and nothing is created twice.

use std::fs;
use std::process::{Child, Command};

use wavepair::testing::sandbox::WAVE_POLICY;

use crate::support::binary::ran;
use crate::support::faults::fault;
use crate::support::rehearsal::{Ended, Rehearsal, rows, until, user};
use crate::support::texts::Row;

const ROWS: u32 = 21;

/// Older than this is all that a test has written.
pub(crate) const ALL: [&str; 3] = ["purge", "--older-than", "0s"];

/// A purge without any credential.
pub(crate) fn command(rehearsal: &Rehearsal, words: &[&str]) -> Command {
    let mut command = rehearsal.bare(words);
    for secret in ["PINGONE_CLIENT_ID", "PINGONE_CLIENT_SECRET"] {
        command.env_remove(secret);
    }
    command
}

pub(crate) fn purge(rehearsal: &Rehearsal, options: &[&str]) -> Ended {
    let words = [&ALL[..], options].concat();
    rehearsal.ended(&command(rehearsal, &words).output().unwrap())
}

/// The files of a ledger: itself, its log, what counts its runs, and all else that lies beside it.
fn files(rehearsal: &Rehearsal) -> Vec<Vec<u8>> {
    let ledger = rehearsal.ledger();
    let entries = fs::read_dir(ledger.parent().unwrap()).unwrap();
    entries
        .map(|entry| fs::read(entry.unwrap().path()).unwrap())
        .collect()
}

/// What a phone may look like in a file: the digits with and without the country code, in the spellings of
/// PingOne's documentation, and the number that SQLite makes of them, which has its highest byte first.
fn forms(phone: &str) -> Vec<Vec<u8>> {
    let digits = phone.trim_start_matches('+');
    let number: u64 = digits.parse().unwrap();
    let bytes = number.to_be_bytes();
    let first = bytes.iter().position(|byte| *byte != 0).unwrap();
    let (area, rest) = digits.split_at(digits.len() - 7);
    let (middle, last) = rest.split_at(3);
    let texts = [
        digits.to_owned(),
        digits[1..].to_owned(),
        digits[2..].to_owned(),
        rest.to_owned(),
        format!("{middle}.{last}"),
        format!("{middle}-{last}"),
        format!("{middle} {last}"),
        format!("{} {}", &area[1..], rest),
    ];
    let texts = texts.map(String::into_bytes).into_iter();
    texts.chain([bytes[first..].to_vec()]).collect()
}

/// Bytes as a text that can be searched: each is one character.
fn text(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| char::from(*byte)).collect()
}

/// The phones that are in a file of the ledger in any form.
pub(crate) fn left(rehearsal: &Rehearsal, phones: &[String]) -> Vec<String> {
    let files: Vec<_> = files(rehearsal).iter().map(|file| text(file)).collect();
    let is_in = |form: &Vec<u8>| files.iter().any(|file| file.contains(&text(form)));
    let found = phones.iter();
    let found = found.filter(|phone| forms(phone).iter().any(is_in));
    found.cloned().collect()
}

/// A wave of so many rows, of which a device was there before; tells all phones of it.
pub(crate) fn wave(count: u32) -> (Rehearsal, Ended, Vec<String>) {
    let rehearsal = Rehearsal::new();
    rehearsal.pair(&user(0), "WHATSAPP", "+15125550000");
    let run = rehearsal.rows(count).run(&[]);
    let phones = run.column("phone").into_iter().map(str::to_owned).collect();
    (rehearsal, run, phones)
}

/// Asserts that the wave ends as before with nothing sent, and as a wave of another name with one new
/// person.
pub(crate) fn is_known(rehearsal: &Rehearsal, before: &Ended) {
    let creates = rehearsal.creates();
    let again = rehearsal.run(&["--existing", "ledger"]);
    assert_eq!(again.outcomes(), before.outcomes(), "{}", again.stderr);
    for column in ["device_id", "phone", "created_at", "run_id"] {
        assert_eq!(again.column(column), before.column(column), "{column}");
    }
    rehearsal.writes_results_again();
    assert_eq!(rehearsal.creates(), creates, "something is created twice");
}

#[test]
fn no_form_of_a_phone_is_left_in_any_file_and_nothing_is_created_twice() {
    let (rehearsal, run, phones) = wave(ROWS);
    let run = run.exits(0);
    assert_eq!(left(&rehearsal, &phones), phones, "each is found before");
    let counted = purge(&rehearsal, &["--dry-run"]).exits(0).said();
    assert!(counted.contains("would be purged: 21 devices"), "{counted}");
    let young = ["purge", "--older-than", "400d"];
    let young = rehearsal.ended(&command(&rehearsal, &young).output().unwrap());
    let young = young.exits(0).said();
    assert!(
        young.contains("purged: 0 devices, 0 names 21 settled later"),
        "{young}"
    );
    assert_eq!(left(&rehearsal, &phones), phones, "nothing is changed");
    let done = purge(&rehearsal, &[]).exits(0).said();
    assert!(done.contains("purged: 21 devices"), "{done}");
    assert_eq!(left(&rehearsal, &phones), Vec::<String>::new());
    let again = purge(&rehearsal, &[]).exits(0).said();
    assert!(again.contains("21 purged before"), "{again}");
    is_known(&rehearsal, &run);
    // The same people in another wave, and one more.
    let wave = rows(ROWS + 1);
    fs::write(rehearsal.path("later.csv"), wave).unwrap();
    let later = ["run", "later.csv", "--rate", "max", "--existing", "ledger"];
    let creates = rehearsal.creates();
    let later = rehearsal.bare(&later).output().unwrap();
    rehearsal.ended(&later).exits(0);
    assert_eq!(rehearsal.creates(), creates + 1, "the one more alone");
    let later = rehearsal.results("later.results.csv");
    let ids = |rows: &[Row]| -> Vec<String> {
        let ids = rows.iter().take(ROWS as usize);
        ids.map(|row| row["device_id"].clone()).collect()
    };
    assert_eq!(ids(&later), ids(&run.rows));
}

#[test]
fn a_reader_that_is_left_open_keeps_the_log_and_no_phone_in_it() {
    let (rehearsal, _, phones) = wave(ROWS);
    let reader = rusqlite::Connection::open(rehearsal.ledger()).unwrap();
    let devices: u32 = reader
        .query_row("SELECT count(*) FROM devices", [], |row| row.get(0))
        .unwrap();
    assert_eq!(devices, ROWS);
    purge(&rehearsal, &[]).exits(0);
    let log = rehearsal.ledger().with_extension("db-wal");
    assert!(log.exists(), "only whoever closes a ledger last removes it");
    assert_eq!(left(&rehearsal, &phones), Vec::<String>::new());
}

#[test]
fn whoever_looks_back_finds_a_purged_device_by_its_phone_and_reads_none() {
    let (rehearsal, run, phones) = wave(ROWS);
    purge(&rehearsal, &[]).exits(0);
    let show = |who: &str| {
        let found = ran(&mut command(&rehearsal, &["show", who, "--full-phone"]));
        assert_eq!(found.code, Some(0), "{who}: {}", found.stderr);
        found.stdout
    };
    for (row, phone) in phones.iter().enumerate().skip(1) {
        let shown = show(phone);
        let device = &run.rows[row]["device_id"];
        assert!(shown.contains(device), "{shown}");
        assert!(shown.contains("WHATSAPP (purged): created"), "{shown}");
        assert!(shown.contains("asked for, attempt 1"), "{shown}");
        assert!(!shown.contains("correlation"), "{shown}");
    }
    assert_eq!(show("wave.csv:2"), show(&run.rows[1]["device_id"]));
    let status = ran(&mut command(&rehearsal, &["status"])).stdout;
    assert!(status.contains("20 created"), "{status}");
    let report = ran(&mut rehearsal.bare(&["report", "wave.csv"]));
    assert_eq!(report.code, Some(0), "{}", report.stderr);
    let verified = ran(&mut rehearsal.bare(&["verify", "wave.csv", "--now", "--rate", "max"]));
    assert_eq!(verified.code, Some(0), "{}", verified.stderr);
}

#[test]
fn a_purged_device_is_kept_by_undo_which_says_why() {
    let (rehearsal, run, phones) = wave(ROWS);
    purge(&rehearsal, &[]).exits(0);
    let held = rehearsal.held().len();
    let undo = ["undo", &run.rows[1]["run_id"], "--yes", "--rate", "max"];
    rehearsal
        .ended(&rehearsal.bare(&undo).output().unwrap())
        .exits(3);
    assert_eq!(rehearsal.held().len(), held);
    let rows = rehearsal.results("wave.undo.csv");
    assert_eq!(rows.len(), phones.len() - 1);
    for row in rows {
        assert_eq!((&*row["verdict"], &*row["phone"]), ("kept", ""));
        assert!(row["message"].contains("was purged"), "{row:?}");
    }
}

#[test]
fn a_name_and_a_message_go_too_and_the_wave_is_known_all_the_same() {
    let rehearsal = Rehearsal::with_faults(&fault("on = 'create'\nfirst = 1\nstatus = 400"));
    rehearsal.wave(&format!(
        "user_id,phone,policy_id\n{},+15125550142,{WAVE_POLICY}\n",
        user(1)
    ));
    let refused = rehearsal.run(&[]).exits(3);
    assert_eq!(refused.outcomes(), ["rejected"]);
    purge(&rehearsal, &[]).exits(0);
    assert_eq!(left(&rehearsal, &["+15125550142".to_owned()]).len(), 0);
    let again = rehearsal.bare(&["results", "wave.csv"]).output().unwrap();
    let again = rehearsal.ended(&again).exits(0);
    assert_eq!(again.outcomes(), ["rejected"]);
    assert_eq!(again.column("code"), refused.column("code"));
    assert_eq!(again.column("correlation_id"), [""]);
    assert!(again.column("message")[0].contains("the next run tries again"));
    rehearsal.mend();
    rehearsal.run(&[]).exits(0).has(&[("created", 1)]);
    assert_eq!(rehearsal.held().len(), 1);
}

fn begin(rehearsal: &Rehearsal) -> Child {
    let words = [&ALL[..], &["-q"]].concat();
    command(rehearsal, &words).spawn().unwrap()
}

#[test]
fn a_purge_that_is_killed_often_goes_on_and_nothing_is_lost_or_twice() {
    const MANY: u32 = 1200;
    let rehearsal = Rehearsal::new();
    let run = rehearsal.rows(MANY).run(&[]).exits(0);
    let sample: Vec<String> = run
        .column("phone")
        .iter()
        .step_by(50)
        .map(|it| (*it).to_owned())
        .collect();
    let log = rehearsal.ledger().with_extension("db-wal");
    // At each kill it has come a little further.
    for kill in 0..25_u64 {
        let mut child = begin(&rehearsal);
        let length = || fs::metadata(&log).map_or(0, |log| log.len());
        until(|| length() > kill * 60_000 || child.try_wait().unwrap().is_some());
        child.kill().unwrap();
        child.wait().unwrap();
        if kill % 12 == 0 {
            is_known(&rehearsal, &run);
        }
    }
    purge(&rehearsal, &[]).exits(0);
    assert_eq!(left(&rehearsal, &sample), Vec::<String>::new());
    is_known(&rehearsal, &run);
}

#[test]
fn what_a_killed_run_left_in_doubt_is_not_purged_and_the_next_settles_it() {
    let faults = fault("on = 'create'\nafter = 10\nwhen = 'after'\nstall = '60s'");
    let rehearsal = Rehearsal::with_faults(&faults);
    let mut child = rehearsal.rows(ROWS).begin(&[]);
    rehearsal.wait_for_creates(13, &mut child);
    child.kill().unwrap();
    child.wait().unwrap();
    rehearsal.mend();
    let said = purge(&rehearsal, &[]).exits(0).said();
    assert!(said.contains("never purged"), "{said}");
    let ended = rehearsal.run(&[]).exits(0);
    assert_eq!(ended.count("created"), ROWS as usize);
    rehearsal.check(&ended, ROWS as usize);
    purge(&rehearsal, &[]).exits(0);
    is_known(&rehearsal, &ended);
}

#[test]
fn a_purge_needs_a_ledger_that_nobody_holds_and_to_be_told_how_old() {
    let rehearsal = Rehearsal::with_faults(&fault("on = 'create'\nstall = '60s'"));
    let none = purge(&rehearsal, &[]).exits(2).said();
    assert!(none.contains("there is no ledger"), "{none}");
    let mut child = rehearsal.rows(3).begin(&[]);
    rehearsal.wait_until_held();
    let held = purge(&rehearsal, &[]).exits(6).said();
    assert!(held.contains("another run holds the ledger"), "{held}");
    // To count is to read, which needs nobody's leave.
    purge(&rehearsal, &["--dry-run"]).exits(0);
    child.kill().unwrap();
    child.wait().unwrap();
    for (words, says) in [
        (&["purge"][..], "--older-than"),
        (&["purge", "--older-than", "400"], "with its unit"),
    ] {
        let wrong = rehearsal.ended(&command(&rehearsal, words).output().unwrap());
        let wrong = wrong.exits(2).said();
        assert!(wrong.contains(says), "{wrong}");
    }
}
