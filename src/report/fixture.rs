//! Rows and entries that tests of this room are made of.

use std::fs;
use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::SyncSender;

use uuid::Uuid;

use super::known_row::KnownRow;
use super::known_state::KnownState;
use super::line_limit::LineLimit;
use super::log_lines::Format;
use super::log_setup::{Options, subscriber};
use crate::model::account::Account;
use crate::model::code::DUPLICATE_FOUND;
use crate::model::entry::{DeviceState, LedgerEntry};
use crate::model::event::{Event, RowFinished};
use crate::model::ids::{DeviceId, EnvironmentId, PolicyId, RunId, UserId};
use crate::model::invalid::{InvalidCode, Problem};
use crate::model::names::Names;
use crate::model::outcome::Outcome;
use crate::model::phone::E164;
use crate::model::policy_ref::PolicyRef;
use crate::model::request::{Address, DeviceKey, DeviceType, RowDefaults};
use crate::model::row::{Column, Header, InputRow, RowNumber};
use crate::model::samples::label;
use crate::model::summary::Summary;
use crate::model::tally::Tally;
use crate::model::validate::validate;

/// Passes on what is written; full, it blocks like a terminal after `^S`.
pub(super) struct Pipe(pub(super) SyncSender<Vec<u8>>);

impl Write for Pipe {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let sent = self.0.send(bytes.to_vec());
        sent.map(|()| bytes.len())
            .map_err(|_| io::ErrorKind::BrokenPipe.into())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

pub(super) fn user_id() -> UserId {
    UserId::from_uuid(Uuid::from_u128(0x9f1c_2a34_5b6d_4e7f_8a90_b1c2_d3e4_f506))
}

pub(super) fn environment_id() -> EnvironmentId {
    EnvironmentId::from_uuid(Uuid::from_u128(0x1c8f_91a6_56ac_4b4b_b8d5_6f0e_a6ee_8c53))
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
        policy: Some(PolicyRef::Id(policy_id())),
        kind: DeviceType::WhatsApp,
        status: None,
        country: None,
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
    DeviceKey {
        user: user_id(),
        kind: DeviceType::WhatsApp,
        address: Address::Phone(E164::from_digits(&digits(number)).unwrap()),
    }
}

fn digits(number: u64) -> String {
    format!("4479111{number:05}")
}

/// A row that asks for the device with its own number, of which this is known.
pub(super) fn known_row(number: u64, known: KnownState) -> KnownRow {
    let header = header(&["user_id", "phone"]);
    let cells = [user_id().to_string(), format!("+{}", digits(number))];
    let input = row(number, &[&cells[0], &cells[1]]);
    KnownRow {
        judged: validate(&header, &input, &defaults(), &Names::default()),
        input,
        known,
        open: None,
        mfa: None,
        earlier: None,
        is_ours: true,
    }
}

/// A row whose record is broken.
pub(super) fn broken_row(input: InputRow, message: &str) -> KnownRow {
    let input = InputRow {
        fault: Some(Problem::new(InvalidCode::FieldCount, message)),
        ..input
    };
    KnownRow {
        judged: validate(&header(&["phone"]), &input, &defaults(), &Names::default()),
        input,
        known: KnownState::Untouched,
        open: None,
        mfa: None,
        earlier: None,
        is_ours: true,
    }
}

pub(super) fn entry(state: DeviceState) -> LedgerEntry {
    let has_device = matches!(
        state,
        DeviceState::Created | DeviceState::Found | DeviceState::Several
    );
    LedgerEntry {
        device: has_device.then(device_id),
        created_at: has_device.then(|| "2026-11-01T08:00:00.000Z".to_owned()),
        attempts: 2,
        was_absent: true,
        number: 1,
        ..LedgerEntry::new(state, run_id())
    }
}

/// What a logger shows of what is done, down to `DEBUG`.
pub(super) fn logged_by(format: Format, act: impl FnOnce()) -> String {
    let kept = tempfile::NamedTempFile::new().unwrap();
    let options = Options {
        verbose: 2,
        format,
        ..Options::default()
    };
    let writer = Arc::new(kept.reopen().unwrap());
    let subscriber = subscriber(&options, None, LineLimit::default(), writer);
    tracing::subscriber::with_default(subscriber, act);
    fs::read_to_string(kept.path()).unwrap()
}

/// What a logger shows of events.
pub(super) fn logged(format: Format, events: &[Event]) -> String {
    logged_by(format, || events.iter().for_each(super::log::on))
}

/// A run of 5,000 rows that went mostly well.
pub(super) fn summary() -> Summary {
    let mut summary = Summary::new(
        run_id(),
        "wave.csv".to_owned(),
        Some(environment_id()),
        false,
        "2026-11-02T06:00:00.123456Z".parse().unwrap(),
    );
    let mut tally = Tally::default();
    let mut row = RowNumber(0);
    for (rows, outcome, code) in [
        (4812, Outcome::Created, None),
        (90, Outcome::Existing, None),
        (3, Outcome::Duplicate, None),
        (12, Outcome::Invalid, Some("phone_missing_plus")),
        (61, Outcome::Rejected, Some("REQUEST_FAILED/LIMIT_EXCEEDED")),
        (19, Outcome::Rejected, Some("NOT_FOUND")),
        (3, Outcome::Failed, Some("UNEXPECTED_ERROR")),
    ] {
        for _ in 0..rows {
            row.0 += 1;
            tally.add(&finished(row.0, outcome, code));
        }
    }
    summary.settle(row.0, account(row.0), tally);
    summary.created_now = 4812;
    summary
}

/// An input with a header and so many rows, each on a line of its own.
pub(super) fn account(rows: u64) -> Account {
    Account {
        lines: rows + 1,
        header: 1,
        blank: 0,
        of_rows: rows,
        rows,
    }
}

/// A row that ended.
pub(super) fn finished(row: u64, outcome: Outcome, code: Option<&str>) -> RowFinished {
    RowFinished {
        code: code.map(str::to_owned),
        seen_twice: code == Some(DUPLICATE_FOUND),
        ..RowFinished::new(
            label(row),
            outcome,
            (outcome == Outcome::Created).then(device_id),
        )
    }
}

/// The names of what lies in a folder, in order.
pub(crate) fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}
