//! What rows are judged to ask for.

use super::super::ids::UserId;
use super::super::invalid::InvalidCode;
use super::super::phone::E164;
use super::super::request::DeviceType;
use super::super::row::{Cells, Column};
use super::super::warning::Warning;
use super::*;

mod phones;

const USER: &str = "b30ac647-e33e-464f-a6ea-0275082d4c26";
const POLICY: &str = "9f1c2a34-5b6d-4e7f-8a90-b1c2d3e4f506";
const PHONE: &str = "+447911123456";

/// A row that has the given cells, and every known column.
fn row(cells: &[(Column, &str)]) -> InputRow {
    let cell = |column| cells.iter().find(|cell| cell.0 == column);
    InputRow {
        number: RowNumber(1),
        line: 2,
        cells: Column::ALL
            .map(|column| cell(column).map_or("", |cell| cell.1))
            .into_iter()
            .collect::<Cells>(),
        raw: Vec::new(),
        fault: None,
    }
}

fn header() -> Header {
    let names = Column::ALL.map(|column| column.name().to_owned());
    let found: Vec<_> = Column::ALL.into_iter().zip(0..).collect();
    Header::new(names.to_vec(), &found)
}

const NO_DEFAULTS: RowDefaults = RowDefaults {
    policy: None,
    kind: DeviceType::WhatsApp,
    status: None,
    country: None,
};

fn judge(cells: &[(Column, &str)]) -> Result<ValidRow, Invalid> {
    let names = Names::default();
    let judged = validate(&header(), &row(cells), &NO_DEFAULTS, &names);
    judged.verdict.map_err(invalid)
}

/// What is wrong with a row in itself.
fn invalid(unasked: Unasked) -> Invalid {
    match unasked {
        Unasked::Invalid(invalid) => invalid,
        Unasked::Unresolved(unresolved) => panic!("{unresolved:?}"),
    }
}

fn requested(cells: &[(Column, &str)]) -> RequestedDevice {
    let names = Names::default();
    validate(&header(), &row(cells), &NO_DEFAULTS, &names).requested
}

fn codes(cells: &[(Column, &str)]) -> Vec<&'static str> {
    match judge(cells) {
        Ok(_) => Vec::new(),
        Err(invalid) => {
            let first = std::iter::once(invalid.code().as_str());
            first.chain(invalid.further_codes()).collect()
        }
    }
}

/// A good row with one cell changed.
fn with(column: Column, cell: &str) -> Vec<&'static str> {
    codes(&[
        (column, cell),
        (Column::UserId, USER),
        (Column::Phone, PHONE),
        (Column::PolicyId, POLICY),
    ])
}

#[test]
fn a_good_row_asks_for_one_device() {
    let row = judge(&[
        (Column::UserId, " B30AC647-E33E-464F-A6EA-0275082D4C26 "),
        (Column::Phone, "+44 7911 123456"),
        (Column::PolicyId, POLICY),
        (Column::Type, "sms"),
        (Column::Status, "activation_required"),
        (Column::Nickname, " Ada's phone "),
        (Column::Locale, "pt-BR"),
    ])
    .unwrap();
    let request = row.request;
    assert_eq!(request.key.user.to_string(), USER);
    assert_eq!(request.key.kind, DeviceType::Sms);
    assert_eq!(request.key.address.key(), "447911123456");
    assert_eq!(request.policy.to_string(), POLICY);
    assert_eq!(request.status, Some(DeviceStatus::ActivationRequired));
    assert_eq!(request.nickname.as_deref(), Some("Ada's phone"));
    let notification = request.notification.unwrap();
    assert_eq!(notification.locale.as_deref(), Some("pt-BR"));
    assert_eq!(notification.variant, None);
    assert_eq!(row.warnings, []);
}

#[test]
fn every_problem_of_a_row_is_told_at_once_and_in_order() {
    let long = "n".repeat(101);
    let cells = [
        (Column::UserId, "../../x"),
        (Column::Type, "WHATSAP"),
        (Column::Phone, "07911 123456"),
        (Column::PolicyId, "standard"),
        (Column::Status, "on"),
        (Column::Nickname, &long),
        (Column::Locale, "fr_FR"),
        (Column::Variant, "a\u{1b}[2J"),
    ];
    assert_eq!(
        codes(&cells),
        [
            "user_id_not_uuid",
            "type_unknown",
            "phone_missing_plus",
            "policy_id_not_uuid",
            "status_unknown",
            "nickname_too_long",
            "notification_not_valid",
        ]
    );
    // One code for both cells, and a message for each.
    let message = judge(&cells).unwrap_err().message();
    let told = message.matches("; notification_not_valid: ").count();
    assert_eq!(told, 2, "{message}");
    assert_eq!(
        codes(&[]),
        ["user_id_missing", "phone_missing", "policy_missing"]
    );
}

#[test]
fn no_message_repeats_the_cell() {
    for (column, cell) in [
        (Column::UserId, "not-a-user"),
        (Column::Type, "PAGER"),
        (Column::Phone, "+44 (0)7911 123456"),
        (Column::PolicyId, "standard"),
        (Column::Status, "sleeping"),
        (Column::Nickname, "Ada\u{7}"),
    ] {
        let invalid = judge(&[(column, cell)]).unwrap_err();
        assert!(!invalid.message().contains(cell), "{}", invalid.message());
    }
}

#[test]
fn an_email_device_needs_an_address_and_no_phone() {
    let codes_of = |phone, email| {
        codes(&[
            (Column::UserId, USER),
            (Column::PolicyId, POLICY),
            (Column::Type, "EMAIL"),
            (Column::Phone, phone),
            (Column::EmailAddress, email),
        ])
    };
    assert!(codes_of("", "ada@example.com").is_empty());
    assert!(codes_of("not a phone", "ada@example.com").is_empty());
    assert_eq!(codes_of(PHONE, ""), ["email_missing"]);
    assert_eq!(codes_of("", "ada"), ["email_not_valid"]);
    assert_eq!(codes_of("", "n/a"), ["email_not_valid"]);
    assert_eq!(codes_of("", "ada\u{202e}@example.com"), ["email_not_valid"]);
}

#[test]
fn a_word_for_no_value_is_a_warning_where_any_text_may_be_else_an_error() {
    let judged = |cells: &[(Column, &str)]| {
        let good = [
            (Column::UserId, USER),
            (Column::Phone, PHONE),
            (Column::PolicyId, POLICY),
            (Column::Status, "ACTIVATION_REQUIRED"),
        ];
        judge(&[cells, &good].concat())
    };
    for column in [Column::Nickname, Column::Variant] {
        for word in ["#N/A", "NULL", "None", "########"] {
            let warnings = judged(&[(column, word)]).unwrap().warnings;
            assert_eq!(warnings, [Warning::Placeholder(column)], "{word}");
        }
    }
    assert_eq!(
        judged(&[(Column::Nickname, "Nan's phone")])
            .unwrap()
            .warnings,
        []
    );
    for (column, code, said) in [
        (Column::Phone, "not_a_value", "not a phone"),
        (Column::UserId, "user_id_not_uuid", "no value, not an ID"),
        (
            Column::PolicyId,
            "policy_id_not_uuid",
            "no value, not an ID",
        ),
        (Column::Status, "status_unknown", "unknown status"),
        (Column::Type, "type_unknown", "unknown type"),
    ] {
        let invalid = judged(&[(column, "NULL")]).unwrap_err();
        assert_eq!(invalid.code().as_str(), code);
        assert!(invalid.message().contains(said), "{}", invalid.message());
    }
}

#[test]
fn a_locale_or_variant_goes_only_where_a_notification_is_sent() {
    assert_eq!(with(Column::Locale, "fr"), ["notification_not_sent"]);
    assert_eq!(with(Column::Variant, "welcome"), ["notification_not_sent"]);
}

#[test]
fn a_nickname_is_a_hundred_characters_and_none_of_them_hidden() {
    assert!(with(Column::Nickname, &"é".repeat(100)).is_empty());
    assert!(with(Column::Nickname, "👩\u{200d}💻").is_empty());
    assert_eq!(
        with(Column::Nickname, &"é".repeat(101)),
        ["nickname_too_long"]
    );
    for hidden in ["a\nb", "a\0b", "a\u{9b}b", "a\u{202e}b", "a\u{2028}b"] {
        assert_eq!(with(Column::Nickname, hidden), ["nickname_character"]);
    }
}

#[test]
fn of_an_invalid_row_is_kept_what_could_be_read() {
    let user = USER.parse::<UserId>().unwrap();
    let bad_policy = requested(&[
        (Column::UserId, &format!(" {} ", USER.to_uppercase())),
        (Column::Type, "sms"),
        (Column::PolicyId, "?"),
        (Column::Status, "active"),
    ]);
    assert_eq!(
        bad_policy,
        RequestedDevice {
            user: Some(user),
            kind: Some(DeviceType::Sms),
            address: None,
            policy: None,
            status: Some(DeviceStatus::Active),
        }
    );
    let bad_user = requested(&[(Column::UserId, "x"), (Column::PolicyId, POLICY)]);
    assert_eq!(
        bad_user,
        RequestedDevice {
            user: None,
            kind: Some(DeviceType::WhatsApp),
            address: None,
            policy: POLICY.parse().ok(),
            status: Some(DeviceStatus::Active),
        }
    );
    let spaced = [(Column::UserId, "x"), (Column::Phone, " +44 7911 123456 ")];
    let (phone, _) = E164::parse(PHONE).unwrap();
    assert_eq!(requested(&spaced).phone(), Some(phone));
    let email = requested(&[
        (Column::Phone, PHONE),
        (Column::Type, "EMAIL"),
        (Column::Status, "x"),
    ]);
    assert_eq!((email.phone(), email.status), (None, None));
}

#[test]
fn of_a_broken_record_nothing_is_believed() {
    let mut row = row(&[(Column::UserId, USER), (Column::Phone, PHONE)]);
    let fault = Problem::new(InvalidCode::FieldCount, "3 fields instead of 2");
    row.fault = Some(fault.clone());
    let judged = validate(&header(), &row, &NO_DEFAULTS, &Names::default());
    assert_eq!(judged.requested, RequestedDevice::default());
    assert_eq!(judged.verdict, Err(Invalid::from(fault).into()));
}

#[test]
fn a_message_is_asked_for_by_the_status_of_the_row_or_of_all() {
    let sends = Some(DeviceStatus::ActivationRequired);
    for (cell, status, asks) in [
        ("", None, false),
        ("", sends, true),
        (" activation_required ", None, true),
        ("active", sends, false),
        ("on", sends, false),
    ] {
        let defaults = RowDefaults {
            status,
            ..NO_DEFAULTS
        };
        let row = row(&[(Column::Status, cell)]);
        assert_eq!(
            asks_for_message(&header(), &row, &defaults),
            asks,
            "{cell:?}"
        );
    }
}
