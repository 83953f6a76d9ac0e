//! Whom the sandbox knows.

use super::*;
use crate::contract::documents::{A_USER, MFA_ENABLED};

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
        let expected = (code.to_owned(), "mfaEnabled".to_owned());
        assert_eq!((answer.status, details(&answer)), (400, vec![expected]));
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
