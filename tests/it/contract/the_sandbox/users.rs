//! Whom the sandbox knows.

use super::*;
use crate::contract::documents::{A_USER, MFA_ENABLED, USERS};

#[tokio::test]
async fn a_user_is_read_by_the_id() {
    let tenant = Tenant::new(Options::default()).await;
    let path = tenant.user("");
    let answer = tenant.get(&path).await;
    assert_eq!(answer.status, 200);
    let body = answer.json();
    let now = body["createdAt"].as_str().unwrap();
    assert_eq!(body, tenant.filled_in(A_USER, "", now));
}

#[tokio::test]
async fn mfa_is_read_and_switched_as_often_as_one_likes() {
    let tenant = Tenant::new(Options::default()).await;
    let path = tenant.user("/mfaEnabled");
    let answer = tenant.get(&path).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.json(), tenant.filled_in(MFA_ENABLED, "", ""));
    for enabled in [false, true, true] {
        let answer = tenant
            .put(&path, &json!({"mfaEnabled": enabled}).to_string())
            .await;
        let mut expected = tenant.filled_in(MFA_ENABLED, "", "");
        expected["mfaEnabled"] = json!(enabled);
        assert_eq!((answer.status, answer.json()), (200, expected.clone()));
        assert_eq!(tenant.get(&path).await.json(), expected);
        let user = tenant.get(&tenant.user("")).await.json();
        assert_eq!(user["mfaEnabled"], json!(enabled));
    }
}

#[tokio::test]
async fn what_does_not_say_whether_mfa_is_on_is_refused() {
    let tenant = Tenant::new(Options {
        users: Users::Exactly(1),
        ..Options::default()
    })
    .await;
    let nobody = tenant.user("/mfaEnabled");
    let known = nobody.replace(USER, &tenant.sandbox.users()[0]);
    for (body, code) in [
        ("{}", "REQUIRED_VALUE"),
        (r#"{"mfaEnabled": "true"}"#, "INVALID_VALUE"),
    ] {
        let answer = tenant.put(&known, body).await;
        let expected = (400, is(code, "mfaEnabled"));
        assert_eq!((answer.status, details(&answer)), expected);
        // The user is looked at first.
        assert_eq!(tenant.put(&nobody, body).await.status, 404);
    }
    assert_eq!(tenant.get(&nobody).await.status, 404);
    assert_eq!(tenant.put(&known, "true").await.status, 400);
    let answer = tenant.send("PUT", &known, "text/plain", "{}").await;
    assert_eq!(answer.status, 415);
    let answer = tenant.without_body("DELETE", &known).await;
    assert_eq!(answer.header("allow"), Some("GET, PUT"));
}

impl Tenant {
    /// The users that a query finds.
    async fn find(&self, query: &str) -> Answer {
        self.get(&self.at(&format!("/users{query}"))).await
    }
}

/// The usernames in an answer.
fn usernames(answer: &Answer) -> Vec<String> {
    assert_eq!(answer.status, 200, "{}", answer.body);
    let body = answer.json();
    let users = body["_embedded"]["users"].as_array().unwrap().iter();
    users
        .map(|user| user["username"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn a_user_is_found_by_the_username_and_shown_whole() {
    let tenant = Tenant::new(Options::default()).await;
    let answer = tenant
        .find(&format!("?filter=username%20eq%20%22user-{USER}%22"))
        .await;
    let user = tenant.get(&tenant.user("")).await.json();
    let mut expected = tenant.filled_in(USERS, "", "");
    expected["_embedded"]["users"][0] = user;
    assert_eq!((answer.status, answer.json()), (200, expected));
}

#[tokio::test]
async fn users_are_found_by_filters_of_the_documented_grammar() {
    let tenant = Tenant::new(Options {
        users: Users::Exactly(20),
        ..Options::default()
    })
    .await;
    for (filter, expected) in [
        ("username+eq+%22user-3%22", &["user-3"][..]),
        ("username%20eq%20%22nobody%22", &[]),
        ("externalId+eq+%22external-4%22", &["user-4"]),
        // An address is not one user's alone.
        (
            "email+eq+%22user-9%40example.com%22",
            &["user-9", "user-10"],
        ),
        (
            "username+eq+%22user-2%22+or+username+eq+%22user-1%22+or+username+eq+%22user-2%22",
            &["user-2", "user-1"],
        ),
        (
            "(username+eq+%22user-8%22+or+username+eq+%22user-6%22)+and+enabled+eq+true",
            &["user-6"],
        ),
        ("username+eq+%22a%5C%22+or+username+eq+%5C%22user-1%22", &[]),
    ] {
        let answer = tenant.find(&format!("?filter={filter}")).await;
        assert_eq!(usernames(&answer), expected, "{filter}");
        assert_eq!(answer.json()["count"], expected.len());
    }
}

#[tokio::test]
async fn every_name_is_a_user_where_every_id_is_one() {
    let tenant = Tenant::new(Options::default()).await;
    let filter = "?filter=username%20eq%20%22CORP%5C%5Canna%22%20or%20username%20eq%20%22otto%22";
    let answer = tenant.find(filter).await;
    assert_eq!(usernames(&answer), ["CORP\\anna", "otto"]);
    let body = answer.json();
    let again = Tenant::new(Options {
        seed: 7,
        ..Options::default()
    })
    .await;
    for user in body["_embedded"]["users"].as_array().unwrap() {
        let id = user["id"].as_str().unwrap();
        let read = tenant.get(&tenant.user("").replace(USER, id)).await;
        assert_eq!(read.json(), *user);
        let found = again.find(filter).await.json();
        let ids = found["_embedded"]["users"].as_array().unwrap().iter();
        assert!(ids.map(|user| &user["id"]).any(|found| found == id));
    }
}

#[tokio::test]
async fn a_listing_of_users_is_read_page_by_page() {
    let tenant = Tenant::new(Options {
        users: Users::Exactly(250),
        ..Options::default()
    })
    .await;
    for (query, sizes) in [
        ("", &[100, 100, 50][..]),
        ("?limit=1000", &[250]),
        ("?limit=125", &[125, 125]),
        ("?filter=enabled%20eq%20false&limit=10", &[10, 10, 5]),
    ] {
        let (mut seen, mut found, mut pages) = (Vec::new(), Vec::new(), Vec::new());
        let mut answer = tenant.find(query).await;
        loop {
            let body = answer.json();
            found.extend(usernames(&answer));
            pages.push(body["size"].clone());
            seen.push(body["count"].clone());
            let next = &body["_links"]["next"]["href"];
            if next.is_null() {
                break;
            }
            answer = tenant.follow(next).await;
        }
        assert_eq!(pages, sizes, "{query}");
        let all = found.len();
        assert!(seen.iter().all(|count| *count == all), "{query}");
        found.sort_unstable();
        found.dedup();
        assert_eq!(found.len(), all, "{query}");
    }
}

#[tokio::test]
async fn what_is_no_query_for_users_is_refused() {
    let tenant = Tenant::new(Options::default()).await;
    for (query, code, target) in [
        ("filter=", "INVALID_FILTER", "filter"),
        ("filter=username", "INVALID_FILTER", "filter"),
        ("filter=username+eq+anna", "INVALID_FILTER", "filter"),
        ("filter=username+eq+%22anna", "INVALID_FILTER", "filter"),
        ("filter=shoeSize+eq+%2242%22", "INVALID_FILTER", "filter"),
        ("filter=username+co+%22ann%22", "INVALID_FILTER", "filter"),
        ("limit=0", "OUT_OF_RANGE", "limit"),
        ("limit=1001", "OUT_OF_RANGE", "limit"),
        ("cursor=1", "INVALID_PARAMETER", "cursor"),
    ] {
        let answer = tenant.find(&format!("?{query}")).await;
        let expected = (400, is(code, target));
        assert_eq!((answer.status, details(&answer)), expected);
        assert_eq!(answer.json()["code"], "INVALID_DATA");
    }
}
