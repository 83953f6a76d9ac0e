//! What the sandbox answers.

use std::time::Duration;

use serde_json::{Value, json};
use wavepair::testing::sandbox::{Duplicates, Options, Policies, Users, start};

use self::asking::{Tenant, details, error, is, literal, own};
use super::documents::{CREATE, CREATED, DEVICE_LIMIT, FORBIDDEN, NOT_FOUND};
use crate::support::raw::{Answer, Raw, ask, bearer, plain, post};

mod asking;
mod devices;
mod reports;
mod tenant;
mod tokens;
mod users;
mod variants;

const USER: &str = "b30ac647-e33e-464f-a6ea-0275082d4c26";
const FORM: &str = "Content-Type: application/x-www-form-urlencoded\r\n";

// The client of RFC 6749, section 2.3.1, and its credentials in a header and in a form.
const CLIENT: [&str; 2] = ["s6BhdRkqt3", "7Fjfp0ZBr1KtDRbnfVdmIw"];
const BASIC: &str = "Authorization: Basic czZCaGRSa3F0Mzo3RmpmcDBaQnIxS3REUmJuZlZkbUl3\r\n";
const POSTED: &str = "client_id=s6BhdRkqt3&client_secret=7Fjfp0ZBr1KtDRbnfVdmIw";

/// What makes a sandbox with that client.
fn with_client() -> Options {
    let [id, secret] = CLIENT.map(|text| Some(text.to_owned()));
    Options {
        client_id: id,
        client_secret: secret,
        ..Options::default()
    }
}

#[tokio::test]
async fn the_documented_create_request_gets_the_documented_answer() {
    let tenant = Tenant::new(Options::default()).await;
    let answer = tenant.create(CREATE).await;

    assert_eq!(answer.status, 201);
    assert_eq!(answer.header("content-type"), Some("application/json"));
    let body = answer.json();
    let now = body["createdAt"].as_str().unwrap();
    let shape: String = now
        .chars()
        .map(|c| if c.is_ascii_digit() { '0' } else { c })
        .collect();
    assert_eq!(shape, "0000-00-00T00:00:00.000Z");
    let device = body["id"].as_str().unwrap();
    assert_eq!(body, tenant.filled_in(CREATED, device, now));
}

#[tokio::test]
async fn every_documented_spelling_of_a_phone_is_kept_as_sent() {
    let tenant = Tenant::new(Options::default()).await;
    for phone in ["+15125551234", "+1.512.555.1234", "+1 (512) 555-1234"] {
        let answer = tenant.create(&CREATE.replace("+1.5125551234", phone)).await;
        assert_eq!(answer.json()["phone"], phone);
    }
    // Open: whether identical devices are allowed. By default they are.
    assert_eq!(tenant.sandbox.stats().most_per_key, 3);
}

#[tokio::test]
async fn every_answer_is_named_for_support_and_echoes_the_clients_own_name() {
    let tenant = Tenant::new(Options::default()).await;
    let own = "X-Ping-External-Transaction-ID: run 7/row-2:é\r\n";
    let path = tenant.devices("");
    let headers = format!("{}{own}", tenant.bearer);
    let answer = ask(&tenant.sandbox, &plain("GET", &path, &headers)).await;
    let answer = answer.unwrap();
    assert_eq!(answer.status, 200);
    assert!(answer.header("date").unwrap().ends_with(" GMT"));
    assert_eq!(answer.header("correlation-id").unwrap().len(), 36);

    let own = own.replace(":é", ":");
    let headers = format!("{}{own}", tenant.bearer);
    let answer = ask(&tenant.sandbox, &plain("GET", &path, &headers)).await;
    let echoed = answer.unwrap();
    let echoed = echoed.header("x-ping-external-transaction-id");
    assert_eq!(echoed, Some("run_7/row-2_"));
}

#[tokio::test]
async fn one_device_too_many_is_refused_in_the_documented_words() {
    let tenant = Tenant::new(Options {
        max_devices: 1,
        ..Options::default()
    })
    .await;
    assert_eq!(tenant.create(CREATE).await.status, 201);
    let answer = tenant.create(CREATE).await;
    assert_eq!(answer.status, 400);
    assert_eq!(error(&answer), literal(DEVICE_LIMIT));
}

#[tokio::test]
async fn everything_that_is_wrong_with_a_request_is_named_at_once() {
    let tenant = Tenant::new(Options::default()).await;
    let answer = tenant
        .create(r#"{"type": "WHATSAPP", "phone": "5125551234", "policy": {}, "status": "NEW"}"#)
        .await;
    assert_eq!(answer.status, 400);
    let body = answer.json();
    assert_eq!(body["code"], "INVALID_DATA");
    assert_eq!(
        body["message"],
        "The request could not be completed. One or more validation errors were in the request."
    );
    let expected = [
        ("INVALID_VALUE", "phone"),
        ("REQUIRED_VALUE", "policy.id"),
        ("INVALID_VALUE", "status"),
    ]
    .map(|(code, target)| (code.to_owned(), target.to_owned()));
    assert_eq!(details(&answer), expected);
}

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    let tenant = Tenant::new(Options {
        users: Users::Exactly(2),
        policies: Policies::Known,
        ..Options::default()
    })
    .await;
    let [known, _] = &tenant.sandbox.users()[..] else {
        panic!("two users were asked for");
    };
    let user = tenant.at(&format!("/users/{known}"));
    assert_eq!(tenant.get(&user).await.json()["id"], **known);
    assert_eq!(tenant.create(CREATE).await.status, 404);
    for path in [
        tenant.devices(""),
        format!("{user}/devices/{USER}"),
        format!("{user}/devices/1"),
        tenant.at(&format!("/deviceAuthenticationPolicies/{USER}")),
        "/v1/nothing".to_owned(),
        "/".to_owned(),
    ] {
        let answer = tenant.get(&path).await;
        assert_eq!(answer.status, 404, "{path}");
        assert_eq!(error(&answer), literal(NOT_FOUND), "{path}");
    }
}

#[tokio::test]
async fn the_content_type_selects_the_operation_so_no_other_creates() {
    let tenant = Tenant::new(Options::default()).await;
    for (kind, status, code) in [
        ("devices.reorder", 400, "INVALID_DATA"),
        ("device.activate", 415, "INVALID_REQUEST"),
        ("devices", 415, "INVALID_REQUEST"),
    ] {
        let kind = own(kind);
        let answer = tenant
            .send("POST", &tenant.devices(""), &kind, CREATE)
            .await;
        assert_eq!(answer.status, status, "{kind}");
        assert_eq!(answer.json()["code"], code, "{kind}");
    }
    let request = post(&tenant.devices(""), &tenant.bearer, CREATE);
    assert_eq!(ask(&tenant.sandbox, &request).await.unwrap().status, 415);
    let request = plain("PATCH", &tenant.devices(""), &tenant.bearer);
    let answer = ask(&tenant.sandbox, &request).await.unwrap();
    assert_eq!(answer.status, 405);
    assert_eq!(answer.header("allow"), Some("GET, POST, DELETE"));
    assert_eq!(tenant.sandbox.stats().devices, 0);
}

#[tokio::test]
async fn another_environment_is_forbidden() {
    let tenant = Tenant::new(Options::default()).await;
    let path = format!("/v1/environments/{USER}/mfaSettings");
    let answer = tenant.get(&path).await;
    assert_eq!(answer.status, 403);
    assert_eq!(error(&answer), literal(FORBIDDEN));
}

#[tokio::test]
async fn a_listing_shows_the_users_devices_the_oldest_first() {
    let tenant = Tenant::new(Options::default()).await;
    let created = tenant.create(CREATE).await.json();
    let pending = CREATE.replace(
        r#""type": "WHATSAPP""#,
        r#""type": "SMS", "status": "ACTIVATION_REQUIRED", "nickname": "Work""#,
    );
    let pending = tenant.create(&pending).await.json();
    assert_eq!(pending["status"], "ACTIVATION_REQUIRED");
    assert_eq!(pending["_links"]["activate"], pending["_links"]["self"]);
    assert_eq!(pending["nickname"], "Work");

    let answer = tenant.get(&tenant.devices("")).await;
    assert_eq!(answer.status, 200);
    let body = answer.json();
    assert_eq!(body["_embedded"]["devices"], json!([created, pending]));
    let own = format!("http://{}{}", tenant.sandbox.address(), tenant.devices(""));
    assert_eq!(
        body["_links"],
        json!({"self": {"href": own}, "devices.reorder": {"href": own}})
    );

    let active = tenant.devices("?filter=status%20eq%20%22ACTIVE%22");
    let body = tenant.get(&active).await.json();
    assert_eq!(body["_embedded"]["devices"], json!([created]));
    let by_phone = tenant.devices("?filter=phone%20eq%20%22%2B15125551234%22");
    let refused = tenant.get(&by_phone).await;
    assert_eq!(
        (refused.status, details(&refused)),
        (400, is("INVALID_FILTER", "filter"))
    );
}

#[tokio::test]
async fn policies_and_settings_can_be_looked_at_before_a_wave() {
    let tenant = Tenant::new(Options::default()).await;
    let all = tenant.at("/deviceAuthenticationPolicies");
    let body = tenant.get(&all).await.json();
    let policies = &body["_embedded"]["deviceAuthenticationPolicies"];
    assert_eq!(policies[0]["id"], "6f1b3c52-8a0e-4d39-9c47-2e5d1a7b9f10");
    assert_eq!(policies[0]["default"], true);
    assert_eq!(policies[0]["whatsApp"]["enabled"], true);
    assert_eq!(policies[0]["newDeviceNotification"], "NONE");
    assert_eq!(policies[1]["whatsApp"]["enabled"], false);
    assert_eq!(policies[2], Value::Null);
    let one = format!("{all}/0d9c8b7a-6f5e-4d3c-8b2a-19087f6e5d4c");
    assert_eq!(tenant.get(&one).await.json(), policies[1]);
    let settings = tenant.get(&tenant.at("/mfaSettings")).await.json();
    assert_eq!(settings["pairing"]["maxAllowedDevices"], 5);
}

#[tokio::test]
async fn an_identical_device_is_refused_if_the_sandbox_is_told_so() {
    // Open: PingOne does not say. The body is that of the documented detail code.
    for (duplicates, status) in [(Duplicates::Refuse400, 400), (Duplicates::Refuse409, 409)] {
        let tenant = Tenant::new(Options {
            duplicates,
            ..Options::default()
        })
        .await;
        let first = tenant.create(CREATE).await.json();
        let other_spelling = CREATE.replace("+1.5125551234", "+15125551234");
        let answer = tenant.create(&other_spelling).await;
        assert_eq!(answer.status, status);
        let detail = &answer.json()["details"][0];
        assert_eq!(detail["code"], "UNIQUENESS_VIOLATION");
        assert_eq!(detail["innerError"]["existingId"], first["id"]);
    }
}

#[tokio::test]
async fn too_many_requests_are_limited_before_anything_else_is_looked_at() {
    let tenant = Tenant::new(Options {
        rate_limit: Some(0.01),
        ..Options::default()
    })
    .await;
    assert_eq!(tenant.create(CREATE).await.status, 201);
    let answer = tenant.create("not JSON").await;
    assert_eq!(answer.status, 429);
    assert_eq!(answer.json()["code"], "REQUEST_LIMITED");
    let wait: u64 = answer.header("retry-after").unwrap().parse().unwrap();
    assert!((90..=100).contains(&wait), "{wait}");
    assert_eq!(tenant.sandbox.stats().before_retry_after, 0);
    assert_eq!(tenant.create(CREATE).await.status, 429);
    assert_eq!(tenant.sandbox.stats().before_retry_after, 1);
    // Tokens are not limited, and other groups have limits of their own.
    bearer(&tenant.sandbox).await;
    let settings = tenant.get(&tenant.at("/mfaSettings")).await;
    assert_eq!(settings.status, 200);
}

#[tokio::test]
async fn garbage_is_refused_and_the_next_request_is_served() {
    let tenant = Tenant::new(Options::default()).await;
    for body in ["", "{", "[]", "null", "{\"type\":}", &"[".repeat(50_000)] {
        let answer = tenant.create(body).await;
        assert_eq!(answer.status, 400, "{body}");
        assert_eq!(answer.json()["code"], "INVALID_REQUEST");
    }
    let long = format!("{{\"x\":\"{}\"}}", "x".repeat(64 * 1024));
    assert_eq!(tenant.create(&long).await.status, 413);
    for (size, expected) in [(5_000, 200), (7_000, 431), (100_000, 431)] {
        let headers = format!("{}X-Long: {}\r\n", tenant.bearer, "x".repeat(size));
        let request = plain("GET", &tenant.devices(""), &headers);
        let answer = ask(&tenant.sandbox, &request).await.unwrap();
        assert_eq!(answer.status, expected, "{size}");
    }
    for garbage in [
        "\r\n\r\n\0\0\r\n\r\n",
        "GET\r\n\r\n",
        "BREW / HTTP/9.9\r\n\r\n",
    ] {
        let mut raw = Raw::connect(tenant.sandbox.address()).await;
        raw.send(garbage).await;
        assert_eq!(raw.answer().await.unwrap().status, 400, "{garbage:?}");
    }
    assert_eq!(tenant.create(CREATE).await.status, 201);
}
