//! A ledger, or a file beside it, that is not what the last run left.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::PathBuf;

use crate::support::rehearsal::Rehearsal;

fn beside(rehearsal: &Rehearsal, ending: &str) -> PathBuf {
    let mut name = rehearsal.ledger().into_os_string();
    name.push(ending);
    name.into()
}

/// A rehearsal with a ledger of forty rows that are done.
fn done() -> Rehearsal {
    let rehearsal = Rehearsal::new();
    rehearsal.rows(40).run(&["--canary", "0"]).exits(0);
    rehearsal
}

#[test]
fn a_ledger_that_was_cut_emptied_or_lost_is_refused_before_sending() {
    type Damage = fn(&Rehearsal);
    let damages: [(&str, i32, Damage); 4] = [
        ("cut to half", 1, |rehearsal| {
            let file = fs::File::options().write(true).open(rehearsal.ledger());
            let file = file.unwrap();
            file.set_len(file.metadata().unwrap().len() / 2).unwrap();
        }),
        ("emptied", 5, |rehearsal| {
            fs::write(rehearsal.ledger(), "").unwrap();
        }),
        ("gone, its log there", 5, |rehearsal| {
            fs::rename(rehearsal.ledger(), beside(rehearsal, "-wal")).unwrap();
        }),
        ("overwritten", 1, |rehearsal| {
            let mut bytes = fs::read(rehearsal.ledger()).unwrap();
            let half = bytes.len() / 2;
            bytes[half..].fill(0x5a);
            fs::write(rehearsal.ledger(), bytes).unwrap();
        }),
    ];
    for (what, code, damage) in damages {
        let rehearsal = done();
        damage(&rehearsal);
        let before = rehearsal.stats();
        let run = rehearsal.rows(41).run(&[]);
        assert_eq!(run.code, Some(code), "{what}: {}", run.stderr);
        assert!(run.stderr.contains("hint:"), "{what}: {}", run.stderr);
        assert_eq!(rehearsal.stats(), before, "{what}");
    }
}

#[test]
fn a_link_in_place_of_a_file_beside_the_ledger_is_never_followed() {
    for ending in ["", ".lock", "-wal", "-shm", "-journal", ".ballast", ".runs"] {
        let rehearsal = done();
        let precious = rehearsal.path("precious");
        fs::write(&precious, "kept").unwrap();
        let place = beside(&rehearsal, ending);
        fs::remove_file(&place).ok();
        symlink(&precious, &place).unwrap();
        let before = rehearsal.creates();
        let run = rehearsal.rows(41).run(&[]);
        assert_eq!(run.code, Some(2), "{ending}: {}", run.stderr);
        assert!(run.stderr.contains("symbolic link"), "{}", run.stderr);
        assert_eq!(fs::read_to_string(&precious).unwrap(), "kept", "{ending}");
        assert_eq!(rehearsal.creates(), before, "{ending}");
        let is_link = fs::symlink_metadata(&place).is_ok_and(|place| place.is_symlink());
        assert!(is_link, "{ending}");
    }
}
