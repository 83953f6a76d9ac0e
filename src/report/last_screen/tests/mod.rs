//! What the last screen says, for each way in which a run can end.

mod left;

use std::ffi::OsString;
use std::time::Duration;

use jiff::ZonedDateTime;

use super::*;
use crate::model::outcome::Outcome;
use crate::model::phone::E164;
use crate::model::stop::{StopCode, StopReason};
use crate::model::summary::Summary;
use crate::model::tally::Tally;
use crate::report::command_line::CommandLine;
use crate::report::fixture::{account, finished, summary};
use crate::report::rejects::Written;

fn command() -> CommandLine {
    let words = [
        "wavepair",
        "run",
        "my wave.csv",
        "--rate",
        "10/s",
        "--limit=9",
    ];
    CommandLine::new(words.map(OsString::from).to_vec(), &|name| name == "--rate")
}

/// Rejects of a wave, written beside files that somebody has edited.
fn rejects(edited: &[&str]) -> Written {
    let path = if edited.is_empty() {
        "my wave.rejects.csv"
    } else {
        "my wave.rejects-2.csv"
    };
    Written {
        path: Some(path.into()),
        kept: edited.iter().map(Into::into).collect(),
    }
}

fn at(time: &str) -> ZonedDateTime {
    format!("2026-11-30T{time}[UTC]").parse().unwrap()
}

/// Everything that a screen says, on a terminal of some width; `change` makes the end another one.
fn screen(summary: &Summary, width: Option<usize>, change: impl FnOnce(&mut Ending<'_>)) -> String {
    let (command, now) = (command(), at("23:10:20"));
    let rejects = rejects(&[]);
    let mut ending = Ending {
        summary,
        exit: summary.exit_code(),
        took: Duration::from_secs(400),
        results: Some("my wave.results.csv"),
        rejects: Some(&rejects),
        held_back: 0,
        command: &command,
        forgotten: false,
        deadline_is_past: false,
        wave_is_stream: false,
        now: &now,
        settled_from: None,
        given_up: 0,
    };
    change(&mut ending);
    let notices = closing(&ending, width);
    notices
        .iter()
        .map(|notice| notice.text(width, false))
        .collect()
}

/// The part of the screen that says what is left.
fn left(summary: &Summary, change: impl FnOnce(&mut Ending<'_>)) -> String {
    let all = screen(summary, Some(80), change);
    all.rsplit_once(".results.csv\n").unwrap().1.to_owned()
}

/// A wave whose rows ended so.
fn ended(rows: &[(u64, Outcome)]) -> Summary {
    let mut summary = summary();
    let (mut tally, mut number) = (Tally::default(), 0);
    for &(count, outcome) in rows {
        for _ in 0..count {
            number += 1;
            tally.add(&finished(number, outcome, None));
        }
    }
    summary.settle(number, account(number), tally);
    summary
}

#[test]
fn the_table_shows_what_became_of_the_rows_and_why() {
    insta::assert_snapshot!(screen(&summary(), Some(80), |_| {}), @r"

    5,000 rows in 6 min 40 s (run 00000000-0000-0000-0000-00000000000f)

      created    4,812
      existing      90
      duplicate      3
      invalid       12
      rejected      80
      failed         3

      most frequent reasons          rows  example
      REQUEST_FAILED/LIMIT_EXCEEDED    61  row 4918, line 4919
      NOT_FOUND                        19  row 4979, line 4980
      phone_missing_plus               12  row 4906, line 4907
      UNEXPECTED_ERROR                  3  row 4998, line 4999

    results: my wave.results.csv

    92 rows need correction. Correct them in my wave.rejects.csv, then run:
      wavepair run 'my wave.rejects.csv' --rate 10/s --limit=9
    3 rows are left for another run. Go on with:
      wavepair run 'my wave.csv' --rate 10/s --limit=9
    ");
}

#[test]
fn a_narrow_terminal_gets_whole_words_one_below_the_other() {
    insta::assert_snapshot!(screen(&summary(), Some(40), |_| {}), @r"

    5,000 rows in 6 min 40 s (run
      00000000-0000-0000-0000-00000000000f)

      created    4,812
      existing      90
      duplicate      3
      invalid       12
      rejected      80
      failed         3

      most frequent reasons
      REQUEST_FAILED/LIMIT_EXCEEDED
        61: row 4918, line 4919
      NOT_FOUND
        19: row 4979, line 4980
      phone_missing_plus
        12: row 4906, line 4907
      UNEXPECTED_ERROR
        3: row 4998, line 4999

    results: my wave.results.csv

    92 rows need correction. Correct them in
      my wave.rejects.csv, then run:
      wavepair run 'my wave.rejects.csv' --rate 10/s --limit=9
    3 rows are left for another run. Go on
      with:
      wavepair run 'my wave.csv' --rate 10/s --limit=9
    ");
}

#[test]
fn a_very_narrow_terminal_gets_them_too() {
    insta::assert_snapshot!(screen(&summary(), Some(20), |_| {}), @r"

    5,000 rows in 6 min
      40 s (run
      00000000-0000-0000-0000-00000000000f)

      created    4,812
      existing      90
      duplicate      3
      invalid       12
      rejected      80
      failed         3

      most frequent
      reasons
      REQUEST_FAILED/LIMIT_EXCEEDED
        61: row 4918,
      line 4919
      NOT_FOUND
        19: row 4979,
      line 4980
      phone_missing_plus
        12: row 4906,
      line 4907
      UNEXPECTED_ERROR
        3: row 4998,
      line 4999

    results: my
      wave.results.csv

    92 rows need
      correction.
      Correct them in my
      wave.rejects.csv,
      then run:
      wavepair run 'my wave.rejects.csv' --rate 10/s --limit=9
    3 rows are left for
      another run. Go on
      with:
      wavepair run 'my wave.csv' --rate 10/s --limit=9
    ");
}

#[test]
fn phones_of_several_users_are_a_warning_on_the_screen_and_nothing_else() {
    let mut summary = summary();
    let before = summary.exit_code();
    for (phones, told) in [
        (
            1,
            "warning: 1 phone with more than one user, such as in lines 8 and 4813.",
        ),
        (
            1_200,
            "warning: 1,200 phones with more than one user, such as in lines 8 and 4813.",
        ),
    ] {
        summary.shared_phones = SharedPhones {
            phones,
            lines: [8, 4813],
            ..SharedPhones::default()
        };
        let text = screen(&summary, None, |_| {});
        assert!(text.starts_with(told), "{text}");
    }
    summary.shared_phones = SharedPhones {
        rows: 1_200,
        earlier: Some((8, "/waves/october.csv".into())),
        ..SharedPhones::default()
    };
    let text = screen(&summary, None, |_| {});
    let told = "warning: 1,200 rows with a phone that another user has from an earlier wave, such as \
                line 8, from october.csv.";
    assert!(text.starts_with(told), "{text}");
    assert_eq!(summary.exit_code(), before);
}

/// So many valid numbers of each of these countries, by a number of theirs.
fn from_countries(numbers: &[(&str, u64)]) -> Summary {
    let mut summary = summary();
    for (digits, count) in numbers {
        let phone = E164::from_digits(digits).unwrap();
        (0..*count).for_each(|_| summary.countries.note(phone));
    }
    summary
}

/// The lines of a screen about countries.
fn countries(summary: &Summary, width: Option<usize>) -> String {
    let text = screen(summary, width, |_| {});
    let (_, behind) = text.split_once("failed         3\n\n").unwrap();
    behind.split("\n\n").next().unwrap().to_owned()
}

#[test]
fn countries_of_valid_phones_are_told_largest_first_and_the_rest_summed() {
    let all = [
        ("15125551234", 2_900),
        ("523312345678", 3),
        ("447400123456", 61),
        ("4915123456789", 3),
        ("35318001234", 1),
        ("33612345678", 2),
        ("393123456789", 1),
        ("97150123456", 1_000),
    ];
    let summary = from_countries(&all);
    let title = "  valid phones by country:";
    let whole =
        format!("{title} +1 2,900 · +971 1,000 · +44 61 · +49 3 · +52 3 · +33 2 · +39 1 · +353 1");
    assert_eq!(countries(&summary, None), whole);
    assert_eq!(countries(&summary, Some(120)), whole);
    assert_eq!(
        countries(&summary, Some(80)),
        format!("{title} +1 2,900 · +971 1,000 · +44 61 · +49 3 · 4 others 7")
    );
    assert_eq!(
        countries(&summary, Some(40)),
        format!("{title} +1 2,900 · 7\n  others 1,071")
    );
    assert_eq!(
        countries(&from_countries(&all[..1]), Some(80)),
        format!("{title} +1 2,900")
    );
}

#[test]
fn where_no_phone_is_valid_or_none_was_counted_no_country_is_told() {
    assert!(!screen(&summary(), Some(80), |_| {}).contains("country"));
}

#[test]
fn lines_that_were_held_back_are_counted_and_the_file_with_them_is_named() {
    let text = screen(&summary(), Some(80), |ending| ending.held_back = 19_990);
    assert!(
        text.starts_with("and 19,990 more in my wave.results.csv\n\n5,000 rows"),
        "{text}"
    );
}

#[test]
fn devices_that_were_there_before_are_told_from_new_ones() {
    for (now, told) in [
        (4_812, "  created    4,812\n"),
        (12, "  created    4,812  (4,800 in earlier runs)\n"),
        (0, "  created    4,812  (in earlier runs)\n"),
    ] {
        let summary = Summary {
            created_now: now,
            ..summary()
        };
        let text = screen(&summary, Some(80), |_| {});
        assert!(text.contains(told), "{text}");
    }
}

#[test]
fn no_line_but_a_command_or_a_code_is_wider_than_a_terminal() {
    let mut summary = summary();
    summary.stop(&StopReason::Pointless {
        code: StopCode::SameRefusal,
        what: "the policy is not there ".repeat(9),
        hint: "name a policy of this environment ".repeat(9),
    });
    let long = "x".repeat(200);
    let example = *summary.tally.codes.values().next().unwrap();
    summary.tally.codes.insert(long, example);
    for width in [40, 80, 120] {
        let text = screen(&summary, Some(width), |_| {});
        for line in text.lines() {
            let whole = line.contains("wavepair run") || line.contains("xxx");
            assert!(whole || line.chars().count() <= width, "{width}: {line}");
        }
    }
    let file = screen(&summary, None, |_| {});
    let stopped = file.lines().filter(|line| line.starts_with("stopped:"));
    assert_eq!(stopped.count(), 1);
    assert!(
        file.contains("there the policy is not there \nhint: name"),
        "{file}"
    );
}
