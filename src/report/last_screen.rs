//! What became of a run, and how to go on. Pure.

use std::ffi::OsString;
use std::time::Duration;

use super::cell::{neutral, without_phones};
use super::paragraph::{shortened, wrapped};
use super::quantity::{count, counted, elapsed};
use super::shell::command;
use crate::exit::ExitCode;
use crate::model::code::DUPLICATE_FOUND;
use crate::model::outcome::Outcome;
use crate::model::shared_phones::SharedPhones;
use crate::model::stop::StopReason;
use crate::model::summary::Summary;

/// How many reasons the table names.
const REASONS: usize = 5;

/// Renders what became of the rows.
///
/// `results` is where each of them is told of, where that is a file.
pub fn closing(summary: &Summary, took: Duration, results: Option<&str>) -> String {
    let kind = if summary.dry_run { "dry run" } else { "run" };
    let rows = counted(summary.rows, "row");
    let mut lines = vec![
        format!("{rows} in {} ({kind} {})", elapsed(took), summary.run),
        String::new(),
    ];
    for (outcome, rows) in summary.tally.outcomes.iter().filter(|&(_, rows)| rows > 0) {
        let earlier = match outcome {
            Outcome::Created => earlier(rows, summary.created_now),
            Outcome::Existing
            | Outcome::Duplicate
            | Outcome::Invalid
            | Outcome::Rejected
            | Outcome::Failed
            | Outcome::Unknown
            | Outcome::Pending
            | Outcome::Ready => String::new(),
        };
        let rows = count(rows);
        lines.push(format!("  {:<12}{rows:>12}{earlier}", outcome.as_str()));
    }
    let mut codes: Vec<_> = summary.tally.codes.iter().collect();
    codes.sort_by_key(|(_, count)| std::cmp::Reverse(count.rows));
    if !codes.is_empty() {
        lines.push(String::new());
        lines.push(format!(
            "  {:<48}{:>12}  example",
            "most frequent reasons", "rows"
        ));
    }
    for (code, seen) in codes.iter().take(REASONS) {
        let code = shortened(&without_phones(&neutral(code)), 48);
        let rows = count(seen.rows);
        lines.push(format!("  {code:<48}{rows:>12}  row {}", seen.example));
    }
    if codes.len() > REASONS {
        let more = codes.len() - REASONS;
        lines.push(format!("  and {more} more in the results file"));
    }
    if let Some(SharedPhones { phones, example }) = summary.shared_phones {
        let phones = counted(phones, "phone");
        let [one, other] = example;
        let text = wrapped(&format!(
            "warning: {phones} with more than one user, such as in rows {one} and {other}. \
             Whoever has such a phone gets the passcodes of each of its users."
        ));
        lines.push(String::new());
        lines.push(text.trim_end().to_owned());
    }
    if let Some(results) = results {
        lines.push(String::new());
        lines.push(format!("results: {}", neutral(results)));
    }
    lines.join("\n") + "\n"
}

/// How many of the devices are no news: that a wave which is run again creates nothing anew.
fn earlier(created: u64, now: u64) -> String {
    match created.saturating_sub(now) {
        0 => String::new(),
        all if all == created => "  (in earlier runs)".to_owned(),
        some => format!("  ({} in earlier runs)", count(some)),
    }
}

/// Renders why something is left to do, and the command that goes on; `None` where nothing is.
///
/// `rejects` is where the rejected rows are, if there are any.
pub fn incomplete(
    summary: &Summary,
    exit: ExitCode,
    argv: &[OsString],
    rejects: Option<&str>,
) -> Option<String> {
    if exit == ExitCode::Done {
        return None;
    }
    let outcomes = &summary.tally.outcomes;
    let mut text = String::new();
    if let Some(reason) = &summary.stopped {
        let what = reason.to_string();
        let pending = match outcomes.get(Outcome::Pending) {
            0 => String::new(),
            rows => format!("; {} pending", counted(rows, "row")),
        };
        text += &wrapped(&format!("stopped: {}{pending}", neutral(&what)));
        if let StopReason::Pointless { hint, .. } | StopReason::InputChanged { hint, .. } = reason {
            text += &wrapped(&format!("hint: {}", neutral(hint)));
        }
    }
    if !summary.conserved() {
        let (all, known) = match summary.account {
            Some(account) if !account.balances() => {
                (counted(account.lines, "line"), account.known_lines())
            }
            Some(account) if account.rows != outcomes.total() => {
                (counted(account.rows, "row"), outcomes.total())
            }
            Some(_) | None => (counted(summary.rows, "row"), outcomes.total()),
        };
        let known = count(known);
        text += &wrapped(&format!(
            "error: {all} read and {known} accounted for. This is a fault of wavepair; the \
             ledger is sound, and `wavepair results` tells what it knows."
        ));
    }
    if let Some(twice) = summary.tally.codes.get(DUPLICATE_FOUND) {
        let rows = counted(twice.rows, "row");
        text += &wrapped(&format!(
            "error: PingOne lists the device of {rows} more than once, of row {} among them. \
             Remove all but one of each.",
            twice.example
        ));
    }
    let person = outcomes.any_of(&[Outcome::Invalid, Outcome::Rejected]);
    if person > 0 {
        let rows = counted(person, "row");
        let place = rejects.map(|path| format!(": see {}", neutral(path)));
        let verb = if person == 1 { "needs" } else { "need" };
        text += &wrapped(&format!(
            "{rows} {verb} a person{}",
            place.unwrap_or_default()
        ));
    }
    let left = outcomes.any_of(&[Outcome::Failed, Outcome::Unknown]);
    if left > 0 {
        let rows = counted(left, "row");
        let verb = if left == 1 { "is" } else { "are" };
        text += &wrapped(&format!("{rows} {verb} left for another run"));
    }
    let on = match exit {
        ExitCode::NeedsPerson => "When that is mended:",
        ExitCode::Broken | ExitCode::Usage | ExitCode::Pointless => {
            "When that is fixed, go on with:"
        }
        ExitCode::Done
        | ExitCode::RunAgain
        | ExitCode::Busy
        | ExitCode::OutOfTime
        | ExitCode::Interrupted
        | ExitCode::Terminated => "Go on with:",
    };
    // The command stands alone in its line, however long: it is to be copied.
    Some(format!("{text}{on}\n  {}\n", command(argv)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::row::RowNumber;
    use crate::model::stop::StopCode;
    use crate::report::fixture::{account, finished, summary};

    fn argv() -> Vec<OsString> {
        ["wavepair", "run", "my wave.csv", "--rate", "10/s"]
            .map(OsString::from)
            .to_vec()
    }

    fn ends(summary: &Summary) -> String {
        let rejects = Some("my wave.rejects.csv");
        incomplete(summary, summary.exit_code(), &argv(), rejects).unwrap()
    }

    #[test]
    fn the_table_shows_what_became_of_the_rows_and_why() {
        insta::assert_snapshot!(closing(&summary(), Duration::from_secs(400), Some("my wave.results.csv")), @r"
        5,000 rows in 6 min 40 s (run 00000000-0000-0000-0000-00000000000f)

          created            4,812
          existing              90
          duplicate              3
          invalid               12
          rejected              80
          failed                 3

          most frequent reasons                                   rows  example
          REQUEST_FAILED/LIMIT_EXCEEDED                             61  row 4918
          NOT_FOUND                                                 19  row 4979
          phone_missing_plus                                        12  row 4906
          UNEXPECTED_ERROR                                           3  row 4998

        results: my wave.results.csv
        ");
    }

    #[test]
    fn phones_of_more_than_one_user_are_a_warning_on_the_screen_and_nothing_else() {
        let mut summary = summary();
        let before = summary.exit_code();
        for (phones, told) in [
            (
                1,
                "warning: 1 phone with more than one user, such as in rows 7 and 4812. Whoever\n",
            ),
            (
                1_200,
                "warning: 1,200 phones with more than one user, such as in rows 7 and 4812.\n",
            ),
        ] {
            summary.shared_phones = Some(SharedPhones {
                phones,
                example: [RowNumber(7), RowNumber(4812)],
            });
            let text = closing(&summary, Duration::ZERO, Some("r.csv"));
            assert!(text.contains(&format!("\n\n{told}")), "{text}");
            assert!(
                text.ends_with(" of its users.\n\nresults: r.csv\n"),
                "{text}"
            );
            assert!(text.lines().all(|line| line.len() <= 80), "{text}");
        }
        assert_eq!(summary.exit_code(), before);
    }

    #[test]
    fn devices_that_were_there_before_are_told_from_new_ones() {
        for (now, told) in [
            (4_812, "  created            4,812\n"),
            (12, "  created            4,812  (4,800 in earlier runs)\n"),
            (0, "  created            4,812  (in earlier runs)\n"),
        ] {
            let summary = Summary {
                created_now: now,
                ..summary()
            };
            let text = closing(&summary, Duration::ZERO, None);
            assert!(text.contains(told), "{text}");
        }
    }

    #[test]
    fn no_line_but_the_command_is_wider_than_a_terminal() {
        let mut summary = summary();
        summary.stop(&StopReason::Pointless {
            code: StopCode::SameRefusal,
            what: "the policy is not there ".repeat(9),
            hint: "name a policy of this environment ".repeat(9),
        });
        let long = "x".repeat(200);
        let example = *summary.tally.codes.values().next().unwrap();
        summary.tally.codes.insert(long, example);
        let text = closing(&summary, Duration::from_secs(u64::MAX / 2), None) + &ends(&summary);
        for line in text.lines().filter(|line| !line.contains("wavepair run")) {
            assert!(line.chars().count() <= 80, "{line}");
        }
    }

    #[test]
    fn an_end_that_leaves_nothing_says_nothing_more() {
        let mut summary = summary();
        summary.settle(0, account(0), crate::model::tally::Tally::default());
        assert_eq!(
            incomplete(&summary, summary.exit_code(), &argv(), None),
            None
        );
    }

    #[test]
    fn rows_that_were_not_reached_are_named_with_the_reason_to_stop() {
        let mut summary = summary();
        let mut tally = crate::model::tally::Tally::default();
        tally.add(&finished(1, Outcome::Pending, None));
        summary.settle(1, account(1), tally);
        summary.stop(&StopReason::Interrupted);
        insta::assert_snapshot!(ends(&summary), @r"
        stopped: interrupted by SIGINT; 1 row pending
        Go on with:
          wavepair run 'my wave.csv' --rate 10/s
        ");
    }

    #[test]
    fn an_input_that_changed_is_named_with_what_to_do_and_no_other_run_comes_by_itself() {
        let mut summary = summary();
        summary.settle(0, account(0), crate::model::tally::Tally::default());
        summary.stop(&StopReason::InputChanged {
            what: "my wave.csv was replaced while it was being read".to_owned(),
            hint: "bring the file back, and run again".to_owned(),
        });
        summary.account = None;
        summary.leave_pending(7);
        assert_eq!(summary.exit_code(), ExitCode::NeedsPerson);
        insta::assert_snapshot!(ends(&summary), @r"
        stopped: my wave.csv was replaced while it was being read; 7 rows pending
        hint: bring the file back, and run again
        When that is mended:
          wavepair run 'my wave.csv' --rate 10/s
        ");
    }

    #[test]
    fn lines_that_are_not_accounted_for_are_counted() {
        let mut summary = summary();
        summary.account.as_mut().unwrap().lines += 2;
        assert!(ends(&summary).starts_with("error: 5,003 lines read and 5,001 accounted for."));
    }

    #[test]
    fn an_incomplete_end_says_why_and_names_the_command_that_goes_on() {
        let mut summary = summary();
        insta::assert_snapshot!(ends(&summary), @r"
        92 rows need a person: see my wave.rejects.csv
        3 rows are left for another run
        Go on with:
          wavepair run 'my wave.csv' --rate 10/s
        ");
        summary.stop(&StopReason::Pointless {
            code: StopCode::SameRefusal,
            what: "PingOne refuses the credentials".to_owned(),
            hint: "check PINGONE_CLIENT_ID and PINGONE_CLIENT_SECRET".to_owned(),
        });
        insta::assert_snapshot!(ends(&summary), @r"
        stopped: PingOne refuses the credentials
        hint: check PINGONE_CLIENT_ID and PINGONE_CLIENT_SECRET
        92 rows need a person: see my wave.rejects.csv
        3 rows are left for another run
        When that is fixed, go on with:
          wavepair run 'my wave.csv' --rate 10/s
        ");
        summary.rows += 1;
        insta::assert_snapshot!(ends(&summary), @r"
        stopped: PingOne refuses the credentials
        hint: check PINGONE_CLIENT_ID and PINGONE_CLIENT_SECRET
        error: 5,001 rows read and 5,000 accounted for. This is a fault of wavepair; the
          ledger is sound, and `wavepair results` tells what it knows.
        92 rows need a person: see my wave.rejects.csv
        3 rows are left for another run
        When that is fixed, go on with:
          wavepair run 'my wave.csv' --rate 10/s
        ");
    }
}
