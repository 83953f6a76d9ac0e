//! How many requests were answered with which status, as the wire has seen it.

use std::sync::{Arc, Mutex, PoisonError};

use reqwest::Method;

use crate::model::event::{AnswerCounts, RequestKind};

/// What all connections of one client have heard.
#[derive(Clone, Debug, Default)]
pub(crate) struct Heard(Arc<Mutex<AnswerCounts>>);

impl Heard {
    /// Takes note of how a request ended: with this status, or without an answer.
    pub(super) fn note(&self, kind: RequestKind, status: Option<u16>) {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *counts.entry((kind, status)).or_default() += 1;
    }

    /// How often each kind of request has ended so until now.
    pub(crate) fn counts(&self) -> AnswerCounts {
        let counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        counts.clone()
    }
}

/// What kind of request goes to a path.
pub(super) fn kind_of(method: &Method, path: &str) -> RequestKind {
    let mut parts = path.trim_end_matches('/').rsplit('/');
    let (last, before) = (parts.next().unwrap_or(""), parts.next());
    match (last, before, method) {
        ("token", Some("as"), _) => RequestKind::Token,
        ("devices", _, &Method::POST) => RequestKind::Create,
        ("devices", ..) => RequestKind::List,
        ("mfaEnabled", ..) => RequestKind::Mfa,
        ("users", ..) | (_, Some("users"), _) => RequestKind::User,
        (_, Some("devices"), &Method::DELETE) => RequestKind::Delete,
        ("dataExplorations", ..) | (_, Some("dataExplorations"), _) => RequestKind::Report,
        _ => RequestKind::Read,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_request_is_counted_by_what_it_is_for() {
        for (method, path, kind) in [
            (Method::POST, "/E/as/token", RequestKind::Token),
            (
                Method::POST,
                "/v1/environments/E/users/U/devices",
                RequestKind::Create,
            ),
            (
                Method::GET,
                "/v1/environments/E/users/U/devices",
                RequestKind::List,
            ),
            (
                Method::GET,
                "/v1/environments/E/users/U/devices/D",
                RequestKind::Read,
            ),
            (
                Method::DELETE,
                "/v1/environments/E/users/U/devices/D",
                RequestKind::Delete,
            ),
            (
                Method::GET,
                "/v1/environments/E/users/U/mfaEnabled",
                RequestKind::Mfa,
            ),
            (
                Method::PUT,
                "/v1/environments/E/users/U/mfaEnabled",
                RequestKind::Mfa,
            ),
            (Method::GET, "/v1/environments/E/users/U", RequestKind::User),
            (Method::GET, "/v1/environments/E/users", RequestKind::User),
            (
                Method::GET,
                "/v1/environments/E/deviceAuthenticationPolicies",
                RequestKind::Read,
            ),
            (
                Method::GET,
                "/v1/environments/E/capabilities",
                RequestKind::Read,
            ),
        ] {
            assert_eq!(kind_of(&method, path), kind, "{method} {path}");
        }
    }

    #[test]
    fn what_one_connection_hears_all_of_them_have_heard() {
        let heard = Heard::default();
        let other = heard.clone();
        for (kind, status) in [
            (RequestKind::Create, Some(201)),
            (RequestKind::Create, None),
            (RequestKind::Create, Some(201)),
        ] {
            other.note(kind, status);
        }
        let counts: Vec<_> = heard.counts().into_iter().collect();
        let create = RequestKind::Create;
        assert_eq!(counts, [((create, None), 1), ((create, Some(201)), 2)]);
    }
}
