//! What goes wrong in the sandbox when it is told to, seen from the wire, and what is true then.

use std::io::ErrorKind;

use serde_json::Value;
use wavepair::testing::sandbox::{Kind, Options, Sandbox, WAVE_POLICY, start};

use crate::support::raw::{Answer, Raw, ask, bearer, plain, post};

const USER: &str = "b30ac647-e33e-464f-a6ea-0275082d4c26";

/// What is true of an answer.
type Holds = fn(&Answer) -> bool;

struct BadDay {
    sandbox: Sandbox,
    bearer: String,
}

impl BadDay {
    /// A sandbox with one fault, written as in a file.
    async fn of(fault: &str) -> Self {
        let sandbox = start(Options {
            faults: format!("[[fault]]\n{fault}").parse().unwrap(),
            ..Options::default()
        })
        .await
        .unwrap();
        let bearer = bearer(&sandbox).await;
        Self { sandbox, bearer }
    }

    fn path(&self) -> String {
        let environment = self.sandbox.environment();
        format!("/v1/environments/{environment}/users/{USER}/devices")
    }

    async fn create(&self) -> std::io::Result<Answer> {
        let headers = format!("{}Content-Type: application/json\r\n", self.bearer);
        let body = format!(
            r#"{{"type": "WHATSAPP", "phone": "+15125551234", "policy": {{"id": "{WAVE_POLICY}"}}}}"#
        );
        ask(&self.sandbox, &post(&self.path(), &headers, &body)).await
    }

    async fn list(&self) -> std::io::Result<Answer> {
        ask(&self.sandbox, &plain("GET", &self.path(), &self.bearer)).await
    }

    fn held(&self) -> usize {
        self.sandbox.devices().len()
    }
}

#[tokio::test]
async fn a_lost_answer_says_nothing_about_the_device() {
    for (fault, held) in [
        ("drop = 'close'", 0),
        ("drop = 'close'\nwhen = 'after'", 1),
        ("drop = 'reset'", 0),
        ("drop = 'reset'\nwhen = 'after'", 1),
        ("stall = '1ms'", 0),
        ("stall = '1ms'\nwhen = 'after'", 1),
        ("body = 'cut'\nwhen = 'after'", 1),
        ("status = 201\nbody = 'cut'", 0),
    ] {
        let day = BadDay::of(&format!("on = 'create'\n{fault}")).await;
        day.create().await.unwrap_err();
        assert_eq!(day.held(), held, "{fault}");
        let status = if fault.contains("cut") { 201 } else { 0 };
        assert_eq!(
            day.sandbox.stats().answered(Kind::Create, status),
            1,
            "{fault}"
        );
    }
}

#[tokio::test]
async fn a_reset_is_a_reset_and_a_close_is_a_close() {
    let day = BadDay::of("on = 'create'\nwhen = 'after'\ndrop = 'reset'").await;
    let error = day.create().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConnectionReset);
    let day = BadDay::of("on = 'create'\nwhen = 'after'\ndrop = 'close'").await;
    let error = day.create().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::UnexpectedEof);
}

#[tokio::test]
async fn a_wrong_status_is_given_before_or_after_the_device_is_stored() {
    for status in [200, 202, 301, 401, 403, 404, 409, 429, 500, 502, 503, 504] {
        for (when, held) in [("before", 0), ("after", 1)] {
            let fault = format!("on = 'create'\nstatus = {status}\nwhen = '{when}'");
            let day = BadDay::of(&fault).await;
            assert_eq!(day.create().await.unwrap().status, status);
            assert_eq!(day.held(), held, "{fault}");
        }
    }
}

#[tokio::test]
async fn the_body_and_the_headers_of_an_answer_are_what_the_plan_says() {
    let expect: [(&str, Holds); 9] = [
        ("status = 502\nbody = 'html'", |answer| {
            answer.header("content-type") == Some("text/html; charset=utf-8")
                && answer.body.contains("<h1>502 Bad Gateway</h1>")
        }),
        ("status = 429\nbody = 'gateway'", |answer| {
            answer.body == r#"{"message":"Too Many Requests"}"#
                && answer.header("x-amzn-requestid").is_some()
                && answer.header("correlation-id").is_none()
                && answer.header("x-ping-external-transaction-id").is_none()
        }),
        ("status = 500\nbody = 'empty'", |answer| {
            answer.body.is_empty()
        }),
        ("status = 500", |answer| {
            answer.json()["code"] == "UNEXPECTED_ERROR"
        }),
        (
            "status = 400\ncode = 'REQUEST_FAILED'\ndetail = 'NO_PASSWORD'",
            |answer| {
                let body = answer.json();
                body["code"] == "REQUEST_FAILED" && body["details"][0]["code"] == "NO_PASSWORD"
            },
        ),
        ("status = 429\nretry_after = 'soon'", |answer| {
            answer.header("retry-after") == Some("soon")
        }),
        ("status = 429\nretry_after_date = 5", |answer| {
            answer
                .header("retry-after")
                .is_some_and(|date| date.ends_with(" GMT"))
        }),
        ("status = 429", |answer| {
            answer.header("retry-after").is_none()
        }),
        ("status = 307\nlocation = 'http://127.0.0.1:9/'", |answer| {
            answer.header("location") == Some("http://127.0.0.1:9/")
        }),
    ];
    for (fault, holds) in expect {
        let day = BadDay::of(&format!("on = 'create'\n{fault}")).await;
        let answer = day.create().await.unwrap();
        assert!(holds(&answer), "{fault}: {answer:?}");
    }
}

#[tokio::test]
async fn a_slow_body_comes_whole_in_the_end() {
    let day = BadDay::of("on = 'list'\nstatus = 200\ntext = 'x'").await;
    assert_eq!(day.list().await.unwrap().body, "x");
    let day = BadDay::of("on = 'create'\nstatus = 200\nbody = 'slow'").await;
    assert_eq!(day.create().await.unwrap().body, "{}");
}

#[tokio::test]
async fn a_body_without_end_goes_on_until_the_client_leaves() {
    let day = BadDay::of("on = 'list'\nstatus = 200\nbody = 'endless'").await;
    let mut raw = Raw::connect(day.sandbox.address()).await;
    raw.send(&plain("GET", &day.path(), &day.bearer)).await;
    assert!(raw.has_more_than(1 << 20).await);
    drop(raw);
    assert_eq!(day.create().await.unwrap().status, 201);
}

#[tokio::test]
async fn a_zombie_is_stored_after_its_connection_is_gone() {
    let day = BadDay::of("on = 'create'\nzombie = '1h'").await;
    day.create().await.unwrap_err();
    assert_eq!(day.held(), 0);
    let day = BadDay::of("on = 'create'\nzombie = '1ms'").await;
    day.create().await.unwrap_err();
    while day.held() == 0 {
        tokio::task::yield_now().await;
    }
    assert_eq!(day.sandbox.stats().most_per_key, 1);
}

#[tokio::test]
async fn a_stale_listing_misses_what_was_just_made() {
    let day = BadDay::of("on = 'list'\nfirst = 1\nstale_listing = '1h'").await;
    assert_eq!(day.create().await.unwrap().status, 201);
    for seen in [0, 1] {
        let body = day.list().await.unwrap().json();
        let devices = body["_embedded"]["devices"].as_array().map(Vec::len);
        assert_eq!(devices, Some(seen));
    }
}

#[tokio::test]
async fn another_users_device_is_shown_and_the_right_one_is_stored_or_not() {
    for (when, held) in [("before", 0), ("after", 1)] {
        let day = BadDay::of(&format!(
            "on = 'create'\nother_user = true\nwhen = '{when}'"
        ))
        .await;
        let answer = day.create().await.unwrap();
        assert_eq!(answer.status, 201);
        assert_ne!(answer.json()["user"]["id"], USER);
        let users: Vec<_> = day
            .sandbox
            .devices()
            .into_iter()
            .map(|held| held.user)
            .collect();
        assert_eq!(users, vec![USER; held]);
    }
}

#[tokio::test]
async fn revoked_tokens_are_worth_nothing_and_new_ones_are() {
    let mut day = BadDay::of("on = 'create'\nafter = 1\nfirst = 1\nrevoke_tokens = true").await;
    for expected in [201, 401, 401] {
        assert_eq!(day.create().await.unwrap().status, expected);
    }
    day.bearer = bearer(&day.sandbox).await;
    assert_eq!(day.create().await.unwrap().status, 201);
}

#[tokio::test]
async fn the_token_endpoint_fails_in_its_own_words() {
    let day = BadDay::of("on = 'token'\nafter = 1\nstatus = 503").await;
    let path = format!("/{}/as/token", day.sandbox.environment());
    let answer = ask(&day.sandbox, &post(&path, "", "")).await.unwrap();
    assert_eq!(answer.status, 503);
    assert_eq!(answer.json()["error"], "temporarily_unavailable");
}

#[tokio::test]
async fn the_truth_can_be_asked_for() {
    let day = BadDay::of("on = 'create'\nfirst = 1\nwhen = 'after'\ndrop = 'close'").await;
    let empty = ask(&day.sandbox, &plain("GET", "/sandbox/devices", "")).await;
    assert_eq!(empty.unwrap().json(), Value::Array(Vec::new()));
    day.create().await.unwrap_err();
    day.create().await.unwrap();

    let held = ask(&day.sandbox, &plain("GET", "/sandbox/devices", "")).await;
    let held = held.unwrap().json();
    assert_eq!(held.as_array().map(Vec::len), Some(2));
    assert_eq!(held[0]["user"], USER);
    assert_eq!(held[0]["type"], "WHATSAPP");
    assert_eq!(held[0]["phone"], "+15125551234");

    let leak = format!("{}?access_token=sandbox.1", day.path());
    ask(&day.sandbox, &plain("GET", &leak, &day.bearer))
        .await
        .unwrap();
    let stats = ask(&day.sandbox, &plain("GET", "/sandbox/stats", "")).await;
    let stats = stats.unwrap().json();
    assert_eq!(stats["requests"]["create"]["0"], 1);
    assert_eq!(stats["requests"]["create"]["201"], 1);
    assert_eq!(stats["requests"]["token"]["200"], 1);
    assert_eq!(stats["tokens_issued"], 1);
    assert_eq!(stats["devices"], 2);
    assert_eq!(stats["most_per_key"], 2);
    assert_eq!(stats["peak_in_flight"], 1);
    assert_eq!(stats["secret_in_url"], true);
}

#[tokio::test]
async fn the_exports_point_a_shell_at_the_sandbox() {
    let sandbox = start(Options::default()).await.unwrap();
    let address = sandbox.address();
    let environment = sandbox.environment();
    let expected = format!(
        "export PINGONE_ENVIRONMENT_ID={environment}\n\
         export PINGONE_CLIENT_ID={}\n\
         export PINGONE_CLIENT_SECRET={}\n\
         export WAVEPAIR_API_URL=http://{address}/v1\n\
         export WAVEPAIR_TOKEN_URL=http://{address}/{environment}/as/token\n",
        sandbox.client_id(),
        sandbox.client_secret(),
    );
    assert_eq!(sandbox.exports(), expected);
    let again = start(Options::default()).await.unwrap();
    assert_eq!(again.environment(), environment);
    assert_eq!(again.client_secret(), sandbox.client_secret());
}

#[tokio::test]
async fn a_sandbox_that_is_dropped_answers_no_more() {
    let sandbox = start(Options::default()).await.unwrap();
    let mut raw = Raw::connect(sandbox.address()).await;
    raw.send(&plain("GET", "/", "")).await;
    assert_eq!(raw.answer().await.unwrap().status, 404);
    drop(sandbox);
    raw.answer().await.unwrap_err();
}

#[tokio::test]
async fn a_sandbox_is_not_for_networks() {
    let listen = "0.0.0.0:0".parse().unwrap();
    let error = start(Options {
        listen,
        ..Options::default()
    })
    .await
    .unwrap_err();
    assert!(error.to_string().contains("loopback"), "{error}");
}
