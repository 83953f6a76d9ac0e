//! Headers that are understood, and those that are refused.

use super::*;
use crate::model::policy_ref::PolicyRef;
use crate::model::request::RowDefaults;

mod users;

const POLICY: &str = "9f1c2a34-5b6d-4e7f-8a90-b1c2d3e4f506";

fn names(line: &str) -> Vec<String> {
    line.split(',').map(str::to_owned).collect()
}

fn read(line: &str) -> Result<(Header, Layout), Flaw> {
    understand(&names(line), Dialect::default(), &ReadOptions::default())
}

fn with_columns(pairs: &[(Column, &str)]) -> ReadOptions {
    ReadOptions {
        columns: pairs.iter().map(|&(c, h)| (c, h.to_owned())).collect(),
        ..ReadOptions::default()
    }
}

fn flaw(line: &str) -> String {
    read(line).unwrap_err().to_string()
}

#[test]
fn a_header_is_matched_whatever_its_case_spaces_and_dashes() {
    let (header, layout) = read("Phone,USER ID,Cost center,policy-id,Email_Address").unwrap();
    assert_eq!(header.place(Column::Phone), Some(0));
    assert_eq!(header.place(Column::UserId), Some(1));
    assert_eq!(header.place(Column::PolicyId), Some(3));
    assert_eq!(header.place(Column::EmailAddress), Some(4));
    assert_eq!(header.place(Column::Type), None);
    assert_eq!(header.names()[2], "Cost center");
    assert!(!layout.ends_openly);
}

#[test]
fn own_columns_of_a_rejects_file_are_passed_over_wherever_they_stand() {
    let (header, layout) =
        read("wavepair_code,user_id,phone,Wavepair_Message,wavepair_outcome").unwrap();
    assert_eq!(header.names(), ["user_id", "phone"]);
    assert_eq!(header.place(Column::Phone), Some(1));
    assert!(!layout.ends_openly);
    assert_eq!((layout.width, layout.least), (5, 5));
    assert_eq!((layout.kept, layout.own), (vec![1, 2], vec![0, 3, 4]));
}

#[test]
fn a_near_miss_is_an_error_and_a_far_one_is_carried_through() {
    for (line, column) in [
        ("user_id,phone,polcy_id", "policy_id"),
        ("user_id,phnoe", "phone"),
        ("user_id,phone1", "phone"),
        ("usr_id,phone", "user_id"),
        ("user_id,phone,nick names", "nickname"),
        ("user_id,phone,types", "type"),
        ("user_id,email_adress", "email_address"),
    ] {
        let message = flaw(line);
        assert!(message.contains("misspelling"), "{message}");
        assert!(message.ends_with(&format!("`{column}`")), "{message}");
    }
    for line in [
        "user_id,phone,time",
        "user_id,phone,date",
        "user_id,phone,state",
        "user_id,phone,phone2",
        "user_id,phone,",
    ] {
        assert!(read(line).is_ok(), "{line}");
    }
}

#[test]
fn a_header_that_cannot_be_right_is_refused() {
    for (line, expected) in [
        (
            "user_id,phone,User ID",
            "the header `User ID` is there twice",
        ),
        (
            "user_id,phone,note,note",
            "the header `note` is there twice",
        ),
        ("phone,note", "no column `user_id`"),
        ("user_id,note", "no column `phone`"),
    ] {
        assert_eq!(flaw(line), expected, "{line}");
    }
    assert!(read("user_id,email_address,type").is_ok());
}

#[test]
fn a_first_line_of_data_is_no_header_and_is_not_shown() {
    for line in [
        "b30ac647-e33e-464f-a6ea-0275082d4c26,+447911123456",
        "ada,+44 7911 123456",
        "ada,07911123456",
        "ada,ada@example.com",
    ] {
        let flaw = read(line).unwrap_err();
        assert_eq!(flaw, Flaw::LooksLikeData, "{line}");
    }
}

#[test]
fn a_first_row_that_ran_into_the_header_is_noticed_anywhere_and_not_shown() {
    const ROW: &str = "b30ac647-e33e-464f-a6ea-0275082d4c26,+15125551234";
    for (line, field) in [
        (format!("user_id,phone,policy_id{ROW}"), 3),
        (format!("user_id,phone,policy_id,{ROW},"), 4),
        (format!("user_id,phone{ROW}"), 2),
        (
            format!("user_id,phone,wavepair_message{}", ROW.to_uppercase()),
            3,
        ),
        ("user_id,phone,note +1 (512) 555-1234".to_owned(), 3),
        ("user_id,phone,note+1/512.5551".to_owned(), 3),
    ] {
        assert_eq!(
            read(&line).unwrap_err(),
            Flaw::RowInHeader { field },
            "{line}"
        );
    }
    for line in [
        "user_id,phone,2026-11-01",
        "user_id,phone,C++ 2026",
        "user_id,phone,+10 % in 2026",
        "user_id,phone,UTC+02:00",
        "user_id,phone,b30ac647-e33e-464f-a6ea",
    ] {
        assert!(read(line).is_ok(), "{line}");
    }
    let file = names(&format!("Who,Mobile{ROW}"));
    let flaw = understand(
        &file,
        Dialect::default(),
        &with_columns(&[(Column::UserId, "Who")]),
    )
    .unwrap_err();
    assert_eq!(flaw, Flaw::RowInHeader { field: 2 });
}

#[test]
fn column_options_win_over_names() {
    let file = names("user_id,Phone,Mobile (work)");
    let (header, layout) = understand(
        &file,
        Dialect::default(),
        &with_columns(&[(Column::Phone, "mobile(work)")]),
    )
    .unwrap();
    assert_eq!(header.place(Column::Phone), Some(2));
    assert_eq!(header.names()[1], "Phone");
    assert!(layout.ends_openly);
    for pairs in [
        &[(Column::Phone, "Cell")][..],
        &[(Column::Phone, "Phone"), (Column::Phone, "Mobile (work)")],
        &[(Column::Phone, "Phone"), (Column::Nickname, "Phone")],
    ] {
        let flaw = understand(&file, Dialect::default(), &with_columns(pairs)).unwrap_err();
        assert!(flaw.to_string().contains("--column"), "{flaw}");
    }
}

#[test]
fn columns_without_a_name_are_passed_over_and_may_be_left_out_at_the_end() {
    for (line, kept, nameless, least, width) in [
        ("user_id,phone,,", vec![0, 1], vec![2, 3], 2, 4),
        ("user_id,,phone", vec![0, 2], vec![1], 3, 3),
        (
            "user_id,phone,\u{a0},\u{feff}",
            vec![0, 1],
            vec![2, 3],
            2,
            4,
        ),
        (",user_id,phone,note,", vec![1, 2, 3], vec![0, 4], 4, 5),
    ] {
        let (header, layout) = read(line).unwrap();
        assert_eq!(header.names().len(), kept.len(), "{line}");
        assert_eq!((layout.kept, layout.nameless), (kept, nameless), "{line}");
        assert_eq!((layout.least, layout.width), (least, width), "{line}");
    }
    assert!(read("user_id,phone,,").unwrap().1.ends_openly);
}

#[test]
fn a_results_file_is_no_wave_and_one_of_its_columns_makes_no_results_file() {
    for line in [
        "row,line,outcome,user_id,phone,input.user_id,input.phone",
        "Outcome,INPUT.phone,user_id,phone",
        "user_id,phone,outcome,input.note",
    ] {
        assert_eq!(
            read(line).unwrap_err(),
            Flaw::Results { wave: None },
            "{line}"
        );
    }
    for line in ["user_id,phone,outcome", "user_id,phone,input.note"] {
        assert!(read(line).is_ok(), "{line}");
    }
}

#[test]
fn a_column_without_which_no_row_can_be_right_is_asked_for() {
    let policy = || Some(PolicyRef::Id(POLICY.parse().unwrap()));
    for (line, kind, policy, missing) in [
        (
            "user_id,phone",
            DeviceType::WhatsApp,
            None,
            Some(Column::PolicyId),
        ),
        ("user_id,phone", DeviceType::WhatsApp, policy(), None),
        ("user_id,phone,policy_id", DeviceType::WhatsApp, None, None),
        ("user_id,phone,type", DeviceType::WhatsApp, policy(), None),
        (
            "user_id,phone",
            DeviceType::Email,
            policy(),
            Some(Column::EmailAddress),
        ),
        ("user_id,phone,type", DeviceType::Email, policy(), None),
        ("user_id,email_address", DeviceType::Email, policy(), None),
        (
            "user_id,email_address",
            DeviceType::Sms,
            policy(),
            Some(Column::Phone),
        ),
        (
            "user_id,email_address,type",
            DeviceType::Sms,
            policy(),
            None,
        ),
        (
            "user_id,type",
            DeviceType::Email,
            policy(),
            Some(Column::Phone),
        ),
        ("phone", DeviceType::Sms, None, Some(Column::UserId)),
        ("username,phone", DeviceType::Sms, policy(), None),
        ("email,phone", DeviceType::Sms, None, Some(Column::PolicyId)),
        ("external_id,phone,policy", DeviceType::Sms, None, None),
        (
            "email,type",
            DeviceType::Email,
            policy(),
            Some(Column::Phone),
        ),
    ] {
        let options = ReadOptions {
            defaults: Some(RowDefaults {
                policy,
                kind,
                status: None,
                country: None,
            }),
            ..ReadOptions::default()
        };
        let found = match understand(&names(line), Dialect::default(), &options) {
            Ok(_) => None,
            Err(Flaw::Missing { column, .. }) => Some(column),
            Err(flaw) => panic!("{line}: {flaw}"),
        };
        assert_eq!(found, missing, "{line}");
    }
}

#[test]
fn accents_are_the_same_however_they_are_composed() {
    let options = with_columns(&[(Column::Phone, "t\u{e9}l\u{e9}phone")]);
    let names = names("user_id,Te\u{301}le\u{301}phone");
    let (header, _) = understand(&names, Dialect::default(), &options).unwrap();
    assert_eq!(header.place(Column::Phone), Some(1));
    assert_eq!(
        flaw("user_id,phone,T\u{e9}l,Te\u{301}l"),
        "the header `Te\\u{301}l` is there twice"
    );
}

#[test]
fn a_mark_that_keeps_a_header_from_running_goes_in_a_rejects_file_alone() {
    let name = |line| read(line).unwrap().0.names()[2].clone();
    assert_eq!(name("user_id,phone,'=x,wavepair_code"), "=x");
    assert_eq!(name("user_id,phone,'=x"), "'=x");
}
