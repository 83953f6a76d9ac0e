//! Whose a name is, by the users that were listed for it. Pure.

use crate::model::names::{NameAnswer, NamedUser};
use crate::model::user_name::UserName;
use crate::pingone::users::ListedUser;

/// What a whole listing tells of a name: by the name that each user has in it, and never by the
/// user's place.
pub(super) fn answer(name: &UserName, listed: &[ListedUser]) -> NameAnswer {
    let mut called_so = listed.iter().filter(|user| name.is(&user.name));
    match (called_so.next(), called_so.count()) {
        (Some(user), 0) => NameAnswer::One(NamedUser {
            id: user.id,
            state: user.state,
            is_remembered: false,
        }),
        (Some(_), others) => NameAnswer::Several(u32::try_from(others + 1).unwrap_or(u32::MAX)),
        (None, _) if listed.iter().any(|user| name.is_but_for_case(&user.name)) => {
            NameAnswer::OtherCase
        }
        (None, _) => NameAnswer::Nobody,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ids::UserId;
    use crate::model::mfa::UserState;
    use crate::model::user_name::NameKind;

    fn listed(names: &[&str]) -> Vec<ListedUser> {
        let users = names.iter().zip(1..);
        users
            .map(|(name, number)| ListedUser {
                id: UserId::from_bytes([number; 16]),
                name: (*name).to_owned(),
                state: UserState::default(),
            })
            .collect()
    }

    fn one(number: u8) -> NameAnswer {
        NameAnswer::One(NamedUser {
            id: UserId::from_bytes([number; 16]),
            state: UserState::default(),
            is_remembered: false,
        })
    }

    #[test]
    fn a_name_is_whose_it_is_to_the_character_wherever_the_user_stands() {
        use NameKind::{Email, ExternalId, Username};
        for (kind, name, users, expected) in [
            (Username, "ada", &["ada"][..], one(1)),
            (Username, "ada", &["bob", "ada"], one(2)),
            (Username, "ada", &["bob"], NameAnswer::Nobody),
            (Username, "ada", &[], NameAnswer::Nobody),
            (Username, "ada", &["Ada"], NameAnswer::OtherCase),
            (Username, "ada", &["Ada", "ada"], one(2)),
            (Username, "Ada", &["Ada", "ada"], one(1)),
            (
                Username,
                "ada",
                &["ada ", " ada", "adam"],
                NameAnswer::Nobody,
            ),
            (Username, "ada*", &["ada"], NameAnswer::Nobody),
            (Username, r#"o"neil\"#, &[r#"o"neil"#, r#"o"neil\"#], one(2)),
            (Username, "50%", &["50", "50%25", "50%"], one(3)),
            (Username, "e\u{301}", &["\u{e9}"], NameAnswer::Nobody),
            (Username, "\u{1f600}", &["\u{1f601}", "\u{1f600}"], one(2)),
            (ExternalId, "007", &["7", "007"], one(2)),
            (ExternalId, "e1", &["E1"], NameAnswer::OtherCase),
            (Email, "Ada@example.com", &["ada@EXAMPLE.com"], one(1)),
            (
                Email,
                "ada@example.com",
                &["bob@example.com", "ada@example.com", "Ada@example.com"],
                NameAnswer::Several(2),
            ),
            (
                Username,
                "ada",
                &["ada", "ada", "ada"],
                NameAnswer::Several(3),
            ),
        ] {
            let name = UserName::new(kind, name);
            let found = answer(&name, &listed(users));
            assert_eq!(found, expected, "{} in {users:?}", name.text());
        }
    }
}
