//! Requests that get no answer, or half of one.

use std::time::Duration;

use tokio::io::AsyncReadExt;
use wavepair::testing::model::{Ambiguity, AttemptOutcome, LookOutcome, Refusal, WhyNothing, code};
use wavepair::testing::pingone::TokenFailure;

use super::peer::Peer;
use super::*;

fn perhaps(why: Ambiguity) -> AttemptOutcome {
    AttemptOutcome::Indeterminate(why)
}

fn not(why: Refusal) -> AttemptOutcome {
    AttemptOutcome::NotCreated(why)
}

#[tokio::test]
async fn a_refused_connection_means_certainly_not_created() {
    let address = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.local_addr().unwrap()
    };
    let client = Client::new(&options(&format!("http://{address}"))).unwrap();
    let answered = create(&client).await;
    assert_eq!(answered.outcome, not(Refusal::Unreachable));
    assert_eq!(answered.answer.code.as_deref(), Some(code::UNREACHABLE));
    assert_eq!(answered.answer.http_status, None);
}

#[tokio::test]
async fn a_name_that_does_not_resolve_means_certainly_not_created() {
    let client = Client::new(&options("https://nothing.invalid")).unwrap();
    let answered = create(&client).await;
    assert_eq!(answered.outcome, not(Refusal::Unreachable));
    assert_eq!(answered.answer.code.as_deref(), Some(code::DNS_FAILED));
}

#[tokio::test]
async fn a_peer_that_reads_the_request_and_hangs_up_may_have_acted_on_it() {
    for reset in [false, true] {
        let peer = Peer::start(move |mut line| async move {
            line.request().await;
            if reset {
                line.stream.set_zero_linger().unwrap();
            }
        })
        .await;
        let answered = create(&client(&peer)).await;
        assert_eq!(
            answered.outcome,
            perhaps(Ambiguity::ConnectionLost),
            "{reset}"
        );
        assert_eq!(answered.answer.code.as_deref(), Some(code::CONNECTION_LOST));
        assert_eq!(peer.requests().len(), 1, "sent once");
    }
}

#[tokio::test]
async fn a_peer_that_hangs_up_after_a_part_of_the_request_may_have_acted_on_it() {
    let peer = Peer::start(|mut line| async move {
        line.stream.read_exact(&mut [0; 20]).await.unwrap();
        line.stream.set_zero_linger().unwrap();
    })
    .await;
    let outcome = create(&client(&peer)).await.outcome;
    assert_eq!(outcome, perhaps(Ambiguity::ConnectionLost));
}

#[tokio::test]
async fn a_peer_that_hangs_up_at_once_is_judged_by_what_left_and_asked_once() {
    let peer = Peer::start(|_| async {}).await;
    let outcome = create(&client(&peer)).await.outcome;
    assert!(
        outcome == not(Refusal::Unreachable) || outcome == perhaps(Ambiguity::ConnectionLost),
        "{outcome:?}"
    );
}

#[tokio::test]
async fn half_an_answer_is_no_answer() {
    for half in [
        "HTTP/1.1 2",
        "HTTP/1.1 201 Created\r\nContent-Le",
        "HTTP/1.1 201 Created\r\nContent-Length: 5\r\n",
    ] {
        let peer = Peer::answering(half).await;
        let outcome = create(&client(&peer)).await.outcome;
        assert_eq!(outcome, perhaps(Ambiguity::ConnectionLost), "{half:?}");
    }
}

#[tokio::test]
async fn what_is_not_http_cannot_be_read() {
    let huge = format!(
        "HTTP/1.1 201 Created\r\nX-Pad: {}\r\n\r\n",
        "x".repeat(4 << 20)
    );
    let many = format!(
        "HTTP/1.1 201 Created\r\n{}\r\n",
        "X-Pad: x\r\n".repeat(5_000)
    );
    for answer in [
        "SSH-2.0-OpenSSH_9.6\r\n",
        "HTTP/9.9 201 Created\r\n\r\n",
        "HTTP/1.1 099 Odd\r\n\r\n",
        "HTTP/1.1 201 Created\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n{}",
        &huge,
        &many,
    ] {
        let peer = Peer::start({
            let answer = answer.to_owned();
            move |mut line| {
                let answer = answer.clone();
                async move {
                    line.request().await;
                    line.say(answer).await;
                    line.hold().await;
                }
            }
        })
        .await;
        let answered = create(&client(&peer)).await;
        assert_eq!(
            answered.outcome,
            perhaps(Ambiguity::Unreadable),
            "{answer:.40}"
        );
        let code = answered.answer.code.as_deref();
        assert_eq!(code, Some(code::UNREADABLE_ANSWER));
    }
}

/// Answers whose end can be read in two ways, with this status and body.
fn doubtful(status: &str, body: &str) -> Vec<String> {
    let length = body.len();
    let chunks = format!("{length:x}\r\n{body}\r\n0\r\n\r\n");
    vec![
        format!(
            "HTTP/1.1 {status}\r\nContent-Length: {length}\r\nTransfer-Encoding: chunked\r\n\r\n{chunks}"
        ),
        format!(
            "HTTP/1.1 {status}\r\nTransfer-Encoding: chunked\r\nContent-Length: {length}\r\n\r\n{chunks}"
        ),
        format!(
            "HTTP/1.1 {status}\r\nTransfer-Encoding: identity\r\nConnection: close\r\n\r\n{body}"
        ),
        format!(
            "HTTP/1.1 {status}\r\nContent-Length: {length}\r\nContent-Length: {length}\r\n\r\n{body}"
        ),
        format!("HTTP/1.1 {status}\r\nContent-Length: {length}, {length}\r\n\r\n{body}"),
        format!("HTTP/1.1 {status}\nContent-Length: {length}\n\n{body}"),
        format!("HTTP/1.1 {status}\r\nContent-Length: {length}\n\r\n{body}"),
        format!("HTTP/1.1 {status}\r\nContent-Length: {length}\r\n\n{body}"),
        format!(
            "HTTP/1.1 103 Early Hints\r\nLink: x\n\r\nHTTP/1.1 {status}\r\nContent-Length: {length}\r\n\r\n{body}"
        ),
    ]
}

/// A peer that says the first of these at its first request, and good answers on every other connection.
async fn doubtful_at_first(answer: String, good: String) -> Peer {
    Peer::start(move |mut line| {
        let (answer, good) = (answer.clone(), good.clone());
        async move {
            let said = if line.number == 0 { &answer } else { &good };
            while line.request().await {
                line.say(said).await;
            }
        }
    })
    .await
}

#[tokio::test]
async fn an_answer_with_a_doubtful_end_is_not_believed_and_ends_its_connection() {
    let refused = r#"{"code":"INVALID_DATA","message":"m"}"#;
    let made = device(DEVICE, PHONE);
    for (status, body) in [
        ("201 Created", made.as_str()),
        ("400 X", refused),
        ("404 X", refused),
    ] {
        for answer in doubtful(status, body) {
            let peer = doubtful_at_first(answer.clone(), http("201 Created", &made)).await;
            let client = client(&peer);
            let answered = create(&client).await;
            assert_eq!(answered.outcome, perhaps(Ambiguity::Unreadable), "{answer}");
            // The good answer is that of another connection.
            assert_eq!(
                create(&client).await.outcome,
                created(Some(DEVICE)),
                "{answer}"
            );
        }
    }
}

#[tokio::test]
async fn a_listing_or_a_token_whose_end_is_doubtful_tells_nothing() {
    let listing = r#"{"_embedded":{"devices":[]}}"#;
    for answer in doubtful("200 OK", listing) {
        let peer = doubtful_at_first(answer.clone(), http("200 OK", listing)).await;
        assert_eq!(
            reads::look(&peer).await,
            LookOutcome::Nothing(WhyNothing::NoInformation),
            "{answer}"
        );
        let peer = Peer::answering(answer).await;
        client(&peer).policies(None, &token()).await.unwrap_err();
    }
    let grant = r#"{"access_token":"a.b-c","token_type":"Bearer","expires_in":60}"#;
    for answer in doubtful("200 OK", grant) {
        let peer = Peer::answering(answer.clone()).await;
        let error = client(&peer).fetch_token().await.unwrap_err();
        assert_eq!(error.failure, TokenFailure::Malformed, "{answer}");
    }
}

#[tokio::test]
async fn silence_and_promises_of_an_answer_both_end_in_a_timeout() {
    for promise in [
        "",
        "HTTP/1.1 100 Continue\r\n\r\n",
        "HTTP/1.1 103 Early Hints\r\n\r\n",
    ] {
        let peer = Peer::start(move |mut line| async move {
            line.request().await;
            line.say(promise).await;
            line.hold().await;
        })
        .await;
        let answered = create(&hasty_client(&peer)).await;
        assert_eq!(
            answered.outcome,
            perhaps(Ambiguity::TimedOut),
            "{promise:?}"
        );
        assert_eq!(answered.answer.code.as_deref(), Some(code::TIMED_OUT));
    }
}

#[tokio::test]
async fn a_201_is_believed_although_its_body_never_ends() {
    let peer = Peer::start(|mut line| async move {
        line.request().await;
        line.say("HTTP/1.1 201 Created\r\n\r\n").await;
        // Until the client hangs up, which it does soon after the longest body it reads.
        while line.say(" ".repeat(65_536)).await {}
    })
    .await;
    assert_eq!(create(&client(&peer)).await.outcome, created(None));
}

#[tokio::test]
async fn a_201_is_believed_although_its_body_is_cut_off_or_late() {
    let body = device(DEVICE, PHONE);
    let cut = format!(
        "HTTP/1.1 201 Created\r\nContent-Length: {}\r\n\r\n{}",
        body.len(),
        &body[..30]
    );
    let chunked = "HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n";
    for answer in [cut.as_str(), chunked] {
        let peer = Peer::answering(answer).await;
        assert_eq!(create(&client(&peer)).await.outcome, created(None));
    }
    let late = Peer::start(move |mut line| {
        let cut = cut.clone();
        async move {
            line.request().await;
            line.say(cut).await;
            line.hold().await;
        }
    })
    .await;
    assert_eq!(create(&hasty_client(&late)).await.outcome, created(None));
}

#[tokio::test]
async fn a_400_whose_body_does_not_come_is_anybodys() {
    let peer = Peer::start(|mut line| async move {
        line.request().await;
        line.say("HTTP/1.1 400 Bad Request\r\nContent-Length: 100\r\n\r\n{\"code\":")
            .await;
        line.hold().await;
    })
    .await;
    let outcome = create(&hasty_client(&peer)).await.outcome;
    assert_eq!(outcome, perhaps(Ambiguity::ForeignError));
}

#[tokio::test]
async fn a_handshake_that_never_ends_means_certainly_not_created() {
    let peer = Peer::start(|mut line| async move { line.hold().await }).await;
    let base = format!("https://{}", peer.address);
    let long = Duration::from_secs(20);
    for (connect, total, code) in [
        (SHORT, long, code::CONNECT_TIMEOUT),
        (long, SHORT, code::NOT_SENT),
    ] {
        let mut options = options(&base);
        options.connect_timeout = connect;
        options.timeout = total;
        let answered = create(&Client::new(&options).unwrap()).await;
        assert_eq!(answered.outcome, not(Refusal::Unreachable), "{code}");
        assert_eq!(answered.answer.code.as_deref(), Some(code));
    }
}

#[tokio::test]
async fn a_connection_that_died_while_unused_never_makes_two_requests_of_one() {
    let peer = Peer::start(|mut line| async move {
        line.request().await;
        line.say(http("201 Created", &device(DEVICE, PHONE))).await;
    })
    .await;
    let client = client(&peer);
    for sent in 1..=20 {
        let before = peer.requests().len();
        let outcome = create(&client).await.outcome;
        let arrived = peer.requests().len() - before;
        match outcome {
            AttemptOutcome::Created(_) => assert_eq!(arrived, 1, "{sent}"),
            AttemptOutcome::NotCreated(_) => assert_eq!(arrived, 0, "{sent}"),
            AttemptOutcome::Indeterminate(_) => assert!(arrived <= 1, "{sent}"),
        }
    }
}
