//! Turns an answer into a wrong one.

use hyper::StatusCode;
use hyper::header;
use uuid::Uuid;

use super::errors;
use super::faults::{Answer, AnswerBody};
use super::kinds::Kind;
use super::reply::{Content, Flow, Reply};
use super::store::random_uuid;
use super::time::Clock;
use super::tokens;
use crate::pingone::wire;

/// The answer that a fault puts in the place of the request's own.
pub(super) fn replaced(answer: &Answer, kind: Kind, own: Reply, clock: &Clock) -> Reply {
    let status = answer
        .status
        .and_then(|status| StatusCode::from_u16(status).ok());
    let mut reply = match status {
        Some(status) if status.is_client_error() || status.is_server_error() => {
            error(status, answer, kind)
        }
        Some(status) => Reply { status, ..own },
        None => own,
    };
    match &answer.body {
        AnswerBody::Json => {}
        AnswerBody::Html => reply.content = Content::Html(page(reply.status)),
        AnswerBody::Gateway => reply.content = Content::Gateway(gateways_words(reply.status)),
        AnswerBody::Empty => reply.content = Content::Empty,
        AnswerBody::Text(text) => reply.content = Content::Json(text.clone().into_bytes()),
        AnswerBody::Cut => reply.flow = Flow::Cut,
        AnswerBody::Slow => reply.flow = Flow::Slow,
        AnswerBody::Endless => reply.flow = Flow::Endless,
    }
    if let Some(location) = &answer.location {
        reply = reply.with(header::LOCATION, location);
    }
    reply.with_retry_after(answer.retry_after.as_ref(), clock)
}

/// The answer with every mention of the user replaced by another.
pub(super) fn of_another_user(mut own: Reply, user: Option<Uuid>) -> Reply {
    if let (Content::Json(json), Some(user)) = (&mut own.content, user) {
        let text = String::from_utf8_lossy(json);
        let other = random_uuid().to_string();
        *json = text.replace(&user.to_string(), &other).into_bytes();
    }
    own
}

fn error(status: StatusCode, answer: &Answer, kind: Kind) -> Reply {
    let code = answer.code.as_deref();
    if kind == Kind::Token {
        let usual = match status.as_u16() {
            401 => "invalid_client",
            400..500 => "invalid_request",
            _ => "temporarily_unavailable",
        };
        return tokens::refused(status, code.unwrap_or(usual));
    }
    let mut reply = errors::of_status(status);
    if let Content::Error(body) = &mut reply.content {
        if let Some(code) = code {
            body.code = Some(code.to_owned());
            body.details = None;
        }
        if let Some(detail) = &answer.detail {
            let detail = errors::detail(detail, None, "This is a fault of the sandbox's plan");
            body.details = Some(vec![detail]);
        }
    }
    reply
}

fn gateways_words(status: StatusCode) -> Vec<u8> {
    let message = match status {
        StatusCode::TOO_MANY_REQUESTS => wire::GATEWAY_THROTTLES,
        other => other.canonical_reason().unwrap_or_default(),
    };
    serde_json::json!({ "message": message })
        .to_string()
        .into_bytes()
}

fn page(status: StatusCode) -> String {
    let title = format!(
        "{} {}",
        status.as_u16(),
        status.canonical_reason().unwrap_or("")
    );
    format!(
        "<html><head><title>{title}</title></head><body><h1>{title}</h1><hr>gateway</body></html>\r\n"
    )
}
