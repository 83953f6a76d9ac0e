//! The contract with PingOne, typed from its documentation and held against both halves.
//!
//! Client and sandbox share `wire`, so a mistake in it would hide in both. Nothing here
//! uses it: requests and answers are literal. What the documentation leaves open, and the sandbox
//! decides, is marked "open".

/// Literal documents. `ENV`, `USER`, `DEVICE`, `HOST` and `NOW` stand for what differs each time.
mod documents {
    /// "Create MFA User Device (WhatsApp)": the body of the request.
    pub(super) const CREATE: &str = r#"{
    "type": "WHATSAPP",
    "phone": "+1.5125551234",
    "policy": {
        "id": "6f1b3c52-8a0e-4d39-9c47-2e5d1a7b9f10"
    }
}"#;

    /// "Create MFA User Device (WhatsApp)": the answer.
    pub(super) const CREATED: &str = r#"{
    "_links": {
        "self": {
            "href": "http://HOST/v1/environments/ENV/users/USER/devices/DEVICE"
        },
        "environment": {
            "href": "http://HOST/v1/environments/ENV"
        },
        "user": {
            "href": "http://HOST/v1/environments/ENV/users/USER"
        }
    },
    "id": "DEVICE",
    "environment": {
        "id": "ENV"
    },
    "user": {
        "id": "USER"
    },
    "type": "WHATSAPP",
    "status": "ACTIVE",
    "createdAt": "NOW",
    "updatedAt": "NOW",
    "phone": "+1.5125551234"
}"#;

    /// "MFA Devices": a listing of a user's devices. `size` and `count` are not shown for it.
    pub(super) const LISTED: &str = r#"{
    "_links": {
        "self": {
            "href": "https://HOST/v1/environments/ENV/users/USER/devices"
        },
        "devices.reorder": {
            "href": "https://HOST/v1/environments/ENV/users/USER/devices"
        }
    },
    "_embedded": {
        "devices": [
            {
                "id": "11111111-1111-4111-8111-111111111111",
                "type": "SMS",
                "status": "ACTIVE",
                "phone": "+1.5125551234"
            },
            {
                "id": "DEVICE",
                "type": "WHATSAPP",
                "status": "ACTIVE",
                "createdAt": "NOW",
                "phone": "+1.5125551234"
            }
        ]
    }
}"#;

    /// "MFA Settings": the answer to one device too many.
    pub(super) const DEVICE_LIMIT: &str = r#"{
    "id": "ID",
    "code": "REQUEST_FAILED",
    "message": "The request could not be completed. There was an issue processing the request.",
    "details": [{
        "code": "LIMIT_EXCEEDED",
        "message": "Maximum allowed devices has been reached",
        "innerError": {"maximumAllowed": 1}
    }]
}"#;

    /// "Error codes": a resource that does not exist.
    pub(super) const NOT_FOUND: &str = r#"{
    "id": "ID",
    "code": "NOT_FOUND",
    "message": "The request could not be completed. The requested resource was not found."
}"#;

    /// "Error codes": a missing role. It is also the answer for an environment that is not there.
    pub(super) const FORBIDDEN: &str = r#"{
    "id": "ID",
    "code": "ACCESS_FAILED",
    "message": "The request could not be completed. You do not have access to this resource.",
    "details": [{
        "code": "INSUFFICIENT_PERMISSIONS",
        "message": "The actor attempting to perform the request is not authorized."
    }]
}"#;
}

mod the_sandbox {
    use std::time::Duration;

    use serde_json::{Value, json};
    use wavepair::testing::sandbox::{Duplicates, Options, Policies, Sandbox, Users, start};

    use super::documents::{CREATE, CREATED, DEVICE_LIMIT, FORBIDDEN, NOT_FOUND};
    use crate::support::raw::{Answer, Raw, ask, bearer, plain, post};

    const USER: &str = "b30ac647-e33e-464f-a6ea-0275082d4c26";
    const JSON: &str = "Content-Type: application/json\r\n";
    const FORM: &str = "Content-Type: application/x-www-form-urlencoded\r\n";

    /// A sandbox, and the header that opens it.
    struct Tenant {
        sandbox: Sandbox,
        bearer: String,
    }

    impl Tenant {
        async fn new(options: Options) -> Self {
            let sandbox = start(options).await.unwrap();
            let bearer = bearer(&sandbox).await;
            Self { sandbox, bearer }
        }

        /// The path of the user's devices, with what follows.
        fn devices(&self, more: &str) -> String {
            let environment = self.sandbox.environment();
            format!("/v1/environments/{environment}/users/{USER}/devices{more}")
        }

        async fn create(&self, body: &str) -> Answer {
            let headers = format!("{}{JSON}", self.bearer);
            let request = post(&self.devices(""), &headers, body);
            ask(&self.sandbox, &request).await.unwrap()
        }

        async fn get(&self, path: &str) -> Answer {
            let request = plain("GET", path, &self.bearer);
            ask(&self.sandbox, &request).await.unwrap()
        }
    }

    /// The error of an answer with its `id`, which must be the correlation ID, made `ID`.
    fn error(answer: &Answer) -> Value {
        let mut body = answer.json();
        assert_eq!(body["id"].as_str(), answer.header("correlation-id"));
        body["id"] = json!("ID");
        body
    }

    fn literal(document: &str) -> Value {
        serde_json::from_str(document).unwrap()
    }

    /// Each detail's code and target.
    fn details(answer: &Answer) -> Vec<(String, String)> {
        let body = answer.json();
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let details = body["details"].as_array().unwrap().iter();
        details
            .map(|detail| (text(&detail["code"]), text(&detail["target"])))
            .collect()
    }

    #[tokio::test]
    async fn the_documented_create_request_gets_the_documented_answer() {
        let tenant = Tenant::new(Options::default()).await;
        let answer = tenant.create(CREATE).await;

        assert_eq!(answer.status, 201);
        assert_eq!(answer.header("content-type"), Some("application/json"));
        let body = answer.json();
        let now = body["createdAt"].as_str().unwrap();
        let shape: String = now
            .chars()
            .map(|c| if c.is_ascii_digit() { '0' } else { c })
            .collect();
        assert_eq!(shape, "0000-00-00T00:00:00.000Z");
        let device = body["id"].as_str().unwrap();
        let expected = CREATED
            .replace("HOST", &tenant.sandbox.address().to_string())
            .replace("ENV", &tenant.sandbox.environment())
            .replace("USER", USER)
            .replace("DEVICE", device)
            .replace("NOW", now);
        assert_eq!(body, literal(&expected));
    }

    #[tokio::test]
    async fn every_documented_spelling_of_a_phone_is_kept_as_sent() {
        let tenant = Tenant::new(Options::default()).await;
        for phone in ["+15125551234", "+1.512.555.1234", "+1 (512) 555-1234"] {
            let answer = tenant.create(&CREATE.replace("+1.5125551234", phone)).await;
            assert_eq!(answer.json()["phone"], phone);
        }
        // Open: whether identical devices are allowed. By default they are.
        assert_eq!(tenant.sandbox.stats().most_per_key, 3);
    }

    #[tokio::test]
    async fn every_answer_is_named_for_support_and_echoes_the_clients_own_name() {
        let tenant = Tenant::new(Options::default()).await;
        let own = "X-Ping-External-Transaction-ID: run 7/row-2:é\r\n";
        let path = tenant.devices("");
        let headers = format!("{}{own}", tenant.bearer);
        let answer = ask(&tenant.sandbox, &plain("GET", &path, &headers)).await;
        let answer = answer.unwrap();
        assert_eq!(answer.status, 200);
        assert!(answer.header("date").unwrap().ends_with(" GMT"));
        assert_eq!(answer.header("correlation-id").unwrap().len(), 36);

        let own = own.replace(":é", ":");
        let headers = format!("{}{own}", tenant.bearer);
        let answer = ask(&tenant.sandbox, &plain("GET", &path, &headers)).await;
        let echoed = answer.unwrap();
        let echoed = echoed.header("x-ping-external-transaction-id");
        assert_eq!(echoed, Some("run_7/row-2_"));
    }

    #[tokio::test]
    async fn one_device_too_many_is_refused_in_the_documented_words() {
        let tenant = Tenant::new(Options {
            max_devices: 1,
            ..Options::default()
        })
        .await;
        assert_eq!(tenant.create(CREATE).await.status, 201);
        let answer = tenant.create(CREATE).await;
        assert_eq!(answer.status, 400);
        assert_eq!(error(&answer), literal(DEVICE_LIMIT));
    }

    #[tokio::test]
    async fn everything_that_is_wrong_with_a_request_is_named_at_once() {
        let tenant = Tenant::new(Options::default()).await;
        let answer = tenant
            .create(r#"{"type": "WHATSAPP", "phone": "5125551234", "policy": {}, "status": "NEW"}"#)
            .await;
        assert_eq!(answer.status, 400);
        let body = answer.json();
        assert_eq!(body["code"], "INVALID_DATA");
        assert_eq!(
            body["message"],
            "The request could not be completed. One or more validation errors were in the request."
        );
        let expected = [
            ("INVALID_VALUE", "phone"),
            ("REQUIRED_VALUE", "policy.id"),
            ("INVALID_VALUE", "status"),
        ]
        .map(|(code, target)| (code.to_owned(), target.to_owned()));
        assert_eq!(details(&answer), expected);
    }

    #[tokio::test]
    async fn what_is_not_there_is_not_found() {
        let tenant = Tenant::new(Options {
            users: Users::Exactly(2),
            policies: Policies::Known,
            ..Options::default()
        })
        .await;
        let environment = tenant.sandbox.environment();
        let [known, _] = &tenant.sandbox.users()[..] else {
            panic!("two users were asked for");
        };
        let user = format!("/v1/environments/{environment}/users/{known}");
        assert_eq!(tenant.get(&user).await.json()["id"], **known);
        assert_eq!(tenant.create(CREATE).await.status, 404);
        for path in [
            tenant.devices(""),
            format!("{user}/devices/{USER}"),
            format!("{user}/devices/1"),
            format!("/v1/environments/{environment}/deviceAuthenticationPolicies/{USER}"),
            "/v1/nothing".to_owned(),
            "/".to_owned(),
        ] {
            let answer = tenant.get(&path).await;
            assert_eq!(answer.status, 404, "{path}");
            assert_eq!(error(&answer), literal(NOT_FOUND), "{path}");
        }
    }

    #[tokio::test]
    async fn the_content_type_selects_the_operation_so_no_other_creates() {
        let tenant = Tenant::new(Options::default()).await;
        for kind in [
            "application/vnd.pingidentity.devices.reorder+json",
            "text/plain",
        ] {
            let headers = format!("{}Content-Type: {kind}\r\n", tenant.bearer);
            let request = post(&tenant.devices(""), &headers, CREATE);
            let answer = ask(&tenant.sandbox, &request).await.unwrap();
            assert_eq!(answer.status, 415);
            assert_eq!(answer.json()["code"], "INVALID_REQUEST");
        }
        let request = post(&tenant.devices(""), &tenant.bearer, CREATE);
        assert_eq!(ask(&tenant.sandbox, &request).await.unwrap().status, 415);
        let request = plain("PATCH", &tenant.devices(""), &tenant.bearer);
        let answer = ask(&tenant.sandbox, &request).await.unwrap();
        assert_eq!(answer.status, 405);
        assert_eq!(answer.header("allow"), Some("GET, POST"));
        assert_eq!(tenant.sandbox.stats().devices, 0);
    }

    #[tokio::test]
    async fn without_a_living_token_nothing_is_answered() {
        let mut tenant = Tenant::new(Options {
            token_life: Duration::ZERO,
            ..Options::default()
        })
        .await;
        let expired = tenant.bearer.clone();
        for bearer in [&expired, "", "Authorization: Bearer sandbox.0\r\n"] {
            bearer.clone_into(&mut tenant.bearer);
            // The token comes before everything else that is wrong.
            let answer = tenant.create("not JSON").await;
            assert_eq!(answer.status, 401);
            assert_eq!(answer.json()["code"], "ACCESS_FAILED");
            let expected = ("INVALID_TOKEN".to_owned(), "Authentication".to_owned());
            assert_eq!(details(&answer), [expected]);
        }
    }

    #[tokio::test]
    async fn another_environment_is_forbidden() {
        let tenant = Tenant::new(Options::default()).await;
        let path = format!("/v1/environments/{USER}/mfaSettings");
        let answer = tenant.get(&path).await;
        assert_eq!(answer.status, 403);
        assert_eq!(error(&answer), literal(FORBIDDEN));
    }

    #[tokio::test]
    async fn a_token_is_granted_to_basic_and_post_credentials_on_both_hosts() {
        let sandbox = start(Options {
            client_id: Some("s6BhdRkqt3".to_owned()),
            client_secret: Some("7Fjfp0ZBr1KtDRbnfVdmIw".to_owned()),
            ..Options::default()
        })
        .await
        .unwrap();
        // The credentials and their encoding are those of RFC 6749, section 2.3.1.
        let basic =
            format!("{FORM}Authorization: Basic czZCaGRSa3F0Mzo3RmpmcDBaQnIxS3REUmJuZlZkbUl3\r\n");
        let post_credentials = "grant_type=client_credentials&client_id=s6BhdRkqt3&client_secret=7Fjfp0ZBr1KtDRbnfVdmIw";
        let own = format!("/{}/as/token", sandbox.environment());
        for path in [&*own, "/as/token"] {
            for (headers, body) in [
                (&*basic, "grant_type=client_credentials"),
                (FORM, post_credentials),
            ] {
                let answer = ask(&sandbox, &post(path, headers, body)).await.unwrap();
                assert_eq!(answer.status, 200);
                let mut body = answer.json();
                assert!(body["access_token"].take().as_str().unwrap().len() > 20);
                assert_eq!(
                    body,
                    json!({"access_token": null, "token_type": "Bearer", "expires_in": 3600})
                );
            }
        }
        assert_eq!(sandbox.stats().tokens_issued, 4);
    }

    #[tokio::test]
    async fn a_refused_token_request_is_answered_as_oauth_wants_it() {
        let sandbox = start(Options::default()).await.unwrap();
        let own = format!("/{}/as/token", sandbox.environment());
        let other = format!("/{USER}/as/token");
        let right = format!(
            "client_id={}&client_secret={}",
            sandbox.client_id(),
            sandbox.client_secret()
        );
        let credentials = format!("grant_type=client_credentials&{right}");
        let password = format!("grant_type=password&{right}");
        for (path, body, status, error) in [
            (&own, "grant_type=client_credentials", 401, "invalid_client"),
            (&other, &credentials, 401, "invalid_client"),
            (&own, &password, 400, "unsupported_grant_type"),
            (&own, &right, 400, "invalid_request"),
        ] {
            let answer = ask(&sandbox, &post(path, FORM, body)).await.unwrap();
            assert_eq!(answer.status, status, "{error}");
            let body = answer.json();
            assert_eq!(body["error"], error);
            let description = body["error_description"].as_str().unwrap();
            assert!(description.starts_with("Request denied: "));
            assert!(description.contains("(Correlation ID: "));
        }
    }

    #[tokio::test]
    async fn a_listing_shows_the_users_devices_the_oldest_first() {
        let tenant = Tenant::new(Options::default()).await;
        let created = tenant.create(CREATE).await.json();
        let pending = CREATE.replace(
            r#""type": "WHATSAPP""#,
            r#""type": "SMS", "status": "ACTIVATION_REQUIRED", "nickname": "Work""#,
        );
        let pending = tenant.create(&pending).await.json();
        assert_eq!(pending["status"], "ACTIVATION_REQUIRED");
        assert_eq!(pending["_links"]["activate"], pending["_links"]["self"]);
        assert_eq!(pending["nickname"], "Work");

        let answer = tenant.get(&tenant.devices("")).await;
        assert_eq!(answer.status, 200);
        let body = answer.json();
        assert_eq!(body["_embedded"]["devices"], json!([created, pending]));
        let own = format!("http://{}{}", tenant.sandbox.address(), tenant.devices(""));
        assert_eq!(
            body["_links"],
            json!({"self": {"href": own}, "devices.reorder": {"href": own}})
        );

        let active = tenant.devices("?filter=status%20eq%20%22ACTIVE%22");
        let body = tenant.get(&active).await.json();
        assert_eq!(body["_embedded"]["devices"], json!([created]));
        let by_phone = tenant.devices("?filter=phone%20eq%20%22%2B15125551234%22");
        let refused = tenant.get(&by_phone).await;
        let expected = ("INVALID_FILTER".to_owned(), "filter".to_owned());
        assert_eq!((refused.status, details(&refused)), (400, vec![expected]));
    }

    #[tokio::test]
    async fn a_device_can_be_read_until_it_is_deleted() {
        let tenant = Tenant::new(Options::default()).await;
        let created = tenant.create(CREATE).await.json();
        let path = tenant.devices(&format!("/{}", created["id"].as_str().unwrap()));
        assert_eq!(tenant.get(&path).await.json(), created);
        for expected in [204, 404] {
            let request = plain("DELETE", &path, &tenant.bearer);
            let answer = ask(&tenant.sandbox, &request).await.unwrap();
            assert_eq!(answer.status, expected);
        }
        assert_eq!(tenant.get(&path).await.status, 404);
    }

    #[tokio::test]
    async fn policies_and_settings_can_be_looked_at_before_a_wave() {
        let tenant = Tenant::new(Options::default()).await;
        let home = format!("/v1/environments/{}", tenant.sandbox.environment());
        let all = format!("{home}/deviceAuthenticationPolicies");
        let body = tenant.get(&all).await.json();
        let policies = &body["_embedded"]["deviceAuthenticationPolicies"];
        assert_eq!(policies[0]["id"], "6f1b3c52-8a0e-4d39-9c47-2e5d1a7b9f10");
        assert_eq!(policies[0]["default"], true);
        assert_eq!(policies[0]["whatsApp"]["enabled"], true);
        assert_eq!(policies[0]["newDeviceNotification"], "NONE");
        assert_eq!(policies[1]["whatsApp"]["enabled"], false);
        assert_eq!(policies[2], Value::Null);
        let one = format!("{all}/0d9c8b7a-6f5e-4d3c-8b2a-19087f6e5d4c");
        assert_eq!(tenant.get(&one).await.json(), policies[1]);
        let settings = tenant.get(&format!("{home}/mfaSettings")).await.json();
        assert_eq!(settings["pairing"]["maxAllowedDevices"], 5);
    }

    #[tokio::test]
    async fn an_identical_device_is_refused_if_the_sandbox_is_told_so() {
        // Open: PingOne does not say. The body is that of the documented detail code.
        for (duplicates, status) in [(Duplicates::Refuse400, 400), (Duplicates::Refuse409, 409)] {
            let tenant = Tenant::new(Options {
                duplicates,
                ..Options::default()
            })
            .await;
            let first = tenant.create(CREATE).await.json();
            let other_spelling = CREATE.replace("+1.5125551234", "+15125551234");
            let answer = tenant.create(&other_spelling).await;
            assert_eq!(answer.status, status);
            let detail = &answer.json()["details"][0];
            assert_eq!(detail["code"], "UNIQUENESS_VIOLATION");
            assert_eq!(detail["innerError"]["existingId"], first["id"]);
        }
    }

    #[tokio::test]
    async fn too_many_requests_are_limited_before_anything_else_is_looked_at() {
        let tenant = Tenant::new(Options {
            rate_limit: Some(0.01),
            ..Options::default()
        })
        .await;
        assert_eq!(tenant.create(CREATE).await.status, 201);
        let answer = tenant.create("not JSON").await;
        assert_eq!(answer.status, 429);
        assert_eq!(answer.json()["code"], "REQUEST_LIMITED");
        let wait: u64 = answer.header("retry-after").unwrap().parse().unwrap();
        assert!((90..=100).contains(&wait), "{wait}");
        assert_eq!(tenant.sandbox.stats().before_retry_after, 0);
        assert_eq!(tenant.create(CREATE).await.status, 429);
        assert_eq!(tenant.sandbox.stats().before_retry_after, 1);
        // Tokens are not limited, and other groups have limits of their own.
        bearer(&tenant.sandbox).await;
        let environment = tenant.sandbox.environment();
        let settings = format!("/v1/environments/{environment}/mfaSettings");
        assert_eq!(tenant.get(&settings).await.status, 200);
    }

    #[tokio::test]
    async fn garbage_is_refused_and_the_next_request_is_served() {
        let tenant = Tenant::new(Options::default()).await;
        for body in ["", "{", "[]", "null", "{\"type\":}", &"[".repeat(50_000)] {
            let answer = tenant.create(body).await;
            assert_eq!(answer.status, 400, "{body}");
            assert_eq!(answer.json()["code"], "INVALID_REQUEST");
        }
        let long = format!("{{\"x\":\"{}\"}}", "x".repeat(64 * 1024));
        assert_eq!(tenant.create(&long).await.status, 413);
        for (size, expected) in [(5_000, 200), (7_000, 431), (100_000, 431)] {
            let headers = format!("{}X-Long: {}\r\n", tenant.bearer, "x".repeat(size));
            let request = plain("GET", &tenant.devices(""), &headers);
            let answer = ask(&tenant.sandbox, &request).await.unwrap();
            assert_eq!(answer.status, expected, "{size}");
        }
        for garbage in [
            "\r\n\r\n\0\0\r\n\r\n",
            "GET\r\n\r\n",
            "BREW / HTTP/9.9\r\n\r\n",
        ] {
            let mut raw = Raw::connect(tenant.sandbox.address()).await;
            raw.send(garbage).await;
            assert_eq!(raw.answer().await.unwrap().status, 400, "{garbage:?}");
        }
        assert_eq!(tenant.create(CREATE).await.status, 201);
    }
}

mod the_client {
    use wavepair::testing::model::{AttemptOutcome, Device, Listing, LookOutcome, Refusal};

    use super::documents::{CREATED, DEVICE_LIMIT, FORBIDDEN, LISTED, NOT_FOUND};
    use crate::wire_client::peer::Peer;
    use crate::wire_client::{USER, client, create, http, look_at, request};

    /// The device of the documentation's example.
    const DEVICE: &str = "cd44c285-2375-4c17-9c54-47dea4438e11";

    fn filled_in(document: &str) -> String {
        document
            .replace("HOST", "api.pingone.eu")
            .replace("ENV", "abfba8f6-49eb-49f5-a5d9-80ad5c98f9f6")
            .replace("USER", USER)
            .replace("DEVICE", DEVICE)
            .replace("NOW", "2024-11-21T11:20:18.259Z")
            .replace("\"ID\"", "\"c6b4c1a2-63d5-4b8e-9d7a-0f2e4b6c8a10\"")
    }

    fn documented() -> Device {
        Device {
            id: Some(DEVICE.parse().unwrap()),
            created_at: Some("2024-11-21T11:20:18.259Z".to_owned()),
        }
    }

    #[tokio::test]
    async fn reads_the_documented_answer_to_a_create_in_pingones_own_spelling_of_the_phone() {
        let peer = Peer::answering(http("201 Created", &filled_in(CREATED))).await;
        let answered = create(&client(&peer)).await;
        assert_eq!(answered.outcome, AttemptOutcome::Created(documented()));
    }

    #[tokio::test]
    async fn reads_the_documented_errors_by_status_and_names_them_by_code_and_detail() {
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
}
