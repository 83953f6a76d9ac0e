//! What a row asks for, as the results file shows it: of an invalid row too.

use crate::model::ids::{PolicyId, UserId};
use crate::model::phone::E164;
use crate::model::request::{
    Address, DeviceKey, DeviceRequest, DeviceStatus, DeviceType, RowDefaults,
};
use crate::model::row::{Column, Header, InputRow};

/// What a row asks for, as far as that can be told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// Whose device.
    pub user: Option<UserId>,
    /// What kind of device.
    pub kind: Option<DeviceType>,
    /// The phone; `None` for `EMAIL`.
    pub phone: Option<E164>,
    /// The phone or mailbox, masked.
    pub address: Option<String>,
    /// The policy.
    pub policy: Option<PolicyId>,
    /// The status that the device gets.
    pub status: Option<DeviceStatus>,
}

impl Asked {
    /// What a valid row asks for.
    pub fn by_request(request: &DeviceRequest) -> Self {
        let DeviceKey {
            user,
            kind,
            address,
        } = &request.key;
        Self {
            user: Some(*user),
            kind: Some(*kind),
            phone: address.phone(),
            address: Some(address.masked()),
            policy: Some(request.policy),
            status: Some(request.status.unwrap_or(DeviceStatus::Active)),
        }
    }

    /// What could be parsed of an invalid row; nothing where the record itself is at fault.
    pub fn by_cells(header: &Header, row: &InputRow, defaults: &RowDefaults) -> Self {
        if row.fault.is_some() {
            return Self::default();
        }
        let cell = |column| {
            let place = header.place(column)?;
            let text = row.cells.get(place).trim();
            (!text.is_empty()).then_some(text)
        };
        let kind = match cell(Column::Type) {
            Some(text) => text.parse().ok(),
            None => Some(defaults.kind),
        };
        let address = match kind {
            Some(DeviceType::Email) => cell(Column::EmailAddress)
                .and_then(|text| text.parse().ok())
                .map(Address::Email),
            Some(DeviceType::WhatsApp | DeviceType::Sms | DeviceType::Voice) | None => {
                // The cell as it is: a phone that was refused must not be shown as if it were mended.
                let phone = header
                    .place(Column::Phone)
                    .map(|place| row.cells.get(place));
                phone
                    .and_then(|text| E164::parse(text).ok())
                    .map(Address::Phone)
            }
        };
        Self {
            user: cell(Column::UserId).and_then(|text| text.parse().ok()),
            kind,
            phone: address.as_ref().and_then(Address::phone),
            address: address.as_ref().map(Address::masked),
            policy: match cell(Column::PolicyId) {
                Some(text) => text.parse().ok(),
                None => defaults.policy,
            },
            status: match cell(Column::Status) {
                Some(text) => text.parse().ok(),
                None => Some(defaults.status.unwrap_or(DeviceStatus::Active)),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::invalid::{InvalidCode, Problem};
    use crate::report::fixture::{defaults, header, policy_id, row, user_id};

    #[test]
    fn of_an_invalid_row_is_shown_what_could_be_read() {
        let header = header(&["user_id", "phone", "type", "policy_id", "status"]);
        let user = user_id().to_string();
        let asked = |cells: &[&str]| Asked::by_cells(&header, &row(1, cells), &defaults());

        let bad_policy = asked(&[
            &format!(" {} ", user.to_uppercase()),
            "",
            "sms",
            "?",
            "active",
        ]);
        assert_eq!(bad_policy.user, Some(user_id()));
        assert_eq!(bad_policy.kind, Some(DeviceType::Sms));
        assert_eq!(bad_policy.policy, None);
        assert_eq!(bad_policy.status, Some(DeviceStatus::Active));

        let bad_user = asked(&["x", "", "", "", ""]);
        assert_eq!(bad_user.user, None);
        assert_eq!(bad_user.kind, Some(DeviceType::WhatsApp));
        assert_eq!(bad_user.policy, Some(policy_id()));
        assert_eq!(bad_user.status, Some(DeviceStatus::Active));

        for refused in [
            "\u{a0}+447911123456",
            "+447911123456\r",
            "+49 170 1234567/8",
        ] {
            let phone = asked(&[&user, refused, "", "", ""]).phone;
            assert_eq!(phone, None, "{refused:?}");
        }
        let spaced = asked(&["x", " +44 7911 123456 ", "", "", ""]).phone;
        assert_eq!(spaced, E164::parse("+447911123456").ok());

        let email = asked(&[&user, "+447911123456", "EMAIL", "", "x"]);
        assert_eq!((email.phone, email.status), (None, None));
    }

    #[test]
    fn of_a_broken_record_nothing_is_believed() {
        let header = header(&["user_id", "phone"]);
        let mut row = row(1, &[&user_id().to_string(), "+447911123456"]);
        row.fault = Some(Problem::new(
            InvalidCode::FieldCount,
            "3 fields instead of 2",
        ));
        assert_eq!(
            Asked::by_cells(&header, &row, &defaults()),
            Asked::default()
        );
    }
}
