//! What an answer says of itself: its code, its message, its reference.

use super::*;

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
