//! A listing of several pages is read whole, each page paced and counted like any request.

use wavepair::testing::clock;
use wavepair::testing::sandbox::WAVE_POLICY;

use crate::support::rehearsal::{Rehearsal, rows, user};
use crate::support::tampering_proxy::{TamperingProxy, Then, Wire};

/// A policy that stands on the second page of them.
const FURTHER: &str = "7f2b0d7a-0a45-4d0a-9a4c-6a1d1d8f3c11";

/// A rehearsal whose listings have two pages: nothing on the first, and all there is on the second.
fn in_two_pages() -> (Rehearsal, TamperingProxy) {
    let mut rehearsal = Rehearsal::new();
    let proxy = rehearsal.behind(|request, wire| {
        if !request.is_list() {
            return Then::LetThrough;
        }
        let path = request.text.split(' ').nth(1).unwrap();
        let links = format!(r#""self":{{"href":"{path}"}},"next":{{"href":"{path}?cursor=2"}}"#);
        let body = format!(r#"{{"_links":{{{links}}},"_embedded":{{"devices":[]}}}}"#);
        answers(wire, &body)
    });
    (rehearsal, proxy)
}

/// Answers with this document.
fn answers(wire: &mut dyn Wire, body: &str) -> Then {
    let length = body.len();
    let answer = format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n{body}");
    wire.write_all(answer.as_bytes()).unwrap();
    Then::Stay
}

#[test]
fn a_device_on_the_second_page_is_there_and_every_page_is_a_request() {
    let (rehearsal, proxy) = in_two_pages();
    rehearsal.rows(3);
    rehearsal.pair(&user(0), "WHATSAPP", "+15125550000");
    let run = rehearsal.run(&["--summary", "-"]).exits(0);
    assert_eq!(run.outcomes(), ["existing", "created", "created"]);
    let requests = &run.summary()["requests"];
    assert_eq!(
        (&requests["list"], &requests["create"]),
        (&6.into(), &2.into())
    );
    let second = proxy.requests();
    let second = second
        .iter()
        .filter(|request| request.contains("?cursor=2"));
    assert_eq!(second.count(), 3);
}

#[test]
fn pages_keep_to_the_pace() {
    let (rehearsal, _proxy) = in_two_pages();
    let begun = clock::now();
    rehearsal.rows(5).run(&["--rate", "10/s"]).exits(0);
    // Five rows: ten pages and five creates, of which five go at once.
    assert!(begun.elapsed().as_millis() >= 900, "{:?}", begun.elapsed());
}

#[test]
fn a_dry_run_that_asks_reads_all_pages_too() {
    let (rehearsal, _proxy) = in_two_pages();
    rehearsal.rows(2);
    rehearsal.pair(&user(1), "WHATSAPP", "+1.512.555.0001");
    let run = rehearsal
        .run(&["--dry-run", "--online", "-o", "wave.results.csv"])
        .exits(0);
    assert_eq!(run.outcomes(), ["ready", "existing"]);
}

/// A rehearsal whose policies have two pages; what the second shows is [`FURTHER`], which does not
/// allow what the first one's do.
fn with_policies_in_two_pages() -> (Rehearsal, TamperingProxy) {
    let mut rehearsal = Rehearsal::new();
    let proxy = rehearsal.behind(|request, wire| {
        let path = request.text.split(' ').nth(1).unwrap();
        let Some((_, query)) = path.split_once("/deviceAuthenticationPolicies") else {
            return Then::LetThrough;
        };
        let (links, policy) = match query {
            "" => (
                format!(r#""next":{{"href":"{path}?cursor=2"}}"#),
                format!(r#"{{"id":"{WAVE_POLICY}","whatsApp":{{"enabled":true}}}}"#),
            ),
            "?cursor=2" => (
                String::new(),
                format!(r#"{{"id":"{FURTHER}","name":"Further","sms":{{"enabled":true}}}}"#),
            ),
            _ => return Then::LetThrough,
        };
        let list = format!(r#"{{"deviceAuthenticationPolicies":[{policy}]}}"#);
        let body = format!(r#"{{"_links":{{{links}}},"_embedded":{list}}}"#);
        answers(wire, &body)
    });
    (rehearsal, proxy)
}

#[test]
fn policies_on_the_second_page_are_listed_and_hold_like_the_others() {
    let (rehearsal, proxy) = with_policies_in_two_pages();
    let output = rehearsal.bare(&["doctor"]).output().unwrap();
    let doctor = rehearsal.ended(&output).exits(0).stderr;
    for policy in [WAVE_POLICY, FURTHER] {
        assert!(doctor.contains(policy), "{doctor}");
    }
    assert!(!doctor.contains("not checked"), "{doctor}");
    let wave = rows(2) + &format!("{},+15125550009,{FURTHER}\n", user(9));
    let run = rehearsal
        .wave(&wave)
        .run(&["--dry-run", "--online", "-o", "wave.results.csv"])
        .exits(3);
    assert_eq!(run.outcomes(), ["ready", "ready", "rejected"]);
    assert_eq!(run.column("code")[2], "type_not_allowed");
    let second = proxy.requests();
    let second = second
        .iter()
        .filter(|request| request.contains("?cursor=2"));
    assert_eq!(second.count(), 2, "once by each command");
}
