//! `--existing report`.

use super::*;
use crate::support::texts::column;

/// A ledger on which a run that looked first has finished, with the first rows of a wave; and two
/// devices that somebody else has made.
fn with_history(rehearsal: &Rehearsal) {
    rehearsal.rows(3).run(&[]).exits(0);
    rehearsal.pair(&user(4), "WHATSAPP", "+44 7400 120004");
    rehearsal.pair(&user(5), "WHATSAPP", "+4915123450005");
    // Neither of these is the device that a row asks for.
    rehearsal.pair(&user(6), "SMS", "+61412340006");
    rehearsal.pair(&user(7), "WHATSAPP", "+15125550000");
}

#[track_caller]
fn all_are_there(rehearsal: &Rehearsal, run: &Ended) {
    let held = rehearsal.held();
    for row in &run.rows {
        let there = held.iter().any(|device| device.id == row["device_id"]);
        assert!(there, "{row:?}");
    }
}

#[test]
fn one_report_stands_in_for_a_listing_of_each_user() {
    for variant in [
        None,
        Some(Variant::ReportPhoneDigits),
        Some(Variant::PhoneE164),
    ] {
        let rehearsal = rehearsal(variant);
        with_history(&rehearsal);
        let (lists, _) = asked(&rehearsal);
        rehearsal.rows(9);
        let run = rehearsal
            .run(&["--existing", "report", "--summary", "-"])
            .exits(0);
        assert_eq!(asked(&rehearsal), (lists, 1), "{variant:?}");
        let said = run.said();
        assert!(said.contains("by the device report: a device that somebody else paired in the last 15 minutes would not be seen"), "{said}");
        assert!(
            said.contains("the device report tells of 6 devices (WHATSAPP)"),
            "{said}"
        );
        let summary = run.summary();
        assert_eq!(summary["requests"]["list"], 0);
        assert_eq!(summary["requests"]["lookup"], 1);
        let held = rehearsal.held();
        let expected = ["created"; 4].into_iter();
        let expected = expected.chain(["existing"; 2]).chain(["created"; 3]);
        assert_eq!(run.outcomes(), expected.collect::<Vec<_>>(), "{variant:?}");
        all_are_there(&rehearsal, &run);
        assert_eq!(held.len(), 4 + 7, "nothing is made but what is missing");
        rehearsal.writes_results_again();
        // What is settled is asked for by no later run.
        rehearsal.run(&["--existing", "report"]).exits(0);
        assert_eq!(asked(&rehearsal), (lists, 1));
    }
}

#[test]
fn a_report_that_is_refused_or_not_understood_is_no_failure() {
    for (variant, why) in [
        (Variant::ReportForbidden, "status 403"),
        (Variant::ReportWithoutWhatsapp, "status 400"),
        (Variant::ReportUnreadable, "an entry has no user"),
    ] {
        let rehearsal = rehearsal(Some(variant));
        with_history(&rehearsal);
        let (lists, _) = asked(&rehearsal);
        rehearsal.rows(9);
        let run = rehearsal.run(&["--existing", "report"]).exits(0);
        let said = run.said();
        assert!(said.contains("devices are listed one by one, because the device report cannot be used (WHATSAPP): "), "{said}");
        assert!(said.contains(why), "{said}");
        assert_eq!(asked(&rehearsal), (lists + 6, 1), "{variant:?}");
        assert_eq!(run.count("existing"), 2, "{}", run.stderr);
        all_are_there(&rehearsal, &run);
    }
}

#[test]
fn a_new_ledger_does_not_know_what_was_made_since_the_report() {
    let rehearsal = rehearsal(None);
    let run = rehearsal.rows(4).run(&["--existing", "report"]).exits(2);
    assert!(
        run.stderr.contains("`--existing report` cannot be used"),
        "{}",
        run.stderr
    );
    assert!(run.stderr.contains("--existing skip"), "{}", run.stderr);
    assert_eq!((asked(&rehearsal), rehearsal.creates()), ((0, 0), 0));
    rehearsal.run(&[]).exits(0);
    rehearsal.rows(5).run(&["--existing", "report"]).exits(0);
    // A run that goes by a report proves nothing of its ledger.
    assert_eq!(rehearsal.creates(), 5);
}

#[test]
fn what_a_report_does_not_show_is_no_evidence_about_a_device_in_doubt() {
    let rehearsal = Rehearsal::with(Options {
        report_age: Duration::from_hours(1),
        report_interval: Duration::ZERO,
        // Nobody hears the answers before the process dies.
        faults: "[[fault]]\non = 'create'\nafter = 1\nfirst = 3\nwhen = 'after'\nstall = '2m'"
            .parse()
            .unwrap(),
        ..Options::default()
    });
    rehearsal.rows(1).run(&[]).exits(0);
    rehearsal.wave(&rows_of(1..4));
    let mut first = rehearsal.begin(&["--existing", "ledger", "--canary", "0"]);
    rehearsal.wait_for_creates(3, &mut first);
    first.kill().unwrap();
    first.wait().unwrap();
    // Each was made, or is on its way in, and nobody has heard of it.
    rehearsal.mend();
    let (lists, _) = asked(&rehearsal);
    let run = rehearsal.run(&["--existing", "report"]).exits(0);
    run.has(&[("created", 3)]);
    let (after, reports) = asked(&rehearsal);
    assert!(after - lists >= 3, "each was looked for");
    assert_eq!(reports, 1);
    let stats = rehearsal.stats();
    assert_eq!((stats.most_per_key, stats.devices), (1, 4));
}

#[test]
fn a_run_that_is_to_stop_while_it_reads_the_report_stops() {
    let rehearsal = rehearsal(Some(Variant::ReportForbidden));
    rehearsal.rows(1).run(&[]).exits(0);
    rehearsal.rows(3);
    // A token that nobody takes: nothing can be asked at all.
    rehearsal
        .run(&["--existing", "ledger", "--limit", "1"])
        .exits(7);
    let mut command = rehearsal.command(&["--existing", "report"]);
    command.env("PINGONE_CLIENT_SECRET", "another");
    let run = rehearsal.ended(&command.output().unwrap()).exits(5);
    run.has(&[("created", 2), ("pending", 1)]);
}

#[test]
fn an_online_dry_run_of_such_a_run_goes_by_the_report_too() {
    let rehearsal = rehearsal(None);
    with_history(&rehearsal);
    let (lists, _) = asked(&rehearsal);
    rehearsal.rows(9);
    let flags = ["--dry-run", "--online", "--existing", "report"];
    rehearsal.run(&flags).exits(0);
    assert_eq!(asked(&rehearsal), (lists, 1));
    let rows = rehearsal.results("wave.dry-run.csv");
    let outcomes = column(&rows, "outcome");
    let expected = ["created"; 3].into_iter().chain(["ready"]);
    let expected = expected.chain(["existing"; 2]).chain(["ready"; 3]);
    assert_eq!(outcomes, expected.collect::<Vec<_>>());
}
