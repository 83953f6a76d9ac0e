//! Whose devices a page lists, and about whom an answer is.

use serde_json::{Map, Value};

use crate::model::ids::UserId;

use super::listing::Page;

/// Whose devices a page lists, by what it says itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Addressee {
    /// Those of the user who was asked about.
    Ours,
    /// Those of another user.
    Another,
    /// It does not say.
    Nobody,
}

/// Reads the `self` link of a page, and the user of each of its devices.
///
/// One other user is enough to be another's page, whatever else it says.
pub(super) fn addressee(user: UserId, page: &Page) -> Addressee {
    let by_link = page.links.as_ref().and_then(user_of_self);
    let devices = page.embedded.iter().flat_map(|embedded| &embedded.devices);
    let by_devices = devices
        .flatten()
        .filter_map(|device| device.user.as_ref())
        .map(|user| user.id.as_str());
    among(user, by_link.into_iter().chain(by_devices))
}

/// Whose an answer is that names these users.
pub(super) fn among<'a>(user: UserId, named: impl Iterator<Item = &'a str>) -> Addressee {
    let ours = user.to_string();
    { named }.fold(Addressee::Nobody, |so_far, named| {
        if so_far == Addressee::Another || !named.eq_ignore_ascii_case(&ours) {
            Addressee::Another
        } else {
            Addressee::Ours
        }
    })
}

/// The user whom the `self` link of an answer names.
pub(super) fn user_of_self(links: &Map<String, Value>) -> Option<&str> {
    links
        .get("self")?
        .get("href")?
        .as_str()
        .and_then(user_of_link)
}

/// The ID behind `/users/` in a link; none where there is no UUID.
fn user_of_link(link: &str) -> Option<&str> {
    let path = link.split(['?', '#']).next()?;
    let mut segments = path.split('/').skip_while(|segment| *segment != "users");
    let named = segments.nth(1)?;
    named.parse::<UserId>().is_ok().then_some(named)
}

#[cfg(test)]
mod tests {
    use super::super::listing::page;
    use super::*;

    const USER: &str = "b30ac647-e33e-464f-a6ea-0275082d4c26";
    const OTHER: &str = "22222222-2222-4222-8222-222222222222";

    #[test]
    fn a_page_is_whose_link_or_devices_name_and_anothers_by_one_other_name() {
        let link = |user: &str| {
            format!(
                r#""_links":{{"self":{{"href":"https://api.pingone.eu/v1/environments/{OTHER}/users/{user}/devices?limit=9"}}}},"#
            )
        };
        let upper = USER.to_uppercase();
        let device = |user: &str| format!(r#"{{"type":"SMS","user":{{"id":"{user}"}}}}"#);
        for (links, devices, expected) in [
            (String::new(), vec![], Addressee::Nobody),
            (link(USER), vec![], Addressee::Ours),
            (link(&upper), vec![], Addressee::Ours),
            (link(OTHER), vec![], Addressee::Another),
            (link("{userID}"), vec![], Addressee::Nobody),
            (
                r#""_links":{"self":{"href":"x"}},"#.to_owned(),
                vec![],
                Addressee::Nobody,
            ),
            (
                r#""_links":{"self":[]},"#.to_owned(),
                vec![],
                Addressee::Nobody,
            ),
            (
                r#""_links":{"self":null},"#.to_owned(),
                vec![],
                Addressee::Nobody,
            ),
            (String::new(), vec![device(USER)], Addressee::Ours),
            (String::new(), vec![device(OTHER)], Addressee::Another),
            (String::new(), vec![device("someone")], Addressee::Another),
            (
                link(USER),
                vec![device(USER), device(OTHER)],
                Addressee::Another,
            ),
            (link(OTHER), vec![device(USER)], Addressee::Another),
        ] {
            let body = format!(
                r#"{{{links}"_embedded":{{"devices":[{}]}}}}"#,
                devices.join(",")
            );
            let page = page(body.as_bytes()).expect("it is JSON");
            assert_eq!(addressee(USER.parse().unwrap(), &page), expected, "{body}");
        }
    }
}
