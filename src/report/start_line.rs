//! What is about to happen, before it does. Pure.

use std::path::Path;
use std::time::Duration;

use jiff::ZonedDateTime;

use super::cell::neutral;
use super::notice::Notice;
use super::paragraph::{hanging, wrapped};
use super::quantity::{counted, moment, span};
use crate::model::ids::EnvironmentId;

/// How far the second column stands from the first one's start.
const COLUMN: usize = 13;

/// Below how many columns there is no room for two.
const NARROW: usize = 50;

/// What is about to happen.
#[derive(Clone, Debug)]
pub struct Start<'a> {
    /// The wave, as the command line names it.
    pub wave: &'a str,
    /// How many rows it has.
    pub rows: u64,
    /// The column that names the user.
    pub users_by: &'a str,
    /// Whether something is sent, and where to.
    pub plan: Plan<'a>,
}

/// Whether something is sent, and where to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Plan<'a> {
    /// Nothing at all.
    DryRun,
    /// Questions only.
    OnlineDryRun {
        /// The API's host.
        host: &'a str,
    },
    /// Devices are created.
    Run {
        /// Where.
        environment: EnvironmentId,
        /// The API's host.
        host: &'a str,
        /// The ceiling of the pace in requests per second; `None` where there is none.
        rate: Option<f64>,
        /// How many requests a new device takes: two where the user's devices are listed first.
        requests_per_row: u32,
        /// When it stops by itself, where that was asked for.
        stops: Option<&'a StopsAt>,
        /// Who hears of it.
        messages: Messages,
        /// What is known before it begins, and where that is kept.
        ledger: Ledger<'a>,
    },
}

/// What is known before a run begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ledger<'a> {
    /// Where it is; nothing where it is thrown away at the end.
    pub path: Option<&'a Path>,
    /// Whether no run has begun on it before.
    pub is_new: bool,
    /// Whether nobody looks what PingOne has already, and no ledger is trusted for it either.
    pub unchecked: bool,
}

impl Ledger<'_> {
    fn lines(self) -> Vec<(&'static str, String)> {
        let ledger = match self.path {
            Some(path) => {
                let new = if self.is_new { " (new)" } else { "" };
                format!("{}{new}", neutral(&path.to_string_lossy()))
            }
            None => "thrown away at the end".to_owned(),
        };
        let mut lines = vec![("ledger", ledger)];
        if self.unchecked {
            let text = "NOT CHECKED (`--existing unchecked`): a device that PingOne has and this \
                        ledger does not know is created again";
            lines.push(("existing", text.to_owned()));
        }
        lines
    }
}

/// When a run stops by itself.
#[derive(Clone, Debug, PartialEq)]
pub struct StopsAt {
    /// At this moment, in the zone in which it is told.
    pub at: ZonedDateTime,
    /// So long from now.
    pub within: Duration,
}

/// Whether PingOne sends messages to people: with `ACTIVATION_REQUIRED` only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Messages {
    /// No row asks for it.
    NoOne,
    /// Rows may ask for it; there is a `status` column.
    WhereRowsAsk,
    /// All rows ask for it that do not say otherwise.
    Everyone,
}

impl Start<'_> {
    /// A few lines: each names a thing and says it.
    pub fn notice(&self, width: Option<usize>) -> Notice {
        let wave = neutral(self.wave);
        let rows = counted(self.rows, "row");
        let mut lines = vec![(
            "wave",
            format!("{wave}: {rows}, users by {}", neutral(self.users_by)),
        )];
        let mut notice = Notice::info("plan", format!("{wave}: {rows}"))
            .fact("wave", self.wave)
            .fact("rows", self.rows);
        match self.plan {
            Plan::DryRun => lines.push(("dry run", "nothing is sent".to_owned())),
            Plan::OnlineDryRun { host } => {
                lines.push(("host", neutral(host).into_owned()));
                lines.push((
                    "dry run",
                    "PingOne is asked, and nothing is changed there".to_owned(),
                ));
                notice = notice.fact("host", host);
            }
            Plan::Run {
                environment,
                host,
                rate,
                requests_per_row,
                stops,
                messages,
                ledger,
            } => {
                lines.push(("environment", environment.to_string()));
                lines.push(("host", neutral(host).into_owned()));
                lines.extend(ledger.lines());
                lines.push(("pace", pace(self.rows, rate, requests_per_row)));
                if let Some(stops) = stops {
                    lines.push(("stops", stops_at(stops)));
                    notice = notice.fact("stops_at", stops.at.timestamp().to_string());
                }
                lines.push(("messages", said_of(messages).to_owned()));
                notice = notice
                    .fact("environment", environment.to_string())
                    .fact("host", host)
                    .fact(
                        "ledger",
                        ledger.path.map(|path| path.to_string_lossy().into_owned()),
                    )
                    .fact("ledger_is_new", ledger.is_new)
                    .fact("unchecked", ledger.unchecked)
                    .fact("requests_per_second", rate);
            }
        }
        let narrow = width.is_some_and(|width| width < NARROW);
        let line = |(name, text): &(&str, String)| {
            if narrow {
                wrapped(&format!("{name}: {text}"), width)
            } else {
                hanging(&format!("{name:<COLUMN$}{text}"), COLUMN, width)
            }
        };
        notice.shown_as(lines.iter().map(line).collect::<String>())
    }
}

fn stops_at(stops: &StopsAt) -> String {
    // Of a time that is more than a day away nobody knows the day.
    let far = stops.within >= Duration::from_hours(24);
    format!("at {} (in {})", moment(&stops.at, far), span(stops.within))
}

fn said_of(messages: Messages) -> &'static str {
    match messages {
        Messages::NoOne => "none are sent to people",
        Messages::WhereRowsAsk => {
            "rows with ACTIVATION_REQUIRED send a message to their user; others do not"
        }
        Messages::Everyone => {
            "MESSAGES ARE SENT: new devices are ACTIVATION_REQUIRED, and each user gets one"
        }
    }
}

fn pace(rows: u64, rate: Option<f64>, requests_per_row: u32) -> String {
    let Some(rate) = rate.filter(|rate| *rate > 0.0) else {
        return "as fast as PingOne allows".to_owned();
    };
    let unit = if rate >= 1.0 {
        format!("{} requests/s", (rate * 10.0).round() / 10.0)
    } else {
        format!("{} requests/min", (rate * 600.0).round() / 10.0)
    };
    #[expect(clippy::cast_precision_loss, reason = "an estimate")]
    let seconds = rows as f64 * f64::from(requests_per_row) / rate;
    match Duration::try_from_secs_f64(seconds.ceil()) {
        Ok(time) => format!("at most {unit}, {} at best", span(time)),
        // Longer than a clock can count.
        Err(_) => format!("at most {unit}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::fixture::environment_id;

    fn text(rows: u64, plan: Plan<'_>, width: Option<usize>) -> String {
        let start = Start {
            wave: "waves/2026-11.csv",
            rows,
            users_by: "user_id",
            plan,
        };
        start.notice(width).text(width, false)
    }

    fn run(rate: Option<f64>, messages: Messages) -> Plan<'static> {
        Plan::Run {
            environment: environment_id(),
            host: "api.pingone.eu",
            rate,
            requests_per_row: 2,
            stops: None,
            messages,
            ledger: Ledger {
                path: Some(Path::new("/state/e.db")),
                is_new: false,
                unchecked: false,
            },
        }
    }

    #[test]
    fn a_run_names_its_ledger_and_says_whether_it_is_new_and_whether_anybody_looks() {
        let kept = Some(Path::new("/state/\u{1b}e.db"));
        let known = "ledger       /state/\\u{1b}e.db\n";
        let new = "ledger       /state/\\u{1b}e.db (new)\n";
        let unchecked = "existing     NOT CHECKED (`--existing unchecked`): a device";
        for (path, is_new, nobody_looks, said) in [
            (kept, false, false, known.to_owned()),
            (kept, true, false, new.to_owned()),
            (
                None,
                true,
                false,
                "ledger       thrown away at the end\n".to_owned(),
            ),
            (kept, true, true, format!("{new}{unchecked}")),
        ] {
            let mut plan = run(None, Messages::NoOne);
            if let Plan::Run { ledger, .. } = &mut plan {
                *ledger = Ledger {
                    path,
                    is_new,
                    unchecked: nobody_looks,
                };
            }
            let text = text(1, plan, None);
            assert!(text.contains(&said), "{text}");
            assert_eq!(text.contains("NOT CHECKED"), nobody_looks, "{text}");
        }
    }

    #[test]
    fn a_run_says_what_where_how_fast_and_who_hears_of_it() {
        insta::assert_snapshot!(text(5000, run(Some(25.0), Messages::NoOne), Some(80)), @r"
        wave         waves/2026-11.csv: 5,000 rows, users by user_id
        environment  1c8f91a6-56ac-4b4b-b8d5-6f0ea6ee8c53
        host         api.pingone.eu
        ledger       /state/e.db
        pace         at most 25 requests/s, 6 min 40 s at best
        messages     none are sent to people
        ");
        insta::assert_snapshot!(text(9, run(Some(0.5), Messages::Everyone), Some(40)), @r"
        wave: waves/2026-11.csv: 9 rows, users
          by user_id
        environment:
          1c8f91a6-56ac-4b4b-b8d5-6f0ea6ee8c53
        host: api.pingone.eu
        ledger: /state/e.db
        pace: at most 30 requests/min, 36 s at
          best
        messages: MESSAGES ARE SENT: new devices
          are ACTIVATION_REQUIRED, and each user
          gets one
        ");
        insta::assert_snapshot!(text(1, run(None, Messages::WhereRowsAsk), None), @r"
        wave         waves/2026-11.csv: 1 row, users by user_id
        environment  1c8f91a6-56ac-4b4b-b8d5-6f0ea6ee8c53
        host         api.pingone.eu
        ledger       /state/e.db
        pace         as fast as PingOne allows
        messages     rows with ACTIVATION_REQUIRED send a message to their user; others do not
        ");
    }

    #[test]
    fn a_run_that_stops_by_itself_says_when_in_which_zone_and_how_soon_that_is() {
        for (at, hours, said) in [
            ("2026-12-01T06:00[UTC]", 6, "at 06:00 UTC (in 6 h)"),
            (
                "2026-12-01T06:00:30+01:00[+01:00]",
                6,
                "at 06:00:30 UTC+01:00 (in 6 h)",
            ),
            (
                "2026-12-01T06:00[UTC]",
                60,
                "at 2026-12-01 06:00 UTC (in 2 d 12 h)",
            ),
        ] {
            let stops = StopsAt {
                at: at.parse().unwrap(),
                within: Duration::from_hours(hours),
            };
            assert_eq!(stops_at(&stops), said);
            let mut plan = run(Some(25.0), Messages::NoOne);
            if let Plan::Run { stops: when, .. } = &mut plan {
                *when = Some(&stops);
            }
            let text = text(1, plan, None);
            assert!(text.contains(&format!("\nstops        {said}\n")), "{text}");
        }
    }

    #[test]
    fn a_dry_run_says_that_nothing_is_sent() {
        insta::assert_snapshot!(text(1, Plan::DryRun, Some(80)), @r"
        wave         waves/2026-11.csv: 1 row, users by user_id
        dry run      nothing is sent
        ");
        let online = Plan::OnlineDryRun {
            host: "api.pingone.eu",
        };
        insta::assert_snapshot!(text(12, online, Some(20)), @r"
        wave:
          waves/2026-11.csv:
          12 rows, users by
          user_id
        host: api.pingone.eu
        dry run: PingOne is
          asked, and nothing
          is changed there
        ");
    }
}
