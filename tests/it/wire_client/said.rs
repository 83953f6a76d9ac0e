//! What goes out, byte by byte, and answers that come whole.

use std::time::Duration;

use wavepair::testing::model::{Ambiguity, AttemptOutcome, DeviceStatus, Refusal};

use super::peer::Peer;
use super::*;

/// Request line, headers (sorted, names in lower case), body.
fn parts(request: &str) -> (String, Vec<String>, String) {
    let (head, body) = request.split_once("\r\n\r\n").unwrap();
    let mut lines = head.lines();
    let first = lines.next().unwrap().to_owned();
    let mut headers: Vec<_> = lines
        .map(|line| {
            let (name, value) = line.split_once(": ").unwrap();
            format!("{}: {value}", name.to_lowercase())
        })
        .filter(|line| !line.starts_with("host: "))
        .collect();
    headers.sort();
    (first, headers, body.to_owned())
}

#[tokio::test]
async fn a_create_request_is_exactly_the_documented_bytes() {
    let peer = Peer::answering(http("201 Created", &device(DEVICE, PHONE))).await;
    let answered = create(&client(&peer)).await;
    assert_eq!(answered.outcome, created(Some(DEVICE)));
    assert_eq!(answered.answer.http_status, Some(201));
    assert_eq!(answered.answer.correlation_id.as_deref(), Some("c-1"));

    let [request] = &peer.requests()[..] else {
        panic!("one request");
    };
    let (first, headers, body) = parts(request);
    assert_eq!(
        first,
        format!("POST /v1/environments/{ENVIRONMENT}/users/{USER}/devices HTTP/1.1")
    );
    let expected =
        format!(r#"{{"type":"WHATSAPP","phone":"+{PHONE}","policy":{{"id":"{POLICY}"}}}}"#);
    assert_eq!(body, expected);
    assert_eq!(
        headers,
        [
            "accept: application/json".to_owned(),
            format!("authorization: Bearer {TOKEN}"),
            format!("content-length: {}", expected.len()),
            "content-type: application/json".to_owned(),
            concat!("user-agent: wavepair/", env!("CARGO_PKG_VERSION")).to_owned(),
            "x-ping-external-transaction-id: run/row#1".to_owned(),
        ]
    );
}

#[tokio::test]
async fn what_a_row_adds_goes_out_and_an_odd_transaction_id_cannot_add_a_header() {
    let peer = Peer::answering(http("201 Created", &device(DEVICE, PHONE))).await;
    let mut full = request(PHONE);
    full.status = Some(DeviceStatus::Active);
    full.nickname = Some("Müller's phone".to_owned());
    let answered = client(&peer)
        .create_device(&full, &token(), "a\r\nX-Evil: 1", Connection::Kept)
        .await;
    assert!(matches!(answered.outcome, AttemptOutcome::Created(_)));
    let (_, headers, body) = parts(&peer.requests()[0]);
    assert!(body.ends_with(r#","status":"ACTIVE","nickname":"Müller's phone"}"#));
    assert!(headers.contains(&"x-ping-external-transaction-id: a__X-Evil__1".to_owned()));
    assert!(!headers.iter().any(|line| line.starts_with("x-evil")));
}

#[tokio::test]
async fn a_redirect_is_never_followed() {
    let trap = Peer::answering(http("201 Created", &device(DEVICE, PHONE))).await;
    for status in [301, 302, 303, 307, 308] {
        let answer = format!(
            "HTTP/1.1 {status} X\r\nLocation: http://{}/v1/trap\r\nContent-Length: 0\r\n\r\n",
            trap.address
        );
        let peer = Peer::answering(answer).await;
        let client = client(&peer);
        assert_eq!(
            create(&client).await.outcome,
            AttemptOutcome::Indeterminate(Ambiguity::Redirected),
            "{status}"
        );
        client.fetch_token().await.unwrap_err();
        assert_eq!(peer.requests().len(), 2);
    }
    assert_eq!(trap.requests(), [""; 0]);
}

#[tokio::test]
async fn a_retry_after_date_is_measured_by_the_answers_own_clock() {
    let body = r#"{"code":"REQUEST_LIMITED","message":"Too many requests."}"#;
    let answer = format!(
        "HTTP/1.1 429 X\r\nDate: Fri, 02 Jan 1970 00:00:00 GMT\r\nRetry-After: Fri, 02 Jan 1970 00:00:40 GMT\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let peer = Peer::answering(answer).await;
    let wait = Some(Duration::from_secs(40));
    let answered = create(&client(&peer)).await;
    let throttled = Refusal::Throttled { retry_after: wait };
    assert_eq!(answered.outcome, AttemptOutcome::NotCreated(throttled));
    assert_eq!(answered.pause, wait);
}

#[tokio::test]
async fn an_error_that_echoes_token_and_phone_shows_neither() {
    let body = format!(
        r#"{{"id":"e-1","code":"INVALID_DATA","message":"Bad request with {TOKEN}","details":[{{"code":"INVALID_VALUE","target":"phone","message":"+{PHONE} \u001b[2J"}}]}}"#
    );
    let peer = Peer::answering(http("400 Bad Request", &body)).await;
    let answer = create(&client(&peer)).await.answer;
    assert_eq!(answer.code.as_deref(), Some("INVALID_DATA/INVALID_VALUE"));
    let said = answer.message.unwrap();
    assert!(
        said.starts_with(r"Bad request with *** phone: *** \u{1b}[2J; correct what"),
        "{said}"
    );
}

#[tokio::test]
async fn an_answer_is_taken_for_the_request_that_it_follows_and_for_no_other() {
    let stale = http("201 Created", &device(DEVICE, PHONE));
    let other = "22222222-2222-4222-8222-222222222222";
    let peer = Peer::start(move |mut line| {
        let stale = stale.clone();
        async move {
            line.request().await;
            if line.number == 0 {
                // Two answers to one request.
                line.say(stale.repeat(2)).await;
                line.hold().await;
            } else {
                line.say(http("201 Created", &device(other, "4915112345678")))
                    .await;
            }
        }
    })
    .await;
    let client = client(&peer);
    assert_eq!(create(&client).await.outcome, created(Some(DEVICE)));
    let second = client
        .create_device(
            &request("4915112345678"),
            &token(),
            "run/row#2",
            Connection::Kept,
        )
        .await;
    assert_eq!(second.outcome, created(Some(other)));
}
