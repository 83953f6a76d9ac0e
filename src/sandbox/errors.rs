//! What the sandbox refuses, in PingOne's words where its documentation has them.
//!
//! Source: "Error codes" and "MFA Settings" of the PingOne Platform API reference. The messages of
//! details are not documented, with the exception of the device limit's and the missing role's.

use hyper::StatusCode;
use serde_json::json;
use uuid::Uuid;

use super::reply::Reply;
use crate::pingone::wire::{ErrorBody, ErrorDetail};

const VALIDATION: &str =
    "The request could not be completed. One or more validation errors were in the request.";
const ISSUE: &str =
    "The request could not be completed. There was an issue processing the request.";
const NO_ACCESS: &str =
    "The request could not be completed. You do not have access to this resource.";
const NOT_FOUND: &str = "The request could not be completed. The requested resource was not found.";
const INVALID: &str = "The request could not be completed. The request is not valid.";
const UNEXPECTED: &str =
    "The request could not be completed. An unexpected error occurred on the server.";
const LIMITED: &str = "The request could not be completed. The request rate limit was exceeded.";

fn error(code: &str, message: &str, details: Vec<ErrorDetail>) -> ErrorBody {
    ErrorBody {
        id: None,
        code: Some(code.to_owned()),
        message: Some(message.to_owned()),
        details: (!details.is_empty()).then_some(details),
    }
}

/// One detail of an error; `target` names the member of the request.
pub(super) fn detail(code: &str, target: Option<&str>, message: &str) -> ErrorDetail {
    ErrorDetail {
        code: Some(code.to_owned()),
        target: target.map(str::to_owned),
        message: Some(message.to_owned()),
        inner_error: None,
    }
}

/// The answer to values that are wrong: all of them at once.
pub(super) fn invalid_data(details: Vec<ErrorDetail>) -> Reply {
    let body = error("INVALID_DATA", VALIDATION, details);
    Reply::error(StatusCode::BAD_REQUEST, body)
}

/// The answer to one value that is wrong.
pub(super) fn invalid(code: &str, target: &str, message: &str) -> Reply {
    invalid_data(vec![detail(code, Some(target), message)])
}

/// The answer to a filter that is none, or asks for what cannot be asked for.
pub(super) fn invalid_filter(message: &str) -> Reply {
    invalid("INVALID_FILTER", "filter", message)
}

/// The answer to a user with as many devices as are allowed.
pub(super) fn device_limit(maximum: u32) -> Reply {
    let limit = ErrorDetail {
        inner_error: Some(json!({ "maximumAllowed": maximum })),
        ..detail(
            "LIMIT_EXCEEDED",
            None,
            "Maximum allowed devices has been reached",
        )
    };
    failed(limit)
}

/// The answer to a user who cannot use MFA.
pub(super) fn account_not_usable() -> Reply {
    let user = detail(
        "ACCOUNT_NOT_USABLE",
        None,
        "MFA is not enabled for the user",
    );
    failed(user)
}

/// The answer to a request that is right in itself, and cannot be done.
fn failed(why: ErrorDetail) -> Reply {
    let body = error("REQUEST_FAILED", ISSUE, vec![why]);
    Reply::error(StatusCode::BAD_REQUEST, body)
}

/// The answer to an identical device.
pub(super) fn duplicate(status: StatusCode, existing: Uuid) -> Reply {
    let detail = ErrorDetail {
        inner_error: Some(json!({ "existingId": existing.to_string() })),
        ..detail("UNIQUENESS_VIOLATION", Some("phone"), "is already in use")
    };
    Reply::error(status, error("INVALID_DATA", VALIDATION, vec![detail]))
}

/// The usual error of a status, whatever led to it.
pub(super) fn of_status(status: StatusCode) -> Reply {
    let body = match status.as_u16() {
        401 => {
            let token = detail(
                "INVALID_TOKEN",
                Some("Authentication"),
                "The token is not valid",
            );
            error("ACCESS_FAILED", NO_ACCESS, vec![token])
        }
        403 => {
            let message = "The actor attempting to perform the request is not authorized.";
            let role = detail("INSUFFICIENT_PERMISSIONS", None, message);
            error("ACCESS_FAILED", NO_ACCESS, vec![role])
        }
        404 => error("NOT_FOUND", NOT_FOUND, Vec::new()),
        429 => {
            let limit = detail("LIMIT_EXCEEDED", None, "The rate limit has been reached");
            error("REQUEST_LIMITED", LIMITED, vec![limit])
        }
        500.. => error("UNEXPECTED_ERROR", UNEXPECTED, Vec::new()),
        _ => error("INVALID_REQUEST", INVALID, Vec::new()),
    };
    Reply::error(status, body)
}
