//! Listings that are believed, and those that say nothing.

use std::time::Duration;

use super::*;
use crate::pingone::read::ReadFailure;

const AT: &str = "https://api.pingone.eu/v1/environments/e/users?filter=x";
const ADA: &str = "9f1c2a34-5b6d-4e7f-8a90-b1c2d3e4f701";
const BOB: &str = "9f1c2a34-5b6d-4e7f-8a90-b1c2d3e4f702";

fn head(status: u16, proof: Proof) -> Head {
    Head {
        retry_after: Some(Duration::from_secs(3)),
        ..Head::bare(status, proof)
    }
}

fn page(
    at: &str,
    before: Option<UserPages>,
    proof: Proof,
    body: &str,
) -> Result<ListedUsers, ReadError> {
    let body = Ok(Bytes::copy_from_slice(body.as_bytes()));
    let at = at.parse().unwrap();
    users_answer(NameKind::Username, &at, before, &head(200, proof), &body)
}

fn whole(listed: ListedUsers) -> FoundUsers {
    match listed {
        ListedUsers::Whole(found) => found,
        ListedUsers::GoesOn(pages) => panic!("{pages:?}"),
    }
}

fn read(body: &str) -> Result<FoundUsers, ReadError> {
    page(AT, None, Proof::Proven, body).map(whole)
}

fn user(id: &str, name: &str) -> String {
    format!(r#"{{"id": "{id}", "username": "{name}", "other": 1}}"#)
}

fn listing(users: &[String], rest: &str) -> String {
    format!(
        r#"{{"_embedded": {{"users": [{}]}}{rest}}}"#,
        users.join(",")
    )
}

#[test]
fn users_are_read_with_the_name_that_was_asked_for_and_each_once() {
    let ada = user(ADA, "ada");
    let users = [ada.clone(), ada, user(BOB, "b\\\"ob")];
    let found = read(&listing(&users, r#", "count": 2, "size": 3"#)).unwrap();
    let found: Vec<_> = found
        .users
        .iter()
        .map(|user| (user.id.to_string(), &*user.name))
        .collect();
    assert_eq!(found, [(ADA.to_owned(), "ada"), (BOB.to_owned(), "b\"ob")]);
    assert_eq!(read(&listing(&[], "")).unwrap().users, []);
}

#[test]
fn what_is_not_a_whole_listing_of_named_users_says_nothing_of_anybody() {
    let ada = user(ADA, "ada");
    for body in [
        "",
        "<html>",
        "{}",
        "null",
        r#"{"_links": {}}"#,
        r#"{"_embedded": {}}"#,
        r#"{"_embedded": {"users": null}}"#,
        r#"{"_embedded": {"devices": []}}"#,
        r#"{"count": 0, "size": 0}"#,
        &listing(&[], r#", "size": 1"#),
        &listing(&[], r#", "count": 1, "size": 0"#),
        &listing(std::slice::from_ref(&ada), r#", "count": 2"#),
        &listing(&[ada.replace("username", "userName")], ""),
        &listing(&[ada.replace(ADA, "ada")], ""),
        &listing(&[ada.replace("\"ada\"", "null")], ""),
        &listing(
            &[],
            r#", "_links": {"next": {"href": "https://elsewhere.example/users"}}"#,
        ),
        &listing(&[], r#", "_links": {"next": {}}"#),
        &listing(std::slice::from_ref(&ada), "")[..40],
    ] {
        let error = read(body).unwrap_err();
        assert_eq!(error.failure, ReadFailure::Malformed, "{body}");
    }
    for (status, failure) in [
        (403, ReadFailure::Forbidden),
        (404, ReadFailure::NotFound),
        (400, ReadFailure::Malformed),
        (204, ReadFailure::Malformed),
    ] {
        let body = Ok(Bytes::from(listing(&[], "")));
        let (at, head) = (AT.parse().unwrap(), head(status, Proof::Proven));
        let error = users_answer(NameKind::Username, &at, None, &head, &body).unwrap_err();
        assert_eq!(error.failure, failure, "{status}");
    }
    let mixed_up = page(AT, None, Proof::MixedUp, &listing(&[], ""));
    assert_eq!(mixed_up.unwrap_err().failure, ReadFailure::Malformed);
}

#[test]
fn pages_are_one_listing_and_the_last_one_tells_whether_it_is_whole() {
    for (count, is_whole) in [(2, true), (3, false)] {
        let rest = format!(
            r#", "count": {count}, "size": 1, "_links": {{"next": {{"href": "{AT}&cursor=2"}}}}"#
        );
        let first = listing(&[user(ADA, "ada")], &rest);
        let ListedUsers::GoesOn(pages) = page(AT, None, Proof::Proven, &first).unwrap() else {
            panic!("there is another page");
        };
        let second = format!("{AT}&cursor=2");
        assert_eq!(pages.next().as_str(), second);
        let last = listing(&[user(BOB, "bob")], &format!(r#", "count": {count}"#));
        let listed = page(&second, Some(pages), Proof::Unproven, &last);
        assert_eq!(listed.is_ok(), is_whole, "{count}");
        if let Ok(listed) = listed {
            let found = whole(listed);
            assert_eq!(found.users.len(), 2);
            assert!(!found.is_proven, "one of the pages was not");
        }
    }
}

#[test]
fn what_decides_whether_a_device_is_of_use_is_read_of_each_user() {
    for (members, disabled, mfa) in [
        ("", false, None),
        (
            r#", "enabled": true, "mfaEnabled": true"#,
            false,
            Some(true),
        ),
        (
            r#", "enabled": false, "mfaEnabled": false"#,
            true,
            Some(false),
        ),
    ] {
        let user = user(ADA, "ada").replace(", \"other\": 1", members);
        let found = read(&listing(&[user], "")).unwrap();
        let state = found.users[0].state;
        assert_eq!((state.disabled, state.mfa), (disabled, mfa), "{members}");
    }
}

#[test]
fn an_unproven_answer_counts_where_it_has_all_who_were_asked_for_alone() {
    let name = |text| UserName::new(NameKind::Username, text);
    let mut filter = UserFilter::new(AT, name("ada"));
    filter.take(name("bob")).unwrap();
    let (ada, bob) = (user(ADA, "ada"), user(BOB, "bob"));
    let carol = user("9f1c2a34-5b6d-4e7f-8a90-b1c2d3e4f703", "carol");
    let other_case = bob.replace("bob", "Bob");
    for (users, answers) in [
        (vec![&ada, &bob], true),
        (vec![&ada], false),
        (vec![], false),
        (vec![&ada, &other_case], false),
        (vec![&ada, &bob, &carol], false),
    ] {
        let users: Vec<_> = users.into_iter().cloned().collect();
        let body = listing(&users, "");
        for (proof, expected) in [(Proof::Unproven, answers), (Proof::Proven, true)] {
            let found = whole(page(AT, None, proof, &body).unwrap());
            assert_eq!(found.answers(&filter), expected, "{proof:?} {body}");
        }
    }
}
