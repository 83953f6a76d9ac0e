//! What is remembered of names, and what is not; policies by their names.

use wavepair::testing::sandbox::{Options, Policies, SMS_ONLY_POLICY, Users, WAVE_POLICY};

use super::*;
use crate::support::rehearsal::Rehearsal;

#[test]
fn whose_a_name_is_is_asked_once_a_day_and_by_no_dry_run_for_good() {
    let directory = Directory::of(vec![person(1, "ada"), person(2, "bob")]);
    let folder = folder_with(&wave("username", &["ada", "bob", "ada", "nobody"]));
    let dry = |more: &[&str]| {
        let words = [&["run", "wave.csv", "--dry-run"], more].concat();
        let ended = ran(&mut directory.command(folder.path(), &words));
        (ended, rows(folder.path(), "wave.dry-run.csv"))
    };
    // Nobody is asked, and nothing is known.
    let (ended, rows) = dry(&[]);
    assert_eq!(column(&rows, "outcome"), ["ready"; 4]);
    assert!(ended.stderr.contains("names in 4 rows were not looked up"));
    assert_eq!(directory.looked_up(), 0);
    // All are asked, and it is forgotten.
    for asked in [1, 2] {
        let (_, rows) = dry(&["--online"]);
        let outcomes = column(&rows, "outcome");
        assert_eq!(outcomes, ["ready", "ready", "ready", "rejected"]);
        assert_eq!(column(&rows, "user_id"), [&*id(1), &id(2), &id(1), ""]);
        assert_eq!(directory.looked_up(), asked);
    }
    assert!(!folder.path().join("state").exists(), "there is a ledger");
    // A run asks once, and remembers whom it found.
    for asked in [3, 4] {
        let (ended, rows) = run(&directory, folder.path(), &[]);
        assert_eq!(ended.code, Some(3), "{}", ended.stderr);
        let outcomes = column(&rows, "outcome");
        assert_eq!(outcomes, ["created", "created", "created", "rejected"]);
        // The second time for whom it did not find alone.
        assert_eq!(directory.looked_up(), asked);
        writes_results_again(&directory, folder.path());
    }
    let (ended, rows) = dry(&[]);
    let outcomes = column(&rows, "outcome");
    assert_eq!(outcomes, ["created", "created", "created", "rejected"]);
    assert!(!ended.stderr.contains("not looked up"), "{}", ended.stderr);
    assert_eq!(directory.looked_up(), 4);
}

#[test]
fn policies_are_named_by_the_row_or_for_all_rows_and_listed_once_a_run() {
    let rehearsal = Rehearsal::with(Options {
        users: Users::Exactly(6),
        policies: Policies::Known,
        ..Options::default()
    });
    rehearsal.wave(
        "username,phone,policy,type\n\
         user-1,+15125550001,Wave MFA,\n\
         user-2,+15125550002,,\n\
         user-3,+15125550003,SMS ONLY,SMS\n\
         user-4,+15125550004,No such,\n",
    );
    let run = rehearsal.run(&["--policy", "default", "--summary", "-"]);
    let run = run.exits(3);
    assert_eq!(
        run.column("policy_id"),
        [WAVE_POLICY, WAVE_POLICY, SMS_ONLY_POLICY, ""]
    );
    assert_eq!(
        run.outcomes(),
        ["created", "created", "created", "rejected"]
    );
    assert_eq!(run.rows[3]["code"], "policy_not_found");
    assert!(run.said().contains("no policy is called `SMS ONLY`"));
    assert_eq!(run.summary()["requests"]["lookup"], 2);
    rehearsal.writes_results_again();
}

#[test]
fn short_pages_and_a_host_that_repeats_no_id_change_nothing() {
    use wavepair::testing::sandbox::Variant;
    let variants = [Variant::ShortPages, Variant::TransactionNotEchoed];
    let rehearsal = Rehearsal::with(Options {
        users: Users::Exactly(40),
        variants: variants.into_iter().collect(),
        ..Options::default()
    });
    let ids = rehearsal.sandbox().users();
    let names: Vec<_> = (1..=40).map(|number| format!("user-{number}")).collect();
    let names: Vec<_> = names.iter().map(String::as_str).collect();
    rehearsal.wave(&wave("username", &names));
    let run = rehearsal.run(&["--policy", "Wave MFA"]).exits(0);
    assert_eq!(run.column("user_id"), ids);
    rehearsal.check(&run, 40);
}

#[test]
fn what_a_look_up_told_of_mfa_stands_in_results_until_a_run_knows_more() {
    let rehearsal = Rehearsal::with(Options {
        users: Users::Exactly(8),
        ..Options::default()
    });
    // Of ten generated users the seventh cannot use MFA.
    rehearsal.wave(&wave("username", &["user-1", "user-7", "nobody"]));
    let policy = ["--policy", WAVE_POLICY];
    for asked in ["check", "ignore"] {
        let run = rehearsal
            .run(&[&policy[..], &["--mfa", asked]].concat())
            .exits(3);
        assert_eq!(run.column("mfa_enabled"), ["already", "off", ""], "{asked}");
        rehearsal.writes_results_again();
    }
    rehearsal.wave(&wave("username", &["nobody", "user-1", "user-7"]));
    let run = rehearsal
        .run(&[&policy[..], &["--mfa", "enable"]].concat())
        .exits(3);
    assert_eq!(run.column("mfa_enabled"), ["", "already", "enabled"]);
    rehearsal.writes_results_again();
}
