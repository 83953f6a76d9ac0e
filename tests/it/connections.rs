//! What goes out on which connection, and what comes back that is another's.

use std::collections::BTreeSet;
use std::sync::{Arc, Condvar, Mutex};

use serde_json::{Value, json};

use crate::support::rehearsal::Rehearsal;
use crate::support::tampering_proxy::{Request, Then, body, kept, with_body};

/// An ID that somebody gives to every device.
const ONE_ID: &str = "11111111-1111-4111-8111-111111111111";

#[test]
fn what_is_sent_again_meets_no_gateway_that_swallows_second_requests() {
    let mut rehearsal = Rehearsal::new();
    let proxy = rehearsal.behind(|request, wire| {
        if request.before > 0 {
            return Then::HangUp;
        }
        wire.write_all(&kept(&request.served())).ok();
        Then::Stay
    });
    let run = rehearsal.rows(1).run(&[]).exits(0).has(&[("created", 1)]);
    rehearsal.check(&run, 1);
    let creates = proxy
        .requests()
        .iter()
        .filter(|request| request.starts_with("POST ") && request.contains("/devices "))
        .count();
    assert_eq!(creates, 2, "one was swallowed, behind its row's listing");
    assert_eq!(rehearsal.creates(), 1);
}

#[test]
fn a_listing_that_may_be_anybodys_is_asked_for_on_a_connection_of_its_own() {
    let mut rehearsal = Rehearsal::new();
    let proxy = rehearsal.behind(|request, wire| {
        let answer = request.served();
        if request.is_list() {
            // Neither the request nor the user is named.
            let text =
                String::from_utf8_lossy(&answer).replace("x-ping-external-transaction-id", "x");
            let anonymous = with_body(text.as_bytes(), r#"{"_embedded":{"devices":[]}}"#);
            wire.write_all(&kept(&anonymous)).ok();
        } else {
            wire.write_all(&kept(&answer)).ok();
        }
        Then::Stay
    });
    let run = rehearsal.rows(20).run(&[]).exits(0).has(&[("created", 20)]);
    rehearsal.check(&run, 20);
    let lists = proxy
        .requests()
        .iter()
        .filter(|request| request.starts_with("GET "))
        .count();
    assert!(
        (20..=22).contains(&lists),
        "{lists}: only the first ones are asked for twice"
    );
}

/// The listing that the sandbox gives, but for what says whose request it answers.
fn of_no_request(request: &Request) -> Vec<u8> {
    let text = String::from_utf8_lossy(&request.served()).into_owned();
    let text = text.replace("x-ping-external-transaction-id", "x");
    text.into_bytes()
}

#[test]
fn connections_that_are_given_up_are_closed_while_others_are_under_way() {
    const WIDTH: usize = 16;
    let mut rehearsal = Rehearsal::new();
    let came = Arc::new((Mutex::new(0), Condvar::new()));
    let proxy = rehearsal.behind(move |request, wire| {
        let (count, changed) = &*came;
        *count.lock().unwrap() += 1;
        changed.notify_all();
        let answer = if request.is_list() && request.number % 3 == 2 {
            of_no_request(request)
        } else {
            request.served()
        };
        // Some creates are under way while many other answers come.
        if request.is_create() && request.number < 48 && request.number % 8 == 0 {
            let count = count.lock().unwrap();
            drop(changed.wait_while(count, |count| *count < 400).unwrap());
        }
        wire.write_all(&kept(&answer)).ok();
        Then::Stay
    });
    let run = rehearsal.rows(300).run(&[
        "--concurrency",
        &WIDTH.to_string(),
        "--canary",
        "0",
        "--rate",
        "max",
    ]);
    rehearsal.check(&run.exits(0), 300);
    let most = proxy.most_open();
    assert!(most <= 3 * WIDTH, "{most} connections were open");
}

/// The answer to a create, but for its ID.
fn with_one_id(request: &Request) -> Vec<u8> {
    let answer = request.served();
    let mut device: Value = serde_json::from_str(&body(&answer)).unwrap();
    device["id"] = json!(ONE_ID);
    with_body(&answer, &device.to_string())
}

#[test]
fn every_connection_is_made_from_the_address_that_is_named() {
    let mut rehearsal = Rehearsal::new();
    let proxy = rehearsal.behind(|_, _| Then::LetThrough);
    let from = ["--source-address", "127.0.0.2"];
    let run = rehearsal.rows(20).run(&from).exits(0);
    rehearsal.check(&run, 20);
    assert_eq!(proxy.sources(), BTreeSet::from([from[1].parse().unwrap()]));
}

#[test]
fn one_id_for_every_device_stops_the_run_at_the_second() {
    for arguments in [&[][..], &["--canary", "0", "--concurrency", "8"]] {
        let mut rehearsal = Rehearsal::new();
        let _proxy = rehearsal.behind(|request, wire| {
            if !request.is_create() {
                return Then::LetThrough;
            }
            wire.write_all(&with_one_id(request)).ok();
            Then::HangUp
        });
        let run = rehearsal.rows(12).run(arguments).exits(5);
        let named = run.rows.iter().filter(|row| row["device_id"] == ONE_ID);
        assert_eq!(named.count(), 1, "{:?}", run.column("device_id"));
        assert_eq!(run.count("created"), 1, "{:?}", run.outcomes());
        assert!(
            run.rows
                .iter()
                .any(|row| row["outcome"] == "unknown" && row["code"] == "wrong_device"),
            "{:?}",
            run.column("code")
        );
        // Eight at once, and one in the place of the first, whose answer was good.
        assert!(rehearsal.creates() <= 9, "{}", rehearsal.creates());
    }
}

#[test]
fn one_id_in_two_users_listings_stops_the_run_before_the_second_counts() {
    let mut rehearsal = Rehearsal::new();
    rehearsal.rows(3);
    rehearsal.run(&[]).exits(0);
    let _proxy = rehearsal.behind(|request, wire| {
        if !request.is_list() {
            return Then::LetThrough;
        }
        let answer = request.served();
        let mut page: Value = serde_json::from_str(&body(&answer)).unwrap();
        page["_embedded"]["devices"][0]["id"] = json!(ONE_ID);
        wire.write_all(&with_body(&answer, &page.to_string())).ok();
        Then::HangUp
    });
    // A ledger that knows nothing of them yet.
    let run = rehearsal.run(&["--ledger", "other.db"]).exits(5);
    let named = run.rows.iter().filter(|row| row["device_id"] == ONE_ID);
    assert_eq!(named.count(), 1, "{:?}", run.column("device_id"));
    assert_eq!(rehearsal.held().len(), 3);
}
