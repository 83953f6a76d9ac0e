//! Which request is this: method, path and content type, nothing else.

use hyper::Method;
use uuid::Uuid;

use super::kinds::Kind;
use super::media::Media;

/// What may be done with a resource: each method with what it means there.
type Methods = &'static [(Method, Kind)];

/// A request's method, path and content type, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Route {
    pub(super) kind: Kind,
    pub(super) media: Media,
    /// The environment in the path, as it stands there.
    pub(super) environment: Option<String>,
    /// The user in the path, if that is a UUID.
    pub(super) user: Option<Uuid>,
    /// What else the path names, such as a device or a policy, if that is a UUID.
    pub(super) item: Option<Uuid>,
    /// The methods that this path knows, if the request's is not among them.
    pub(super) allow: Option<String>,
}

impl Route {
    pub(super) fn of(method: &Method, path: &str, media: Media) -> Self {
        let mut route = Self {
            kind: Kind::Other,
            media,
            environment: None,
            user: None,
            item: None,
            allow: None,
        };
        let segments: Vec<&str> = path.split('/').skip(1).collect();
        let (environment, methods): (_, Methods) = match segments[..] {
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
        if route.kind == Kind::Create && matches!(media, Media::Reorder | Media::RemoveOrder) {
            route.kind = Kind::Reorder;
        }
        route
    }

    /// Reads what follows the environment, and returns what may be done with it.
    fn resource(&mut self, segments: &[&str]) -> Methods {
        match *segments {
            ["users"] => &[(Method::GET, Kind::Users)],
            ["users", user, ref rest @ ..] => {
                self.user = uuid(user);
                self.of_user(rest)
            }
            [] => &[(Method::GET, Kind::Environment)],
            [name] => of_environment(name),
            [collection, item] => {
                self.item = uuid(item);
                one_of(collection)
            }
            ["dataExplorations", report, "entries"] => {
                self.item = uuid(report);
                &[(Method::GET, Kind::Entries)]
            }
            _ => &[],
        }
    }

    fn of_user(&mut self, segments: &[&str]) -> Methods {
        match *segments {
            [] => &[(Method::GET, Kind::User)],
            ["mfaEnabled"] => &[(Method::GET, Kind::Mfa), (Method::PUT, Kind::SetMfa)],
            ["devices"] => &[
                (Method::GET, Kind::List),
                (Method::POST, Kind::Create),
                (Method::DELETE, Kind::Reorder),
            ],
            ["devices", device] => {
                self.item = uuid(device);
                &[
                    (Method::GET, Kind::Read),
                    (Method::POST, Kind::Change),
                    (Method::DELETE, Kind::Delete),
                ]
            }
            ["devices", device, "nickname"] => {
                self.item = uuid(device);
                &[(Method::PUT, Kind::Nickname)]
            }
            _ => &[],
        }
    }
}

/// What may be done with what there is once in an environment, or is listed there.
fn of_environment(name: &str) -> Methods {
    match name {
        "deviceAuthenticationPolicies" => &[(Method::GET, Kind::Policies)],
        "dataExplorations" => &[(Method::POST, Kind::Report)],
        "mfaSettings" => &[(Method::GET, Kind::Settings)],
        "capabilities" => &[(Method::GET, Kind::Capabilities)],
        "billOfMaterials" => &[(Method::GET, Kind::Products)],
        "rateLimitIpConfigs" => &[(Method::GET, Kind::AllowList)],
        "notificationsPolicies" => &[(Method::GET, Kind::NotificationPolicies)],
        _ => &[],
    }
}

/// What may be done with one of a listing.
fn one_of(collection: &str) -> Methods {
    match collection {
        "deviceAuthenticationPolicies" => &[(Method::GET, Kind::Policy)],
        "dataExplorations" => &[(Method::GET, Kind::Reported)],
        "rateLimitIpConfigs" => &[(Method::GET, Kind::Allowed)],
        "notificationsPolicies" => &[(Method::GET, Kind::NotificationPolicy)],
        _ => &[],
    }
}

fn allowed(methods: Methods) -> Option<String> {
    let names: Vec<_> = methods.iter().map(|(method, _)| method.as_str()).collect();
    (!names.is_empty()).then(|| names.join(", "))
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

    /// Holds a table of requests against the kind of each, and against what is allowed in its place.
    fn select(table: &[(&str, &str, Kind, Option<&str>)]) {
        for &(method, asked, kind, allow) in table {
            let path = filled_in(asked);
            let route = Route::of(&method.parse().unwrap(), &path, Media::Json);
            let found = (route.kind, route.allow.as_deref());
            assert_eq!(found, (kind, allow), "{method} {asked}");
        }
    }

    #[test]
    fn method_and_path_select_what_is_done_with_users() {
        select(&[
            ("POST", "/{E}/as/token", Kind::Token, None),
            ("POST", "/as/token", Kind::Token, None),
            ("GET", "/as/token", Kind::Other, Some("POST")),
            ("GET", "{users}", Kind::Users, None),
            ("POST", "{users}", Kind::Other, Some("GET")),
            ("GET", "{users}/{U}", Kind::User, None),
            ("PUT", "{users}/{U}", Kind::Other, Some("GET")),
            ("GET", "{users}/{U}/mfaEnabled", Kind::Mfa, None),
            ("PUT", "{users}/{U}/mfaEnabled", Kind::SetMfa, None),
            ("GET", "{users}/{U}/devices", Kind::List, None),
            ("POST", "{users}/{U}/devices", Kind::Create, None),
            ("DELETE", "{users}/{U}/devices", Kind::Reorder, None),
            (
                "PUT",
                "{users}/{U}/devices",
                Kind::Other,
                Some("GET, POST, DELETE"),
            ),
            ("GET", "{users}/{U}/devices/{E}", Kind::Read, None),
            ("POST", "{users}/{U}/devices/{E}", Kind::Change, None),
            ("DELETE", "{users}/{U}/devices/{E}", Kind::Delete, None),
            (
                "PUT",
                "{users}/{U}/devices/{E}/nickname",
                Kind::Nickname,
                None,
            ),
        ]);
    }

    #[test]
    fn method_and_path_select_what_is_shown_of_an_environment() {
        select(&[
            (
                "GET",
                "{home}/deviceAuthenticationPolicies",
                Kind::Policies,
                None,
            ),
            (
                "GET",
                "{home}/deviceAuthenticationPolicies/{U}",
                Kind::Policy,
                None,
            ),
            ("GET", "{home}/mfaSettings", Kind::Settings, None),
            ("GET", "{home}", Kind::Environment, None),
            ("PUT", "{home}", Kind::Other, Some("GET")),
            ("GET", "{home}/capabilities", Kind::Capabilities, None),
            ("GET", "{home}/billOfMaterials", Kind::Products, None),
            ("GET", "{home}/rateLimitIpConfigs", Kind::AllowList, None),
            ("GET", "{home}/rateLimitIpConfigs/{U}", Kind::Allowed, None),
            (
                "GET",
                "{home}/notificationsPolicies",
                Kind::NotificationPolicies,
                None,
            ),
            (
                "GET",
                "{home}/notificationsPolicies/{U}",
                Kind::NotificationPolicy,
                None,
            ),
            ("POST", "{home}/dataExplorations", Kind::Report, None),
            ("GET", "{home}/dataExplorations", Kind::Other, Some("POST")),
            ("GET", "{home}/dataExplorations/{U}", Kind::Reported, None),
            (
                "GET",
                "{home}/dataExplorations/{U}/entries",
                Kind::Entries,
                None,
            ),
            ("GET", "{home}/mfaSettings/{U}", Kind::Other, None),
            ("GET", "{users}/{U}/devices/", Kind::Read, None),
            ("GET", "{users}/{U}/device", Kind::Other, None),
            ("GET", "/environments/{E}/mfaSettings", Kind::Other, None),
            ("GET", "/", Kind::Other, None),
            ("GET", "", Kind::Other, None),
        ]);
    }

    fn filled_in(path: &str) -> String {
        path.replace("{users}", "{home}/users")
            .replace("{home}", "/v1/environments/{E}")
            .replace("{E}", E)
            .replace("{U}", U)
    }

    #[test]
    fn the_media_type_tells_a_create_from_an_order() {
        let path = filled_in("{users}/{U}/devices");
        for (media, kind) in [
            (Media::Json, Kind::Create),
            (Media::Other, Kind::Create),
            (Media::Reorder, Kind::Reorder),
            (Media::RemoveOrder, Kind::Reorder),
        ] {
            let route = Route::of(&Method::POST, &path, media);
            assert_eq!(route.kind, kind, "{media:?}");
        }
    }

    #[test]
    fn an_id_that_is_no_uuid_is_nobody() {
        let of = |path: &str| Route::of(&Method::GET, path, Media::Other);
        for id in [
            "..",
            "",
            "me",
            "{b30ac647-e33e-464f-a6ea-0275082d4c26}",
            "b30ac647e33e464fa6ea0275082d4c26",
        ] {
            let path = format!("/v1/environments/{E}/users/{id}/devices");
            assert_eq!(of(&path).user, None, "{id}");
        }
        let path = format!("/v1/environments/{E}/users/{}/devices", U.to_uppercase());
        assert_eq!(of(&path).user, uuid(U));
    }
}
