//! Listings, settings and tokens, which may be asked for again.

use wavepair::testing::model::{Listing, LookOutcome, WhyNothing};
use wavepair::testing::pingone::{ListedPolicies, ReadFailure, TokenFailure};

use super::peer::Peer;
use super::*;

pub(super) async fn look(peer: &Peer) -> LookOutcome {
    let client = hasty_client(peer);
    let key = request(PHONE).key;
    look_at(&client, &key).await.outcome
}

/// A listing with these devices, and with the next page at this address.
fn listing_page(devices: &str, next: &str) -> String {
    let links = if next.is_empty() {
        String::new()
    } else {
        format!(r#""_links":{{"next":{{"href":"{next}"}}}},"#)
    };
    let body = format!(r#"{{{links}"_embedded":{{"devices":[{devices}]}}}}"#);
    http("200 OK", &body)
}

#[tokio::test]
async fn a_listing_of_two_pages_is_asked_for_page_by_page() {
    let peer = Peer::start(|mut line| async move {
        while line.request().await {
            let ours = device(DEVICE, PHONE);
            let answer = if line.last_request().contains("/devices?cursor=2 ") {
                listing_page(&ours, "")
            } else {
                listing_page("", "?cursor=2")
            };
            line.say(answer).await;
        }
    })
    .await;
    let (client, key) = (client(&peer), request(PHONE).key);
    let Listed::GoesOn(pages) = page_of(&client, &key, None).await else {
        panic!("there is another page");
    };
    let Listed::Whole(answered, _) = page_of(&client, &key, Some(pages)).await else {
        panic!("it was the last page");
    };
    assert!(matches!(
        answered.outcome,
        LookOutcome::Seen(Listing::Present(_))
    ));
    let asked = peer.requests();
    let line =
        format!("GET /v1/environments/{ENVIRONMENT}/users/{USER}/devices?cursor=2 HTTP/1.1\r\n");
    assert!(asked[1].starts_with(&line), "{}", asked[1]);
    assert!(asked[1].contains("Bearer") || asked[1].contains("bearer"));
}

#[tokio::test]
async fn a_page_of_another_host_is_not_asked_for_and_gets_no_token() {
    let trap = Peer::answering(listing_page("", "")).await;
    let next = format!(
        "http://{}/v1/environments/{ENVIRONMENT}/users/{USER}/devices?c",
        trap.address
    );
    let peer = Peer::answering(listing_page("", &next)).await;
    let answered = look_at(&client(&peer), &request(PHONE).key).await;
    assert_eq!(
        answered.outcome,
        LookOutcome::Nothing(WhyNothing::Unreadable)
    );
    assert_eq!(answered.answer.code.as_deref(), Some("unreadable_listing"));
    let message = answered.answer.message.unwrap();
    assert!(message.contains("another address"), "{message}");
    assert_eq!(trap.requests(), [""; 0]);
}

#[tokio::test]
async fn a_listing_is_asked_for_without_a_body_and_read() {
    let listing = format!(
        r#"{{"_embedded":{{"devices":[{}]}}}}"#,
        device(DEVICE, PHONE)
    );
    let peer = Peer::answering(http("200 OK", &listing)).await;
    let LookOutcome::Seen(Listing::Present(seen)) = look(&peer).await else {
        panic!("it is there");
    };
    assert_eq!(seen.id.map(|id| id.to_string()).as_deref(), Some(DEVICE));
    let request = &peer.requests()[0];
    let line = format!("GET /v1/environments/{ENVIRONMENT}/users/{USER}/devices HTTP/1.1\r\n");
    assert!(request.starts_with(&line), "{request}");
    assert!(!request.to_lowercase().contains("content-"), "{request}");
}

#[tokio::test]
async fn a_listing_that_does_not_come_whole_says_nothing() {
    let empty = r#"{"_embedded":{"devices":[]}}"#;
    let whole = http("200 OK", empty);
    let cut = &whole[..whole.len() - 1];
    for answer in ["", "HTTP/1.1 200", "HTTP/1.1 503 X\r\n\r\n"] {
        let peer = Peer::answering(answer).await;
        assert_eq!(
            look(&peer).await,
            LookOutcome::Nothing(WhyNothing::NoInformation),
            "{answer:?}"
        );
    }
    let peer = Peer::answering(cut).await;
    assert_eq!(
        look(&peer).await,
        LookOutcome::Nothing(WhyNothing::Unreadable)
    );
    let silent = Peer::start(|mut line| async move { line.hold().await }).await;
    assert_eq!(
        look(&silent).await,
        LookOutcome::Nothing(WhyNothing::NoInformation)
    );
    let peer = Peer::answering(whole).await;
    assert_eq!(look(&peer).await, LookOutcome::Seen(Listing::Absent));
}

#[tokio::test]
async fn a_listing_that_nobody_should_read_to_the_end_says_nothing() {
    let many = r#"{"id":"x"},"#.repeat(200_000);
    for body in [
        "[".repeat(10_000) + &"]".repeat(10_000),
        r#"{"_embedded":"#.repeat(10_000),
        r#"{"_embedded":{"devices":[1e400]}}"#.to_owned(),
        format!(r#"{{"_embedded":{{"devices":[{many}{{}}]}}}}"#),
    ] {
        let peer = Peer::answering(http("200 OK", &body)).await;
        assert_eq!(
            look(&peer).await,
            LookOutcome::Nothing(WhyNothing::Unreadable),
            "{body:.40}"
        );
    }
    let mut answer = http("200 OK", "{}").into_bytes();
    answer.splice(answer.len() - 2.., *b"\xff\xfe");
    let peer = Peer::answering(answer).await;
    assert_eq!(
        look(&peer).await,
        LookOutcome::Nothing(WhyNothing::Unreadable)
    );
}

#[tokio::test]
async fn policies_and_settings_are_read() {
    let policies = format!(
        r#"{{"_embedded":{{"deviceAuthenticationPolicies":[{{"id":"{POLICY}","name":"Wave","default":true,"whatsApp":{{"enabled":true}}}}]}}}}"#
    );
    let peer = Peer::answering(http("200 OK", &policies)).await;
    let read = client(&peer).policies(None, &token()).await.unwrap();
    let ListedPolicies::Whole(read) = read else {
        panic!("there is no other page");
    };
    assert_eq!((read[0].id.as_str(), read[0].default), (POLICY, true));
    assert!(peer.requests()[0].starts_with(&format!(
        "GET /v1/environments/{ENVIRONMENT}/deviceAuthenticationPolicies HTTP/1.1"
    )));

    let one = format!(r#"{{"id":"{POLICY}","name":"Wave"}}"#);
    let peer = Peer::answering(http("200 OK", &one)).await;
    let id = POLICY.parse().unwrap();
    let read = client(&peer).policy(id, &token()).await.unwrap();
    assert_eq!(read.id, POLICY);
    assert!(peer.requests()[0].starts_with(&format!(
        "GET /v1/environments/{ENVIRONMENT}/deviceAuthenticationPolicies/{POLICY} HTTP/1.1"
    )));
    let other = USER.parse().unwrap();
    let read = client(&peer).policy(other, &token()).await.unwrap_err();
    assert_eq!(
        read.failure,
        ReadFailure::Malformed,
        "not the one asked for"
    );

    let peer = Peer::answering(http("200 OK", r#"{"pairing":{"maxAllowedDevices":5}}"#)).await;
    let settings = client(&peer).mfa_settings(&token()).await.unwrap();
    assert_eq!(settings.pairing.unwrap().max_allowed_devices, Some(5));
}

#[tokio::test]
async fn a_token_is_asked_for_in_the_way_the_application_is_set_to() {
    let grant = r#"{"access_token":"a.b.c","token_type":"Bearer","expires_in":3600}"#;
    let peer = Peer::answering(http("200 OK", grant)).await;
    let mut options = options(&format!("http://{}", peer.address));
    for auth in [ClientAuth::Basic, ClientAuth::Post] {
        options.credentials.as_mut().unwrap().auth = auth;
        let granted = Client::new(&options).unwrap().fetch_token().await.unwrap();
        assert_eq!(granted.life.as_secs(), 3600);
        shows_nothing_private(&format!("{granted:?}"));
    }
    let requests = peer.requests();
    let [basic, post] = &requests[..] else {
        panic!("two requests");
    };
    for request in [basic, post] {
        assert!(request.starts_with(&format!("POST /{ENVIRONMENT}/as/token HTTP/1.1\r\n")));
        assert!(request.contains("\r\ncontent-type: application/x-www-form-urlencoded\r\n"));
    }
    // `0f7d2f0c-6a52-4b4f-8f0e-2f9d7d6a1b11:s~e.c-r_e%2Bt` in base 64.
    let id_and_secret = "MGY3ZDJmMGMtNmE1Mi00YjRmLThmMGUtMmY5ZDdkNmExYjExOnN+ZS5jLXJfZSUyQnQ=";
    assert!(
        basic.contains(&format!("\r\nauthorization: Basic {id_and_secret}\r\n")),
        "{basic}"
    );
    assert!(basic.ends_with("\r\n\r\ngrant_type=client_credentials"));
    assert!(!post.to_lowercase().contains("authorization"));
    assert!(post.ends_with(
        "\r\n\r\ngrant_type=client_credentials&client_id=0f7d2f0c-6a52-4b4f-8f0e-2f9d7d6a1b11&client_secret=s~e.c-r_e%2Bt"
    ));
}

#[tokio::test]
async fn a_token_that_is_not_granted_says_whether_asking_again_makes_sense() {
    let refused = http(
        "401 Unauthorized",
        r#"{"error":"invalid_client","error_description":"Bad secret s~e.c-r_e+t"}"#,
    );
    let endless = format!("HTTP/1.1 200 OK\r\n\r\n{}", " ".repeat(1 << 20));
    let later = TokenFailure::Transient { retry_after: None };
    for (answer, failure) in [
        ("", later),
        ("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{", later),
        ("HTTP/1.1 502 X\r\n\r\n", later),
        (refused.as_str(), TokenFailure::Refused),
        (endless.as_str(), TokenFailure::Malformed),
    ] {
        let peer = Peer::answering(answer).await;
        let error = client(&peer).fetch_token().await.unwrap_err();
        assert_eq!(error.failure, failure, "{answer:.40}");
        assert!(!error.hint.is_empty());
        shows_nothing_private(&format!("{error} {error:?}"));
    }
}

#[tokio::test]
async fn a_given_token_is_never_asked_for_again() {
    let peer = Peer::answering("").await;
    let mut options = options(&format!("http://{}", peer.address));
    options.credentials = None;
    let error = Client::new(&options)
        .unwrap()
        .fetch_token()
        .await
        .unwrap_err();
    assert_eq!(error.failure, TokenFailure::Refused);
    assert_eq!(peer.requests(), [""; 0]);
}
