//! What is said before a run.

use super::*;
use crate::model::ids::UserId;
use crate::model::messages::MessageBook;
use crate::model::request::DeviceType;
use crate::model::shard::Shard;
use crate::model::unresolved::UserRef;
use crate::report::fixture::environment_id;

fn start(kind: Kind) -> Start<'static> {
    let ledger = Ledger {
        path: Some(Path::new("/state/e.db")),
        is_new: false,
        existing: Existing::Skip,
    };
    Start {
        kind,
        wave: "waves/2026-11.csv",
        rows: 5000,
        shard: (Shard::WHOLE, 5000),
        users_by: "user_id",
        environment: Some(environment_id()),
        host: Some("api.pingone.eu"),
        ledger: Some(ledger),
        pace: Pace {
            rate: Some(25.0),
            requests_per_row: 2,
            share: None,
            is_found: false,
            refused: None,
        },
        stops: None,
        limit: None,
        messages: Messages::default(),
    }
}

fn messages(kinds: &[DeviceType]) -> Messages {
    let mut book = MessageBook::default();
    for (user, kind) in (0..).zip(kinds) {
        book.note(&UserRef::Id(UserId::from_bytes([user / 2; 16])), *kind);
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
fn the_time_is_that_of_the_lately_refused_rate_where_that_is_slower() {
    let unpaced = "found on the way: more and more requests/s until PingOne refuses one";
    let below = "found on the way, begun below the 20 creates/s that PingOne refused not long ago, \
                 4 min 10 s at best";
    for (rate, refused, said) in [
        (
            Some(25.0),
            None,
            "at most 25 requests/s, 6 min 40 s at best",
        ),
        (
            Some(25.0),
            Some(20.0),
            "at most 25 requests/s, 6 min 40 s at best",
        ),
        (
            Some(25.0),
            Some(0.5),
            "at most 25 requests/s, 2 h 46 min at best",
        ),
        (None, None, unpaced),
        (None, Some(20.0), below),
    ] {
        let mut run = start(Kind::Run);
        (run.pace.rate, run.pace.refused) = (rate, refused);
        run.pace.is_found = rate.is_none();
        assert_eq!(run.pace(), said, "{rate:?} {refused:?}");
    }
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
    dry.pace.share = Some(0.35);
    let said = text(&dry, Some(80));
    let share = "pace         at most 35 % of what the license lets through\n";
    assert!(said.contains(share), "{said}");
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
fn a_run_names_its_ledger_says_whether_it_is_new_and_whether_it_looks() {
    let kept = Some(Path::new("/state/\u{1b}e.db"));
    let known = "ledger       /state/\\u{1b}e.db\n";
    let new = "ledger       /state/\\u{1b}e.db (new)\n";
    let unchecked = "existing     NOT CHECKED (`--existing unchecked`): a device";
    let by_report = "existing     by the device report: a device that somebody else paired";
    for (path, is_new, existing, said) in [
        (kept, false, Existing::Skip, known.to_owned()),
        (kept, false, Existing::Ledger, known.to_owned()),
        (kept, true, Existing::Skip, new.to_owned()),
        (
            None,
            true,
            Existing::Skip,
            "ledger       thrown away at the end\n".to_owned(),
        ),
        (kept, true, Existing::Unchecked, format!("{new}{unchecked}")),
        (kept, false, Existing::Report, format!("{known}{by_report}")),
    ] {
        let mut run = start(Kind::Run);
        run.ledger = Some(Ledger {
            path,
            is_new,
            existing,
        });
        let text = text(&run, None);
        assert!(text.contains(&said), "{text}");
        let is_unchecked = existing == Existing::Unchecked;
        assert_eq!(text.contains("NOT CHECKED"), is_unchecked, "{text}");
        let is_by_report = existing == Existing::Report;
        assert_eq!(text.contains("existing     by"), is_by_report, "{text}");
    }
}

#[test]
fn a_run_that_stops_by_itself_says_when_in_which_zone_and_how_soon() {
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
