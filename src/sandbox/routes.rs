//! Which request is this: method and path, nothing else.

use std::fmt;

use hyper::Method;
use serde::Serialize;
use uuid::Uuid;

/// The kinds of request that the sandbox counts and that a fault can be about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// `POST …/as/token`.
    Token,
    /// `GET …/users/{userID}`.
    User,
    /// `POST …/users/{userID}/devices`.
    Create,
    /// `GET …/users/{userID}/devices`.
    List,
    /// `GET …/devices/{deviceID}`.
    Read,
    /// `DELETE …/devices/{deviceID}`.
    Delete,
    /// `GET …/deviceAuthenticationPolicies`.
    Policies,
    /// `GET …/deviceAuthenticationPolicies/{policyID}`.
    Policy,
    /// `GET …/mfaSettings`.
    Settings,
    /// Anything else; it is answered with 404 or 405.
    Other,
}

impl Kind {
    /// Every kind, in the order of their declaration.
    pub const ALL: [Self; 10] = [
        Self::Token,
        Self::User,
        Self::Create,
        Self::List,
        Self::Read,
        Self::Delete,
        Self::Policies,
        Self::Policy,
        Self::Settings,
        Self::Other,
    ];

    /// The word for it in a faults file and in the statistics.
    pub fn name(self) -> &'static str {
        match self {
            Self::Token => "token",
            Self::User => "user",
            Self::Create => "create",
            Self::List => "list",
            Self::Read => "read",
            Self::Delete => "delete",
            Self::Policies => "policies",
            Self::Policy => "policy",
            Self::Settings => "settings",
            Self::Other => "other",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A request's method and path, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Route {
    pub(super) kind: Kind,
    /// The environment in the path, as it stands there.
    pub(super) environment: Option<String>,
    /// The user in the path, if that is a UUID.
    pub(super) user: Option<Uuid>,
    /// The device or the policy at the path's end, if that is a UUID.
    pub(super) item: Option<Uuid>,
    /// The methods that this path knows, if the request's is not among them.
    pub(super) allow: Option<&'static str>,
}

impl Route {
    pub(super) fn of(method: &Method, path: &str) -> Self {
        let mut route = Self {
            kind: Kind::Other,
            environment: None,
            user: None,
            item: None,
            allow: None,
        };
        let segments: Vec<&str> = path.split('/').skip(1).collect();
        let (environment, methods): (_, &[(Method, Kind)]) = match segments[..] {
            ["as", "token"] => (None, &[(Method::POST, Kind::Token)]),
            [environment, "as", "token"] => (Some(environment), &[(Method::POST, Kind::Token)]),
            ["v1", "environments", environment, ref rest @ ..] => {
                (Some(environment), route.resource(rest))
            }
            _ => (None, &[]),
        };
        route.environment = environment.map(str::to_owned);
        match methods.iter().find(|(known, _)| known == method) {
            Some(&(_, kind)) => route.kind = kind,
            None => route.allow = allowed(methods),
        }
        route
    }

    /// Reads what follows the environment, and returns what may be done with it.
    fn resource(&mut self, segments: &[&str]) -> &'static [(Method, Kind)] {
        match *segments {
            ["users", user] => {
                self.user = uuid(user);
                &[(Method::GET, Kind::User)]
            }
            ["users", user, "devices"] => {
                self.user = uuid(user);
                &[(Method::GET, Kind::List), (Method::POST, Kind::Create)]
            }
            ["users", user, "devices", device] => {
                self.user = uuid(user);
                self.item = uuid(device);
                &[(Method::GET, Kind::Read), (Method::DELETE, Kind::Delete)]
            }
            ["deviceAuthenticationPolicies"] => &[(Method::GET, Kind::Policies)],
            ["deviceAuthenticationPolicies", policy] => {
                self.item = uuid(policy);
                &[(Method::GET, Kind::Policy)]
            }
            ["mfaSettings"] => &[(Method::GET, Kind::Settings)],
            _ => &[],
        }
    }
}

fn allowed(methods: &[(Method, Kind)]) -> Option<&'static str> {
    let has = |method| methods.iter().any(|(known, _)| known == method);
    match (has(&Method::GET), has(&Method::POST), has(&Method::DELETE)) {
        (true, true, _) => Some("GET, POST"),
        (true, _, true) => Some("GET, DELETE"),
        (true, ..) => Some("GET"),
        (_, true, _) => Some("POST"),
        _ => None,
    }
}

/// Reads a UUID in its usual form; the parser alone would take others too.
pub(super) fn uuid(text: &str) -> Option<Uuid> {
    (text.len() == 36)
        .then(|| Uuid::parse_str(text).ok())
        .flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    const E: &str = "abfba8f6-49eb-49f5-a5d9-80ad5c98f9f6";
    const U: &str = "b30ac647-e33e-464f-a6ea-0275082d4c26";

    #[test]
    fn method_and_path_select_the_operation() {
        let users = format!("/v1/environments/{E}/users");
        for (method, path, kind, allow) in [
            ("POST", format!("/{E}/as/token"), Kind::Token, None),
            ("POST", "/as/token".to_owned(), Kind::Token, None),
            ("GET", "/as/token".to_owned(), Kind::Other, Some("POST")),
            ("GET", format!("{users}/{U}"), Kind::User, None),
            ("GET", format!("{users}/{U}/devices"), Kind::List, None),
            ("POST", format!("{users}/{U}/devices"), Kind::Create, None),
            (
                "PUT",
                format!("{users}/{U}/devices"),
                Kind::Other,
                Some("GET, POST"),
            ),
            ("GET", format!("{users}/{U}/devices/{E}"), Kind::Read, None),
            (
                "DELETE",
                format!("{users}/{U}/devices/{E}"),
                Kind::Delete,
                None,
            ),
            (
                "GET",
                format!("/v1/environments/{E}/deviceAuthenticationPolicies"),
                Kind::Policies,
                None,
            ),
            (
                "GET",
                format!("/v1/environments/{E}/mfaSettings"),
                Kind::Settings,
                None,
            ),
            ("GET", format!("{users}/{U}/devices/"), Kind::Read, None),
            ("GET", format!("{users}/{U}/device"), Kind::Other, None),
            (
                "GET",
                format!("/environments/{E}/users/{U}/devices"),
                Kind::Other,
                None,
            ),
            ("GET", "/".to_owned(), Kind::Other, None),
            ("GET", String::new(), Kind::Other, None),
        ] {
            let method: Method = method.parse().unwrap();
            let route = Route::of(&method, &path);
            assert_eq!((route.kind, route.allow), (kind, allow), "{method} {path}");
        }
    }

    #[test]
    fn an_id_that_is_no_uuid_is_nobody() {
        for id in [
            "..",
            "",
            "me",
            "{b30ac647-e33e-464f-a6ea-0275082d4c26}",
            "b30ac647e33e464fa6ea0275082d4c26",
        ] {
            let path = format!("/v1/environments/{E}/users/{id}/devices");
            assert_eq!(Route::of(&Method::GET, &path).user, None, "{id}");
        }
        let path = format!("/v1/environments/{E}/users/{}/devices", U.to_uppercase());
        assert_eq!(Route::of(&Method::GET, &path).user, uuid(U));
    }
}
