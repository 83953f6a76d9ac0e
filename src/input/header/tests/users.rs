//! Columns that name users and policies, and those that might.

use super::*;
use crate::model::user_name::NameKind;

#[test]
fn users_are_named_by_the_first_way_that_is_there_or_by_the_one_said() {
    use NameKind::{Email, ExternalId, Username};
    const ALL: &str = "email,username,external_id,user_id,phone";
    for (line, said, by) in [
        ("user_id,phone", None, UserBy::Id),
        (ALL, None, UserBy::Id),
        (
            "email,username,External ID,phone",
            None,
            UserBy::Name(ExternalId),
        ),
        ("email,User Name,phone", None, UserBy::Name(Username)),
        ("E-Mail,phone", None, UserBy::Name(Email)),
        (ALL, Some(UserBy::Name(Email)), UserBy::Name(Email)),
        (ALL, Some(UserBy::Name(Username)), UserBy::Name(Username)),
        (ALL, Some(UserBy::Id), UserBy::Id),
    ] {
        let options = ReadOptions {
            user_by: said,
            ..ReadOptions::default()
        };
        let (header, _) = understand(&names(line), Dialect::default(), &options).unwrap();
        assert_eq!(header.user_by(), by, "{line} {said:?}");
        for way in UserBy::ALL {
            let is_read = header.place(way.column()).is_some();
            assert_eq!(is_read, way == by, "{line} {said:?} {way:?}");
        }
        assert_eq!(header.names().len(), names(line).len());
    }
    let options = ReadOptions {
        user_by: Some(UserBy::Name(Email)),
        ..ReadOptions::default()
    };
    let flaw = understand(&names("user_id,phone"), Dialect::default(), &options).unwrap_err();
    assert_eq!(
        flaw.to_string(),
        "no column `email`, by which `--user-by` names the users"
    );
}

#[test]
fn what_names_the_user_may_be_under_any_header() {
    let line = "user_id,phone,Login";
    let mut options = with_columns(&[(Column::Username, "Login")]);
    for (said, by) in [
        (None, UserBy::Id),
        (
            Some(UserBy::Name(NameKind::Username)),
            UserBy::Name(NameKind::Username),
        ),
    ] {
        options.user_by = said;
        let (header, _) = understand(&names(line), Dialect::default(), &options).unwrap();
        assert_eq!(header.user_by(), by);
        assert_eq!(header.place(Column::Username), Some(2));
    }
}

#[test]
fn a_policys_name_is_read_where_its_id_is_not() {
    for (line, id, name) in [
        ("user_id,phone,policy", None, Some(2)),
        ("user_id,phone,Policy,policy_id", Some(3), None),
        ("user_id,phone,policy_id", Some(2), None),
    ] {
        let (header, _) = read(line).unwrap();
        assert_eq!(header.place(Column::PolicyId), id, "{line}");
        assert_eq!(header.place(Column::Policy), name, "{line}");
    }
    let both = with_columns(&[(Column::Policy, "Profile")]);
    let line = names("user_id,phone,policy_id,Profile");
    let (header, _) = understand(&line, Dialect::default(), &both).unwrap();
    assert_eq!(header.place(Column::PolicyId), Some(2));
    assert_eq!(header.place(Column::Policy), Some(3));
}

#[test]
fn a_column_that_is_not_needed_means_nothing_and_looks_like_nothing() {
    for line in [
        "user_id,phone,username,email,external_id,country",
        "user_id,phone,surname,mail,e-mail,email,login",
        "user_id,phone,E-Mail,email",
        "user_id,phone,usrname,emails,external_ids,policies",
        "username,phone,user,users,userid2,mail,surname",
        "email,phone,surname,usrname",
        "user_id,phone,policy_id,policy,polices",
    ] {
        let read = read(line);
        assert!(read.is_ok(), "{line}: {read:?}");
    }
    for (line, column) in [
        ("usrname,phone", "username"),
        ("emails,phone", "email"),
        ("extrnal_id,phone", "external_id"),
        ("username,phone,polcy", "policy"),
        ("username,phone,polcy_id", "policy_id"),
    ] {
        let message = flaw(line);
        assert!(message.contains("misspelling"), "{line}: {message}");
        assert!(message.ends_with(&format!("`{column}`")), "{message}");
    }
    assert_eq!(flaw("surname,phone"), "no column `user_id`");
}

#[test]
fn a_name_that_may_be_cut_stands_open_at_the_end() {
    for (line, open) in [
        ("user_id,phone", true),
        ("phone,username", true),
        ("phone,email", true),
        ("user_id,phone,policy", true),
        ("phone,user_id", false),
        ("user_id,phone,username", false),
        ("phone,username,", true),
        ("phone,username,note", false),
    ] {
        assert_eq!(read(line).unwrap().1.ends_openly, open, "{line}");
    }
}
