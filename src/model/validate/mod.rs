//! What a row asks for, or everything that is wrong with it. Pure.
//!
//! After this no other room looks at a cell to learn what it means.

mod cells;

use super::invalid::{Invalid, Problem};
use super::request::{DeviceKey, DeviceRequest, Notification, RowDefaults, ValidRow};
use super::row::{Header, InputRow};
use cells::Known;

/// Reads what a row asks for, or everything that is wrong with it.
///
/// White space round a cell is dropped, but for a phone, where only spaces are:
/// an invisible character in it is a sign of damage. Cells of columns that the
/// row's type does not use are not judged.
///
/// # Errors
///
/// Every problem of the row at once, in the order user, type, address, policy,
/// status, nickname, notification; a fault of the record itself alone, since its
/// cells cannot be trusted then.
pub fn validate(
    header: &Header,
    row: &InputRow,
    defaults: &RowDefaults,
) -> Result<ValidRow, Invalid> {
    if let Some(fault) = &row.fault {
        return Err(fault.clone().into());
    }
    let cells = Known::new(header, row);
    let user = cells.user();
    let kind = cells.kind(defaults);
    let address = match kind {
        Ok(kind) => cells.address(kind),
        Err(_) => cells.address(cells.likely_kind()),
    };
    let policy = cells.policy(defaults);
    let status = cells.status(defaults);
    let nickname = cells.nickname();
    let sent = cells.notification_is_sent(&status);
    let locale = cells.locale();
    let variant = cells.variant();

    match (
        user, kind, address, policy, status, nickname, sent, locale, variant,
    ) {
        (
            Ok(user),
            Ok(kind),
            Ok((address, of_address)),
            Ok(policy),
            Ok(status),
            Ok(nickname),
            Ok(()),
            Ok(locale),
            Ok(variant),
        ) => Ok(ValidRow {
            request: DeviceRequest {
                row: row.number,
                line: row.line,
                key: DeviceKey {
                    user,
                    kind,
                    address,
                },
                policy,
                status,
                nickname,
                notification: (locale.is_some() || variant.is_some())
                    .then_some(Notification { locale, variant }),
            },
            warnings: of_address.into_iter().chain(cells.placeholders()).collect(),
        }),
        (user, kind, address, policy, status, nickname, sent, locale, variant) => {
            let problems = [
                user.err(),
                kind.err(),
                address.err(),
                policy.err(),
                status.err(),
                nickname.err(),
                sent.err(),
                locale.err(),
                variant.err(),
            ];
            Err(gathered(problems.into_iter().flatten().collect()))
        }
    }
}

fn gathered(problems: Vec<Problem>) -> Invalid {
    Invalid::gather(problems).expect("a row without problems was taken")
}

#[cfg(test)]
mod tests {
    use super::super::request::{DeviceStatus, DeviceType};
    use super::super::row::{Cells, Column, RowNumber};
    use super::super::warning::Warning;
    use super::*;

    const USER: &str = "b30ac647-e33e-464f-a6ea-0275082d4c26";
    const POLICY: &str = "9f1c2a34-5b6d-4e7f-8a90-b1c2d3e4f506";
    const PHONE: &str = "+447911123456";

    /// Judges a row that has the given cells, and every known column.
    fn judge(cells: &[(Column, &str)]) -> Result<ValidRow, Invalid> {
        let names = Column::ALL.map(|column| column.name().to_owned());
        let found: Vec<_> = Column::ALL.into_iter().zip(0..).collect();
        let cell = |column| cells.iter().find(|cell| cell.0 == column);
        let row = InputRow {
            number: RowNumber(1),
            line: 2,
            cells: Column::ALL
                .map(|column| cell(column).map_or("", |cell| cell.1))
                .into_iter()
                .collect::<Cells>(),
            raw: Vec::new(),
            fault: None,
        };
        let defaults = RowDefaults {
            policy: None,
            kind: DeviceType::WhatsApp,
            status: None,
        };
        validate(&Header::new(names.to_vec(), &found), &row, &defaults)
    }

    fn codes(cells: &[(Column, &str)]) -> Vec<&'static str> {
        match judge(cells) {
            Ok(_) => Vec::new(),
            Err(invalid) => invalid
                .problems()
                .map(|problem| problem.code.as_str())
                .collect(),
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
        let found = codes(&[
            (Column::UserId, "../../x"),
            (Column::Type, "WHATSAP"),
            (Column::Phone, "07911 123456"),
            (Column::PolicyId, "standard"),
            (Column::Status, "on"),
            (Column::Nickname, &long),
            (Column::Locale, "fr_FR"),
            (Column::Variant, "a\u{1b}[2J"),
        ]);
        assert_eq!(
            found,
            [
                "user_id_not_uuid",
                "type_unknown",
                "phone_missing_plus",
                "policy_id_not_uuid",
                "status_unknown",
                "nickname_too_long",
                "notification_not_valid",
                "notification_not_valid",
            ]
        );
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
        let row = |phone, email| {
            codes(&[
                (Column::UserId, USER),
                (Column::PolicyId, POLICY),
                (Column::Type, "EMAIL"),
                (Column::Phone, phone),
                (Column::EmailAddress, email),
            ])
        };
        assert!(row("", "ada@example.com").is_empty());
        assert!(row("not a phone", "ada@example.com").is_empty());
        assert_eq!(row(PHONE, ""), ["email_missing"]);
        assert_eq!(row("", "ada"), ["email_not_valid"]);
        assert_eq!(row("", "n/a"), ["email_not_valid"]);
        assert_eq!(row("", "ada\u{202e}@example.com"), ["email_not_valid"]);
    }

    #[test]
    fn a_word_for_no_value_is_a_warning_where_any_text_may_stand_and_an_error_elsewhere() {
        let row = |cells: &[(Column, &str)]| {
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
                let warnings = row(&[(column, word)]).unwrap().warnings;
                assert_eq!(warnings, [Warning::Placeholder(column)], "{word}");
            }
        }
        assert_eq!(
            row(&[(Column::Nickname, "Nan's phone")]).unwrap().warnings,
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
            let invalid = row(&[(column, "NULL")]).unwrap_err();
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
    fn an_invisible_character_round_a_phone_is_not_dropped() {
        assert!(with(Column::Phone, " +447911123456 ").is_empty());
        for damaged in ["\u{a0}+447911123456", "+447911123456\t", "\u{a0}"] {
            assert_eq!(with(Column::Phone, damaged), ["phone_character"]);
        }
    }

    #[test]
    fn a_fixed_line_is_a_warning_unless_it_is_called() {
        let warning = |kind| {
            judge(&[
                (Column::UserId, USER),
                (Column::PolicyId, POLICY),
                (Column::Type, kind),
                (Column::Phone, "+44 20 7946 0958"),
            ])
            .unwrap()
            .warnings
        };
        assert_eq!(
            ["WHATSAPP", "SMS", "VOICE"].map(warning),
            [
                vec![Warning::FixedLine(DeviceType::WhatsApp)],
                vec![Warning::FixedLine(DeviceType::Sms)],
                vec![],
            ]
        );
    }
}
