//! What the sandbox does with a device that is there.

use super::*;
use crate::contract::documents::{CREATED_IN_TEST_MODE, NICKNAMED};

/// The IDs of a listing.
fn listed(listing: &Value) -> Vec<Value> {
    let devices = listing["_embedded"]["devices"].as_array().unwrap().iter();
    devices.map(|device| device["id"].clone()).collect()
}

#[tokio::test]
async fn a_device_can_be_read_until_it_is_deleted() {
    let tenant = Tenant::new(Options::default()).await;
    let created = tenant.create(CREATE).await.json();
    let path = tenant.device(&created);
    assert_eq!(tenant.get(&path).await.json(), created);
    for expected in [204, 404] {
        assert_eq!(tenant.without_body("DELETE", &path).await.status, expected);
    }
    assert_eq!(tenant.get(&path).await.status, 404);
    let nickname = format!("{path}/nickname");
    let answer = tenant.put(&nickname, r#"{"nickname": "Work"}"#).await;
    assert_eq!(answer.status, 404);
}

#[tokio::test]
async fn a_nickname_is_set_and_cleared_and_nothing_else_of_a_device() {
    let tenant = Tenant::new(Options::default()).await;
    let created = tenant.create(CREATE).await.json();
    let path = tenant.device(&created);
    let nickname = format!("{path}/nickname");

    let answer = tenant
        .put(&nickname, r#"{"nickname": "Work", "phone": "+1"}"#)
        .await;
    assert_eq!(answer.status, 200);
    let device = created["id"].as_str().unwrap();
    assert_eq!(answer.json(), tenant.filled_in(NICKNAMED, device, ""));
    let mut renamed = tenant.get(&path).await.json();
    assert_eq!(renamed["nickname"].take(), "Work");
    assert_eq!(renamed["phone"], created["phone"]);
    assert_eq!(renamed["createdAt"], created["createdAt"]);

    assert_eq!(
        tenant.put(&nickname, r#"{"nickname": ""}"#).await.status,
        200
    );
    assert_eq!(tenant.get(&path).await.json()["nickname"], Value::Null);
}

#[tokio::test]
async fn a_nickname_that_is_none_is_refused() {
    let tenant = Tenant::new(Options::default()).await;
    let created = tenant.create(CREATE).await.json();
    let nickname = format!("{}/nickname", tenant.device(&created));
    let of_length = |length| format!(r#"{{"nickname": "{}"}}"#, "é".repeat(length));
    assert_eq!(tenant.put(&nickname, &of_length(100)).await.status, 200);
    for (body, code) in [
        (&*of_length(101), "SIZE_LIMIT_EXCEEDED"),
        ("{}", "REQUIRED_VALUE"),
        (r#"{"nickname": 5}"#, "INVALID_VALUE"),
    ] {
        let answer = tenant.put(&nickname, body).await;
        let expected = (400, is(code, "nickname"));
        assert_eq!((answer.status, details(&answer)), expected);
    }
    assert_eq!(tenant.put(&nickname, "Work").await.status, 400);
    let answer = tenant.send("PUT", &nickname, "text/plain", "{}").await;
    assert_eq!(answer.status, 415);
    let answer = tenant.without_body("GET", &nickname).await;
    assert_eq!((answer.status, answer.header("allow")), (405, Some("PUT")));
}

#[tokio::test]
async fn in_test_mode_the_password_that_activates_a_device_is_told() {
    let tenant = Tenant::new(Options::default()).await;
    let pending = CREATE.replace(
        r#""type": "WHATSAPP""#,
        r#""type": "SMS", "status": "ACTIVATION_REQUIRED", "testMode": true"#,
    );
    let pending = tenant.create(&pending).await.json();
    let otp = pending["test"]["otp"].as_str().unwrap();
    assert_eq!(otp.len(), 6);
    let document = CREATED_IN_TEST_MODE.replace("OTP", otp);
    let (device, now) = (pending["id"].as_str(), pending["createdAt"].as_str());
    let expected = tenant.filled_in(&document, device.unwrap(), now.unwrap());
    assert_eq!(pending, expected);
    assert_eq!(tenant.sandbox.devices()[0].otp.as_deref(), Some(otp));

    let path = tenant.device(&pending);
    assert_eq!(tenant.get(&path).await.json()["test"], Value::Null);
    let activate = async |body: &str| {
        tenant
            .send("POST", &path, &own("device.activate"), body)
            .await
    };
    for (body, code, target) in [
        ("{}", "REQUIRED_VALUE", "otp"),
        (r#"{"otp": "otp"}"#, "INVALID_OTP", "otp"),
    ] {
        let answer = activate(body).await;
        let expected = (400, is(code, target));
        assert_eq!((answer.status, details(&answer)), expected);
    }
    let right = format!(r#"{{"otp": "{otp}"}}"#);
    let activated = activate(&right).await;
    assert_eq!(activated.status, 200);
    let activated = activated.json();
    assert_eq!(activated["status"], "ACTIVE");
    assert_eq!(activated["_links"]["activate"], Value::Null);
    let answer = activate(&right).await;
    let expected = (400, is("CONSTRAINT_VIOLATION", "status"));
    assert_eq!((answer.status, details(&answer)), expected);
}

#[tokio::test]
async fn a_device_is_not_activated_beyond_the_limit() {
    let tenant = Tenant::new(Options {
        max_devices: 1,
        ..Options::default()
    })
    .await;
    tenant.create(CREATE).await;
    let pending = CREATE.replace(
        "WHATSAPP\"",
        "WHATSAPP\", \"status\": \"ACTIVATION_REQUIRED\"",
    );
    let pending = tenant.create(&pending).await.json();
    let otp = tenant.sandbox.devices()[1].otp.clone().unwrap();
    let body = format!(r#"{{"otp": "{otp}"}}"#);
    let path = tenant.device(&pending);
    let answer = tenant
        .send("POST", &path, &own("device.activate"), &body)
        .await;
    assert_eq!(answer.status, 400);
    assert_eq!(error(&answer), literal(DEVICE_LIMIT));
}

#[tokio::test]
async fn a_device_is_blocked_and_unblocked_and_still_counts() {
    let tenant = Tenant::new(Options {
        max_devices: 1,
        ..Options::default()
    })
    .await;
    let created = tenant.create(CREATE).await.json();
    let path = tenant.device(&created);
    for (operation, block) in [
        ("block", json!({"status": "BLOCKED"})),
        ("unlock", json!({"status": "BLOCKED"})),
        ("unblock", Value::Null),
    ] {
        let kind = own(&format!("device.{operation}"));
        let answer = tenant.send("POST", &path, &kind, "").await;
        assert_eq!((answer.status, &answer.json()["block"]), (200, &block));
        assert_eq!(tenant.get(&path).await.json()["block"], block);
        assert_eq!(tenant.create(CREATE).await.status, 400);
    }
    let answer = tenant.send("POST", &path, "application/json", "{}").await;
    assert_eq!(answer.status, 415);
    let nobody = tenant.devices(&format!("/{USER}"));
    let answer = tenant.send("POST", &nobody, &own("device.block"), "").await;
    assert_eq!(answer.status, 404);
}

#[tokio::test]
async fn the_first_device_of_the_order_is_listed_first_until_the_order_goes() {
    let tenant = Tenant::new(Options::default()).await;
    let mut ids = Vec::new();
    for phone in ["+15125551231", "+15125551232", "+15125551233"] {
        let created = tenant.create(&CREATE.replace("+1.5125551234", phone)).await;
        ids.push(created.json()["id"].clone());
    }
    let [first, second, third] = &ids[..] else {
        panic!("three devices were made");
    };
    let all = tenant.devices("");
    let body = json!({"order": [{"id": third}, {"id": first}]}).to_string();
    let answer = tenant
        .send("POST", &all, &own("devices.reorder"), &body)
        .await;
    assert_eq!(answer.status, 200);
    let expected = [third, first, second].map(Value::clone);
    assert_eq!(listed(&answer.json()), expected);
    assert_eq!(listed(&tenant.get(&all).await.json()), expected);

    let twice = json!({"order": [{"id": third}, {"id": third}]}).to_string();
    let unknown = json!({"order": [{"id": USER}]}).to_string();
    for wrong in [&*twice, &unknown, r#"{"order": "x"}"#, "{}"] {
        let answer = tenant
            .send("POST", &all, &own("devices.reorder"), wrong)
            .await;
        assert_eq!((answer.status, &*details(&answer)[0].1), (400, "order"));
    }
    // Documents disagree on the method.
    for method in ["DELETE", "POST"] {
        tenant
            .send("POST", &all, &own("devices.reorder"), &body)
            .await;
        let kind = own("devices.order.remove");
        let answer = tenant.send(method, &all, &kind, "").await;
        assert_eq!((answer.status, listed(&answer.json())), (200, ids.clone()));
    }
    assert_eq!(tenant.without_body("DELETE", &all).await.status, 415);
}
