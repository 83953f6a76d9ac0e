//! Look-ups that tell nothing: nobody is taken for not found.

use std::process::{Child, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::directory::Reply;
use super::*;
use crate::support::rehearsal::until;

/// A directory of ada, bob and carol that answers a look-up so until it is mended.
fn troubled(
    trouble: impl Fn(usize, &[(String, String)]) -> Reply + Send + Sync + 'static,
) -> (Directory, Arc<AtomicBool>) {
    let mended = Arc::new(AtomicBool::new(false));
    let is_mended = Arc::clone(&mended);
    let people = vec![person(1, "ada"), person(2, "bob"), person(3, "carol")];
    let directory = Directory::that(people, move |number, asked| {
        if is_mended.load(Ordering::SeqCst) {
            Reply::Users
        } else {
            trouble(number, asked)
        }
    });
    (directory, mended)
}

#[test]
fn a_listing_that_is_not_read_whole_leaves_rows_failed_for_the_next_run() {
    for (status, body, code) in [
        (200, "<html>", "unreadable_answer"),
        (200, "{}", "unreadable_listing"),
        (200, r#"{"_embedded": {"people": []}}"#, "unreadable_answer"),
        (
            200,
            r#"{"count": 2, "size": 0, "_embedded": {"users": []}}"#,
            "unreadable_listing",
        ),
        (
            200,
            r#"{"_embedded": {"users": [{"id": "9f1c2a34-5b6d-4e7f-8a90-000000000009"}]}}"#,
            "unreadable_listing",
        ),
        (
            200,
            r#"{"_links": {"next": {"href": "http://127.0.0.1:1/users"}}, "_embedded": {"users": []}}"#,
            "unreadable_listing",
        ),
        (204, "", "unexpected_status"),
    ] {
        let (directory, mended) = troubled(move |_, _| Reply::Other(status, body.to_owned()));
        let folder = folder_with(&wave("username", &["ada", "bob"]));
        let (ended, rows) = run(&directory, folder.path(), &[]);
        assert_eq!(ended.code, Some(4), "{body}: {}", ended.stderr);
        assert_eq!(column(&rows, "outcome"), ["failed"; 2], "{body}");
        assert_eq!(column(&rows, "code"), [code; 2], "{body}");
        let message = &rows[0]["message"];
        assert!(message.ends_with("; the next run tries again"), "{message}");
        assert!(directory.creates().is_empty());
        writes_results_again(&directory, folder.path());
        mended.store(true, Ordering::SeqCst);
        let (ended, rows) = run(&directory, folder.path(), &[]);
        assert_eq!(ended.code, Some(0), "{body}: {}", ended.stderr);
        assert_eq!(column(&rows, "user_id"), [id(1), id(2)]);
    }
}

#[test]
fn a_name_that_the_service_cannot_read_costs_the_others_nothing() {
    let (directory, _) = troubled(|_, asked| {
        if asked.iter().any(|(_, value)| value == "poison") {
            let refused = r#"{"id": "x", "code": "INVALID_DATA", "message": "poison", "details": [{"code": "INVALID_FILTER", "message": "poison"}]}"#;
            Reply::Other(400, refused.to_owned())
        } else {
            Reply::Users
        }
    });
    let folder = folder_with(&wave("username", &["ada", "poison", "bob", "carol", "dan"]));
    let (ended, rows) = run(&directory, folder.path(), &[]);
    assert_eq!(ended.code, Some(4), "{}", ended.stderr);
    let outcomes = column(&rows, "outcome");
    assert_eq!(
        outcomes,
        ["created", "failed", "created", "created", "rejected"]
    );
    assert_eq!(rows[1]["code"], "INVALID_DATA/INVALID_FILTER");
    assert!(!rows[1]["message"].contains("poison"), "{:?}", rows[1]);
    assert_eq!(rows[4]["code"], "user_not_found");
}

#[test]
fn who_may_not_look_users_up_stops_before_anything_is_sent() {
    let (directory, _) = troubled(|_, _| {
        Reply::Other(
            403,
            r#"{"code": "ACCESS_FAILED", "message": "no"}"#.to_owned(),
        )
    });
    let folder = folder_with(&wave("username", &["ada", "bob"]));
    let (ended, rows) = run(&directory, folder.path(), &[]);
    assert_eq!(ended.code, Some(5), "{}", ended.stderr);
    assert_eq!(column(&rows, "outcome"), ["pending"; 2]);
    assert_eq!(column(&rows, "code"), ["permission_missing"; 2]);
    assert!(directory.creates().is_empty());
    writes_results_again(&directory, folder.path());
}

/// Starts a run that looks up one request after the other.
fn begin(directory: &Directory, folder: &Path) -> Child {
    let words = ["run", "wave.csv", "--rate", "max", "--concurrency", "1"];
    let mut command = directory.command(folder, &words);
    let command = command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command.spawn().unwrap()
}

#[test]
fn a_run_that_ends_while_it_looks_up_goes_on_with_what_it_has_not_asked() {
    let names: Vec<_> = (0..100).map(|number| format!("user {number}")).collect();
    let names: Vec<_> = names.iter().map(String::as_str).collect();
    for (signal, code) in [("-KILL", None), ("-TERM", Some(143))] {
        let mended = Arc::new(AtomicBool::new(false));
        let is_mended = Arc::clone(&mended);
        let people = (0..100).map(|number| person(number, names[number]));
        let directory = Directory::that(people.collect(), move |number, _| {
            if number <= 3 || is_mended.load(Ordering::SeqCst) {
                Reply::Users
            } else {
                Reply::Silence
            }
        });
        let folder = folder_with(&wave("username", &names));
        let run_there = begin(&directory, folder.path());
        until(|| directory.looked_up() == 4);
        let mut kill = Command::new("kill");
        kill.args([signal, &run_there.id().to_string()]);
        assert!(kill.status().unwrap().success());
        let output = run_there.wait_with_output().unwrap();
        assert_eq!(output.status.code(), code, "{signal}");
        assert!(directory.creates().is_empty());
        if code.is_some() {
            let rows = rows(folder.path(), "wave.results.csv");
            assert_eq!(column(&rows, "outcome"), ["pending"; 100]);
            writes_results_again(&directory, folder.path());
        }
        mended.store(true, Ordering::SeqCst);
        let (ended, rows) = run(&directory, folder.path(), &["--limit", "2"]);
        assert_eq!(ended.code, Some(7), "{signal}: {}", ended.stderr);
        // The three that were answered are not asked again; the fourth is.
        assert_eq!(directory.looked_up(), 4 + 2, "{signal}");
        let ids: Vec<_> = (0..100).map(id).collect();
        assert_eq!(column(&rows, "user_id"), ids);
    }
}

#[test]
fn the_time_of_a_run_counts_from_its_first_look_up() {
    let (directory, _) = troubled(|_, _| Reply::Silence);
    let folder = folder_with(&wave("username", &["ada"]));
    let (ended, rows) = run(&directory, folder.path(), &["--max-duration", "200ms"]);
    assert_eq!(ended.code, Some(7), "{}", ended.stderr);
    assert_eq!(column(&rows, "code"), ["time_is_up"]);
}
