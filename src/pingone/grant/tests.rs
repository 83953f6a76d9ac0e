//! Answers to token requests.

use super::*;
use crate::model::outcome::Proof;

fn read(status: u16, body: &str) -> Result<Granted, TokenError> {
    let head = Head {
        retry_after: Some(Duration::from_secs(9)),
        ..Head::bare(status, Proof::Proven)
    };
    let secret = Secret::new("hush".to_owned());
    token_answer(&head, &Ok(body.to_owned().into()), &secret)
}

fn grant(expires_in: &str) -> String {
    format!(r#"{{"access_token":"a.b-c","token_type":"bearer"{expires_in}}}"#)
}

#[test]
fn a_life_is_believed_where_it_is_one_and_otherwise_is_five_minutes() {
    for (expires_in, seconds) in [
        ("", 300),
        (r#","expires_in":3600"#, 3600),
        (r#","expires_in":1"#, 1),
        (r#","expires_in":0"#, 300),
        (r#","expires_in":-5"#, 300),
        (r#","expires_in":null"#, 300),
        (r#","expires_in":"soon""#, 300),
        (r#","expires_in":[]"#, 300),
        (r#","expires_in":1e99"#, 86_400),
        (r#","expires_in":99999999999999999999"#, 86_400),
    ] {
        let granted = read(200, &grant(expires_in)).unwrap();
        assert_eq!(granted.life.as_secs(), seconds, "{expires_in}");
        assert_eq!(granted.token.expose(), "a.b-c");
    }
}

#[test]
fn a_200_without_a_token_that_can_be_sent_is_malformed() {
    let long = format!(
        r#"{{"access_token":"{}","token_type":"Bearer"}}"#,
        "a".repeat(LONGEST_TOKEN + 1)
    );
    for body in [
        "",
        "<html>",
        "{}",
        r#"{"access_token":"a"}"#,
        r#"{"token_type":"Bearer"}"#,
        r#"{"access_token":"a","token_type":"mac"}"#,
        r#"{"access_token":"","token_type":"Bearer"}"#,
        r#"{"access_token":"a\r\nX: y","token_type":"Bearer"}"#,
        r#"{"access_token":"a b","token_type":"Bearer"}"#,
        r#"{"access_token":"ä","token_type":"Bearer"}"#,
        r#"{"access_token":7,"token_type":"Bearer"}"#,
        &long,
    ] {
        let error = read(200, body).unwrap_err();
        assert_eq!(error.failure, TokenFailure::Malformed, "{body:.60}");
    }
}

#[test]
fn a_refusal_ends_the_run_and_trouble_may_pass() {
    let oauth =
        |error: &str, text: &str| format!(r#"{{"error":"{error}","error_description":"{text}"}}"#);
    let soon = TokenFailure::Transient {
        retry_after: Some(Duration::from_secs(9)),
    };
    let later = TokenFailure::Transient { retry_after: None };
    for (status, body, failure) in [
        (401, oauth("invalid_client", "no"), TokenFailure::Refused),
        (400, oauth("invalid_scope", "no"), TokenFailure::Refused),
        (
            400,
            oauth("unsupported_grant_type", "no"),
            TokenFailure::Refused,
        ),
        (
            403,
            oauth("unauthorized_client", "no"),
            TokenFailure::Refused,
        ),
        (404, String::new(), TokenFailure::Refused),
        (
            401,
            oauth(
                "invalid_client",
                "Unsupported authentication method (Correlation ID: x)",
            ),
            TokenFailure::Unsupported,
        ),
        (302, String::new(), TokenFailure::Redirected),
        (307, String::new(), TokenFailure::Redirected),
        (511, String::new(), TokenFailure::CaptivePortal),
        (408, String::new(), later),
        (429, String::new(), soon),
        (500, oauth("server_error", "x"), later),
        (503, "<html>".to_owned(), soon),
        (204, String::new(), TokenFailure::Malformed),
        (999, String::new(), TokenFailure::Malformed),
    ] {
        assert_eq!(
            read(status, &body).unwrap_err().failure,
            failure,
            "{status} {body}"
        );
    }
}

#[test]
fn a_200_that_is_an_oauth_error_is_a_refusal_in_its_own_words() {
    let refused = read(
        200,
        r#"{"error":"invalid_client","error_description":"No 'hush' here"}"#,
    )
    .unwrap_err();
    assert_eq!(refused.failure, TokenFailure::Refused);
    assert_eq!(
        refused.to_string(),
        "status 200, invalid_client: No '***' here"
    );
    let method =
        r#"{"error":"invalid_client","error_description":"Unsupported authentication method"}"#;
    let error = read(200, method).unwrap_err();
    assert_eq!(error.failure, TokenFailure::Unsupported);
    let both = grant(r#","error":"""#);
    assert!(read(200, &both).is_ok(), "an empty error is none");
}

#[test]
fn a_token_endpoint_that_speaks_no_http_is_not_asked_again() {
    for (kind, failure) in [
        (FaultKind::Unreadable, TokenFailure::Malformed),
        (FaultKind::Tls, TokenFailure::Untrusted),
        (
            FaultKind::Lost,
            TokenFailure::Transient { retry_after: None },
        ),
    ] {
        let detail = String::new();
        assert_eq!(
            TokenError::of_fault(&Fault { kind, detail }).failure,
            failure
        );
    }
}

#[test]
fn an_answer_that_is_cut_off_may_be_asked_for_again() {
    let head = Head::bare(200, Proof::Proven);
    let secret = Secret::new("hush".to_owned());
    for (fault, failure) in [
        (
            BodyFault::CutOff,
            TokenFailure::Transient { retry_after: None },
        ),
        (
            BodyFault::TimedOut,
            TokenFailure::Transient { retry_after: None },
        ),
        (BodyFault::TooLong, TokenFailure::Malformed),
    ] {
        let error = token_answer(&head, &Err(fault), &secret).unwrap_err();
        assert_eq!(error.failure, failure, "{fault:?}");
    }
}

#[test]
fn what_pingone_says_is_shown_with_its_reference_and_without_the_secret() {
    let body = r#"{"error":"invalid_client","error_description":"Bad 'hush'\u001b[2J (Correlation ID: 3f0d9a52-7c1e-4a55-9d0e-6f8c3f0b1a2d)"}"#;
    assert_eq!(
        read(401, body).unwrap_err().to_string(),
        "status 401, invalid_client: Bad '***'\\u{1b}[2J (Correlation ID: 3f0d9a52-7c1e-4a55-9d0e-6f8c3f0b1a2d)"
    );
}
