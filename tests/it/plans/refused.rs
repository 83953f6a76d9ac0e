//! A plan refuses each single change, and nothing is sent then.

use std::fs;

use wavepair::testing::sandbox::Kind;

use super::{Plan, WRITE, sha256};
use crate::support::rehearsal::{Ended, Rehearsal, rows};
use crate::support::waves;

/// A run that is refused for what it says, before anything is sent or changed.
#[track_caller]
pub(super) fn refused(rehearsal: &Rehearsal, words: &[&str], why: &str) -> Ended {
    let sent = rehearsal.stats().requests.len();
    let ledger = fs::read(rehearsal.ledger()).ok();
    let words = [&["--plan", "review.plan", "--summary", "-"][..], words].concat();
    let run = rehearsal.run(&words).exits(2);
    assert!(run.said().contains(why), "{words:?}: {}", run.stderr);
    assert_eq!(run.summary()["stopped"]["code"], "plan_differs");
    assert_eq!(rehearsal.stats().requests.len(), sent, "{words:?}");
    assert_eq!(fs::read(rehearsal.ledger()).ok(), ledger, "{words:?}");
    assert!(!rehearsal.path("wave.results.csv").exists());
    run
}

#[test]
fn another_byte_of_the_wave_a_row_more_and_a_row_less_are_refused() {
    let rehearsal = Rehearsal::new();
    Plan::written(rehearsal.rows(3), 0);
    let wave = rows(3);
    for other in [
        wave.replacen("1.512", "1 512", 1),
        wave.clone() + "\n",
        wave.replace('\n', "\r\n"),
        rows(4),
        rows(2),
        wave.replacen("0000,", "0001,", 1),
    ] {
        assert_ne!(other, wave);
        refused(
            rehearsal.wave(&other),
            &[],
            "the wave has other bytes (SHA-256 ",
        );
    }
    rehearsal
        .wave(&wave)
        .run(&["--plan", "review.plan"])
        .exits(0);
}

/// Each option that decides about rows with another value than in the plan, and what is said of it.
const OTHERS: [(&str, &str); 10] = [
    (
        "--policy=7f1b3c52-8a0e-4d39-9c47-2e5d1a7b9f10",
        "`--policy` is 7f1b3c52-8a0e-4d39-9c47-2e5d1a7b9f10, in the plan not given",
    ),
    ("--type=sms", "`--type` is SMS, in the plan WHATSAPP"),
    (
        "--status=active",
        "`--status` is ACTIVE, in the plan not given",
    ),
    ("--country=de", "`--country` is DE, in the plan not given"),
    (
        "--column=nickname=Name",
        "`--column` is nickname=Name, in the plan not given",
    ),
    (
        "--delimiter=comma",
        "`--delimiter` is comma, in the plan not given",
    ),
    (
        "--encoding=utf-8",
        "`--encoding` is UTF-8, in the plan not given",
    ),
    (
        "--shared-phones=reject",
        "`--shared-phones` is reject, in the plan warn",
    ),
    (
        "--shared-phones-file=others.txt",
        "the phones of `--shared-phones-file` are others",
    ),
    (
        "--existing=unchecked",
        "`--existing` is unchecked, in the plan skip",
    ),
];

#[test]
fn each_setting_that_decides_about_rows_is_refused_with_another_value() {
    let rehearsal = Rehearsal::new();
    fs::write(rehearsal.path("desks.txt"), "+15125550001\n").unwrap();
    fs::write(rehearsal.path("others.txt"), "+15125550002\n").unwrap();
    let wave = waves::asking([(1, "+15125551231"), (2, "+15125551232")]);
    rehearsal.wave(
        &wave
            .replace("policy_id\n", "policy_id,Name\n")
            .replace("9f10\n", "9f10,\n"),
    );
    let planned = ["--shared-phones-file", "desks.txt"];
    for told in [&[][..], &planned] {
        rehearsal.run(&[&WRITE[..], told].concat()).exits(0);
        for (option, why) in OTHERS {
            // An option is given once.
            let is_given = told.iter().any(|word| option.starts_with(word));
            let told = if is_given { &[] } else { told };
            refused(&rehearsal, &[told, &[option]].concat(), why);
        }
    }
    // The same phones under another name and in another spelling are the same.
    fs::write(rehearsal.path("copy.txt"), "# desks\n+1 512 555 0001\n").unwrap();
    let words = ["--plan", "review.plan", "--shared-phones-file", "copy.txt"];
    rehearsal.run(&words).exits(0);
}

#[test]
fn another_environment_and_another_host_are_refused() {
    let mut rehearsal = Rehearsal::new();
    Plan::written(rehearsal.rows(2), 0);
    let other = "9f1c2a34-5b6d-4e7f-8a90-b1c2d3e4f506";
    let why = format!("the environment is {other}, in the plan ");
    refused(&rehearsal, &["--environment", other], &why);
    let port = rehearsal.sandbox().address().port();
    let url = format!("http://localhost:{port}/v1");
    refused(&rehearsal, &["--api-url", &url], "the host is localhost:");
    rehearsal.set("WAVEPAIR_API_URL", &url);
    refused(&rehearsal, &[], "the host is localhost:");
}

#[test]
fn a_ledger_that_has_gone_on_and_another_ledger_are_refused() {
    let rehearsal = Rehearsal::new();
    let first = waves::asking([(1, "+15125551231")]);
    rehearsal.wave(&first).run(&[]).exits(0);
    let wave = waves::asking([(1, "+15125551231"), (2, "+15125551232")]);
    Plan::written(rehearsal.wave(&wave), 0);
    fs::remove_file(rehearsal.path("wave.results.csv")).unwrap();
    let other = "the ledger is another one: it does not know run ";
    for words in [
        &["--ledger", "new.db"][..],
        &["--ledger", "new.db", "--plan-allow-progress"],
    ] {
        refused(&rehearsal, words, other);
        assert!(!rehearsal.path("new.db").exists());
    }
    rehearsal
        .wave(&first)
        .run(&["-o", "elsewhere.csv"])
        .exits(0);
    rehearsal.wave(&wave);
    let run = refused(
        &rehearsal,
        &[],
        "the ledger has gone on since the plan was made",
    );
    assert!(
        run.said().contains("go on with `--plan-allow-progress`"),
        "{}",
        run.stderr
    );
    let words = ["--plan", "review.plan", "--plan-allow-progress"];
    rehearsal.run(&words).exits(0).has(&[("created", 2)]);
}

#[test]
fn a_plan_that_is_edited_cut_of_another_form_or_none_is_refused() {
    let rehearsal = Rehearsal::new();
    let plan = Plan::written(rehearsal.rows(3), 0);
    let text = plan.text.as_str();
    let first_end = text.find('\n').unwrap() + 1;
    let last_start = text.trim_end().rfind('\n').unwrap() + 1;
    let resealed = |text: String| {
        let seal = sha256(text.as_bytes());
        format!("{text}{{\"sha256\":\"{seal}\"}}\n")
    };
    let before_seal = &text[..last_start];
    for (plan, why) in [
        (
            text.replacen("\"create\",", "\"nothing\",", 1),
            "it was edited or damaged",
        ),
        (text.to_owned() + " ", "it was edited or damaged"),
        (before_seal.to_owned(), "its end is missing"),
        (text[..first_end].to_owned(), "its end is missing"),
        (text[..first_end - 1].to_owned(), "its end is missing"),
        (
            text.replacen("\"wavepair_plan\":1", "\"wavepair_plan\":2", 1),
            "it is of form 2, and this wavepair reads form 1",
        ),
        (rows(3), "it is no plan of wavepair"),
        (String::new(), "it is no plan of wavepair"),
        // Somebody who makes the digest anew changes what is seen of the plan all the same.
        (
            resealed(before_seal.replacen("\"expect\":\"create\"", "\"expect\":\"existing\"", 1)),
            "its totals are not those of its rows",
        ),
        (
            resealed(before_seal.replacen("90-000000000001", "90-000000000009", 1)),
            "row 2, line 3, asks for something else than the plan says",
        ),
    ] {
        fs::write(rehearsal.path("review.plan"), plan).unwrap();
        refused(&rehearsal, &[], why);
    }
    fs::remove_file(rehearsal.path("review.plan")).unwrap();
    refused(&rehearsal, &[], "cannot open review.plan");
    fs::create_dir(rehearsal.path("review.plan")).unwrap();
    refused(&rehearsal, &[], "it is a folder");
}

#[test]
fn every_difference_is_told_at_once() {
    let rehearsal = Rehearsal::new();
    Plan::written(rehearsal.rows(3), 0);
    let words = ["--type=sms", "--existing=unchecked"];
    let run = refused(rehearsal.rows(2), &words, "the wave has other bytes");
    for why in ["`--type` is SMS", "`--existing` is unchecked"] {
        assert!(run.said().contains(why), "{}", run.stderr);
    }
    assert_eq!(rehearsal.stats().requests_of(Kind::Create), 0);
}
