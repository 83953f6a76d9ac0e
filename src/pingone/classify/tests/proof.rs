//! Whose answer it is.

use super::*;

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
            assert_eq!(
                listed.outcome,
                LookOutcome::Nothing(WhyNothing::MixedUp),
                "{status} {name}"
            );
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
fn an_id_is_taken_from_an_answer_that_is_proven_ours_or_names_our_user() {
    let anonymous = format!(r#"{{"id":"{ID}","type":"WHATSAPP","phone":"{PHONE}"}}"#);
    let ours = device_json(ID, USER, "WHATSAPP", PHONE);
    let id = |id: Option<&str>| {
        let id = id.map(|id| id.parse().unwrap());
        AttemptOutcome::Created(Device {
            id,
            ..Device::default()
        })
    };
    let unexpected = AttemptOutcome::Indeterminate(Ambiguity::UnexpectedStatus);
    for (proof, status, body, expected) in [
        (Proof::Proven, 201, &anonymous, id(Some(ID))),
        (Proof::Unproven, 201, &ours, id(Some(ID))),
        (Proof::Unproven, 201, &anonymous, id(None)),
        (Proof::Proven, 200, &anonymous, id(Some(ID))),
        (Proof::Unproven, 200, &ours, id(Some(ID))),
        (Proof::Unproven, 200, &anonymous, unexpected),
    ] {
        let head = Head {
            proof,
            ..head(status)
        };
        let body = Ok(Bytes::from(body.clone()));
        let mut outcome = create_answer(&request(), &head, &body).outcome;
        if let AttemptOutcome::Created(device) = &mut outcome {
            (device.created_at, device.imprint) = Default::default();
        }
        assert_eq!(outcome, expected, "{proof:?} {status} {body:?}");
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
        (
            Proof::Unproven,
            page("x", ""),
            LookOutcome::Nothing(WhyNothing::Unproven),
        ),
        (
            Proof::Unproven,
            page("x", &anonymous),
            LookOutcome::Nothing(WhyNothing::Unproven),
        ),
        (Proof::Unproven, page(&users(USER), ""), absent()),
        (
            Proof::Unproven,
            page(&users(other), ""),
            LookOutcome::Nothing(WhyNothing::MixedUp),
        ),
        (
            Proof::Proven,
            page(&users(other), ""),
            LookOutcome::Nothing(WhyNothing::MixedUp),
        ),
        (
            Proof::Proven,
            page("x", &device_json(ID, other, "SMS", PHONE)),
            LookOutcome::Nothing(WhyNothing::MixedUp),
        ),
    ] {
        let head = Head { proof, ..head(200) };
        let listed = listed(&request().key, &head, &body);
        assert_eq!(listed.outcome, expected, "{proof:?} {body:?}");
    }
    for (proof, expected) in [
        (Proof::Proven, LookOutcome::UserUnknown),
        (Proof::Unproven, LookOutcome::Nothing(WhyNothing::Unproven)),
    ] {
        let head = Head { proof, ..head(404) };
        let listed = listed(&request().key, &head, &body("NOT_FOUND"));
        assert_eq!(listed.outcome, expected, "{proof:?}");
    }
}
