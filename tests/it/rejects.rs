//! Rows that are refused: by wavepair before anything is sent, or by PingOne for good.

use std::fmt::Write;

use wavepair::testing::sandbox::{Kind, SMS_ONLY_POLICY, WAVE_POLICY};

use crate::support::faults::fault;
use crate::support::rehearsal::{Rehearsal, user};
use crate::support::waves;

/// A phone, a policy, and the code of what is wrong with the row.
const WRONG: [(&str, &str, &str); 8] = [
    ("", WAVE_POLICY, "phone_missing"),
    ("07400 123456", WAVE_POLICY, "phone_missing_plus"),
    ("+1512555I234", WAVE_POLICY, "phone_letters"),
    ("4.41E+11", WAVE_POLICY, "phone_scientific_notation"),
    ("+441", WAVE_POLICY, "phone_too_short"),
    ("+44 (0)7400 123456", WAVE_POLICY, "phone_trunk_zero"),
    ("+999123456789", WAVE_POLICY, "phone_country_code"),
    ("+15125551234", "standard", "policy_id_not_uuid"),
];

#[test]
fn a_row_that_is_wrong_is_told_by_its_code_and_never_sent() {
    let mut wave = "user_id,phone,policy_id\n".to_owned();
    for (number, (phone, policy, _)) in (0..).zip(WRONG) {
        writeln!(wave, "{},{phone},{policy}", user(number)).unwrap();
    }
    write!(
        wave,
        "../../x,+15125551234,{WAVE_POLICY}\n{},+15125551234,{WAVE_POLICY},extra\n{},+15125551234,{WAVE_POLICY}\n",
        user(90),
        user(91)
    )
    .unwrap();
    let rehearsal = Rehearsal::new();
    let run = rehearsal.wave(&wave).run(&["--summary", "-"]).exits(3);
    let mut codes: Vec<_> = WRONG.iter().map(|wrong| wrong.2).collect();
    codes.extend(["user_id_not_uuid", "field_count", ""]);
    assert_eq!(run.column("code"), codes);
    assert_eq!(run.summary()["codes"]["phone_letters"], 1);
    rehearsal.check(&run, 11);
    let stats = rehearsal.stats();
    assert_eq!(stats.requests_of(Kind::List), 1);
    assert_eq!(stats.requests_of(Kind::Create), 1);
}

#[test]
fn the_rejects_file_has_the_rows_as_they_were_and_runs_once_it_is_mended() {
    let rehearsal = Rehearsal::new();
    let wave = waves::of(2) + &format!("{},\"07400 123456\",\n", user(2));
    let policy = ["--policy", WAVE_POLICY];
    rehearsal.wave(&wave).run(&policy).exits(3);
    let rejects = String::from_utf8(rehearsal.bytes("wave.rejects.csv")).unwrap();
    let lines: Vec<_> = rejects.lines().collect();
    assert_eq!(
        lines[0],
        "user_id,phone,policy_id,wavepair_outcome,wavepair_code,wavepair_message"
    );
    let kept = format!("{},\"07400 123456\",,invalid,phone_missing_plus,", user(2));
    assert!(lines[1].starts_with(&kept), "{}", lines[1]);
    assert_eq!(lines.len(), 2);

    let mended = rejects.replace("07400", "+44 7400");
    let run = rehearsal.wave(&mended).run(&policy).exits(0);
    assert_eq!(run.outcomes(), ["created"]);
    assert_eq!(run.column("phone"), ["+447400123456"]);
    assert!(
        !rehearsal.path("wave.rejects.csv").exists(),
        "nothing is left to mend"
    );
}

#[test]
fn pingones_refusal_is_told_by_code_and_detail_and_asked_again_by_a_run() {
    let rehearsal = Rehearsal::with_faults(&fault(&format!(
        "on = 'create'\nuser = '{}'\nfirst = 1\nstatus = 400\n\
         code = 'REQUEST_FAILED'\ndetail = 'ACCOUNT_NOT_USABLE'",
        user(1)
    )));
    let first = rehearsal.rows(4).run(&[]).exits(3);
    let row = &first.rows[1];
    assert_eq!(row["outcome"], "rejected");
    assert_eq!(row["code"], "REQUEST_FAILED/ACCOUNT_NOT_USABLE");
    assert_eq!(row["http_status"], "400");
    assert_eq!(row["attempts"], "1", "it is not tried again in the run");
    assert!(!row["correlation_id"].is_empty());
    let rejects = String::from_utf8(rehearsal.bytes("wave.rejects.csv")).unwrap();
    assert!(
        rejects.contains("rejected,REQUEST_FAILED/ACCOUNT_NOT_USABLE,"),
        "{rejects}"
    );
    rehearsal.run(&[]).exits(0).has(&[("created", 4)]);
    assert_eq!(rehearsal.creates(), 5);
}

#[test]
fn a_type_that_the_policy_does_not_allow_is_rejected() {
    let rehearsal = Rehearsal::new();
    let wave = waves::of(1) + &format!("{},+15125551234,{SMS_ONLY_POLICY}\n", user(1));
    let run = rehearsal.wave(&wave).run(&[]).exits(3);
    assert_eq!(run.column("outcome"), ["created", "rejected"]);
    assert_eq!(run.rows[1]["code"], "INVALID_DATA/INVALID_VALUE");
}

/// What lies in the folder of a rehearsal that is of rejects, by name.
fn rejects_files(rehearsal: &Rehearsal) -> Vec<String> {
    let mut names: Vec<_> = std::fs::read_dir(rehearsal.folder())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.contains("rejects"))
        .collect();
    names.sort();
    names
}

#[test]
fn edited_rejects_stay_whatever_runs_and_the_new_ones_lie_beside_them() {
    let rehearsal = Rehearsal::new();
    let wave = waves::of(2) + &format!("{},\"07400 123456\",\n", user(2));
    rehearsal.wave(&wave).run(&["--dry-run"]).exits(3);
    assert_eq!(rejects_files(&rehearsal), ["wave.rejects.csv"]);
    let mended = String::from_utf8(rehearsal.bytes("wave.rejects.csv"))
        .unwrap()
        .replace("07400", "+44 7400")
        .replace("123456\",,", &format!("123456\",{WAVE_POLICY},"));
    std::fs::write(rehearsal.path("wave.rejects.csv"), &mended).unwrap();
    let commands: [&[&str]; 4] = [
        &["run", "wave.csv", "--dry-run"],
        &["run", "wave.csv"],
        &["results", "wave.csv"],
        &["run", "wave.csv", "--dry-run", "--online"],
    ];
    for words in commands {
        rehearsal.ended(&rehearsal.bare(words).output().unwrap());
        let kept = String::from_utf8(rehearsal.bytes("wave.rejects.csv")).unwrap();
        assert_eq!(kept, mended, "{words:?}");
        let both = ["wave.rejects-2.csv", "wave.rejects.csv"];
        assert_eq!(rejects_files(&rehearsal), both, "{words:?}");
        let new = String::from_utf8(rehearsal.bytes("wave.rejects-2.csv")).unwrap();
        assert!(new.contains("\"07400 123456\""), "{new}");
    }

    // The mended file is a wave of its own, and then nothing is left to mend.
    let run = rehearsal
        .bare(&["run", "wave.rejects.csv", "--rate", "max"])
        .output()
        .unwrap();
    assert_eq!(run.status.code(), Some(0), "{run:?}");
    assert_eq!(rehearsal.results("wave.rejects.results.csv").len(), 1);
    assert_eq!(rehearsal.creates(), 3);
    // So is the wave, once it is mended: what wavepair wrote goes, what a person wrote stays.
    rehearsal.wave(&waves::of(2)).run(&[]).exits(0);
    assert_eq!(
        rejects_files(&rehearsal),
        ["wave.rejects.csv", "wave.rejects.results.csv"]
    );
    assert_eq!(rehearsal.bytes("wave.rejects.csv"), mended.as_bytes());
}

#[test]
fn rejects_without_a_checksum_stay_and_the_new_ones_lie_beside_them() {
    let rehearsal = Rehearsal::new();
    rehearsal
        .wave("user_id,phone,policy_id\nx,y,\n")
        .run(&[])
        .exits(3);
    // A copy has the bytes and not the attribute.
    std::fs::copy(rehearsal.path("wave.rejects.csv"), rehearsal.path("old")).unwrap();
    std::fs::rename(rehearsal.path("old"), rehearsal.path("wave.rejects.csv")).unwrap();
    // The same again is no loss.
    rehearsal.run(&[]).exits(3);
    assert_eq!(rejects_files(&rehearsal), ["wave.rejects.csv"]);

    std::fs::copy(rehearsal.path("wave.rejects.csv"), rehearsal.path("old")).unwrap();
    std::fs::rename(rehearsal.path("old"), rehearsal.path("wave.rejects.csv")).unwrap();
    let before = rehearsal.bytes("wave.rejects.csv");
    rehearsal
        .wave("user_id,phone,policy_id\nx,z,\n")
        .run(&[])
        .exits(3);
    assert_eq!(rehearsal.bytes("wave.rejects.csv"), before);
    assert_eq!(
        rejects_files(&rehearsal),
        ["wave.rejects-2.csv", "wave.rejects.csv"]
    );
}

#[test]
fn a_rejects_file_that_there_is_no_row_for_is_neither_made_nor_opened() {
    let rehearsal = Rehearsal::new();
    // Opening it would wait for a reader.
    let path = rehearsal.path("wave.rejects.csv");
    let mkfifo = std::process::Command::new("mkfifo")
        .args(["-m", "600"])
        .arg(&path)
        .status();
    assert!(mkfifo.unwrap().success());
    rehearsal.rows(2).run(&[]).exits(0);
    assert_eq!(rejects_files(&rehearsal), ["wave.rejects.csv"]);
}

#[test]
fn a_rehearsal_never_replaces_what_a_run_wrote() {
    let rehearsal = Rehearsal::new();
    let wave = waves::of(2) + "x,y,z\n";
    rehearsal.wave(&wave).run(&[]).exits(3);
    let names = ["wave.results.csv", "wave.rejects.csv"];
    let before = names.map(|name| rehearsal.bytes(name));
    rehearsal.run(&["--sandbox"]).exits(3);
    rehearsal.run(&["--sandbox", "--dry-run"]).exits(3);
    assert_eq!(names.map(|name| rehearsal.bytes(name)), before);
    assert_eq!(rehearsal.results("wave.sandbox.results.csv").len(), 3);
    assert_eq!(rehearsal.results("wave.sandbox.rejects.csv").len(), 1);
    assert_eq!(rehearsal.results("wave.dry-run.csv").len(), 3);
}
