//! The tables of the module's documentation, row by row.

use super::*;
use crate::model::outcome::Listing;
use crate::model::phone::E164;
use crate::model::request::{Address, DeviceType};
use crate::model::row::RowNumber;

const TABLES: &str = include_str!("tables.md");
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
        row: RowNumber(1),
        line: 2,
        key: DeviceKey {
            user: USER.parse().unwrap(),
            kind: DeviceType::WhatsApp,
            address: Address::Phone(E164::from_digits("15125551234").unwrap()),
        },
        policy: USER.parse().unwrap(),
        status: None,
        nickname: None,
        notification: None,
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
        Listed::Whole(answered) => answered,
        Listed::GoesOn(pages) => panic!("it goes on at {}", pages.next()),
    }
}

fn head(status: u16) -> Head {
    Head {
        status,
        retry_after: Some(Duration::from_secs(7)),
        correlation_id: None,
        from_gateway: false,
        proof: Proof::Proven,
        date_ms: None,
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
        LookOutcome::UserUnknown
        | LookOutcome::Throttled { .. }
        | LookOutcome::Unauthorized
        | LookOutcome::Forbidden
        | LookOutcome::NoInformation
        | LookOutcome::Untrusted
        | LookOutcome::Redirected
        | LookOutcome::CaptivePortal
        | LookOutcome::Unproven
        | LookOutcome::MixedUp => variant(outcome),
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
            assert!(code::ALL.iter().any(|(known, _)| *known == word), "{word}");
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
                assert_eq!(look == LookOutcome::Untrusted, distrust, "{row:?}");
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

#[test]
fn an_answer_that_names_another_request_says_nothing_of_ours() {
    let head = |status| Head {
        proof: Proof::MixedUp,
        ..head(status)
    };
    for name in BODIES {
        for status in [200, 201, 204, 302, 400, 401, 403, 404, 409, 429, 500] {
            let created = create_answer(&request(), &head(status), &body(name));
            let mixed_up = AttemptOutcome::Indeterminate(Ambiguity::MixedUp);
            assert_eq!(created.outcome, mixed_up, "{status} {name}");
            let listed = listed(&request().key, &head(status), &body(name));
            assert_eq!(listed.outcome, LookOutcome::MixedUp, "{status} {name}");
            for answer in [created.answer, listed.answer] {
                assert_eq!(
                    answer.code.as_deref(),
                    Some(code::MIXED_UP),
                    "{status} {name}"
                );
            }
        }
    }
}

#[test]
fn a_listing_counts_where_it_is_proven_ours_or_names_our_user() {
    let other = "22222222-2222-4222-8222-222222222222";
    let page = |link: &str, devices: &str| {
        let text = format!(
            r#"{{"_links":{{"self":{{"href":"{link}"}}}},"_embedded":{{"devices":[{devices}]}}}}"#
        );
        Ok(Bytes::from(text))
    };
    let users =
        |user: &str| format!("https://api.pingone.eu/v1/environments/e/users/{user}/devices");
    let anonymous = format!(r#"{{"id":"{ID}","type":"WHATSAPP","phone":"{PHONE}"}}"#);
    let absent = || LookOutcome::Seen(Listing::Absent);
    for (proof, body, expected) in [
        (Proof::Proven, page("x", ""), absent()),
        (Proof::Unproven, page("x", ""), LookOutcome::Unproven),
        (
            Proof::Unproven,
            page("x", &anonymous),
            LookOutcome::Unproven,
        ),
        (Proof::Unproven, page(&users(USER), ""), absent()),
        (
            Proof::Unproven,
            page(&users(other), ""),
            LookOutcome::MixedUp,
        ),
        (Proof::Proven, page(&users(other), ""), LookOutcome::MixedUp),
        (
            Proof::Proven,
            page("x", &device_json(ID, other, "SMS", PHONE)),
            LookOutcome::MixedUp,
        ),
    ] {
        let head = Head { proof, ..head(200) };
        let listed = listed(&request().key, &head, &body);
        assert_eq!(listed.outcome, expected, "{proof:?} {body:?}");
    }
    for (proof, expected) in [
        (Proof::Proven, LookOutcome::UserUnknown),
        (Proof::Unproven, LookOutcome::Unproven),
    ] {
        let head = Head { proof, ..head(404) };
        let listed = listed(&request().key, &head, &body("NOT_FOUND"));
        assert_eq!(listed.outcome, expected, "{proof:?}");
    }
}

#[test]
fn the_error_bodys_id_stands_in_where_the_header_is_missing() {
    let mut head = head(400);
    let name = body("INVALID_REQUEST");
    let answer = create_answer(&request(), &head, &name).answer;
    assert_eq!(answer.correlation_id.as_deref(), Some("e-1"));
    head.correlation_id = Some("c-1".to_owned());
    let answer = create_answer(&request(), &head, &name).answer;
    assert_eq!(answer.correlation_id.as_deref(), Some("c-1"));
}

#[test]
fn another_device_is_named_by_what_differs_and_never_by_its_phone() {
    let answer = create_answer(&request(), &head(201), &body("other phone")).answer;
    assert_eq!(
        answer.message,
        Some(hint::advised(
            "the answer is about another address than was asked for",
            hint::of_ambiguity(Ambiguity::WrongDevice)
        ))
    );
}

#[test]
fn of_several_details_the_one_that_decided_is_shown() {
    for (status, details, shown) in [
        (429, ["LIMIT_EXCEEDED", "QUOTA_EXCEEDED"], "QUOTA_EXCEEDED"),
        (429, ["OTHER", "LIMIT_EXCEEDED"], "LIMIT_EXCEEDED"),
        (400, ["QUOTA_EXCEEDED", "LIMIT_EXCEEDED"], "LIMIT_EXCEEDED"),
        (
            400,
            ["LIMIT_EXCEEDED", "UNIQUENESS_VIOLATION"],
            "UNIQUENESS_VIOLATION",
        ),
        (400, ["OTHER", "INVALID_VALUE"], "OTHER"),
    ] {
        let [first, second] = details;
        let body = format!(
            r#"{{"code":"C","message":"m","details":[{{"code":"{first}"}},{{"code":"{second}"}}]}}"#
        );
        let answer = create_answer(&request(), &head(status), &Ok(body.into())).answer;
        assert_eq!(answer.code, Some(format!("C/{shown}")), "{status}");
    }
}

#[test]
fn a_failure_that_pingone_did_not_word_is_described_by_its_status() {
    for (status, message) in [
        (204, "status 204, and not what PingOne answers here; "),
        (302, "status 302, and not what PingOne answers here; "),
        (399, "status 399, and not what PingOne answers here; "),
        (400, "status 400 without PingOne's error format; "),
        (502, "status 502 without PingOne's error format; "),
    ] {
        let created = create_answer(&request(), &head(status), &body("HTML")).answer;
        let listed = listed(&request().key, &head(status), &body("HTML")).answer;
        for said in [created.message.unwrap(), listed.message.unwrap()] {
            assert!(said.starts_with(message), "{said}");
        }
    }
}

#[test]
fn whatever_leaves_a_row_open_says_what_happened_and_what_to_do() {
    let says = |answer: &Answer, advice: &str, row: &str| {
        let message = answer.message.as_deref().expect(row);
        let what = hint::without_advice(message, advice);
        assert!(!what.is_empty() && what != message, "{row}: {message}");
    };
    for status in (100..600).chain([600, 999]) {
        for name in BODIES {
            let row = format!("{status} with {name}");
            let created = create_answer(&request(), &head_of(status, name), &body(name));
            match created.outcome {
                AttemptOutcome::Created(_) => assert_eq!(created.answer.message, None, "{row}"),
                AttemptOutcome::NotCreated(why) => {
                    says(&created.answer, hint::of_refusal(why), &row);
                }
                AttemptOutcome::Indeterminate(why) => {
                    says(&created.answer, hint::of_ambiguity(why), &row);
                }
            }
            let listed = listed(&request().key, &head_of(status, name), &body(name));
            if let LookOutcome::Seen(_) = &listed.outcome {
                assert_eq!(listed.answer.message, None, "{row}");
            } else {
                says(&listed.answer, hint::of_look(&listed.outcome), &row);
            }
        }
    }
    for kind in FAULTS {
        let fault = Fault {
            kind,
            detail: String::new(),
        };
        for handed_over in [false, true] {
            let answered = create_fault(&request().key, &fault, handed_over);
            let advice = create_advice(&answered.outcome).expect("it is not created");
            says(&answered.answer, advice, &format!("{kind:?}"));
        }
        let look = list_fault(&request().key, &fault);
        says(
            &look.answer,
            hint::of_look(&look.outcome),
            &format!("{kind:?}"),
        );
    }
}

#[test]
fn no_word_of_a_server_shows_the_rows_own_phone() {
    // Seven digits: by its looks alone, no pattern tells it from a version.
    let mut row = request();
    row.key.address = Address::Phone(E164::from_digits("6834002").unwrap());
    let body = r#"{"id":"e-683-4002","code":"BAD_683_400","message":"No device for 683.40.02.",
        "details":[{"code":"INVALID_VALUE","target":"+683 4002","message":"(683) 4002 is taken"}]}"#;
    let body = Ok(Bytes::from(body));
    for status in [400, 403, 404, 409, 429, 500] {
        let head = Head {
            correlation_id: Some("c-6834-002".to_owned()),
            ..head(status)
        };
        let created = create_answer(&row, &head, &body).answer;
        let listed = listed(&row.key, &head, &body).answer;
        for answer in [created, listed] {
            assert_eq!(answer.correlation_id, None);
            let message = answer.message.unwrap();
            let shown = "No device for ***. ***: (*** is taken; ";
            assert!(message.starts_with(shown), "{message}");
            assert!(!answer.code.unwrap().contains("683"));
        }
    }
    let fault = Fault {
        kind: FaultKind::Tls,
        detail: "the certificate is for 683-4002.example".to_owned(),
    };
    for answer in [
        create_fault(&row.key, &fault, false).answer,
        list_fault(&row.key, &fault).answer,
    ] {
        let message = answer.message.unwrap();
        assert!(message.contains("is for ***.example"), "{message}");
    }
}
