//! The file of a wave is changed while a run reads it.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::Write as _;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::process::Child;

use wavepair::testing::sandbox::WAVE_POLICY;

use crate::support::rehearsal::{Ended, Rehearsal, user};

/// Enough for a file that is read in more than one piece.
const ROWS: u32 = 1_500;
/// Pieces of this size are likely: a power of two, as buffers have them.
const PIECE: usize = 128 * 1024;

/// A row of the same length for every number.
fn row(number: u32, note: usize) -> String {
    let note = "n".repeat(note);
    format!("{},+447400{number:06},{WAVE_POLICY},{note}\n", user(number))
}

const HEADER: &str = "user_id,phone,policy_id,note\n";

/// A wave in which a piece ends in the middle of a row's phone, whose first digits are those of
/// every other row: put together with the end of another row it is a valid row again.
fn wave(first_piece_at: usize) -> String {
    let phone = user(0).len() + ",".len();
    let in_common = phone..phone + "+44740000".len();
    let note = (0..200)
        .find(|&note| {
            in_common.contains(&((PIECE + first_piece_at - HEADER.len()) % row(0, note).len()))
        })
        .unwrap();
    (0..ROWS).fold(HEADER.to_owned(), |mut text, number| {
        write!(text, "{}", row(number, note)).unwrap();
        text
    })
}

/// The same wave with one more row in front.
fn with_a_row_inserted(wave: &str) -> String {
    let (header, rows) = wave.split_once('\n').unwrap();
    let first = rows.lines().next().unwrap();
    let inserted = first
        .replace(&user(0), &user(ROWS + 1))
        .replace("000000,", "999999,");
    format!("{header}\n{inserted}\n{rows}")
}

/// The devices that a wave asks for: user and digits.
fn wanted(wave: &str) -> BTreeSet<(String, String)> {
    wave.lines()
        .skip(1)
        .map(|line| {
            let mut cells = line.split(',').map(str::to_owned);
            (cells.next().unwrap(), cells.next().unwrap())
        })
        .collect()
}

fn held(rehearsal: &Rehearsal) -> BTreeSet<(String, String)> {
    let devices = rehearsal.held().into_iter();
    devices
        .map(|device| (device.user, device.phone.unwrap()))
        .collect()
}

/// Writes over a file in place, as an editor or a script may.
fn write_over(path: &Path, text: &str) {
    let file = File::options().write(true).open(path).unwrap();
    file.write_all_at(text.as_bytes(), 0).unwrap();
    file.set_len(text.len() as u64).unwrap();
}

/// Starts a run, changes the wave after a few creates, and waits for the end of the run.
fn changed(rehearsal: &Rehearsal, arguments: &[&str], act: impl FnOnce(&Path)) -> Ended {
    let mut run: Child = rehearsal.begin(arguments);
    rehearsal.wait_for_creates(10, &mut run);
    act(&rehearsal.path("wave.csv"));
    let output = run.wait_with_output().unwrap();
    rehearsal.ended(&output)
}

/// What must hold of a run whose wave was changed under it, and of the one that follows.
fn stopped_and_settled(rehearsal: &Rehearsal, wave: &str, changed: Ended, said: &str) {
    let strangers: Vec<_> = held(rehearsal).difference(&wanted(wave)).cloned().collect();
    assert_eq!(strangers, [], "devices that the wave does not ask for");
    let created = rehearsal.held().len();
    let changed = changed.exits(3);
    assert!(created < ROWS as usize, "it went on");
    let stderr = changed.stderr.replace("\n  ", " ");
    for said in [said, "no results are written", "pending", "run wave.csv"] {
        assert!(stderr.contains(said), "{said}: {stderr}");
    }
    assert_eq!(changed.rows.len(), 0, "no results of an input that is gone");
    let summary = changed.summary();
    assert_eq!(summary["exit_code"], 3);
    assert_eq!(summary["rows"], ROWS);
    assert_eq!(
        summary["outcomes"]["created"], created,
        "the answers that were waited for were written down: {summary}"
    );
    // An intent that was written down when the stop came, and not sent, has failed.
    let of = |outcome: &str| summary["outcomes"][outcome].as_u64().unwrap();
    assert_eq!(
        of("pending") + of("failed"),
        u64::from(ROWS) - of("created")
    );

    let end = rehearsal.wave(wave).run(&[]).exits(0);
    rehearsal.check(&end, ROWS as usize);
    assert!(held(rehearsal) == wanted(wave), "other devices than wanted");
    assert_eq!(rehearsal.creates(), u64::from(ROWS), "sent twice");
}

const TOLD: [&str; 2] = ["--summary", "-"];

#[test]
fn a_row_inserted_in_the_middle_of_a_run_gives_nobody_another_ones_phone() {
    for first_piece_at in [0, HEADER.len()] {
        let rehearsal = Rehearsal::new();
        let wave = wave(first_piece_at);
        rehearsal.wave(&wave);
        let changed = changed(&rehearsal, &TOLD, |path| {
            write_over(path, &with_a_row_inserted(&wave));
        });
        stopped_and_settled(&rehearsal, &wave, changed, "was written to");
    }
}

#[test]
fn a_change_that_keeps_size_and_time_is_noticed_by_the_bytes() {
    let rehearsal = Rehearsal::new();
    let wave = wave(0);
    rehearsal.wave(&wave);
    // Every user behind the first piece gets the phone of the next one.
    let (front, back) = wave.split_at(wave[..PIECE].rfind('\n').unwrap() + 1);
    let moved = back.lines().zip(back.lines().skip(1)).map(|(one, next)| {
        let (user, next) = (
            one.split_once(',').unwrap().0,
            next.split_once(',').unwrap().1,
        );
        format!("{user},{next}\n")
    });
    let last = back.lines().next_back().unwrap();
    let other = format!("{front}{}{last}\n", moved.collect::<String>());
    assert_eq!(other.len(), wave.len());
    let changed = changed(&rehearsal, &TOLD, |path| {
        let file = File::options().write(true).open(path).unwrap();
        let modified = file.metadata().unwrap().modified().unwrap();
        // In one instant as far as anybody can see who looks between two rows.
        file.write_all_at(other.as_bytes(), 0).unwrap();
        file.set_modified(modified).unwrap();
    });
    stopped_and_settled(&rehearsal, &wave, changed, "was written to");
}

#[test]
fn a_file_that_grows_shrinks_is_replaced_or_goes_stops_the_run() {
    type Act = fn(&Path);
    let acts: [(Act, &str); 4] = [
        (
            |path| {
                let mut file = File::options().append(true).open(path).unwrap();
                file.write_all(row(ROWS + 1, 0).as_bytes()).unwrap();
            },
            "was written to",
        ),
        (
            |path| {
                let file = File::options().write(true).open(path).unwrap();
                file.set_len(PIECE as u64 / 2).unwrap();
            },
            "was written to",
        ),
        (
            |path| {
                let new = path.with_extension("new");
                fs::write(&new, with_a_row_inserted(&wave(0))).unwrap();
                fs::rename(new, path).unwrap();
            },
            "was replaced",
        ),
        (|path| fs::remove_file(path).unwrap(), "was deleted"),
    ];
    for (act, said) in acts {
        let rehearsal = Rehearsal::new();
        let wave = wave(0);
        rehearsal.wave(&wave);
        let changed = changed(&rehearsal, &TOLD, act);
        stopped_and_settled(&rehearsal, &wave, changed, said);
    }
}

#[test]
fn what_is_on_the_wire_when_the_file_changes_is_waited_for_and_recorded() {
    // Thirty rows fit in any piece: only who looks at the file again notices.
    let rehearsal = Rehearsal::with_faults("[[fault]]\non = 'create'\nafter = 5\ndelay = '300ms'");
    rehearsal.rows(30);
    let wave = fs::read_to_string(rehearsal.path("wave.csv")).unwrap();
    let arguments = ["--concurrency", "4", "--canary", "0", "--summary", "-"];
    let changed = changed(&rehearsal, &arguments, |path| write_over(path, "gone\n")).exits(3);
    let created = changed.summary()["outcomes"]["created"].as_u64().unwrap();
    assert_eq!(created, rehearsal.held().len() as u64);
    assert!((10..30).contains(&created), "{created}");
    assert_eq!(changed.summary()["outcomes"]["unknown"], 0);

    let end = rehearsal.wave(&wave).run(&[]).exits(0);
    rehearsal.check(&end, 30);
    assert_eq!(rehearsal.creates(), 30, "nothing was sent twice");
}

#[test]
fn earlier_results_stay_where_the_file_changes_before_there_are_new_ones() {
    let rehearsal = Rehearsal::with_faults("[[fault]]\non = 'create'\nafter = 9\ndelay = '300ms'");
    let first = rehearsal.rows(10).run(&["--limit", "2"]).exits(7);
    let before = rehearsal.bytes("wave.results.csv");
    assert_eq!(first.count("created"), 2);
    // The last row is on the wire: every row was read before the change.
    let changed = changed(&rehearsal, &TOLD, |path| fs::write(path, "gone\n").unwrap()).exits(3);
    assert!(rehearsal.bytes("wave.results.csv") == before);
    assert_eq!(changed.summary()["outcomes"]["created"], 10);
}

#[test]
fn a_link_to_the_file_and_another_mode_of_it_stop_nothing() {
    let rehearsal = Rehearsal::new();
    rehearsal.rows(40);
    let end = changed(&rehearsal, &[], |path| {
        fs::hard_link(path, path.with_extension("backup")).unwrap();
        let mut mode = fs::metadata(path).unwrap().permissions();
        mode.set_readonly(true);
        fs::set_permissions(path, mode).unwrap();
    });
    rehearsal.check(&end.exits(0).has(&[("created", 40)]), 40);
}
