//! Rows and entries that tests of this room are made of.

use uuid::Uuid;

use crate::model::entry::{DeviceState, LedgerEntry};
use crate::model::ids::{DeviceId, PolicyId, RunId, UserId};
use crate::model::outcome::Answer;
use crate::model::phone::E164;
use crate::model::request::{Address, DeviceKey, DeviceRequest, DeviceType, RowDefaults, ValidRow};
use crate::model::row::{Column, Header, InputRow, RowNumber};

pub(super) fn user_id() -> UserId {
    UserId::from_uuid(Uuid::from_u128(0x9f1c_2a34_5b6d_4e7f_8a90_b1c2_d3e4_f506))
}

pub(super) fn policy_id() -> PolicyId {
    PolicyId::from_uuid(Uuid::from_u128(0xa))
}

pub(super) fn device_id() -> DeviceId {
    DeviceId::from_uuid(Uuid::from_u128(0xd))
}

pub(super) fn run_id() -> RunId {
    RunId::from_uuid(Uuid::from_u128(0xf))
}

pub(super) fn defaults() -> RowDefaults {
    RowDefaults {
        policy: Some(policy_id()),
        kind: DeviceType::WhatsApp,
        status: None,
    }
}

/// A header whose known columns are found by their documented names.
pub(super) fn header(names: &[&str]) -> Header {
    let found: Vec<(Column, usize)> = Column::ALL
        .into_iter()
        .filter_map(|column| {
            let place = names.iter().position(|&name| name == column.name())?;
            Some((column, place))
        })
        .collect();
    Header::new(names.iter().map(|&name| name.to_owned()).collect(), &found)
}

/// A row whose bytes are its cells, parted by commas.
pub(super) fn row(number: u64, cells: &[&str]) -> InputRow {
    InputRow {
        number: RowNumber(number),
        line: number + 1,
        cells: cells.iter().copied().collect(),
        raw: cells.join(",").into_bytes(),
        fault: None,
    }
}

/// The device number `number` of the same user.
pub(super) fn key(number: u64) -> DeviceKey {
    let digits = format!("4479111{number:05}");
    DeviceKey {
        user: user_id(),
        kind: DeviceType::WhatsApp,
        address: Address::Phone(E164::from_digits(&digits).unwrap()),
    }
}

pub(super) fn valid_row(number: u64) -> ValidRow {
    ValidRow {
        request: DeviceRequest {
            row: RowNumber(number),
            line: number + 1,
            key: key(number),
            policy: policy_id(),
            status: None,
            nickname: None,
            notification: None,
        },
        warning: None,
    }
}

pub(super) fn entry(state: DeviceState) -> LedgerEntry {
    let has_device = matches!(
        state,
        DeviceState::Created | DeviceState::Found | DeviceState::Several
    );
    LedgerEntry {
        number: 1,
        state,
        device: has_device.then(device_id),
        created_at: has_device.then(|| "2026-11-01T08:00:00.000Z".to_owned()),
        run: run_id(),
        attempts: 2,
        resends: 0,
        was_absent: true,
        doubt: None,
        answer: Answer::default(),
    }
}
