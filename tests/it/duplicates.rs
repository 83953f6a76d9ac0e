//! One device, asked for more than once: inside a file and across files.

use std::fmt::Write;

use wavepair::testing::sandbox::{Kind, SMS_ONLY_POLICY, WAVE_POLICY};

use crate::support::faults::fault;
use crate::support::rehearsal::{Rehearsal, user};
use crate::support::waves;

fn wave(rows: &[(u32, &str, &str)]) -> String {
    let mut text = "user_id,phone,type,policy_id\n".to_owned();
    for (number, phone, kind) in rows {
        writeln!(text, "{},{phone},{kind},{WAVE_POLICY}", user(*number)).unwrap();
    }
    text
}

#[test]
fn the_same_device_in_another_spelling_is_a_duplicate_with_the_first_id() {
    let rehearsal = Rehearsal::new();
    let rows = wave(&[
        (1, "+1.5125551234", "WHATSAPP"),
        (2, "+15125551234", "WHATSAPP"),
        (1, "+1 (512) 555-1234", ""),
        (1, "+15125551234", "SMS"),
        (1, "+15125551235", "WHATSAPP"),
    ]);
    let run = rehearsal.wave(&rows).run(&[]);
    assert_eq!(
        run.outcomes(),
        ["created", "created", "duplicate", "created", "created"]
    );
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert_eq!(run.rows[2]["device_id"], run.rows[0]["device_id"]);
    assert!(
        run.rows[2]["message"].contains("row 1"),
        "{:?}",
        run.rows[2]
    );
    assert_eq!(rehearsal.creates(), 4);
    let again = rehearsal.run(&[]);
    assert_eq!(again.outcomes(), run.outcomes());
    rehearsal.check(&again, 5);
}

#[test]
fn a_later_wave_knows_what_an_earlier_one_created() {
    let rehearsal = Rehearsal::new();
    let first = rehearsal.wave(&wave(&[(1, "+15125551234", "")])).run(&[]);
    let second = rehearsal
        .wave(&wave(&[
            (2, "+15125551299", ""),
            (1, "+1.512.555.1234", ""),
        ]))
        .run(&[]);
    assert_eq!(second.outcomes(), ["created", "created"]);
    assert_eq!(second.rows[1]["device_id"], first.rows[0]["device_id"]);
    assert_eq!(
        second.rows[1]["run_id"], first.rows[0]["run_id"],
        "the run that created it"
    );
    assert_eq!(rehearsal.creates(), 2);
}

#[test]
fn many_rows_of_one_user_go_one_after_the_other_and_all_get_their_device() {
    let rehearsal = Rehearsal::with(wavepair::testing::sandbox::Options {
        max_devices: 10,
        ..Default::default()
    });
    let rows: Vec<_> = (0..10).map(|n| format!("+1512555{n:04}")).collect();
    let rows: Vec<_> = rows.iter().map(|phone| (1, phone.as_str(), "")).collect();
    let run = rehearsal.wave(&wave(&rows)).run(&["--canary", "0"]);
    assert_eq!(
        (run.code, run.count("created")),
        (Some(0), 10),
        "{}",
        run.stderr
    );
    assert_eq!(rehearsal.stats().peak_in_flight, 1);
}

#[test]
fn a_user_with_as_many_devices_as_allowed_is_rejected_in_pingones_words() {
    let rehearsal = Rehearsal::with(wavepair::testing::sandbox::Options {
        max_devices: 2,
        ..Default::default()
    });
    let rows = wave(&[
        (1, "+15125551230", ""),
        (1, "+15125551231", ""),
        (1, "+15125551232", ""),
        (2, "+15125551233", ""),
    ]);
    let run = rehearsal.wave(&rows).run(&[]);
    assert_eq!(
        run.outcomes(),
        ["created", "created", "rejected", "created"]
    );
    assert_eq!(run.rows[2]["code"], "REQUEST_FAILED/LIMIT_EXCEEDED");
    assert_eq!(
        (run.code, run.rows[2]["http_status"].as_str()),
        (Some(3), "400")
    );
    let rejects = String::from_utf8(rehearsal.bytes("wave.rejects.csv")).unwrap();
    assert!(
        rejects.contains("+15125551232") && rejects.lines().count() == 2,
        "{rejects}"
    );
    rehearsal.check(&run, 4);
}

#[test]
fn a_duplicate_far_behind_its_first_row_is_one_as_well() {
    let rehearsal = Rehearsal::new();
    let twice = waves::of(100) + waves::of(100).split_once('\n').unwrap().1;
    let run = rehearsal
        .wave(&twice)
        .run(&["--canary", "0"])
        .exits(0)
        .has(&[("created", 100), ("duplicate", 100)]);
    assert_eq!(rehearsal.creates(), 100);
    let ids = run.column("device_id");
    assert_eq!(ids[..100], ids[100..]);
}

#[test]
fn one_phone_under_another_policy_is_no_second_device() {
    let rehearsal = Rehearsal::new();
    let wave = format!(
        "user_id,phone,type,policy_id\n{0},+15125550000,SMS,{WAVE_POLICY}\n\
         {0},+15125550000,SMS,{SMS_ONLY_POLICY}\n{1},+15125550000,SMS,{WAVE_POLICY}\n",
        user(0),
        user(1)
    );
    let run = rehearsal.wave(&wave).run(&[]).exits(0);
    assert_eq!(run.outcomes(), ["created", "duplicate", "created"]);
}

#[test]
fn a_device_that_is_there_twice_is_reported_until_one_is_removed() {
    let rehearsal = Rehearsal::new();
    rehearsal.wave(&waves::of(2));
    rehearsal.pair(&user(0), "WHATSAPP", "+15125550000");
    rehearsal.pair(&user(0), "WHATSAPP", "+1.5125550000");
    for _ in 0..2 {
        let run = rehearsal.run(&[]).exits(1);
        assert_eq!(run.outcomes(), ["existing", "created"]);
        assert_eq!(run.rows[0]["code"], "duplicate_found");
        assert_eq!(rehearsal.held().len(), 3);
    }
    let second = &rehearsal.held()[1];
    let path = format!("/users/{}/devices/{}", second.user, second.id);
    assert_eq!(rehearsal.ask("DELETE", &path, "").status, 204);
    rehearsal
        .run(&[])
        .exits(0)
        .has(&[("existing", 1), ("created", 1)]);
}

fn lists(rehearsal: &Rehearsal) -> u64 {
    rehearsal.stats().requests_of(Kind::List)
}

/// A time that has always passed when a look is asked for.
const SETTLED: [&str; 2] = ["--settle", "1ms"];

/// A device whose answer was lost and whose last look was refused, on the third listing.
fn owed_a_look() -> Rehearsal {
    let lost = "on = 'create'\nfirst = 1\nwhen = 'after'\ndrop = 'reset'";
    let refused = "on = 'list'\nafter = 2\nfirst = 1\nstatus = 403";
    let rehearsal = Rehearsal::with_faults(&(fault(lost) + &fault(refused)));
    rehearsal.rows(1).run(&[]).exits(0).has(&[("created", 1)]);
    assert_eq!(lists(&rehearsal), 3);
    rehearsal
}

#[test]
fn a_device_whose_answer_was_lost_is_looked_at_by_the_next_run_if_need_be() {
    let rehearsal = owed_a_look();
    for _ in 0..2 {
        rehearsal.run(&SETTLED).exits(0).has(&[("created", 1)]);
        assert_eq!(lists(&rehearsal), 4, "once, and never again");
    }
    assert_eq!(rehearsal.creates(), 1);
}

#[test]
fn a_second_device_of_a_lost_request_is_reported_until_one_is_removed() {
    let rehearsal = owed_a_look();
    rehearsal.pair(&user(0), "WHATSAPP", "+1.5125550000");
    for looks in 4..=5 {
        let run = rehearsal.run(&SETTLED).exits(1).has(&[("created", 1)]);
        assert_eq!(run.rows[0]["code"], "duplicate_found");
        assert_eq!(lists(&rehearsal), looks);
    }
    let extra = &rehearsal.held()[1];
    let path = format!("/users/{}/devices/{}", extra.user, extra.id);
    assert_eq!(rehearsal.ask("DELETE", &path, "").status, 204);
    for _ in 0..2 {
        let run = rehearsal.run(&SETTLED).exits(0).has(&[("created", 1)]);
        assert_eq!(run.rows[0]["code"], "");
        assert_eq!(lists(&rehearsal), 6);
    }
    assert_eq!(rehearsal.held().len(), 1, "nothing else was touched");
}

#[test]
fn a_lost_request_that_takes_effect_after_the_last_look_is_noticed_later() {
    let rehearsal = Rehearsal::with_faults(&fault(
        "on = 'create'\nfirst = 1\nwhen = 'after'\ndrop = 'reset'",
    ));
    let long = ["--settle", "1h"];
    rehearsal.rows(1).run(&long).exits(0).has(&[("created", 1)]);
    let looks = lists(&rehearsal);
    // What stands between sends the request again, an hour later at the most.
    rehearsal.pair(&user(0), "WHATSAPP", "+1.5125550000");
    rehearsal.run(&long).exits(0).has(&[("created", 1)]);
    assert_eq!(
        lists(&rehearsal),
        looks,
        "it may still take effect, so a look tells nothing"
    );
    let run = rehearsal.run(&SETTLED).exits(1).has(&[("created", 1)]);
    assert_eq!(run.rows[0]["code"], "duplicate_found");
    assert_eq!(lists(&rehearsal), looks + 1);
}

#[test]
fn a_row_that_asks_for_a_device_under_another_policy_is_told_which_counts() {
    let rehearsal = Rehearsal::new();
    let phone = "+442071838750";
    let text = format!(
        "user_id,phone,type,policy_id\n{0},{phone},SMS,{SMS_ONLY_POLICY}\n{0},{phone},SMS,{WAVE_POLICY}\n",
        user(1)
    );
    rehearsal.wave(&text).run(&["--dry-run"]).exits(0);
    let told = rehearsal.results("wave.dry-run.csv")[1]["message"].clone();
    let expected = format!(
        "same user, type and phone as row 1, which names another policy, {SMS_ONLY_POLICY}; what became of that row holds for this one, and that policy counts"
    );
    assert_eq!(told, expected);
    let run = rehearsal.run(&[]).exits(0);
    assert_eq!(run.outcomes(), ["created", "duplicate"]);
    assert_eq!(run.rows[1]["message"], expected);
    rehearsal.writes_results_again();
}

#[test]
fn both_forms_of_an_argentine_mobile_are_sent_the_second_with_a_warning() {
    let rehearsal = Rehearsal::new();
    let wave = waves::asking([
        (1, "+5491123456789"),
        (1, "+541123456789"),
        (2, "+541123456789"),
    ]);
    let run = rehearsal
        .wave(&wave)
        .run(&[])
        .exits(0)
        .has(&[("created", 3)]);
    let warned: Vec<bool> = run
        .column("message")
        .iter()
        .map(|message| message.contains("row 1 has this user's number"))
        .collect();
    assert_eq!(warned, [false, true, false]);
    let phones: Vec<_> = rehearsal
        .held()
        .into_iter()
        .filter_map(|held| held.phone)
        .collect();
    assert_eq!(phones.len(), 3);
    assert!(phones.contains(&"+5491123456789".to_owned()), "{phones:?}");
}
