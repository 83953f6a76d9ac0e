//! Whether a user has room for another device.

use std::collections::HashMap;

use super::asker::{Asked, known_from, rejected};
use crate::commands::Invocation;
use crate::engine::questions::{Questions, ReadFault};
use crate::model::code;
use crate::model::ids::UserId;
use crate::model::request::DeviceStatus;
use crate::model::stop::StopReason;
use crate::report::known_row::KnownRow;
use crate::report::notice::Notice;
use crate::report::quantity::counted;

/// How many devices a user may have, and how many the rows so far add.
#[derive(Debug)]
pub(super) struct Limit {
    most: Option<u64>,
    added: HashMap<UserId, u64>,
}

impl Limit {
    /// Reads how many devices a user may have; says so where that is not told.
    ///
    /// # Errors
    ///
    /// Nothing can be asked at all.
    pub(super) async fn read(
        questions: &Questions<'_>,
        invocation: &Invocation,
    ) -> Result<Self, StopReason> {
        let most = match questions.mfa_settings().await {
            Ok(settings) => settings.pairing.and_then(|it| it.max_allowed_devices),
            Err(ReadFault::Stop(reason)) => return Err(reason),
            Err(ReadFault::Refused(error)) => {
                let hint = error.hint();
                let text = format!(
                    "the MFA settings cannot be read, so it is not known how many devices a user may have; {hint}"
                );
                invocation.console.say(&Notice::warning(text));
                None
            }
        };
        Ok(Self::of(most.map(u64::from)))
    }

    fn of(most: Option<u64>) -> Self {
        Self {
            most,
            added: HashMap::new(),
        }
    }

    /// Takes a row, in input order; it is rejected where a run would be refused.
    pub(super) fn judge(&mut self, asked: Asked) -> KnownRow {
        let Asked {
            mut row, devices, ..
        } = asked;
        let Ok(valid) = &row.judged.verdict else {
            return row;
        };
        // One that waits for its activation has a limit of its own.
        let is_paired = valid.request.status != Some(DeviceStatus::ActivationRequired);
        if let Some(devices) = devices.filter(|_| is_paired)
            && let Err(reason) = self.add(valid.request.key.user, devices)
        {
            row.known = known_from(rejected(code::DEVICE_LIMIT, reason));
        }
        row
    }

    /// Adds a device to those that a user has; why that cannot be, where it is one too many.
    fn add(&mut self, user: UserId, devices: u64) -> Result<(), String> {
        let Some(most) = self.most else {
            return Ok(());
        };
        let added = self.added.entry(user).or_default();
        if devices + *added < most {
            *added += 1;
            return Ok(());
        }
        let with_rows = match *added {
            0 => String::new(),
            added => format!(", {added} of them by rows above"),
        };
        Err(format!(
            "the user has {}{with_rows}, and PingOne allows {most}; delete one, raise the limit in PingOne's MFA settings, or leave the row out",
            counted(devices + *added, "device")
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_gets_devices_in_the_order_of_rows_up_to_their_limit() {
        let user = |number| UserId::from_bytes([number; 16]);
        let mut limit = Limit::of(Some(5));
        for (number, devices, refused) in [
            (1, 5, Some("the user has 5 devices, and PingOne allows 5; ")),
            (2, 3, None),
            (3, 0, None),
            (2, 3, None),
            (
                2,
                3,
                Some("the user has 5 devices, 2 of them by rows above, and"),
            ),
            (3, 0, None),
        ] {
            let said = limit.add(user(number), devices);
            match (said, refused) {
                (Ok(()), None) => {}
                (Err(said), Some(start)) => assert!(said.starts_with(start), "{said}"),
                (said, _) => panic!("{number} {devices}: {said:?}"),
            }
        }
    }

    #[test]
    fn where_the_limit_is_not_known_nobody_is_refused() {
        let mut limit = Limit::of(None);
        assert_eq!(limit.add(UserId::from_bytes([1; 16]), 99), Ok(()));
    }
}
