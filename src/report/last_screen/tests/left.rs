//! What is left, for each way in which a run can end.

use std::sync::LazyLock;

use super::*;
use crate::exit::ExitCode;
use crate::model::code::DUPLICATE_FOUND;

#[test]
fn an_end_that_leaves_nothing_says_nothing_more() {
    assert_eq!(left(&ended(&[(3, Outcome::Created)]), |_| {}), "");
}

#[test]
fn rows_that_were_not_reached_are_named_with_the_reason_to_stop() {
    let mut summary = ended(&[(1, Outcome::Pending)]);
    summary.stop(&StopReason::Interrupted);
    insta::assert_snapshot!(left(&summary, |_| {}), @r"

    stopped: interrupted by SIGINT; 1 row pending
    Go on with:
      wavepair run 'my wave.csv' --rate 10/s --limit=9
    ");
}

#[test]
fn a_rehearsal_that_keeps_no_ledger_is_not_gone_on_with() {
    let mut summary = ended(&[(1, Outcome::Pending)]);
    summary.stop(&StopReason::Interrupted);
    insta::assert_snapshot!(left(&summary, |ending| ending.forgotten = true), @r"

    stopped: interrupted by SIGINT; 1 row pending
    This rehearsal kept no ledger, so the next one begins anew. With `--ledger FILE`
      the next one goes on.
    ");
}

#[test]
fn a_limit_that_was_reached_is_not_in_the_command_that_goes_on() {
    let mut summary = ended(&[(9, Outcome::Created), (4, Outcome::Pending)]);
    summary.stop(&StopReason::LimitReached);
    insta::assert_snapshot!(left(&summary, |_| {}), @r"

    stopped: the limit of new devices is reached; 4 rows pending
    Go on with:
      wavepair run 'my wave.csv' --rate 10/s
    ");
}

#[test]
fn rows_in_doubt_are_told_when_another_run_settles_them() {
    let summary = ended(&[(2, Outcome::Failed), (44, Outcome::Unknown)]);
    insta::assert_snapshot!(left(&summary, |ending| ending.settled_from = Some(at("23:59:30"))), @r"

    2 rows are left for another run. 44 rows are in doubt, perhaps created and not
      listed yet: run again after 2026-12-01 00:00 UTC. Go on with:
      wavepair run 'my wave.csv' --rate 10/s --limit=9
    ");
    insta::assert_snapshot!(left(&summary, |_| {}), @r"

    2 rows are left for another run. 44 rows are in doubt, perhaps created and not
      listed yet: another run settles that. Go on with:
      wavepair run 'my wave.csv' --rate 10/s --limit=9
    ");
    insta::assert_snapshot!(left(&summary, |ending| ending.given_up = 44), @r"

    2 rows are left for another run. 44 rows were asked for four times and never
      listed: look for the users in PingOne's audit log, then decide with
      `wavepair resolve`. Go on with:
      wavepair run 'my wave.csv' --rate 10/s --limit=9
    ");
}

#[test]
fn a_quota_that_is_used_up_says_from_when_on_another_run_is_worth_it() {
    let mut summary = ended(&[(2, Outcome::Pending), (1, Outcome::Unknown)]);
    let until_ms = at("23:58:00").timestamp().as_millisecond();
    summary.stopped = Some(StopReason::AskedToWait { until_ms });
    insta::assert_snapshot!(left(&summary, |ending| ending.settled_from = Some(at("23:57:00"))), @r"

    stopped: PingOne asks to wait until 2026-11-30T23:58:00Z; 2 rows pending
    PingOne lets nothing through before 23:58 UTC. 1 row is in doubt, perhaps
      created and not listed yet: run again after 23:58 UTC. Go on with:
      wavepair run 'my wave.csv' --rate 10/s --limit=9
    ");
}

#[test]
fn a_device_whose_id_is_not_known_is_looked_for_by_another_run() {
    let mut summary = ended(&[(3, Outcome::Created)]);
    summary.tally.nameless = 1;
    insta::assert_snapshot!(left(&summary, |_| {}), @r"

    1 row is created, and PingOne has not told the ID yet: another run looks for it.
      Go on with:
      wavepair run 'my wave.csv' --rate 10/s --limit=9
    ");
}

#[test]
fn an_input_that_changed_is_named_with_advice_and_no_other_run_comes() {
    let mut summary = ended(&[]);
    summary.stop(&StopReason::InputChanged {
        what: "my wave.csv was replaced while it was being read".to_owned(),
        hint: "bring the file back, and run again".to_owned(),
    });
    summary.account = None;
    summary.leave_pending(7, 0);
    assert_eq!(summary.exit_code(), ExitCode::NeedsPerson);
    insta::assert_snapshot!(left(&summary, |ending| ending.rejects = None), @r"

    stopped: my wave.csv was replaced while it was being read; 7 rows pending
    hint: bring the file back, and run again
    When the file is right, go on with:
      wavepair run 'my wave.csv' --rate 10/s --limit=9
    ");
}

#[test]
fn lines_that_are_not_accounted_for_are_counted() {
    let mut summary = summary();
    summary.account.as_mut().unwrap().lines += 2;
    let text = left(&summary, |_| {});
    assert!(
        text.contains("\nerror: 5,003 lines read and 5,001 accounted for."),
        "{text}"
    );
}

#[test]
fn a_device_that_is_there_twice_is_named_by_its_row_and_line() {
    let mut summary = ended(&[]);
    let mut tally = Tally::default();
    tally.add(&finished(7, Outcome::Existing, Some(DUPLICATE_FOUND)));
    summary.settle(1, account(1), tally);
    insta::assert_snapshot!(left(&summary, |_| {}), @r"

    error: PingOne lists the device of 1 row more than once, such as that of row 7,
      line 8. Remove all but one of each.
    When they are removed, go on with:
      wavepair run 'my wave.csv' --rate 10/s --limit=9
    ");
}

#[test]
fn an_incomplete_end_says_what_to_correct_where_and_which_command_goes_on() {
    let mut summary = summary();
    insta::assert_snapshot!(left(&summary, |_| {}), @r"

    92 rows need correction. Correct them in my wave.rejects.csv, then run:
      wavepair run 'my wave.rejects.csv' --rate 10/s --limit=9
    3 rows are left for another run. Go on with:
      wavepair run 'my wave.csv' --rate 10/s --limit=9
    ");
    insta::assert_snapshot!(left(&summary, |ending| ending.rejects = None), @r"

    92 rows need correction: see the results, and correct the input.
    3 rows are left for another run. Go on with:
      wavepair run 'my wave.csv' --rate 10/s --limit=9
    ");
    summary.stop(&StopReason::Pointless {
        code: StopCode::SameRefusal,
        what: "PingOne refuses the credentials".to_owned(),
        hint: "check PINGONE_CLIENT_ID and PINGONE_CLIENT_SECRET".to_owned(),
    });
    summary.rows += 1;
    insta::assert_snapshot!(left(&summary, |_| {}), @r"

    stopped: PingOne refuses the credentials
    hint: check PINGONE_CLIENT_ID and PINGONE_CLIENT_SECRET
    error: 5,001 rows read and 5,000 accounted for. This is a fault of wavepair; the
      ledger is sound, and `wavepair results` tells what it knows.
    92 rows need correction. Correct them in my wave.rejects.csv, then run:
      wavepair run 'my wave.rejects.csv' --rate 10/s --limit=9
    3 rows are left for another run. When the cause is removed, go on with:
      wavepair run 'my wave.csv' --rate 10/s --limit=9
    ");
}

#[test]
fn rows_that_are_wrong_are_all_that_is_left_where_nothing_else_is() {
    let summary = ended(&[(8, Outcome::Created), (1, Outcome::Invalid)]);
    insta::assert_snapshot!(left(&summary, |_| {}), @r"

    1 row needs correction. Correct it in my wave.rejects.csv, then run:
      wavepair run 'my wave.rejects.csv' --rate 10/s --limit=9
    ");
    insta::assert_snapshot!(left(&summary, |ending| ending.rejects = None), @r"

    1 row needs correction: see the results, and correct the input.
    Then go on with:
      wavepair run 'my wave.csv' --rate 10/s --limit=9
    ");
}

#[test]
fn of_edited_rejects_the_edited_file_is_corrected_and_run() {
    static EDITED: LazyLock<Written> = LazyLock::new(|| rejects(&["my wave.rejects.csv"]));
    let summary = ended(&[(2, Outcome::Invalid)]);
    insta::assert_snapshot!(left(&summary, |ending| ending.rejects = Some(&EDITED)), @r"

    2 rows need correction. Somebody has edited my wave.rejects.csv, so it stays as
      it is; the rows as they are now are in my wave.rejects-2.csv. When my
      wave.rejects.csv is corrected, run:
      wavepair run 'my wave.rejects.csv' --rate 10/s --limit=9
    ");
}
