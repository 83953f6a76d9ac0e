//! What is about to happen, before it does. Pure.

use std::time::Duration;

use jiff::ZonedDateTime;

use super::cell::neutral;
use super::paragraph::wrapped;
use super::quantity::{counted, size, span};
use crate::model::ids::EnvironmentId;

/// What is about to happen.
#[derive(Clone, Debug)]
pub struct Start<'a> {
    /// The wave, as the command line names it.
    pub wave: &'a str,
    /// How much there is to do.
    pub size: Size,
    /// The column that names the user.
    pub users_by: &'a str,
    /// Whether something is sent, and where to.
    pub plan: Plan<'a>,
}

/// How much there is to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Size {
    /// So many rows.
    Rows(u64),
    /// Rows that nobody counted, in so many bytes.
    Bytes(u64),
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
    },
}

/// When a run stops by itself.
#[derive(Clone, Debug, PartialEq)]
pub struct StopsAt {
    /// At this moment, in the zone in which it is told.
    pub at: ZonedDateTime,
    /// So long from now.
    pub within: Duration,
}

/// A moment as people write it, with its zone: `06:00 Europe/Berlin`, `2026-12-01 06:00 UTC+01:00`.
pub fn moment(at: &ZonedDateTime, with_date: bool) -> String {
    let date = if with_date { "%Y-%m-%d " } else { "" };
    let seconds = if at.second() == 0 { "" } else { ":%S" };
    let clock = at.strftime(&format!("{date}%H:%M{seconds}")).to_string();
    let zone = match at.time_zone().iana_name() {
        Some(name) => neutral(name).into_owned(),
        None if at.offset().is_zero() => "UTC".to_owned(),
        None => at.strftime("UTC%:z").to_string(),
    };
    format!("{clock} {zone}")
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

/// Renders what is about to happen.
pub fn start(start: &Start<'_>) -> String {
    let wave = neutral(start.wave);
    let amount = match start.size {
        Size::Rows(rows) => counted(rows, "row"),
        Size::Bytes(bytes) => size(bytes),
    };
    let users = format!("users by {}", neutral(start.users_by));
    wrapped(&match start.plan {
        Plan::DryRun => format!("{wave}: {amount}, {users}. Dry run: nothing is sent."),
        Plan::OnlineDryRun { host } => format!(
            "{wave}: {amount}, {users}. Dry run: {} is asked, and nothing is changed there.",
            neutral(host)
        ),
        Plan::Run {
            environment,
            host,
            rate,
            requests_per_row,
            stops,
            messages,
        } => {
            let host = neutral(host);
            let pace = pace(start.size, rate, requests_per_row);
            let stops = stops.map_or_else(String::new, stops_at);
            let messages = match messages {
                Messages::NoOne => "No messages are sent to people.",
                Messages::WhereRowsAsk => {
                    "Rows with ACTIVATION_REQUIRED send a message to their user; others do not."
                }
                Messages::Everyone => {
                    "MESSAGES ARE SENT: new devices are ACTIVATION_REQUIRED, and each user gets one."
                }
            };
            format!(
                "{wave}: {amount}, {users}, to {host}, environment {environment}, {pace}{stops}. {messages}"
            )
        }
    })
}

fn stops_at(stops: &StopsAt) -> String {
    // Of a time that is more than a day away nobody knows the day.
    let far = stops.within >= Duration::from_hours(24);
    let at = moment(&stops.at, far);
    format!(", stops at {at} (in {})", span(stops.within))
}

fn pace(size: Size, rate: Option<f64>, requests_per_row: u32) -> String {
    let Some(rate) = rate.filter(|rate| *rate > 0.0) else {
        return "as fast as PingOne allows".to_owned();
    };
    let unit = if rate >= 1.0 {
        format!("{} requests/s", (rate * 10.0).round() / 10.0)
    } else {
        format!("{} requests/min", (rate * 600.0).round() / 10.0)
    };
    let time = match size {
        Size::Rows(rows) => {
            #[expect(clippy::cast_precision_loss, reason = "an estimate")]
            let seconds = rows as f64 * f64::from(requests_per_row) / rate;
            Duration::try_from_secs_f64(seconds.ceil()).ok()
        }
        Size::Bytes(_) => None,
    };
    match time {
        Some(time) => format!("at most {unit}: {} at best", span(time)),
        None => format!("at most {unit}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::fixture::environment_id;

    fn line(size: Size, plan: Plan<'_>) -> String {
        start(&Start {
            wave: "waves/2026-11.csv",
            size,
            users_by: "user_id",
            plan,
        })
    }

    fn run(rate: Option<f64>, messages: Messages) -> Plan<'static> {
        Plan::Run {
            environment: environment_id(),
            host: "api.pingone.eu",
            rate,
            requests_per_row: 2,
            stops: None,
            messages,
        }
    }

    fn at(text: &str) -> ZonedDateTime {
        text.parse().unwrap()
    }

    #[test]
    fn a_run_says_what_where_how_fast_and_who_hears_of_it() {
        let five = Size::Rows(5000);
        insta::assert_snapshot!(line(five, run(Some(25.0), Messages::NoOne)), @r"
        waves/2026-11.csv: 5,000 rows, users by user_id, to api.pingone.eu, environment
          1c8f91a6-56ac-4b4b-b8d5-6f0ea6ee8c53, at most 25 requests/s: 6 min 40 s at
          best. No messages are sent to people.
        ");
        insta::assert_snapshot!(line(Size::Bytes(3_250_000), run(Some(0.5), Messages::Everyone)), @r"
        waves/2026-11.csv: 3.2 MB, users by user_id, to api.pingone.eu, environment
          1c8f91a6-56ac-4b4b-b8d5-6f0ea6ee8c53, at most 30 requests/min. MESSAGES ARE
          SENT: new devices are ACTIVATION_REQUIRED, and each user gets one.
        ");
        insta::assert_snapshot!(line(Size::Rows(1), run(None, Messages::WhereRowsAsk)), @r"
        waves/2026-11.csv: 1 row, users by user_id, to api.pingone.eu, environment
          1c8f91a6-56ac-4b4b-b8d5-6f0ea6ee8c53, as fast as PingOne allows. Rows with
          ACTIVATION_REQUIRED send a message to their user; others do not.
        ");
    }

    #[test]
    fn a_run_that_stops_by_itself_says_when_in_which_zone_and_how_soon_that_is() {
        for (moment, hours, said) in [
            ("2026-12-01T06:00[UTC]", 6, ", stops at 06:00 UTC (in 6 h)."),
            (
                "2026-12-01T06:00:30+01:00[+01:00]",
                6,
                ", stops at 06:00:30 UTC+01:00 (in 6 h).",
            ),
            (
                "2026-12-01T06:00[UTC]",
                60,
                ", stops at 2026-12-01 06:00 UTC (in 2 d 12 h).",
            ),
        ] {
            let stops = StopsAt {
                at: at(moment),
                within: Duration::from_hours(hours),
            };
            let Plan::Run {
                environment,
                host,
                rate,
                requests_per_row,
                messages,
                ..
            } = run(Some(25.0), Messages::NoOne)
            else {
                unreachable!("it is a run")
            };
            let plan = Plan::Run {
                environment,
                host,
                rate,
                requests_per_row,
                stops: Some(&stops),
                messages,
            };
            let line = line(Size::Rows(1), plan).replace("\n ", "");
            assert!(line.contains(said), "{line}");
        }
    }

    #[test]
    fn a_dry_run_says_that_nothing_is_sent() {
        insta::assert_snapshot!(line(Size::Rows(1), Plan::DryRun), @"waves/2026-11.csv: 1 row, users by user_id. Dry run: nothing is sent.");
        let online = Plan::OnlineDryRun {
            host: "api.pingone.eu",
        };
        insta::assert_snapshot!(line(Size::Rows(12), online), @r"
        waves/2026-11.csv: 12 rows, users by user_id. Dry run: api.pingone.eu is asked,
          and nothing is changed there.
        ");
    }
}
