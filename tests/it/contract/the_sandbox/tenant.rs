//! What the sandbox shows of what holds for everybody.

use super::*;
use crate::contract::documents::tenant::{
    ALLOWED, CAPABILITIES, ENVIRONMENT, MFA_SETTINGS, NOTIFICATION_POLICY, POLICY, PRODUCTS,
};

impl Tenant {
    /// What is below the environment.
    async fn shown(&self, path: &str) -> Answer {
        self.get(&self.at(path)).await
    }

    /// Compares what is shown with a literal document; the time of its making may be any.
    async fn shows(&self, path: &str, document: &str) {
        let answer = self.shown(path).await;
        assert_eq!(answer.status, 200, "{path}");
        let body = answer.json();
        let now = body["updatedAt"].as_str().unwrap_or_default();
        assert_eq!(body, self.filled_in(document, "", now), "{path}");
    }
}

#[tokio::test]
async fn each_document_of_an_environment_is_shown_whole() {
    let tenant = Tenant::new(Options::default()).await;
    let policy = "6f1b3c52-8a0e-4d39-9c47-2e5d1a7b9f10";
    let allowed = "7c6b5a49-3827-4e1d-9c0b-1a2b3c4d5e6f";
    let notifications = "3b7e8f0c-51d2-4a6e-9b43-7c0d1e2f3a45";
    for (path, document) in [
        ("", ENVIRONMENT),
        ("/mfaSettings", MFA_SETTINGS),
        ("/capabilities", CAPABILITIES),
        ("/billOfMaterials", PRODUCTS),
        (&format!("/deviceAuthenticationPolicies/{policy}"), POLICY),
        (&format!("/rateLimitIpConfigs/{allowed}"), ALLOWED),
        (
            &format!("/notificationsPolicies/{notifications}"),
            NOTIFICATION_POLICY,
        ),
    ] {
        tenant.shows(path, document).await;
    }
}

#[tokio::test]
async fn what_is_listed_is_shown_alone_too_and_nothing_else_is() {
    let tenant = Tenant::new(Options {
        policies: Policies::Known,
        ..Options::default()
    })
    .await;
    for (collection, names) in [
        ("deviceAuthenticationPolicies", ["Wave MFA", "SMS only"]),
        ("rateLimitIpConfigs", ["203.0.113.0/24", "2001:db8::/32"]),
        (
            "notificationsPolicies",
            ["Default notification policy", "United States and Canada"],
        ),
    ] {
        let listing = tenant.shown(&format!("/{collection}")).await.json();
        assert_eq!(
            (&listing["count"], &listing["size"]),
            (&json!(2), &json!(2))
        );
        let listed = listing["_embedded"][collection].as_array().unwrap();
        for (one, name) in listed.iter().zip(names) {
            let shown = one.get("name").or(one.get("value"));
            assert_eq!(shown, Some(&json!(name)));
            let id = one["id"].as_str().unwrap();
            let alone = tenant.shown(&format!("/{collection}/{id}")).await;
            assert_eq!(alone.json(), *one);
        }
        let other = tenant.shown(&format!("/{collection}/{USER}")).await;
        assert_eq!(other.status, 404);
    }
}

#[tokio::test]
async fn the_license_tells_the_rate_and_the_policy_who_gets_messages() {
    for (rate_limit, expected) in [(None, 100), (Some(60.0), 60), (Some(2.5), 3)] {
        let tenant = Tenant::new(Options {
            rate_limit,
            ..Options::default()
        })
        .await;
        let capabilities = tenant.shown("/capabilities").await.json();
        let limit = &capabilities["licenseQuantities"]["rlgMfaRps"]["limit"];
        assert_eq!(*limit, expected);
    }
    let tenant = Tenant::new(Options::default()).await;
    let policies = tenant.shown("/deviceAuthenticationPolicies").await.json();
    let sms_only = &policies["_embedded"]["deviceAuthenticationPolicies"][1];
    let id = sms_only["notificationsPolicy"]["id"].as_str().unwrap();
    let notifications = tenant.shown(&format!("/notificationsPolicies/{id}")).await;
    let limit = &notifications.json()["countryLimit"];
    assert_eq!(limit["type"], "ALLOWED");
    assert_eq!(limit["countries"], json!(["US", "CA"]));
}
