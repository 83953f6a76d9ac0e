//! What is about to happen, before it does. Pure.

use std::path::Path;
use std::time::Duration;

use jiff::ZonedDateTime;
use serde_json::{Map, Value};

use super::cell::neutral;
use super::notice::Notice;
use super::paragraph::{hanging, wrapped};
use super::quantity::{count, counted, moment, span};
use crate::model::ids::EnvironmentId;
use crate::model::messages::Messages;

/// How far the second column stands from the first one's start.
const COLUMN: usize = 13;

/// Below how many columns there is no room for two.
const NARROW: usize = 50;

/// What is about to happen.
#[derive(Clone, Debug)]
pub struct Start<'a> {
    /// What is done.
    pub kind: Kind,
    /// The wave, as the command line names it.
    pub wave: &'a str,
    /// How many rows it has.
    pub rows: u64,
    /// The column that names the user.
    pub users_by: &'a str,
    /// Where the devices are created, as far as that is known.
    pub environment: Option<EnvironmentId>,
    /// The API's host, as far as that is known.
    pub host: Option<&'a str>,
    /// What is known before it begins, and where that is kept.
    pub ledger: Option<Ledger<'a>>,
    /// How fast a run is.
    pub pace: Pace,
    /// When a run stops by itself, where that was asked for.
    pub stops: Option<&'a StopsAt>,
    /// How many devices a run creates at most, where that was asked for.
    pub limit: Option<u64>,
    /// Which messages a run may send to people.
    pub messages: Messages,
}

/// What is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Devices are created.
    Run,
    /// Nothing: it is said what a run would do.
    DryRun,
    /// The same, and PingOne is asked.
    OnlineDryRun,
}

/// How fast a run is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pace {
    /// The ceiling in requests per second; `None` where there is none.
    pub rate: Option<f64>,
    /// How many requests a new device takes: two where the user's devices are listed first.
    pub requests_per_row: u32,
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

impl Start<'_> {
    /// A few lines: each names a thing and says it. Messages to people have a notice of their own.
    pub fn notices(&self, width: Option<usize>) -> [Notice; 2] {
        [self.plan(width), self.messages(width)]
    }

    fn plan(&self, width: Option<usize>) -> Notice {
        let wave = neutral(self.wave);
        let rows = counted(self.rows, "row");
        let is_run = self.kind == Kind::Run;
        let dry_run = match self.kind {
            Kind::Run => None,
            Kind::DryRun => Some("nothing is sent: this is what a run would do"),
            Kind::OnlineDryRun => Some("PingOne is asked, and nothing is changed there"),
        };
        let users = neutral(self.users_by);
        let mut lines = vec![("wave", format!("{wave}: {rows}, users by {users}"))];
        lines.extend(dry_run.map(|said| ("dry run", said.to_owned())));
        let environment = self.environment.map(|id| id.to_string());
        lines.extend(environment.clone().map(|id| ("environment", id)));
        let host = self.host.map(neutral);
        lines.extend(host.map(|host| ("host", host.into_owned())));
        lines.extend(self.ledger.iter().flat_map(|ledger| ledger.lines()));
        lines.push(("pace", self.pace()));
        lines.extend(self.ends().map(|ends| ("stops", ends)));
        let ledger = self.ledger.and_then(|ledger| ledger.path);
        Notice::info("plan", format!("{wave}: {rows}"))
            .fact("wave", self.wave)
            .fact("rows", self.rows)
            .fact("dry_run", !is_run)
            .fact("environment", environment)
            .fact("host", self.host)
            .fact(
                "ledger",
                ledger.map(|path| path.to_string_lossy().into_owned()),
            )
            .fact("ledger_is_new", self.ledger.map(|ledger| ledger.is_new))
            .fact("unchecked", self.ledger.map(|ledger| ledger.unchecked))
            .fact("requests_per_second", self.pace.rate)
            .fact("seconds_at_best", self.at_best().map(|time| time.as_secs()))
            .fact(
                "stops_at",
                self.stops.map(|stops| stops.at.timestamp().to_string()),
            )
            .fact("limit", self.limit)
            .shown_as(table(&lines, width))
    }

    /// Who hears of it. Shown with `-q` too where anybody does: it cannot be taken back.
    fn messages(&self, width: Option<usize>) -> Notice {
        let text = match self.kind {
            Kind::Run => are_sent(&self.messages, self.limit),
            Kind::DryRun | Kind::OnlineDryRun => would_be_sent(&self.messages),
        };
        let notice = messages_notice(&text, &self.messages);
        let notice = notice.shown_as(table(&[("messages", text)], width));
        if self.messages.total() > 0 {
            notice.even_if_quiet()
        } else {
            notice
        }
    }

    /// How long a run takes where PingOne answers at once and nothing is to be asked twice.
    fn at_best(&self) -> Option<Duration> {
        let rate = self.pace.rate.filter(|rate| *rate > 0.0)?;
        let rows = self.limit.map_or(self.rows, |limit| self.rows.min(limit));
        #[expect(clippy::cast_precision_loss, reason = "an estimate")]
        let seconds = rows as f64 * f64::from(self.pace.requests_per_row) / rate;
        // A time that no clock can count to is none.
        Duration::try_from_secs_f64(seconds.ceil()).ok()
    }

    fn pace(&self) -> String {
        let Some(rate) = self.pace.rate.filter(|rate| *rate > 0.0) else {
            return "as fast as PingOne allows".to_owned();
        };
        let unit = if rate >= 1.0 {
            format!("{} requests/s", (rate * 10.0).round() / 10.0)
        } else {
            format!("{} requests/min", (rate * 600.0).round() / 10.0)
        };
        match (self.at_best().map(span), self.kind) {
            (Some(time), Kind::Run) => format!("at most {unit}, {time} at best"),
            (Some(time), Kind::DryRun | Kind::OnlineDryRun) => {
                format!("a run takes {time} at best, with at most {unit}")
            }
            (None, _) => format!("at most {unit}"),
        }
    }

    fn ends(&self) -> Option<String> {
        let at = self.stops.map(|stops| {
            // Of a time that is more than a day away nobody knows the day.
            let far = stops.within >= Duration::from_hours(24);
            format!("at {} (in {})", moment(&stops.at, far), span(stops.within))
        });
        let after = self
            .limit
            .map(|limit| format!("after {}", counted(limit, "new device")));
        match (at, after) {
            (Some(at), Some(after)) => Some(format!("{at}, or {after}")),
            (at, after) => at.or(after),
        }
    }
}

/// Lays out what is said of each thing, in two columns where there is room.
fn table(lines: &[(&str, String)], width: Option<usize>) -> String {
    let narrow = width.is_some_and(|width| width < NARROW);
    let line = |(name, text): &(&str, String)| {
        if narrow {
            wrapped(&format!("{name}: {text}"), width)
        } else {
            hanging(&format!("{name:<COLUMN$}{text}"), COLUMN, width)
        }
    };
    lines.iter().map(line).collect()
}

fn are_sent(messages: &Messages, limit: Option<u64>) -> String {
    let total = counted(messages.total(), "message");
    match limit.filter(|limit| *limit < messages.total()) {
        _ if messages.total() == 0 => "this run sends no messages to people".to_owned(),
        Some(limit) => {
            let limit = count(limit);
            format!(
                "this run sends at most {limit} of {total} to {}",
                to_whom(messages)
            )
        }
        None => format!("this run sends {total} to {}", to_whom(messages)),
    }
}

fn would_be_sent(messages: &Messages) -> String {
    if messages.total() == 0 {
        return "a run would send no messages to people".to_owned();
    }
    let total = counted(messages.total(), "message");
    format!("a run would send {total} to {}", to_whom(messages))
}

fn to_whom(messages: &Messages) -> String {
    let people = match messages.people() {
        1 => "1 person".to_owned(),
        people => format!("{} people", count(people)),
    };
    format!("{people} ({})", by_kind(messages))
}

/// `WhatsApp 9, SMS 1`.
fn by_kind(messages: &Messages) -> String {
    let kinds = messages.iter();
    let kinds: Vec<_> = kinds
        .map(|(kind, number)| format!("{} {}", kind.name(), count(number)))
        .collect();
    kinds.join(", ")
}

fn messages_notice(text: &str, messages: &Messages) -> Notice {
    let kinds = messages.iter();
    let kinds: Map<_, _> = kinds
        .map(|(kind, number)| (kind.as_str().to_owned(), number.into()))
        .collect();
    Notice::info("messages", text)
        .fact("messages", Value::Object(kinds))
        .fact("people", messages.people())
}

/// What a dry run says at its end, when it knows what PingOne has already.
pub fn messages_of_a_run(messages: &Messages) -> Notice {
    let text = would_be_sent(messages);
    let mut letters = text.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    let sentence: String = first.chain(letters).chain(['.']).collect();
    messages_notice(&sentence, messages)
}

/// Asks a person whether messages may be sent.
pub fn question(messages: &Messages) -> Notice {
    let total = counted(messages.total(), "message");
    let text = format!("Send {total} to {}? [y/N]", to_whom(messages));
    Notice::info("question", text).into_prompt()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ids::UserId;
    use crate::model::messages::MessageBook;
    use crate::model::request::DeviceType;
    use crate::report::fixture::environment_id;

    fn start(kind: Kind) -> Start<'static> {
        let ledger = Ledger {
            path: Some(Path::new("/state/e.db")),
            is_new: false,
            unchecked: false,
        };
        Start {
            kind,
            wave: "waves/2026-11.csv",
            rows: 5000,
            users_by: "user_id",
            environment: Some(environment_id()),
            host: Some("api.pingone.eu"),
            ledger: Some(ledger),
            pace: Pace {
                rate: Some(25.0),
                requests_per_row: 2,
            },
            stops: None,
            limit: None,
            messages: Messages::default(),
        }
    }

    fn messages(kinds: &[DeviceType]) -> Messages {
        let mut book = MessageBook::default();
        for (user, kind) in (0..).zip(kinds) {
            book.note(UserId::from_bytes([user / 2; 16]), *kind);
        }
        book.messages()
    }

    fn text(start: &Start<'_>, width: Option<usize>) -> String {
        let notices = start.notices(width);
        notices
            .iter()
            .map(|notice| notice.text(width, false))
            .collect()
    }

    #[test]
    fn a_run_says_what_where_how_fast_and_who_hears_of_it() {
        let mut run = start(Kind::Run);
        insta::assert_snapshot!(text(&run, Some(80)), @r"
        wave         waves/2026-11.csv: 5,000 rows, users by user_id
        environment  1c8f91a6-56ac-4b4b-b8d5-6f0ea6ee8c53
        host         api.pingone.eu
        ledger       /state/e.db
        pace         at most 25 requests/s, 6 min 40 s at best
        messages     this run sends no messages to people
        ");
        run.messages = messages(&[DeviceType::WhatsApp, DeviceType::Sms, DeviceType::WhatsApp]);
        run.limit = Some(9);
        insta::assert_snapshot!(text(&run, None), @r"
        wave         waves/2026-11.csv: 5,000 rows, users by user_id
        environment  1c8f91a6-56ac-4b4b-b8d5-6f0ea6ee8c53
        host         api.pingone.eu
        ledger       /state/e.db
        pace         at most 25 requests/s, 1 s at best
        stops        after 9 new devices
        messages     this run sends 3 messages to 2 people (WhatsApp 2, SMS 1)
        ");
        run.limit = Some(1);
        run.pace.rate = Some(0.5);
        insta::assert_snapshot!(text(&run, Some(40)), @r"
        wave: waves/2026-11.csv: 5,000 rows,
          users by user_id
        environment:
          1c8f91a6-56ac-4b4b-b8d5-6f0ea6ee8c53
        host: api.pingone.eu
        ledger: /state/e.db
        pace: at most 30 requests/min, 4 s at
          best
        stops: after 1 new device
        messages: this run sends at most 1 of 3
          messages to 2 people (WhatsApp 2, SMS
          1)
        ");
        insta::assert_snapshot!(text(&run, Some(20)), @r"
        wave:
          waves/2026-11.csv:
          5,000 rows, users
          by user_id
        environment:
          1c8f91a6-56ac-4b4b-b8d5-6f0ea6ee8c53
        host: api.pingone.eu
        ledger: /state/e.db
        pace: at most 30
          requests/min, 4 s
          at best
        stops: after 1 new
          device
        messages: this run
          sends at most 1 of
          3 messages to 2
          people (WhatsApp
          2, SMS 1)
        ");
    }

    #[test]
    fn a_dry_run_says_the_same_of_a_run() {
        let mut dry = start(Kind::DryRun);
        dry.messages = messages(&[DeviceType::Email]);
        insta::assert_snapshot!(text(&dry, Some(80)), @r"
        wave         waves/2026-11.csv: 5,000 rows, users by user_id
        dry run      nothing is sent: this is what a run would do
        environment  1c8f91a6-56ac-4b4b-b8d5-6f0ea6ee8c53
        host         api.pingone.eu
        ledger       /state/e.db
        pace         a run takes 6 min 40 s at best, with at most 25 requests/s
        messages     a run would send 1 message to 1 person (email 1)
        ");
        (dry.environment, dry.host, dry.ledger) = (None, None, None);
        dry.messages = Messages::default();
        dry.pace.rate = None;
        insta::assert_snapshot!(text(&dry, Some(80)), @r"
        wave         waves/2026-11.csv: 5,000 rows, users by user_id
        dry run      nothing is sent: this is what a run would do
        pace         as fast as PingOne allows
        messages     a run would send no messages to people
        ");
        insta::assert_snapshot!(text(&start(Kind::OnlineDryRun), Some(80)), @r"
        wave         waves/2026-11.csv: 5,000 rows, users by user_id
        dry run      PingOne is asked, and nothing is changed there
        environment  1c8f91a6-56ac-4b4b-b8d5-6f0ea6ee8c53
        host         api.pingone.eu
        ledger       /state/e.db
        pace         a run takes 6 min 40 s at best, with at most 25 requests/s
        messages     a run would send no messages to people
        ");
    }

    #[test]
    fn messages_are_told_even_where_nothing_else_is() {
        let mut run = start(Kind::Run);
        assert!(!run.notices(None)[1].is_urgent());
        run.messages = messages(&[DeviceType::Sms]);
        let [plan, told] = run.notices(None);
        assert!(!plan.is_urgent() && told.is_urgent());
        let json: Value = serde_json::from_str(&told.json(None)).unwrap();
        assert_eq!(json["messages"]["SMS"], 1);
        assert_eq!(json["people"], 1);
    }

    #[test]
    fn a_person_is_asked_with_the_number_and_told_it_again_by_a_dry_run() {
        let messages = messages(&[DeviceType::WhatsApp; 3]);
        assert_eq!(
            question(&messages).text(None, false),
            "Send 3 messages to 2 people (WhatsApp 3)? [y/N] "
        );
        assert_eq!(
            messages_of_a_run(&messages).text(None, false),
            "A run would send 3 messages to 2 people (WhatsApp 3).\n"
        );
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
            let mut run = start(Kind::Run);
            run.ledger = Some(Ledger {
                path,
                is_new,
                unchecked: nobody_looks,
            });
            let text = text(&run, None);
            assert!(text.contains(&said), "{text}");
            assert_eq!(text.contains("NOT CHECKED"), nobody_looks, "{text}");
        }
    }

    #[test]
    fn a_run_that_stops_by_itself_says_when_in_which_zone_and_how_soon_that_is() {
        for (at, hours, limit, said) in [
            ("2026-12-01T06:00[UTC]", 6, None, "at 06:00 UTC (in 6 h)"),
            (
                "2026-12-01T06:00:30+01:00[+01:00]",
                6,
                Some(1),
                "at 06:00:30 UTC+01:00 (in 6 h), or after 1 new device",
            ),
            (
                "2026-12-01T06:00[UTC]",
                60,
                Some(1000),
                "at 2026-12-01 06:00 UTC (in 2 d 12 h), or after 1,000 new devices",
            ),
        ] {
            let stops = StopsAt {
                at: at.parse().unwrap(),
                within: Duration::from_hours(hours),
            };
            let mut run = start(Kind::Run);
            (run.stops, run.limit) = (Some(&stops), limit);
            let text = text(&run, None);
            assert!(text.contains(&format!("\nstops        {said}\n")), "{text}");
        }
    }
}
