//! What a row asks for, or everything that is wrong with it. Pure.
//!
//! A row is judged here and nowhere else: whatever is said of it afterwards is said by the
//! [`JudgedRow`], and no other room looks at a cell to learn what it means.

mod cells;
mod requested;

pub use requested::RequestedDevice;

use super::event::RowLabel;
use super::invalid::{Invalid, Problem};
use super::request::{DeviceKey, DeviceRequest, DeviceStatus, Notification, RowDefaults};
use super::row::{Header, InputRow, RowNumber};
use super::valid_row::ValidRow;
use cells::NamedCells;

/// A row of the input, judged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JudgedRow {
    /// Its number among the data rows.
    pub number: RowNumber,
    /// The physical line on which it starts.
    pub line: u64,
    /// What could be read of its cells; nothing where the record itself is at fault.
    pub requested: RequestedDevice,
    /// What it asks for, or everything that is wrong with it.
    pub verdict: Result<ValidRow, Invalid>,
}

impl JudgedRow {
    /// What may be said of it in logs and messages.
    pub fn label(&self) -> RowLabel {
        RowLabel {
            row: self.number,
            line: self.line,
            user: self.requested.user,
            address: self.requested.masked_address(),
        }
    }
}

/// Judges a row: reads what it asks for, or everything that is wrong with it.
///
/// White space round a cell is dropped, but for a phone, where only spaces are:
/// an invisible character in it is a sign of damage. Cells of columns that the
/// row's type does not use are not judged.
///
/// The verdict names every problem of the row at once, in the order user, type, address,
/// policy, status, nickname, notification; a fault of the record itself alone, since its
/// cells cannot be trusted then.
pub fn validate(header: &Header, row: &InputRow, defaults: &RowDefaults) -> JudgedRow {
    let (requested, verdict) = match &row.fault {
        Some(fault) => (RequestedDevice::default(), Err(fault.clone().into())),
        None => read(&NamedCells::new(header, row), row, defaults),
    };
    JudgedRow {
        number: row.number,
        line: row.line,
        requested,
        verdict,
    }
}

/// Whether a row asks for a device whose user gets a message, if nothing else is wrong with it.
///
/// For a look over a whole wave: it reads one cell, and judging a row takes far longer.
pub fn asks_for_message(header: &Header, row: &InputRow, defaults: &RowDefaults) -> bool {
    let status = NamedCells::new(header, row).status(defaults);
    status == Ok(Some(DeviceStatus::ActivationRequired))
}

fn read(
    cells: &NamedCells<'_>,
    row: &InputRow,
    defaults: &RowDefaults,
) -> (RequestedDevice, Result<ValidRow, Invalid>) {
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

    let requested = RequestedDevice::read(&user, &kind, &address, &policy, &status);
    let verdict = match (
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
    };
    (requested, verdict)
}

fn gathered(problems: Vec<Problem>) -> Invalid {
    Invalid::gather(problems).expect("a row without problems was taken")
}

#[cfg(test)]
mod tests;
