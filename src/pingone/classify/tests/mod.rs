//! The tables of the module's documentation, row by row.

use super::*;
use crate::model::outcome::{Answer, Listing};
use crate::model::phone::E164;
use crate::model::request::Address;
use crate::model::samples;

mod proof;
mod said;

const TABLES: &str = include_str!("../tables.md");
const USER: &str = "b30ac647-e33e-464f-a6ea-0275082d4c26";
const ID: &str = "11111111-1111-4111-8111-111111111111";
const PHONE: &str = "+15125551234";

/// Every kind of body that the tables name.
const BODIES: &[&str] = &[
    "its device",
    "other spelling",
    "masked phone",
    "no user, type or phone",
    "no ID",
    "ID is no UUID",
    "other user",
    "other type",
    "other phone",
    "cut off",
    "timed out",
    "over 1 MiB",
    "HTML",
    "empty",
    "gateway's",
    "gateway's with its ID",
    "gateway's throttle",
    "gateway's throttle with its ID",
    "existingId",
    "listing with it",
    "listing without it",
    "INVALID_DATA/INVALID_VALUE",
    "INVALID_REQUEST",
    "REQUEST_FAILED/NO_PASSWORD",
    "REQUEST_FAILED/LIMIT_EXCEEDED",
    "INVALID_DATA/LIMIT_EXCEEDED",
    "INVALID_DATA/UNIQUENESS_VIOLATION",
    "ACCESS_FAILED/INVALID_TOKEN",
    "ACCESS_FAILED/INSUFFICIENT_PERMISSIONS",
    "NOT_FOUND",
    "REQUEST_LIMITED",
    "REQUEST_LIMITED/LIMIT_EXCEEDED",
    "REQUEST_LIMITED/QUOTA_EXCEEDED",
    "QUOTA_EXCEEDED",
    "UNEXPECTED_ERROR",
];

fn request() -> DeviceRequest {
    DeviceRequest {
        key: DeviceKey {
            user: USER.parse().unwrap(),
            ..samples::key(1)
        },
        ..samples::request(1)
    }
}

fn device_json(id: &str, user: &str, kind: &str, phone: &str) -> String {
    format!(r#"{{"id":"{id}","user":{{"id":"{user}"}},"type":"{kind}","phone":"{phone}"}}"#)
}

fn body(name: &str) -> Result<Bytes, BodyFault> {
    let kind = "WHATSAPP";
    let other = "22222222-2222-4222-8222-222222222222";
    let text = match name {
        "its device" => device_json(ID, USER, kind, PHONE),
        "other spelling" => device_json(ID, USER, kind, "+1 (512) 555-1234"),
        "masked phone" => device_json(ID, USER, kind, "+1******1234"),
        "no user, type or phone" => format!(r#"{{"id":"{ID}"}}"#),
        "no ID" => format!(r#"{{"type":"{kind}","phone":"{PHONE}"}}"#),
        "ID is no UUID" => device_json("../1", USER, kind, PHONE),
        "other user" => device_json(ID, other, kind, PHONE),
        "other type" => device_json(ID, USER, "SMS", PHONE),
        "other phone" => device_json(ID, USER, kind, "+15125559999"),
        "cut off" => return Err(BodyFault::CutOff),
        "timed out" => return Err(BodyFault::TimedOut),
        "over 1 MiB" => return Err(BodyFault::TooLong),
        "HTML" => "<html><body>Welcome</body></html>".to_owned(),
        "empty" => String::new(),
        "gateway's" | "gateway's with its ID" => r#"{"message":"Forbidden"}"#.to_owned(),
        "gateway's throttle" | "gateway's throttle with its ID" => {
            r#"{"message":"Too Many Requests"}"#.to_owned()
        }
        "existingId" => format!(
            r#"{{"code":"INVALID_DATA","message":"m","details":[{{"code":"INVALID_VALUE","message":"d","innerError":{{"existingId":"{ID}"}}}}]}}"#
        ),
        "listing with it" => format!(
            r#"{{"_embedded":{{"devices":[{}]}}}}"#,
            device_json(ID, USER, kind, PHONE)
        ),
        "listing without it" => r#"{"_embedded":{"devices":[]}}"#.to_owned(),
        error => {
            let (code, detail) = error.split_once('/').unwrap_or((error, ""));
            assert!(
                error
                    .bytes()
                    .all(|b| b.is_ascii_uppercase() || b == b'_' || b == b'/'),
                "the tables name a body that is not known here: {name}"
            );
            let details = if detail.is_empty() {
                String::new()
            } else {
                format!(r#","details":[{{"code":"{detail}","message":"d"}}]"#)
            };
            format!(r#"{{"id":"e-1","code":"{code}","message":"m"{details}}}"#)
        }
    };
    Ok(text.into())
}

/// The head that comes with a kind of body.
fn head_of(status: u16, name: &str) -> Head {
    Head {
        from_gateway: name.ends_with("with its ID"),
        ..head(status)
    }
}

/// What the only page of a listing means.
fn listed(key: &DeviceKey, head: &Head, body: &Result<Bytes, BodyFault>) -> Answered<LookOutcome> {
    let at = "https://api.pingone.eu/v1/environments/e/users/u/devices";
    match list_answer(key, &at.parse().unwrap(), None, head, body) {
        Listed::Whole(answered, _) => answered,
        Listed::GoesOn(pages) => panic!("it goes on at {}", pages.next()),
    }
}

fn head(status: u16) -> Head {
    Head {
        retry_after: Some(Duration::from_secs(7)),
        ..Head::bare(status, Proof::Proven)
    }
}

/// The rows of the table under a heading, cell by cell.
fn rows(heading: &str) -> Vec<Vec<String>> {
    let section = TABLES
        .split("\n# ")
        .find_map(|section| section.strip_prefix(heading))
        .expect("the heading is there");
    let rows: Vec<_> = section
        .lines()
        .filter(|line| line.starts_with("| "))
        .skip(2)
        .map(|line| {
            let cells = line.trim_matches('|').split('|');
            cells.map(|cell| cell.trim().replace('`', "")).collect()
        })
        .collect();
    assert!(!rows.is_empty(), "no rows under {heading}");
    rows
}

fn variant(value: &impl std::fmt::Debug) -> String {
    let debug = format!("{value:?}");
    debug
        .split([' ', '('])
        .next()
        .unwrap_or_default()
        .to_owned()
}

fn create_words(outcome: &AttemptOutcome) -> String {
    match outcome {
        AttemptOutcome::Created(device) if device.id.is_none() => "created, ID unknown".to_owned(),
        AttemptOutcome::Created(_) => "created".to_owned(),
        AttemptOutcome::NotCreated(refusal) => format!("not: {}", variant(refusal)),
        AttemptOutcome::Indeterminate(why) => format!("perhaps: {}", variant(why)),
    }
}

fn look_words(outcome: &LookOutcome) -> String {
    match outcome {
        LookOutcome::Seen(Listing::Absent) => "seen: Absent".to_owned(),
        LookOutcome::Seen(Listing::Present(_)) => "seen: Present".to_owned(),
        LookOutcome::Seen(Listing::Several(_)) => "seen: Several".to_owned(),
        LookOutcome::UserUnknown => variant(outcome),
        LookOutcome::Nothing(why) => variant(why),
    }
}

fn check_code(expected: &str, body: &str, answer: &Answer, row: &str) {
    let code = answer.code.as_deref();
    match expected {
        "–" => assert_eq!(code, None, "{row}"),
        "any" => assert!(code.is_some(), "{row}"),
        "PingOne's" if body == "existingId" => {
            assert_eq!(code, Some("INVALID_DATA/INVALID_VALUE"), "{row}");
        }
        "PingOne's" => assert_eq!(code, Some(body), "{row}"),
        word => {
            assert_eq!(code, Some(word), "{row}");
            assert!(code::known(word).is_some(), "{word}");
        }
    }
}

/// Calls `check` with each status and body of each row.
fn each(heading: &str, check: impl Fn(u16, &str, &str, &str)) {
    for row in rows(heading) {
        let [statuses, bodies, outcome, code] = &row[..] else {
            panic!("four cells: {row:?}");
        };
        for status in statuses.split(", ") {
            let status = status.parse().unwrap();
            let all = if bodies == "any" {
                BODIES.to_vec()
            } else {
                bodies.split("; ").collect()
            };
            for body in all {
                check(status, body, outcome, code);
            }
        }
    }
}

#[test]
fn an_answer_to_a_create_means_what_the_table_says() {
    each("Create: an answer came", |status, name, outcome, code| {
        let row = format!("{status} with {name}");
        let answered = create_answer(&request(), &head_of(status, name), &body(name));
        assert_eq!(create_words(&answered.outcome), outcome, "{row}");
        check_code(code, name, &answered.answer, &row);
        assert_eq!(answered.answer.http_status, Some(status));
    });
}

#[test]
fn an_answer_to_a_listing_means_what_the_table_says() {
    each("List", |status, name, outcome, code| {
        let row = format!("{status} with {name}");
        let answered = listed(&request().key, &head_of(status, name), &body(name));
        assert_eq!(look_words(&answered.outcome), outcome, "{row}");
        check_code(code, name, &answered.answer, &row);
    });
}

const FAULTS: [FaultKind; 11] = [
    FaultKind::Dns,
    FaultKind::Connect,
    FaultKind::ConnectTimeout,
    FaultKind::Tls,
    FaultKind::ProxyAuth,
    FaultKind::ProxyForbids,
    FaultKind::Proxy,
    FaultKind::OutOfResources,
    FaultKind::TimedOut,
    FaultKind::Unreadable,
    FaultKind::Lost,
];

#[test]
fn the_lack_of_an_answer_means_what_the_table_says() {
    let mut seen = 0;
    for row in rows("Create: no answer came") {
        let [kinds, handed_over, outcome, code] = &row[..] else {
            panic!("four cells: {row:?}");
        };
        for kind in kinds.split(", ") {
            let kind = *FAULTS
                .iter()
                .find(|known| format!("{known:?}") == kind)
                .expect("a kind of trouble");
            let fault = Fault {
                kind,
                detail: String::new(),
            };
            let answered = create_fault(&request().key, &fault, handed_over == "yes");
            assert_eq!(create_words(&answered.outcome), *outcome, "{row:?}");
            check_code(code, "", &answered.answer, &format!("{row:?}"));

            let distrust = outcome == "not: Untrusted";
            let look = list_fault(&request().key, &fault).outcome;
            if handed_over == "no" {
                assert_eq!(
                    look == LookOutcome::Nothing(WhyNothing::Untrusted),
                    distrust,
                    "{row:?}"
                );
            }
            seen += 1;
        }
    }
    assert_eq!(seen, 2 * FAULTS.len(), "every kind, handed over and not");
}

#[test]
fn no_status_that_is_not_listed_ever_means_not_created() {
    const CERTAIN: [u16; 19] = [
        400, 401, 403, 404, 405, 410, 411, 412, 413, 414, 415, 422, 423, 425, 429, 431, 505, 200,
        201,
    ];
    for status in (100..1000).filter(|status| !CERTAIN.contains(status)) {
        for name in BODIES {
            let outcome = create_answer(&request(), &head_of(status, name), &body(name)).outcome;
            assert!(
                matches!(outcome, AttemptOutcome::Indeterminate(_)),
                "{status} with {name}: {outcome:?}"
            );
        }
    }
}

#[test]
fn a_quota_asks_for_a_pause_until_it_is_reset_by_the_servers_own_clock() {
    let sent_ms = 1_792_567_680_000;
    for (reset, retry_after, sent, pause) in [
        ("\"2026-10-21T07:38:00Z\"", None, Some(sent_ms), Some(600)),
        (
            "\"2026-10-21T09:38:00+02:00\"",
            Some(7),
            Some(sent_ms),
            Some(600),
        ),
        ("1792568280000", None, Some(sent_ms), Some(600)),
        ("1792568280000", Some(900), Some(sent_ms), Some(900)),
        ("\"2026-10-21T07:27:00Z\"", None, Some(sent_ms), None),
        (
            "\"2999-01-01T00:00:00Z\"",
            None,
            Some(sent_ms),
            Some(366 * 86_400),
        ),
        ("\"tomorrow\"", Some(7), Some(sent_ms), Some(7)),
        ("null", None, Some(sent_ms), None),
        ("1792568280000", None, None, None),
    ] {
        let head = Head {
            retry_after: retry_after.map(Duration::from_secs),
            date_ms: sent,
            ..head(429)
        };
        for (detail, pause) in [("QUOTA_EXCEEDED", pause), ("LIMIT_EXCEEDED", retry_after)] {
            let body = format!(
                r#"{{"code":"REQUEST_LIMITED","message":"m","details":[
                    {{"code":"{detail}","innerError":{{"quotaResetTime":{reset}}}}}]}}"#
            );
            let answered = create_answer(&request(), &head, &Ok(body.into()));
            let pause = pause.map(Duration::from_secs);
            assert_eq!(answered.pause, pause, "{detail} {reset} {retry_after:?}");
        }
    }
}

#[test]
fn a_rate_limit_carries_its_wait_and_every_429_and_503_asks_for_a_pause() {
    let wait = Some(Duration::from_secs(7));
    let throttled = create_answer(&request(), &head(429), &body("REQUEST_LIMITED"));
    let refusal = Refusal::Throttled { retry_after: wait };
    assert_eq!(throttled.outcome, AttemptOutcome::NotCreated(refusal));
    for (status, name, pause) in [
        (429, "REQUEST_LIMITED", wait),
        (429, "HTML", wait),
        (503, "empty", wait),
        (500, "empty", None),
    ] {
        let answered = create_answer(&request(), &head_of(status, name), &body(name));
        assert_eq!(answered.pause, pause, "{status} {name}");
        let listed = listed(&request().key, &head_of(status, name), &body(name));
        assert_eq!(listed.pause, pause, "{status} {name}");
    }
}
