//! How the sandbox grants tokens, and what it answers without one.

use super::*;

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
        assert_eq!(details(&answer), is("INVALID_TOKEN", "Authentication"));
    }
}

#[tokio::test]
async fn a_token_is_granted_to_basic_post_and_signed_credentials_on_both_hosts() {
    let sandbox = start(with_client()).await.unwrap();
    let basic = format!("{FORM}{BASIC}");
    let post_credentials = &*format!("grant_type=client_credentials&{POSTED}");
    // Signed with the secret by HS256, in place of it.
    let signed = "grant_type=client_credentials\
        &client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer\
        &client_assertion=eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJzNkJoZFJrcXQzIiwic3ViIjoiczZCaGRSa3F0MyIsImF1ZCI6Imh0dHBzOi8vYXV0aC5waW5nb25lLmV1L2FzL3Rva2VuIiwiZXhwIjo0MTAyNDQ0ODAwfQ.9i4aHgSbbYSOVmCU0ZJBxiBQs7J-d42Dopq1bG8Y_Fk";
    let own = format!("/{}/as/token", sandbox.environment());
    for path in [&*own, "/as/token"] {
        for (headers, body) in [
            (&*basic, "grant_type=client_credentials"),
            (FORM, post_credentials),
            (FORM, signed),
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
    assert_eq!(sandbox.stats().tokens_issued, 6);
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
