//! What `verify` says: before it asks, while it waits, and at its end. Pure.

use std::path::Path;
use std::time::Duration;

use jiff::ZonedDateTime;
use serde_json::{Map, Value};

use super::cell::neutral;
use super::notice::Notice;
use super::quantity::{at_best, clock_time, count, counted, elapsed, span};
use super::wrap::wrapped;
use crate::model::ids::EnvironmentId;
use crate::model::standard_stream::is_standard;
use crate::model::verdict::{Verdict, Verdicts};

/// Says what is verified, and where.
pub(crate) fn begins(
    wave: &str,
    (rows, devices): (u64, u64),
    (environment, host): (EnvironmentId, &str),
    ledger: &Path,
    width: Option<usize>,
) -> Notice {
    let (wave, host) = (neutral(wave), neutral(host));
    let ledger = ledger.to_string_lossy();
    let lines = [
        format!(
            "verify       {wave}: {}, {} to look for",
            counted(rows, "row"),
            counted(devices, "device")
        ),
        format!("environment  {environment}"),
        format!("host         {host}"),
        format!("ledger       {}", neutral(&ledger)),
    ];
    let text: String = lines.iter().map(|line| wrapped(line, width)).collect();
    Notice::info("verify", format!("{wave}: {rows} rows, {devices} devices"))
        .fact("rows", rows)
        .fact("devices", devices)
        .fact("environment", environment.to_string())
        .fact("host", host.into_owned())
        .shown_as(text)
}

/// Says until when it waits, and what does not wait.
pub(crate) fn waits(until: &ZonedDateTime, now: &ZonedDateTime, wait: Duration) -> Notice {
    let text = format!(
        "PingOne's report of all devices is up to 15 minutes old, and the last device of this wave \
         is younger: waiting until {} (for {})",
        clock_time(until, now),
        span(wait)
    );
    Notice::info("verify_waits", text)
        .hint(Some("`--now` does not wait, and lists users one by one"))
        .fact("seconds", wait.as_secs())
        .even_if_quiet()
}

/// Says that users are listed one by one, and how long that takes at best.
pub(crate) fn lists(devices: u64, rate: Option<f64>) -> Notice {
    let requests = counted(devices, "request");
    let text = match at_best(devices, rate) {
        Some(time) => format!(
            "listing users one by one: {requests}, {} at best",
            span(time)
        ),
        None => format!("listing users one by one: {requests}"),
    };
    Notice::info("verify_lists", text).fact("requests", devices)
}

/// Says that users are read, how long that takes at best, and how to leave it out.
pub(crate) fn reads_users(devices: u64, rate: Option<f64>) -> Notice {
    let requests = counted(devices, "request");
    let time = at_best(devices, rate).map(|time| format!(", {} at best", span(time)));
    let text = format!(
        "reading each user once, since no device is of use without MFA: {requests} at most{}; \
         `--mfa ignore` leaves it out",
        time.unwrap_or_default()
    );
    Notice::info("verify_reads_users", text).fact("requests", devices)
}

/// What it came to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Verified<'a> {
    /// The verdicts.
    pub verdicts: &'a Verdicts,
    /// How long it took.
    pub took: Duration,
    /// Where the file of the verdicts is; `-` is standard output.
    pub file: &'a Path,
}

impl Verified<'_> {
    /// What was found, as a table, and what is left to do.
    pub(crate) fn notices(&self, width: Option<usize>) -> Vec<Notice> {
        let total = self.verdicts.total();
        let took = elapsed(self.took);
        let rows = counted(total, "row");
        let mut text = "\n".to_owned() + &wrapped(&format!("{rows} verified in {took}"), width);
        text.push('\n');
        let counts = self
            .verdicts
            .iter()
            .map(|(_, found)| count(found.rows).len());
        let longest = counts.max().unwrap_or_default();
        let mut facts = Map::new();
        for (verdict, found) in self.verdicts.iter() {
            facts.insert(verdict.as_str().to_owned(), found.rows.into());
            if found.rows == 0 {
                continue;
            }
            let example = match found.example.filter(|_| verdict != Verdict::Present) {
                Some((row, line)) => format!("  such as row {row}, line {line}"),
                None => String::new(),
            };
            let rows = count(found.rows);
            let line = format!("  {:<12}{rows:>longest$}{example}", verdict.as_str());
            text += &wrapped(&line, width);
        }
        let file = self.file.to_string_lossy();
        if !is_standard(self.file) {
            text += &wrapped(&format!("\nverdicts: {}", neutral(&file)), width);
        }
        let mut notices = vec![
            Notice::info("verified", format!("{rows} verified in {took}"))
                .fact("rows", total)
                .fact("seconds", self.took.as_secs_f64())
                .fact("verdicts", Value::Object(facts))
                .fact("file", file.as_ref())
                .shown_as(text),
        ];
        notices.extend(self.left());
        notices
    }

    /// What a person has to do.
    fn left(&self) -> Vec<Notice> {
        let rows = |wanted: fn(Verdict) -> bool| -> u64 {
            let found = self.verdicts.iter().filter(|(verdict, _)| wanted(*verdict));
            found.map(|(_, count)| count.rows).sum()
        };
        let open = rows(|verdict| verdict == Verdict::Unchecked);
        let wrong = rows(|verdict| !matches!(verdict, Verdict::Present | Verdict::Unchecked));
        let mut notices = Vec::new();
        if wrong > 0 {
            let need = if wrong == 1 { "needs" } else { "need" };
            let text = format!(
                "{} {need} a person: the column `message` says what to do",
                counted(wrong, "row")
            );
            notices.push(Notice::info("rows_need_a_person", text).even_if_quiet());
        }
        if open > 0 {
            let are = if open == 1 { "is" } else { "are" };
            let text = format!(
                "{} {are} not checked: verify the wave again",
                counted(open, "row")
            );
            notices.push(Notice::info("rows_unchecked", text).even_if_quiet());
        }
        if wrong + open == 0 {
            let text = "Every device that the results name is there, once, with its phone.";
            notices.push(Notice::info("all_present", text));
        }
        notices
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::row::RowNumber;

    fn screen(found: &[(Verdict, u64)], width: Option<usize>) -> String {
        let mut verdicts = Verdicts::default();
        let mut row = 0;
        for (verdict, rows) in found {
            for _ in 0..*rows {
                row += 1;
                verdicts.add(*verdict, RowNumber(row), row + 1);
            }
        }
        let verified = Verified {
            verdicts: &verdicts,
            took: Duration::from_secs(3),
            file: Path::new("waves/2026-11.verify.csv"),
        };
        let notices = verified.notices(width).into_iter();
        notices.map(|notice| notice.text(width, false)).collect()
    }

    #[test]
    fn the_last_screen_counts_the_verdicts_and_says_what_is_left() {
        assert_eq!(
            screen(&[(Verdict::Present, 4_998)], None),
            "\n4,998 rows verified in 3.0 s\n\n  present     4,998\n\n\
             verdicts: waves/2026-11.verify.csv\n\
             Every device that the results name is there, once, with its phone.\n"
        );
        let mixed = [
            (Verdict::Present, 12),
            (Verdict::Missing, 1),
            (Verdict::Twice, 2),
            (Verdict::Unchecked, 1),
        ];
        assert_eq!(
            screen(&mixed, Some(80)),
            "\n16 rows verified in 3.0 s\n\n\
             \x20 present     12\n\
             \x20 missing      1  such as row 13, line 14\n\
             \x20 twice        2  such as row 14, line 15\n\
             \x20 unchecked    1  such as row 16, line 17\n\n\
             verdicts: waves/2026-11.verify.csv\n\
             3 rows need a person: the column `message` says what to do\n\
             1 row is not checked: verify the wave again\n"
        );
    }

    #[test]
    fn it_says_how_long_it_waits_or_lists() {
        let now: ZonedDateTime = "2026-11-30T21:20:00[UTC]".parse().unwrap();
        let wait = Duration::from_mins(13);
        let until = now.checked_add(wait).unwrap();
        let text = waits(&until, &now, wait).text(None, false);
        assert!(
            text.contains("waiting until 21:33 UTC (for 13 min)"),
            "{text}"
        );
        assert!(text.contains("`--now`"), "{text}");
        for (rate, said) in [
            (
                Some(25.0),
                "listing users one by one: 5,000 requests, 3 min 20 s at best\n",
            ),
            (None, "listing users one by one: 5,000 requests\n"),
        ] {
            assert_eq!(lists(5_000, rate).text(None, false), said);
        }
    }
}
