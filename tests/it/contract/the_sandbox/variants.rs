//! Each open question, answered otherwise.

use wavepair::testing::sandbox::Variant;

use super::*;
use crate::contract::documents::reports::REPORT;
use crate::support::readme::readme;

/// A sandbox with a variant.
async fn with(variant: Variant, options: Options) -> Tenant {
    Tenant::new(Options {
        variants: [variant].into_iter().collect(),
        ..options
    })
    .await
}

async fn only(variant: Variant) -> Tenant {
    with(variant, Options::default()).await
}

async fn report(tenant: &Tenant) -> Answer {
    tenant.report("?expand=entries", REPORT).await
}

/// Creates with other members than those of the example, and returns what is wrong with them.
async fn refused(tenant: &Tenant, from: &str, to: &str) -> Vec<(String, String)> {
    let answer = tenant.create(&CREATE.replace(from, to)).await;
    assert_eq!(answer.status, 400, "{}", answer.body);
    details(&answer)
}

#[test]
fn the_readme_lists_every_variant() {
    let readme = readme();
    for (name, _) in Variant::ALL {
        assert!(readme.contains(&format!("\n| `{name}` | ")), "{name}");
    }
}

#[tokio::test]
async fn another_spelling_is_another_device() {
    let refusing = Options {
        duplicates: Duplicates::Refuse400,
        ..Options::default()
    };
    let tenant = with(Variant::DuplicatesBySpelling, refusing).await;
    let other = CREATE.replace("+1.5125551234", "+15125551234");
    assert_eq!(tenant.create(CREATE).await.status, 201);
    assert_eq!(tenant.create(&other).await.status, 201);
    assert_eq!(tenant.create(&other).await.status, 400);
}

#[tokio::test]
async fn phones_come_back_in_another_form() {
    let tenant = only(Variant::PhoneE164).await;
    assert_eq!(tenant.create(CREATE).await.json()["phone"], "+15125551234");
    let listed = tenant.get(&tenant.devices("")).await.json();
    assert_eq!(listed["_embedded"]["devices"][0]["phone"], "+15125551234");
    let entries = report(&tenant).await.json();
    assert_eq!(entries["_embedded"]["entries"][0]["phone"], "+15125551234");

    let tenant = only(Variant::ReportPhoneDigits).await;
    assert_eq!(tenant.create(CREATE).await.json()["phone"], "+1.5125551234");
    let entries = report(&tenant).await.json();
    assert_eq!(entries["_embedded"]["entries"][0]["phone"], "15125551234");
}

#[tokio::test]
async fn a_create_needs_less_or_gets_less() {
    let tenant = only(Variant::PolicyOptional).await;
    let without = r#"{"type": "WHATSAPP", "phone": "+15125551234"}"#;
    assert_eq!(tenant.create(without).await.status, 201);

    let tenant = only(Variant::PhoneUnchecked).await;
    let other = CREATE.replace("+1.5125551234", "5125551234 ext. 3");
    assert_eq!(tenant.create(&other).await.status, 201);

    let named = r#""type": "WHATSAPP", "nickname": "Work""#;
    let tenant = only(Variant::NicknameIgnored).await;
    let created = tenant
        .create(&CREATE.replace(r#""type": "WHATSAPP""#, named))
        .await;
    assert_eq!(
        (created.status, &created.json()["nickname"]),
        (201, &Value::Null)
    );
    let tenant = only(Variant::NicknameRefused).await;
    let fault = refused(&tenant, r#""type": "WHATSAPP""#, named).await;
    assert_eq!(fault, is("INVALID_VALUE", "nickname"));

    let notified = r#""type": "WHATSAPP", "notification": {}"#;
    let tenant = only(Variant::NotificationRefused).await;
    let fault = refused(&tenant, r#""type": "WHATSAPP""#, notified).await;
    assert_eq!(fault, is("INVALID_VALUE", "notification"));
    assert_eq!(tenant.create(CREATE).await.status, 201);
}

#[tokio::test]
async fn a_create_is_refused_in_another_way() {
    let known = || Options {
        policies: Policies::Known,
        ..Options::default()
    };
    let wave = "6f1b3c52-8a0e-4d39-9c47-2e5d1a7b9f10";
    let sms_only = "0d9c8b7a-6f5e-4d3c-8b2a-19087f6e5d4c";
    let tenant = with(Variant::PolicyNotFound, known()).await;
    let answer = tenant.create(&CREATE.replace(wave, USER)).await;
    assert_eq!(answer.status, 404);
    assert_eq!(error(&answer), literal(NOT_FOUND));
    let fault = refused(&tenant, wave, sms_only).await;
    assert_eq!(fault, is("INVALID_VALUE", "type"));

    let tenant = with(Variant::TypeForbidden, known()).await;
    let answer = tenant.create(&CREATE.replace(wave, sms_only)).await;
    assert_eq!(answer.status, 403);
    let fault = refused(&tenant, wave, USER).await;
    assert_eq!(fault, is("INVALID_VALUE", "policy.id"));
}

#[tokio::test]
async fn who_cannot_use_mfa_gets_no_device() {
    let tenant = only(Variant::MfaOff).await;
    let path = tenant.user("/mfaEnabled");
    assert_eq!(tenant.get(&path).await.json()["mfaEnabled"], false);
    assert_eq!(tenant.create(CREATE).await.status, 201);

    let tenant = only(Variant::MfaOffRefused).await;
    let path = tenant.user("/mfaEnabled");
    tenant.put(&path, r#"{"mfaEnabled": false}"#).await;
    let answer = tenant.create(CREATE).await;
    assert_eq!(answer.status, 400);
    assert_eq!(answer.json()["code"], "REQUEST_FAILED");
    assert_eq!(details(&answer), is("ACCOUNT_NOT_USABLE", ""));
    tenant.put(&path, r#"{"mfaEnabled": true}"#).await;
    assert_eq!(tenant.create(CREATE).await.status, 201);
}

#[tokio::test]
async fn a_device_is_listed_late_and_read_at_once() {
    let tenant = only(Variant::ListingLate).await;
    let created = tenant.create(CREATE).await.json();
    let listed = tenant.get(&tenant.devices("")).await.json();
    assert_eq!(listed["_embedded"]["devices"], json!([]));
    let read = tenant.get(&tenant.device(&created)).await;
    assert_eq!(read.status, 200);
}

#[tokio::test]
async fn the_report_is_refused_or_is_no_help() {
    let tenant = only(Variant::ReportWithoutWhatsapp).await;
    let answer = report(&tenant).await;
    assert_eq!(
        (answer.status, details(&answer)),
        (400, is("INVALID_FILTER", "filter"))
    );

    let tenant = only(Variant::ReportForbidden).await;
    let answer = report(&tenant).await;
    assert_eq!((answer.status, error(&answer)), (403, literal(FORBIDDEN)));

    let tenant = only(Variant::ReportUnreadable).await;
    let created = tenant.create(CREATE).await.json();
    let entry = json!([USER, "+1.5125551234", "ACTIVE", created["id"]]);
    assert_eq!(
        report(&tenant).await.json()["_embedded"]["entries"],
        json!([entry])
    );

    let tenant = only(Variant::ReportPagesPaced).await;
    let made = report(&tenant).await.json();
    let page = tenant.follow(&made["_links"]["entries"]["href"]).await;
    assert_eq!(page.status, 429);
}

#[tokio::test]
async fn answers_have_more_headers_or_fewer() {
    let limit = |answer: &Answer| answer.header("x-ratelimit-limit").map(str::to_owned);
    let tenant = only(Variant::RateHeaders).await;
    assert_eq!(limit(&tenant.create(CREATE).await).as_deref(), Some("100"));
    let tenant = only(Variant::TransactionNotEchoed).await;
    let answer = tenant.create(CREATE).await;
    assert_eq!(answer.status, 201);
    assert_eq!(answer.header("x-ping-external-transaction-id"), None);
    assert!(answer.header("correlation-id").is_some());
    assert_eq!(limit(&answer), None);
}

#[tokio::test]
async fn what_is_elsewhere_or_gone_is_answered_in_another_way() {
    let tenant = only(Variant::OtherEnvironment404).await;
    let answer = tenant
        .get(&format!("/v1/environments/{USER}/mfaSettings"))
        .await;
    assert_eq!(error(&answer), literal(NOT_FOUND));

    let tenant = only(Variant::DeleteTwice204).await;
    let created = tenant.create(CREATE).await.json();
    let path = tenant.device(&created);
    for _ in 0..2 {
        assert_eq!(tenant.without_body("DELETE", &path).await.status, 204);
    }
    assert_eq!(tenant.get(&path).await.status, 404);
}

#[tokio::test]
async fn policies_say_something_else() {
    let wave = "/deviceAuthenticationPolicies/6f1b3c52-8a0e-4d39-9c47-2e5d1a7b9f10";
    for (variant, at, expected, takes) in [
        (
            Variant::PairingDisabled,
            "/whatsApp/pairingDisabled",
            Some(json!(true)),
            false,
        ),
        (Variant::WhatsappMissing, "/whatsApp", None, false),
        (
            Variant::NewDeviceNotification,
            "/newDeviceNotification",
            Some(json!("SMS_THEN_EMAIL")),
            true,
        ),
    ] {
        let tenant = only(variant).await;
        let policy = tenant.get(&tenant.at(wave)).await;
        assert_eq!(policy.json().pointer(at), expected.as_ref(), "{variant:?}");
        let created = tenant.create(CREATE).await.status;
        assert_eq!(created, if takes { 201 } else { 400 }, "{variant:?}");
        let sms = CREATE.replace("WHATSAPP", "SMS");
        assert_eq!(tenant.create(&sms).await.status, 201, "{variant:?}");
    }
}

#[tokio::test]
async fn the_default_notification_policy_denies_a_country() {
    let default = "/notificationsPolicies/3b7e8f0c-51d2-4a6e-9b43-7c0d1e2f3a45";
    let tenant = only(Variant::CountriesDenied).await;
    let policy = tenant.get(&tenant.at(default)).await.json();
    assert_eq!(
        policy["countryLimit"],
        json!({"type": "DENIED", "deliveryMethods": ["SMS", "Voice"], "countries": ["GB"]})
    );
}

#[tokio::test]
async fn users_come_in_short_pages() {
    let many = Options {
        users: Users::Exactly(25),
        ..Options::default()
    };
    let tenant = with(Variant::ShortPages, many).await;
    let path = tenant.at("/users?limit=1000");
    let page = tenant.get(&path).await.json();
    assert_eq!((&page["size"], &page["count"]), (&json!(10), &json!(25)));
    assert!(page["_links"]["next"]["href"].is_string());
}

#[tokio::test]
async fn the_tenant_has_another_license() {
    let limited = Options {
        rate_limit: Some(100.0),
        per_ip: Some(0.01),
        ..Options::default()
    };
    let tenant = with(Variant::AddressAllowed, limited).await;
    let path = tenant.at("/rateLimitIpConfigs");
    let listed = tenant.get(&path).await.json();
    assert_eq!(
        listed["_embedded"]["rateLimitIpConfigs"][2]["value"],
        "127.0.0.0/8"
    );
    // More than one at once is more than the share.
    for _ in 0..3 {
        assert_eq!(tenant.create(CREATE).await.status, 201);
    }

    let tenant = only(Variant::NoMfaProduct).await;
    let path = tenant.at("/billOfMaterials");
    let products = tenant.get(&path).await.json();
    assert_eq!(products["products"].as_array().map(Vec::len), Some(1));
    assert_eq!(tenant.create(CREATE).await.status, 403);
    assert_eq!(tenant.get(&tenant.user("")).await.status, 200);
}

#[tokio::test]
async fn the_client_authenticates_in_one_way_alone() {
    for (variant, [by_header, by_form]) in [
        (Variant::ClientAuthBasic, [200, 401]),
        (Variant::ClientAuthPost, [401, 200]),
    ] {
        let sandbox = start(Options {
            variants: [variant].into_iter().collect(),
            ..with_client()
        })
        .await
        .unwrap();
        let basic = format!("{FORM}{BASIC}");
        let grant = "grant_type=client_credentials";
        let form = format!("{grant}&{POSTED}");
        for (headers, body, status) in [(&*basic, grant, by_header), (FORM, &form, by_form)] {
            let answer = ask(&sandbox, &post("/as/token", headers, body))
                .await
                .unwrap();
            assert_eq!(answer.status, status, "{variant:?}");
            if status == 401 {
                let body = answer.json();
                assert_eq!(body["error"], "invalid_client");
                let why = body["error_description"].as_str().unwrap();
                assert!(why.contains("Unsupported authentication method"), "{why}");
            }
        }
    }
}
