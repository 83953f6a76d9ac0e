//! The sandbox's report of all devices.

use super::*;
use crate::contract::documents::reports::{REPORT, REPORTED};

/// A tenant without the wait between two reports.
async fn tenant() -> Tenant {
    Tenant::new(Options {
        max_devices: 5_000,
        report_interval: Duration::ZERO,
        ..Options::default()
    })
    .await
}

impl Tenant {
    pub(super) async fn report(&self, query: &str, body: &str) -> Answer {
        let path = self.at(&format!("/dataExplorations{query}"));
        self.send("POST", &path, "application/json", body).await
    }
}

fn entries(body: &Value) -> &Vec<Value> {
    body["_embedded"]["entries"].as_array().unwrap()
}

#[tokio::test]
async fn the_documented_request_gets_its_entries_with_the_answer() {
    let tenant = tenant().await;
    let device = tenant.create(CREATE).await.json();
    let sms = CREATE.replace("WHATSAPP", "SMS");
    assert_eq!(tenant.create(&sms).await.status, 201);

    let answer = tenant.report("?expand=entries&limit=1000", REPORT).await;
    assert_eq!(answer.status, 201);
    let body = answer.json();
    let (id, now) = (
        body["id"].as_str().unwrap(),
        body["createdAt"].as_str().unwrap(),
    );
    let document = REPORTED.replace("REPORT", id);
    let device = device["id"].as_str().unwrap();
    assert_eq!(body, tenant.filled_in(&document, device, now));

    let mut without = tenant.report("", REPORT).await.json();
    assert_eq!(without["_embedded"], Value::Null);
    let read = tenant.follow(&without["_links"]["self"]["href"]).await;
    assert_eq!(read.json(), without);
    let later = tenant
        .follow(&without["_links"]["entries"]["href"].take())
        .await;
    assert_eq!(later.status, 200);
    assert_eq!(later.json()["_embedded"], body["_embedded"]);
}

#[tokio::test]
async fn a_large_report_is_read_page_by_page_and_tells_each_device_once() {
    let tenant = tenant().await;
    for number in 0..7 {
        let phone = format!("+1512555123{number}");
        tenant
            .create(&CREATE.replace("+1.5125551234", &phone))
            .await;
    }
    let body = tenant
        .report("?expand=entries&limit=3", REPORT)
        .await
        .json();
    // What is made after the report is not in it.
    tenant.create(CREATE).await;
    let (mut sizes, mut seen, mut body) = (Vec::new(), Vec::new(), body);
    loop {
        sizes.push(body["size"].clone());
        seen.extend(entries(&body).iter().map(|entry| entry["deviceId"].clone()));
        let next = &body["_links"]["next"]["href"];
        if next.is_null() {
            break;
        }
        body = tenant.follow(next).await.json();
    }
    assert_eq!(sizes, [3, 3, 1]);
    let held = tenant.sandbox.devices();
    let held: Vec<_> = held.iter().take(7).map(|held| held.id.clone()).collect();
    assert_eq!(seen, held);
}

#[tokio::test]
async fn a_report_tells_the_devices_that_its_filter_names() {
    let tenant = tenant().await;
    tenant.create(CREATE).await;
    let german = CREATE.replace("+1.5125551234", "+4915112345678");
    tenant.create(&german).await;
    let mail = CREATE
        .replace("WHATSAPP", "EMAIL")
        .replace("phone", "email");
    tenant
        .create(&mail.replace("+1.5125551234", "a@example.com"))
        .await;
    for (filter, expected) in [
        ("deviceType eq \"WHATSAPP\"", 2),
        ("phone sw \"+49\"", 1),
        ("phone eq \"+1.5125551234\" or deviceType eq \"EMAIL\"", 2),
        ("mfaEnabled eq \"true\"", 3),
        ("deviceStatus eq \"ACTIVATION_REQUIRED\"", 0),
        (
            &format!("userId eq \"{USER}\" and username eq \"user-{USER}\""),
            3,
        ),
    ] {
        let mut body = literal(REPORT);
        body["filter"] = json!(filter);
        let answer = tenant.report("?expand=entries", &body.to_string()).await;
        assert_eq!(entries(&answer.json()).len(), expected, "{filter}");
    }
}

#[tokio::test]
async fn a_report_may_be_older_than_it_is() {
    let tenant = Tenant::new(Options {
        report_age: Duration::from_mins(15),
        ..Options::default()
    })
    .await;
    tenant.create(CREATE).await;
    let answer = tenant.report("?expand=entries", REPORT).await;
    assert_eq!(answer.json()["size"], 0);
}

#[tokio::test]
async fn a_second_report_is_made_after_five_seconds_at_the_earliest() {
    let tenant = Tenant::new(Options::default()).await;
    let first = tenant.report("", REPORT).await;
    assert_eq!(first.status, 201);
    let second = tenant.report("", REPORT).await;
    assert_eq!(second.status, 429);
    assert_eq!(second.json()["code"], "REQUEST_LIMITED");
    let wait: u64 = second.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=5).contains(&wait), "{wait}");
    // The pages of one that is made do not wait.
    let entries = tenant
        .follow(&first.json()["_links"]["entries"]["href"])
        .await;
    assert_eq!(entries.status, 200);
}

#[tokio::test]
async fn what_asks_for_no_report_is_refused() {
    let tenant = tenant().await;
    let refused = tenant.report("?expand=entries", "{}").await;
    assert_eq!(refused.status, 400);
    let expected = [
        ("REQUIRED_VALUE", "dataExplorationTemplate.id"),
        ("CONSTRAINT_VIOLATION", "sync"),
    ];
    let expected = expected.map(|(code, target)| (code.to_owned(), target.to_owned()));
    assert_eq!(details(&refused), expected);
    assert_eq!(tenant.report("?limit=1001", REPORT).await.status, 400);
    assert_eq!(tenant.report("", "[]").await.status, 400);
    let nothing = tenant.at(&format!("/dataExplorations/{USER}"));
    assert_eq!(tenant.get(&nothing).await.status, 404);
    assert_eq!(tenant.get(&format!("{nothing}/entries")).await.status, 404);
}
