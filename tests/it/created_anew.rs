//! A device that `undo` deleted, created anew while listings still show the deleted one.

use std::sync::{Arc, Mutex};

use crate::support::rehearsal::{Rehearsal, user};
use crate::support::tampering_proxy::{TamperingProxy, Then, kept, with_body};
use crate::undo::undo;

/// What a proxy says in place of the sandbox.
#[derive(Default)]
struct Said {
    /// What is listed, so many times.
    listing: String,
    times: u32,
    /// Whether every create is refused.
    refuses: bool,
}

type Stale = Arc<Mutex<Said>>;

/// The refusal of a request, by its transaction ID.
fn refusal(request: &str) -> Vec<u8> {
    let lines = request.lines();
    let id = lines.filter(|line| {
        line.to_lowercase()
            .starts_with("x-ping-external-transaction-id")
    });
    let (id, body) = (
        id.collect::<String>(),
        r#"{"code":"INVALID_DATA","message":"no"}"#,
    );
    let head = "HTTP/1.1 400 Bad Request\r\nContent-Type: application/json";
    format!(
        "{head}\r\n{id}\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

/// A device that was undone, with its ID and its listing from before, for a proxy that may give it.
fn undone_and_listed() -> (Rehearsal, TamperingProxy, Stale, String) {
    let stale = Stale::default();
    let told = Arc::clone(&stale);
    let mut rehearsal = Rehearsal::new();
    let proxy = rehearsal.behind(move |request, wire| {
        let mut told = told.lock().unwrap();
        if request.is_create() && told.refuses {
            wire.write_all(&refusal(&request.text)).unwrap();
            return Then::Stay;
        }
        if !request.is_list() || told.times == 0 {
            return Then::LetThrough;
        }
        told.times -= 1;
        let answer = with_body(&request.served(), &told.listing);
        wire.write_all(&kept(&answer)).unwrap();
        Then::Stay
    });
    let run = rehearsal.rows(1).run(&[]).exits(0);
    let [deleted, id] = ["device_id", "run_id"].map(|name| run.column(name)[0].to_owned());
    let path = format!("/users/{}/devices", user(0));
    let before = rehearsal.ask("GET", &path, "");
    assert!(before.body.contains(&deleted));
    undo(&rehearsal, &id, &["--yes"]).exits(0);
    stale.lock().unwrap().listing = before.body;
    (rehearsal, proxy, stale, deleted)
}

#[test]
fn a_listing_that_still_shows_the_deleted_device_is_asked_for_again() {
    let (rehearsal, _proxy, stale, deleted) = undone_and_listed();
    stale.lock().unwrap().times = 2;
    let anew = rehearsal
        .run(&["--recreate"])
        .exits(0)
        .has(&[("created", 1)]);
    assert_eq!(stale.lock().unwrap().times, 0, "it was listed as before");
    assert_ne!(anew.column("device_id"), [&*deleted]);
    rehearsal.check(&anew, 1);
    assert_eq!((rehearsal.creates(), rehearsal.held().len()), (2, 1));
}

#[test]
fn a_deleted_device_is_known_as_such_after_a_create_that_was_refused() {
    let (rehearsal, _proxy, stale, deleted) = undone_and_listed();
    stale.lock().unwrap().refuses = true;
    let refused = rehearsal.run(&["--recreate"]).exits(3);
    assert_eq!(refused.column("code"), ["INVALID_DATA"]);
    {
        let mut said = stale.lock().unwrap();
        (said.times, said.refuses) = (2, false);
    }
    let anew = rehearsal.run(&[]).exits(0).has(&[("created", 1)]);
    assert_eq!(stale.lock().unwrap().times, 0, "it was listed as before");
    assert_ne!(anew.column("device_id"), [&*deleted]);
    rehearsal.check(&anew, 1);
}

#[test]
fn a_row_that_could_not_be_made_anew_stays_undone() {
    let (rehearsal, _proxy, stale, _) = undone_and_listed();
    for run in 1..=2 {
        stale.lock().unwrap().times = u32::MAX;
        let kept = rehearsal.run(&["--recreate", "--attempts", "1"]).exits(3);
        assert_eq!(kept.column("code"), ["undone"], "run {run}");
        rehearsal.writes_results_again();
    }
    stale.lock().unwrap().times = 0;
    rehearsal.run(&[]).exits(3).has(&[("rejected", 1)]);
    assert_eq!(rehearsal.creates(), 1, "nobody asked for it");
    let anew = rehearsal.run(&["--recreate"]).exits(0);
    rehearsal.check(&anew.has(&[("created", 1)]), 1);
    assert_eq!((rehearsal.creates(), rehearsal.held().len()), (2, 1));
}
