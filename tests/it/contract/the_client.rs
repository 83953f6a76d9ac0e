//! What the client makes of it.

use wavepair::testing::model::{
    AttemptOutcome, Device, DeviceStatus, DeviceType, Imprint, Listing, LookOutcome, MfaOutcome,
    NameKind, Refusal, ReportedAddress, ReportedStatus, UserName, UserState,
};
use wavepair::testing::pingone::{Connection, ListedPolicies, ListedUsers, UserFilter};

use super::documents::reports::{REPORT, REPORTED};
use super::documents::tenant::{MFA_SETTINGS, POLICY};
use super::documents::{
    A_USER, CREATED, DEVICE_LIMIT, FORBIDDEN, LISTED, MFA_ENABLED, NOT_FOUND, USERS,
};
use crate::wire_client::peer::Peer;
use crate::wire_client::{ENVIRONMENT, PHONE, USER, client, create, http, look_at, request, token};

/// The device of the documentation's example.
const DEVICE: &str = "cd44c285-2375-4c17-9c54-47dea4438e11";

fn filled_in(document: &str) -> String {
    document
        .replace("HOST", "api.pingone.eu")
        .replace("ENV", "abfba8f6-49eb-49f5-a5d9-80ad5c98f9f6")
        .replace("USER", USER)
        .replace("DEVICE", DEVICE)
        .replace("\"REPORT\"", "\"0c5a8d51-0c0a-4b57-8f0a-6f8c3f0b1a2d\"")
        .replace("NOW", "2024-11-21T11:20:18.259Z")
        .replace("\"ID\"", "\"c6b4c1a2-63d5-4b8e-9d7a-0f2e4b6c8a10\"")
}

fn documented() -> Device {
    Device {
        id: Some(DEVICE.parse().unwrap()),
        created_at: Some("2024-11-21T11:20:18.259Z".to_owned()),
        imprint: Imprint {
            status: Some(DeviceStatus::Active),
            ..Imprint::default()
        },
    }
}

#[tokio::test]
async fn reads_the_documented_answer_to_a_create_in_pingones_spelling_of_phones() {
    let peer = Peer::answering(http("201 Created", &filled_in(CREATED))).await;
    let answered = create(&client(&peer)).await;
    assert_eq!(answered.outcome, AttemptOutcome::Created(documented()));
}

#[tokio::test]
async fn reads_documented_errors_by_status_and_names_them_by_code_and_detail() {
    for (status, document, refusal, code) in [
        (
            "400 Bad Request",
            DEVICE_LIMIT,
            Refusal::DeviceLimit,
            "REQUEST_FAILED/LIMIT_EXCEEDED",
        ),
        (
            "403 Forbidden",
            FORBIDDEN,
            Refusal::Forbidden,
            "ACCESS_FAILED/INSUFFICIENT_PERMISSIONS",
        ),
        (
            "404 Not Found",
            NOT_FOUND,
            Refusal::UserUnknown,
            "NOT_FOUND",
        ),
    ] {
        let peer = Peer::answering(http(status, &filled_in(document))).await;
        let answered = create(&client(&peer)).await;
        assert_eq!(
            answered.outcome,
            AttemptOutcome::NotCreated(refusal),
            "{status}"
        );
        assert_eq!(answered.answer.code.as_deref(), Some(code), "{status}");
    }
}

#[tokio::test]
async fn reads_what_it_needs_of_the_documented_policies_and_settings() {
    let settings = Peer::answering(http("200 OK", &filled_in(MFA_SETTINGS))).await;
    let settings = client(&settings).mfa_settings(&token()).await.unwrap();
    assert_eq!(settings.pairing.unwrap().max_allowed_devices, Some(5));

    let listing = format!(
        r#"{{"_embedded": {{"deviceAuthenticationPolicies": [{POLICY}]}}, "count": 1, "size": 1}}"#
    );
    let listing = Peer::answering(http("200 OK", &filled_in(&listing))).await;
    let listed = client(&listing).policies(None, &token()).await.unwrap();
    let ListedPolicies::Whole(policies) = listed else {
        panic!("it is one page");
    };
    let one = Peer::answering(http("200 OK", &filled_in(POLICY))).await;
    let id = "6f1b3c52-8a0e-4d39-9c47-2e5d1a7b9f10".parse().unwrap();
    let policy = client(&one).policy(id, &token()).await.unwrap();
    assert_eq!(policies, std::slice::from_ref(&policy));
    assert_eq!((&*policy.name, policy.default), ("Wave MFA", true));
    let method = policy.whatsapp.unwrap();
    assert_eq!(
        (method.enabled, method.pairing_disabled),
        (true, Some(false))
    );
}

#[tokio::test]
async fn reads_the_documented_report_of_devices() {
    let peer = Peer::answering(http("201 Created", &filled_in(REPORTED))).await;
    let kind = DeviceType::WhatsApp;
    let page = client(&peer).device_report(kind, None, &token()).await;
    let page = page.unwrap();
    assert!(page.next.is_none());
    let [device] = page.devices[..] else {
        panic!("it has one entry");
    };
    assert_eq!(device.user.to_string(), USER);
    assert_eq!(device.id.to_string(), DEVICE);
    assert!(device.address == ReportedAddress::of_digits("15125551234"));
    assert_eq!(device.status, ReportedStatus::Active);
    let asked = &peer.requests()[0];
    let body = asked.split("\r\n\r\n").nth(1).unwrap();
    let body: serde_json::Value = serde_json::from_str(body).unwrap();
    let documented: serde_json::Value = serde_json::from_str(REPORT).unwrap();
    assert_eq!(body, documented);
    let line = format!(
        "POST /v1/environments/{ENVIRONMENT}/dataExplorations?expand=entries&limit=1000 HTTP/1.1\r\n"
    );
    assert!(asked.starts_with(&line), "{asked}");
}

#[tokio::test]
async fn finds_a_device_in_the_documented_listing_by_its_digits() {
    let peer = Peer::answering(http("200 OK", &filled_in(LISTED))).await;
    for (phone, found) in [
        ("15125551234", Listing::Present(documented())),
        ("15125559999", Listing::Absent),
    ] {
        let key = request(phone).key;
        let answered = look_at(&client(&peer), &key).await;
        assert_eq!(answered.outcome, LookOutcome::Seen(found), "{phone}");
    }
}

#[tokio::test]
async fn reads_and_switches_mfa_as_documented() {
    let peer = Peer::answering(http("200 OK", &filled_in(MFA_ENABLED))).await;
    let key = request(PHONE).key;
    for switches in [false, true] {
        let answered = client(&peer)
            .mfa(&key, switches, &token(), "run/mfa#1", Connection::Kept)
            .await;
        assert_eq!(answered.outcome, MfaOutcome::Is(true), "{switches}");
    }
    let [read, switched] = &peer.requests()[..] else {
        panic!("they are two");
    };
    let path = filled_in("/v1/environments/ENV/users/USER/mfaEnabled");
    let begins_with = |method: &str| format!("{method} {path} HTTP/1.1\r\n");
    assert!(read.starts_with(&begins_with("GET")), "{read}");
    assert!(switched.starts_with(&begins_with("PUT")), "{switched}");
    let switched = switched.to_ascii_lowercase();
    assert!(
        switched.contains("content-type: application/json\r\n"),
        "{switched}"
    );
    assert!(
        switched.ends_with("\r\n\r\n{\"mfaenabled\":true}"),
        "{switched}"
    );
}

#[tokio::test]
async fn reads_of_the_documented_user_whether_a_device_is_of_any_use_to_them() {
    let user = filled_in(A_USER);
    for (document, disabled, mfa) in [
        (user.clone(), false, true),
        (
            user.replace("\"mfaEnabled\": true", "\"mfaEnabled\": false"),
            false,
            false,
        ),
        (
            user.replace("\"enabled\": true", "\"enabled\": false"),
            true,
            true,
        ),
        (
            user.replace("ACCOUNT_OK", "VERIFICATION_REQUIRED"),
            true,
            true,
        ),
    ] {
        let peer = Peer::answering(http("200 OK", &document)).await;
        let read = client(&peer).user(USER.parse().unwrap(), &token()).await;
        let expected = UserState {
            mfa: Some(mfa),
            disabled,
            bypassed: false,
        };
        assert_eq!(read.unwrap(), expected, "{document}");
    }
}

#[tokio::test]
async fn finds_a_user_in_the_documented_listing_by_each_kind_of_name() {
    let listing = USERS.replace("{}", A_USER);
    let peer = Peer::answering(http("200 OK", &filled_in(&listing))).await;
    let client = client(&peer);
    for (kind, text) in [
        (NameKind::Username, format!("user-{USER}")),
        (NameKind::Email, format!("User-{USER}@example.com")),
        (NameKind::ExternalId, format!("external-{USER}")),
    ] {
        let filter = UserFilter::new(&client.users_address(), UserName::new(kind, &text));
        let token = token();
        let asked = client.users(&filter, None, &token, Connection::Fresh);
        let ListedUsers::Whole(found) = asked.await.unwrap() else {
            panic!("it is one page");
        };
        let [user] = &*found.users else {
            panic!("{found:?}");
        };
        assert_eq!(user.id.to_string(), USER);
        assert!(filter.names()[0].is(&user.name), "{kind:?}");
        assert!(found.is_proven && found.answers(&filter));
        assert_eq!((user.state.disabled, user.state.mfa), (false, Some(true)));
    }
}
