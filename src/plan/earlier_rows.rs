//! What earlier rows of the same file asked for, and what is said of a row that asks for the same.

use super::seen::Seen;
use crate::model::ids::PolicyId;
use crate::model::phone_book::PhoneBefore;
use crate::model::request::Address;
use crate::model::row::RowNumber;
use crate::model::row_policies::RowPolicies;
use crate::model::twin_phones::TwinPhones;
use crate::model::unresolved::Unresolved;
use crate::model::valid_row::ValidRow;
use crate::model::warning::Warning;

/// The rows of a file so far, as far as later ones have to do with them.
#[derive(Debug, Default)]
pub(crate) struct EarlierRows {
    seen: Seen,
    policies: RowPolicies,
    twins: TwinPhones,
}

/// An earlier row of the file that asks for the same device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Earlier {
    /// Which row.
    pub row: RowNumber,
    /// The policy that it names, where that is known.
    pub policy: Option<PolicyId>,
}

impl EarlierRows {
    /// Notes a row, and tells which earlier one asked for the same device first; `entry` is the
    /// number of the device's entry in the ledger, if it has one, and `before` what is known of its
    /// phone already. Rows come in their order.
    ///
    /// A row that asks for what may be an earlier one's phone in another form gets a warning.
    pub(crate) fn note(
        &mut self,
        valid: &mut ValidRow,
        entry: Option<u64>,
        before: PhoneBefore,
    ) -> Option<Earlier> {
        let request = &valid.request;
        let (key, row) = (&request.key, request.row);
        let first = match before {
            PhoneBefore::First => None,
            PhoneBefore::SameDevice(first) => Some(first),
            PhoneBefore::NotLooked | PhoneBefore::OtherDevice => self.seen.earlier(key, entry, row),
        };
        self.policies.note(row, request.policy);
        if let Some(phone) = key.address.phone()
            && let Some(row) = self.twins.note(row, key.user, phone)
        {
            valid.warnings.push(Warning::OtherForm { row });
        }
        first.map(|row| Earlier {
            row,
            policy: self.policies.of(row),
        })
    }

    /// The same for a row whose user or policy nobody knows yet: rows that name them alike ask for the
    /// same device.
    pub(crate) fn note_unresolved(
        &mut self,
        row: RowNumber,
        asks: &Unresolved,
        before: PhoneBefore,
    ) -> Option<Earlier> {
        let first = match before {
            PhoneBefore::First => None,
            PhoneBefore::SameDevice(first) => Some(first),
            PhoneBefore::NotLooked | PhoneBefore::OtherDevice => {
                let key = (&asks.user, asks.kind, &asks.address);
                self.seen.earlier_alike(&key, row)
            }
        };
        first.map(|row| Earlier { row, policy: None })
    }
}

impl Earlier {
    /// Says that a row asks for the same, and which policy counts where that is another one.
    pub(crate) fn describe(self, address: &Address, named: Option<PolicyId>) -> String {
        let Self { row, policy } = self;
        let same = match address {
            Address::Phone(_) => "phone",
            Address::Email(_) => "email address",
        };
        let holds = "what became of that row holds for this one";
        match policy.filter(|policy| named.is_some_and(|named| named != *policy)) {
            None => format!(
                "same user, type and {same} as row {row}; {holds}, so there is nothing to do"
            ),
            Some(policy) => format!(
                "same user, type and {same} as row {row}, which names another policy, {policy}; {holds}, \
                 and that policy counts"
            ),
        }
    }
}

/// The same in short, for a log.
pub(crate) fn same_device_as(earlier: RowNumber) -> String {
    format!("the same user, type and phone as row {earlier}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::phone::E164;
    use crate::model::request::{DeviceKey, DeviceRequest};
    use crate::model::samples;

    /// A row with a phone and a policy, of one user.
    fn asking(row: u64, phone: &str, policy: u8) -> ValidRow {
        ValidRow {
            request: DeviceRequest {
                row: RowNumber(row),
                key: DeviceKey {
                    address: Address::Phone(E164::parse(phone).unwrap().0),
                    ..samples::key(7)
                },
                policy: PolicyId::from_bytes([policy; 16]),
                ..samples::request(1)
            },
            warnings: Vec::new(),
        }
    }

    #[test]
    fn a_row_that_asks_the_same_under_another_policy_is_told_which_one_counts() {
        let mut rows = EarlierRows::default();
        for (row, policy, told) in [
            (1, 7, None),
            (
                2,
                7,
                Some(
                    "same user, type and phone as row 1; what became of that row holds for this \
                     one, so there is nothing to do",
                ),
            ),
            (
                4,
                8,
                Some(
                    "same user, type and phone as row 1, which names another policy, \
                     07070707-0707-0707-0707-070707070707; what became of that row holds for \
                     this one, and that policy counts",
                ),
            ),
        ] {
            let mut valid = asking(row, "+447911123456", policy);
            let earlier = rows.note(&mut valid, None, PhoneBefore::NotLooked);
            let text = earlier.map(|earlier| {
                let request = &valid.request;
                earlier.describe(&request.key.address, Some(request.policy))
            });
            assert_eq!(text.as_deref(), told, "row {row}");
            assert_eq!(valid.warnings, []);
        }
    }

    #[test]
    fn the_other_form_of_a_users_phone_is_another_device_and_gets_a_warning() {
        let mut rows = EarlierRows::default();
        for (row, phone, warnings) in [
            (1, "+54 9 11 2345-6789", vec![]),
            (
                2,
                "+54 11 2345-6789",
                vec![Warning::OtherForm { row: RowNumber(1) }],
            ),
        ] {
            let mut valid = asking(row, phone, 7);
            assert_eq!(
                rows.note(&mut valid, None, PhoneBefore::NotLooked),
                None,
                "row {row}"
            );
            assert_eq!(valid.warnings, warnings);
        }
    }
}
